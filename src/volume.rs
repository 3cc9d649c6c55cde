//! The words that every other module shares: identities, names, sizes, tags, and the specification
//! of a volume made of them.
//!
//! Nothing here knows a file, a clock, the network or a terminal. A value that exists is a value
//! that the create API allows, as far as that can be known without asking it; the limits are those
//! of the EVS API reference, "Creating EVS disks (API v3)".

mod address;
mod excerpt;
mod field;
mod identity;
mod invalid;
mod metadata;
mod name;
mod partition;
mod prepaid;
mod size;
mod slots;
mod source;
mod spec;
mod tags;
mod wildcard;

pub use address::{Address, InvalidAddress, KeyOrAddress};
pub use excerpt::Excerpt;
pub use field::Field;
pub use identity::{
    CallId, Digest, JobId, Key, LeaseId, Lineage, OrderId, Receipt, Slot, SnapshotId, StackName, VolumeId,
};
pub use invalid::{Form, Invalid, MetadataFault, TagFault, WordFault};
pub use metadata::{KeyId, Metadata};
pub use name::{Description, VolumeName, service_name, slot_name, slot_of_service_name};
pub use partition::{CreateApi, Partition};
pub use prepaid::{Period, PeriodUnit, Prepaid};
pub use size::SizeGb;
pub use slots::SlotSet;
pub use source::{Source, SourceId, SourceKind};
pub use spec::{DedicatedStorageId, EnterpriseProjectId, ServerId, VolumeSpec, VolumeType, Zone};
pub use tags::{OwnershipTag, Tags};
pub use wildcard::fits;

/// The most volumes that one create call may ask for (EVS API reference, field `count`).
pub const MAX_BULK: usize = 100;

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
