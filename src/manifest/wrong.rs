//! What can be wrong with a manifest, as values. The words for them are in the catalogue.

mod base;
mod cloud;
mod field;
mod file;
mod import;
mod known;
mod moves;
mod rule;
mod stack;
mod value;
mod volume;

pub use base::BaseFault;
pub use cloud::{CloudFault, EndpointFault};
pub use field::{Missing, Rather, Unknown, Way};
pub use file::{FileFault, YamlCause};
pub use import::ImportFault;
pub use known::KnownFault;
pub use moves::MoveFault;
pub use rule::RuleFault;
pub use stack::StackFault;
pub use value::{Unfit, ValueFault, Written};
pub use volume::VolumeFault;

use crate::volume::Invalid;

/// What stops the run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// A file is not read.
    File {
        /// Why.
        fault: FileFault,
        /// Whether it holds the marks of an unfinished merge, which are then the cause.
        merge_marks: bool,
    },
    /// A base is not used.
    Base(BaseFault),
    /// Parts of the manifest do not go together.
    Stack(StackFault),
    /// A line of `moved` or `removed` does not hold.
    Move(MoveFault),
    /// A line of `import` does not hold.
    Import(ImportFault),
    /// An item of `known_drift` does not hold.
    Known(KnownFault),
    /// A value is not of the kind that stands there.
    Value(ValueFault),
    /// A value is none of its type.
    Invalid(Invalid),
    /// A field does not exist.
    Unknown(Unknown),
    /// A field must be there and is not.
    Missing(Missing),
    /// The section `cloud` contradicts itself, or holds what it may not.
    Cloud(CloudFault),
    /// A field of a volume is not as it must be.
    Volume(VolumeFault),
    /// A volume's fields do not go together.
    Rule(RuleFault),
    /// So many more that are not listed.
    MoreErrors(usize),
}

impl Wrong {
    /// What stands for the case in JSON: a promise to its readers, which stays.
    pub fn code(&self) -> &'static str {
        match self {
            Wrong::File { fault, .. } => fault.code(),
            Wrong::Base(fault) => fault.code(),
            Wrong::Stack(fault) => fault.code(),
            Wrong::Move(fault) => fault.code(),
            Wrong::Import(fault) => fault.code(),
            Wrong::Known(fault) => fault.code(),
            Wrong::Value(fault) => fault.code(),
            Wrong::Invalid(invalid) => invalid.code(),
            Wrong::Unknown(_) => "unknown_field",
            Wrong::Missing(_) => "missing_field",
            Wrong::Cloud(fault) => fault.code(),
            Wrong::Volume(fault) => fault.code(),
            Wrong::Rule(fault) => fault.code(),
            Wrong::MoreErrors(_) => "more_errors",
        }
    }
}

impl From<FileFault> for Wrong {
    fn from(fault: FileFault) -> Wrong {
        Wrong::File { fault, merge_marks: false }
    }
}

impl From<BaseFault> for Wrong {
    fn from(fault: BaseFault) -> Wrong {
        Wrong::Base(fault)
    }
}

impl From<StackFault> for Wrong {
    fn from(fault: StackFault) -> Wrong {
        Wrong::Stack(fault)
    }
}

impl From<MoveFault> for Wrong {
    fn from(fault: MoveFault) -> Wrong {
        Wrong::Move(fault)
    }
}

impl From<ImportFault> for Wrong {
    fn from(fault: ImportFault) -> Wrong {
        Wrong::Import(fault)
    }
}

impl From<KnownFault> for Wrong {
    fn from(fault: KnownFault) -> Wrong {
        Wrong::Known(fault)
    }
}

impl From<ValueFault> for Wrong {
    fn from(fault: ValueFault) -> Wrong {
        Wrong::Value(fault)
    }
}

impl From<Invalid> for Wrong {
    fn from(invalid: Invalid) -> Wrong {
        Wrong::Invalid(invalid)
    }
}

impl From<Unknown> for Wrong {
    fn from(unknown: Unknown) -> Wrong {
        Wrong::Unknown(unknown)
    }
}

impl From<Missing> for Wrong {
    fn from(missing: Missing) -> Wrong {
        Wrong::Missing(missing)
    }
}

impl From<CloudFault> for Wrong {
    fn from(fault: CloudFault) -> Wrong {
        Wrong::Cloud(fault)
    }
}

impl From<VolumeFault> for Wrong {
    fn from(fault: VolumeFault) -> Wrong {
        Wrong::Volume(fault)
    }
}

impl From<RuleFault> for Wrong {
    fn from(fault: RuleFault) -> Wrong {
        Wrong::Rule(fault)
    }
}
