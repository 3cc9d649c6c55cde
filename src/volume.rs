//! The words that every other module shares: identities, names, sizes, tags, and the specification
//! of a volume made of them.
//!
//! Nothing here knows a file, a clock, the network or a terminal. A value that exists is a value
//! that the create API allows, as far as that can be known without asking it; the limits are those
//! of the EVS API reference, "Creating EVS disks (API v3)".

mod field;
mod identity;
mod metadata;
mod name;
mod partition;
mod prepaid;
mod size;
mod slots;
mod source;
mod spec;
mod tags;

pub use field::Field;
pub use identity::{
    Address, CallId, Digest, InvalidAddress, JobId, Key, LeaseId, Lineage, OrderId, Receipt, Slot, StackName, VolumeId,
};
pub use metadata::{KeyId, Metadata};
pub use name::{Description, VolumeName, service_name, slot_name, slot_of_service_name};
pub use partition::{CreateApi, Partition};
pub use prepaid::{Period, PeriodUnit, Prepaid};
pub use size::SizeGb;
pub use slots::SlotSet;
pub use source::{Source, SourceId};
pub use spec::{DedicatedStorageId, EnterpriseProjectId, ServerId, VolumeSpec, VolumeType, Zone};
pub use tags::{OwnershipTag, Tags};

/// The most volumes that one create call may ask for (EVS API reference, field `count`).
pub const MAX_BULK: usize = 100;

/// Why a text or a number is not a value of the type that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Invalid {
    /// A lower-case fragment that says what is wrong.
    pub reason: String,
    /// What to write instead, where that can be said.
    pub hint: Option<String>,
    /// Whether the fragment begins with its verb, as in "may not be empty", because the type does not know what the value
    /// is used for: the caller that does puts that in front.
    pub lacks_subject: bool,
}

impl Invalid {
    /// Makes one without a hint.
    pub fn new(reason: impl Into<String>) -> Invalid {
        Invalid { reason: reason.into(), hint: None, lacks_subject: false }
    }

    /// Makes one that begins with its verb.
    pub fn of_value(predicate: impl Into<String>) -> Invalid {
        Invalid { lacks_subject: true, ..Invalid::new(predicate) }
    }

    /// Names what the value is, where the fragment does not.
    #[must_use]
    pub fn of(mut self, what: &str) -> Invalid {
        if self.lacks_subject {
            self.reason = format!("{what} {}", self.reason);
            self.lacks_subject = false;
        }
        self
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Invalid {
        self.hint = Some(hint.into());
        self
    }
}

/// Makes a checked text type: what serde reads passes the same check as what code makes.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks the text and keeps it.
            ///
            /// # Errors
            /// When the text breaks the rule of this type.
            pub fn new(text: impl Into<String>) -> Result<$name, $crate::volume::Invalid> {
                let text = text.into();
                $check(&text)?;
                Ok($name(text.into_boxed_str()))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::volume::Invalid;

            fn try_from(text: String) -> Result<$name, $crate::volume::Invalid> {
                $name::new(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0.into_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}
use checked_text;
