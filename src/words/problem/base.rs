//! What is wrong with a base.

use super::found::NO_VARIABLES;
use crate::manifest::{BaseFault, YamlCause};
use crate::words::excerpt::quoted;

/// Why it is not used.
pub(super) fn reason(fault: &BaseFault) -> String {
    match fault {
        BaseFault::TooMany { bases, most } => format!("a stack has at most {most} bases, these are {bases}"),
        BaseFault::NotRelative(path) => format!("a base is a path relative to this file, not {}", quoted(path)),
        BaseFault::NotYamlFile(path) => format!("a base is a *.yaml or *.yml file, not {}", quoted(path)),
        BaseFault::Twice { path, first } => format!("duplicate base {}, first at {first}", quoted(path)),
        BaseFault::NotRead(path) => format!("the base {} was not read", quoted(path)),
        BaseFault::Holds { section: Some(section) } => format!("a base holds no `{section}`"),
        BaseFault::Holds { section: None } => "this file is no base: it holds another key here".to_owned(),
        BaseFault::NotMapping => "this file is no base, which is a mapping".to_owned(),
        BaseFault::NotYaml { .. } => "this base is not YAML from here on".to_owned(),
        BaseFault::Tag => "a YAML tag has no meaning in a base".to_owned(),
    }
}

/// What to do instead.
pub(super) fn hint(fault: &BaseFault) -> Option<&'static str> {
    match fault {
        BaseFault::TooMany { .. } => Some("write some of them into one file"),
        BaseFault::NotRelative(_) => Some("as in `base: [../common.yaml]`"),
        BaseFault::NotYamlFile(_) => Some("name the file so, or name another one, as in `base: [../common.yaml]`"),
        BaseFault::Twice { .. } => Some("name it once: of two bases, the later one wins"),
        BaseFault::NotRead(_) => None,
        BaseFault::Holds { .. } | BaseFault::NotMapping => {
            Some("a base holds `cloud`, `defaults`, `limits` and keys that begin with `x-`, and nothing else")
        }
        BaseFault::NotYaml { cause: Some(YamlCause::Tab) } => Some("indent with spaces, not with tabs"),
        BaseFault::NotYaml { cause: Some(YamlCause::Variable) } => Some(NO_VARIABLES),
        BaseFault::NotYaml { cause: None } => {
            Some("look at that line of the file: evsctl shows no lines of a file that may be no base")
        }
        BaseFault::Tag => Some("remove it: a base holds plain text, numbers, lists and mappings"),
    }
}
