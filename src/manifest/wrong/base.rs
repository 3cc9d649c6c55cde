//! What is wrong with a base.

use super::file::YamlCause;
use crate::manifest::place::Place;
use crate::volume::Excerpt;

/// Why a base, or the list of them, is not used. Of a file that may be something else than a base nothing is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BaseFault {
    /// There are so many.
    TooMany {
        /// How many.
        bases: usize,
        /// How many there may be.
        most: usize,
    },
    /// Its path is not relative.
    NotRelative(Excerpt),
    /// Its name is not that of a YAML file.
    NotYamlFile(Excerpt),
    /// It is named twice.
    Twice {
        /// Its path.
        path: Excerpt,
        /// Where it is named first.
        first: Place,
    },
    /// It was not read.
    NotRead(Excerpt),
    /// It holds something beside what a base holds.
    Holds {
        /// The section of a manifest, where it is one.
        section: Option<&'static str>,
    },
    /// It is not a mapping.
    NotMapping,
    /// It is not YAML.
    NotYaml {
        /// What is probably the cause.
        cause: Option<YamlCause>,
    },
    /// It holds a YAML tag, which has no meaning.
    Tag,
}

impl BaseFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            BaseFault::TooMany { .. } => "too_many_bases",
            BaseFault::NotRelative(_) => "base_not_relative",
            BaseFault::NotYamlFile(_) => "base_not_yaml_file",
            BaseFault::Twice { .. } => "base_twice",
            BaseFault::NotRead(_) => "base_not_read",
            BaseFault::Holds { .. } => "base_holds_more",
            BaseFault::NotMapping => "base_not_mapping",
            BaseFault::NotYaml { .. } => "base_not_yaml",
            BaseFault::Tag => "base_yaml_tag",
        }
    }
}
