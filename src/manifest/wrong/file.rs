//! Why a file is not read.

use crate::manifest::found::Found;
use crate::volume::Excerpt;

/// Why a file, or all of them, are not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FileFault {
    /// There is none.
    NoFiles,
    /// There are so many.
    TooManyFiles(usize),
    /// It is a plan that was saved.
    SavedPlan {
        /// The file's name.
        file: Excerpt,
    },
    /// It is larger than so many MiB.
    TooLarge {
        /// The most that is read.
        most_mib: usize,
    },
    /// It is not UTF-8.
    NotUtf8,
    /// There is nothing in it.
    Nothing,
    /// It is not a mapping.
    NotManifest(Found),
    /// It is not YAML.
    NotYaml {
        /// What the YAML reader says.
        foreign: Excerpt,
        /// What is probably the cause.
        cause: Option<YamlCause>,
    },
    /// A second document begins.
    SecondDocument,
    /// It is nested deeper than so many levels.
    TooDeep {
        /// The most that is read.
        most: usize,
    },
    /// An alias brings more than so many levels.
    AliasTooDeep {
        /// The most that is read.
        most: usize,
    },
    /// It holds more values than are read.
    TooManyValues,
    /// An alias stands within what it stands for.
    AliasInItself,
    /// Its aliases bring more values than are read.
    AliasesGrow,
    /// `<<` names what is no mapping.
    MergeOfNoMapping,
    /// A key is missing.
    NoKey,
    /// A key is a list or a mapping.
    KeyNotText,
    /// A YAML tag that has no meaning.
    Tag(Excerpt),
}

/// What a file probably holds that is not YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum YamlCause {
    /// A tab.
    Tab,
    /// `${...}`.
    Variable,
}

impl FileFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            FileFault::NoFiles => "no_files",
            FileFault::TooManyFiles(_) => "too_many_files",
            FileFault::SavedPlan { .. } => "saved_plan",
            FileFault::TooLarge { .. } => "file_too_large",
            FileFault::NotUtf8 => "not_utf8",
            FileFault::Nothing => "file_empty",
            FileFault::NotManifest(_) => "not_a_manifest",
            FileFault::NotYaml { .. } => "not_yaml",
            FileFault::SecondDocument => "second_document",
            FileFault::TooDeep { .. } => "too_deep",
            FileFault::AliasTooDeep { .. } => "alias_too_deep",
            FileFault::TooManyValues => "too_many_values",
            FileFault::AliasInItself => "alias_in_itself",
            FileFault::AliasesGrow => "aliases_grow",
            FileFault::MergeOfNoMapping => "merge_of_no_mapping",
            FileFault::NoKey => "key_missing",
            FileFault::KeyNotText => "key_not_text",
            FileFault::Tag(_) => "yaml_tag",
        }
    }
}
