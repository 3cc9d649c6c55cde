//! Fields that do not exist, and fields that must be there.

use crate::manifest::found::Subject;
use crate::volume::{Excerpt, Key};

/// A field that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// What has no such field.
    pub what: Subject,
    /// Its name.
    pub name: Excerpt,
    /// What to write rather.
    pub rather: Rather,
}

/// What to write in place of a field that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rather {
    /// What stands inside of it: it wraps a body of the API's documentation.
    Inside,
    /// The same body under a key of `volumes`.
    UnderKey,
    /// The same field in a volume.
    InVolume,
    /// The field by this name, which is the API's.
    Is(&'static str),
    /// The field by this name, which is evsctl's.
    Here {
        /// The name.
        field: &'static str,
        /// How it is written, where that needs saying.
        example: Option<&'static str>,
    },
    /// Something else altogether.
    Write(Way),
    /// `prepaid` in a volume, for the API's `bssParam` beside it.
    BssParam,
    /// `dedicated_storage_id` in a volume, for the API's scheduler hints beside it.
    SchedulerHints,
    /// Nothing: `prepaid` says it.
    SaidByPrepaid,
    /// Nothing: no volume is replaced without consent.
    NeverReplacedFirst,
    /// Nothing: a volume is replaced for its own fields alone.
    OnlyOwnFields,
    /// The field that is spelt nearly so.
    Near(&'static str),
    /// The same in `metadata`.
    InMetadata(&'static str),
    /// One of these.
    OneOf(Vec<&'static str>),
}

/// How something is written in a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// Encryption.
    Encrypted,
    /// Encryption with a key.
    EncryptionKey,
    /// SCSI as the device type.
    Scsi,
    /// That it is not destroyed.
    PreventDestroy,
    /// That slots of it are retired.
    Retire,
    /// That its snapshots go with it.
    DeleteSnapshots,
    /// That it is paid in advance.
    Prepaid,
    /// An image.
    Image,
    /// Another volume's content.
    Copy,
    /// A server.
    Server,
}

/// A field that must be there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Missing {
    /// The manifest's `stack`.
    Stack {
        /// Whether several files were read.
        several_files: bool,
    },
    /// The manifest's `cloud`.
    Cloud,
    /// The manifest's `volumes`.
    Volumes,
    /// The project in `cloud`.
    Project,
    /// The region in `cloud`.
    Region,
    /// A volume's zone.
    Zone(Key),
    /// A volume's type.
    VolumeType(Key),
    /// A volume's size.
    Size(Key),
    /// The unit of a prepaid volume's period.
    PeriodType,
    /// The number of a prepaid volume's period.
    PeriodNumber,
}
