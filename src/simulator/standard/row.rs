//! What lists know of the things that they have.

use std::collections::BTreeMap;
use uuid::Uuid;

/// Something that lists have.
pub(super) trait Row {
    fn id(&self) -> Uuid;

    /// Microseconds since 1970.
    fn created(&self) -> i64;

    /// `None` where such things have none.
    fn status(&self) -> Option<&str> {
        None
    }

    /// GB.
    fn size(&self) -> u32 {
        0
    }
}

/// Something that can be found by its name and its tags.
pub(super) trait Named: Row {
    fn name(&self) -> &str;

    fn enterprise_project_id(&self) -> &str;

    fn tags(&self) -> &BTreeMap<String, String>;
}
