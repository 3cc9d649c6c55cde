//! Why a file is not read.

use super::found::{NO_VARIABLES, found};
use crate::manifest::{FileFault, YamlCause};
use crate::words::excerpt::bare;

/// Why it is not read.
pub(super) fn reason(fault: &FileFault) -> String {
    match fault {
        FileFault::NoFiles => "no *.yaml or *.yml in the folder".to_owned(),
        FileFault::TooManyFiles(files) => format!("a stack has at most 65536 files, these are {files}"),
        FileFault::SavedPlan { .. } => "this is a plan that was saved, not a manifest".to_owned(),
        FileFault::TooLarge { most_mib } => format!("a file has at most {most_mib} MiB"),
        FileFault::NotUtf8 => "the file is not UTF-8 from here on".to_owned(),
        FileFault::Nothing => "there is nothing in this file".to_owned(),
        FileFault::NotManifest(what) => {
            format!("a manifest is a mapping that begins with `stack:`, not {}", found(what))
        }
        FileFault::NotYaml { foreign, .. } => format!("this is not YAML: {}", bare(foreign)),
        FileFault::SecondDocument => "a second document begins here".to_owned(),
        FileFault::TooDeep { most } => format!("this is nested deeper than {most} levels"),
        FileFault::AliasTooDeep { most } => {
            format!("with this alias, values are nested deeper than {most} levels")
        }
        FileFault::TooManyValues => "this is larger than what is read here".to_owned(),
        FileFault::AliasInItself => "this alias stands inside its own anchor".to_owned(),
        FileFault::AliasesGrow => "the aliases of this file grow to more than is read here".to_owned(),
        FileFault::MergeOfNoMapping => "`<<` takes a mapping or a list of mappings".to_owned(),
        FileFault::NoKey => "a key is missing here".to_owned(),
        FileFault::KeyNotText => "a key must be plain text, not a list or a mapping".to_owned(),
        FileFault::Tag(tag) => format!("the YAML tag {} has no meaning here", bare(tag)),
    }
}

/// What to do instead.
pub(super) fn hint(fault: &FileFault) -> Option<String> {
    let hint = match fault {
        FileFault::SavedPlan { file } => {
            return Some(format!("write evsctl apply PATH --plan {}, PATH being the manifest's", bare(file)));
        }
        FileFault::NoFiles => "name the folder of a stack, or begin one: `evsctl init PATH`; subfolders are not read",
        FileFault::TooLarge { .. } => "split it: all *.yaml of a folder make one stack",
        FileFault::NotUtf8 => "save it as UTF-8",
        FileFault::Nothing => "delete it, or write `volumes: {}`",
        FileFault::NotYaml { cause: Some(YamlCause::Tab), .. } => "indent with spaces, not with tabs",
        FileFault::NotYaml { cause: Some(YamlCause::Variable), .. } => NO_VARIABLES,
        FileFault::NotYaml { cause: None, .. } => {
            "look at the indentation and the brackets here and on the line above; text that holds a bracket needs quotes"
        }
        FileFault::SecondDocument => "a stack's file holds one document: put the other into a file of its own",
        FileFault::TooDeep { .. } => "a manifest needs five levels",
        FileFault::AliasesGrow => "an anchor that holds aliases of anchors multiplies: write it flat",
        FileFault::Tag(_) => "remove it: a manifest holds plain text, numbers, lists and mappings",
        FileFault::TooManyFiles(_)
        | FileFault::NotManifest(_)
        | FileFault::AliasTooDeep { .. }
        | FileFault::TooManyValues
        | FileFault::AliasInItself
        | FileFault::MergeOfNoMapping
        | FileFault::NoKey
        | FileFault::KeyNotText => return None,
    };
    Some(hint.to_owned())
}
