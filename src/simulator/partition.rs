//! Which of the vendor's clouds this is: which calls are served there, which types it has, and which tags are legal.
//!
//! Open Telekom Cloud is the same service with documents of its own (evs-api 9.4, 19.7 and 19.8). What they do not describe is
//! not served there; that all of it is really missing is a choice.

use super::catalogue::Catalogue;
use super::reply::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;

/// One of the vendor's clouds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Partition {
    /// Huawei Cloud.
    #[default]
    Huawei,
    /// Open Telekom Cloud.
    Otc,
}

/// Every cloud.
pub(super) const EVERYWHERE: &[Partition] = &[Partition::Huawei, Partition::Otc];
/// Not Open Telekom Cloud.
pub(super) const HUAWEI: &[Partition] = &[Partition::Huawei];

/// Beginnings of paths that Open Telekom Cloud does not document: its v2 calls make and extend volumes, and it has neither
/// the recycle bin nor volumes paid in advance. That it has no policies of snapshots is a choice.
const HUAWEI_ALONE: &[&str] = &[
    "/v2.1/",
    "/v5/{project_id}/volumes/batch-extend",
    "/v5/{project_id}/snapshot-policies",
    "/v3/{project_id}/recycle-bin-volumes",
    "/v2/{project_id}/cloudvolumes/unsubscribe",
    "/v2/{project_id}/cloudvolumes/change-charge-mode",
];

/// The clouds that serve what lies at that path of the table, where the operation says nothing else.
pub(super) const fn serving(path: &str) -> &'static [Partition] {
    let mut place = 0;
    while place < HUAWEI_ALONE.len() {
        if begins(path.as_bytes(), HUAWEI_ALONE[place].as_bytes()) {
            return HUAWEI;
        }
        place += 1;
    }
    EVERYWHERE
}

const fn begins(path: &[u8], with: &[u8]) -> bool {
    let mut place = 0;
    while place < with.len() {
        if place == path.len() || path[place] != with[place] {
            return false;
        }
        place += 1;
    }
    true
}

impl Partition {
    /// Takes out of the built-in catalogue the type that its documents do not know.
    pub(super) fn narrow(self, catalogue: &mut Catalogue) {
        if self == Partition::Otc {
            catalogue.types.retain(|it| it.name != "ESSD2");
        }
    }

    /// Open Telekom Cloud's tags have letters of ASCII, digits, `_` and `-` alone (evs-api 3.5).
    ///
    /// # Errors
    /// EVS.1062 for any other character.
    pub(super) fn check_tags(self, tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
        let legal = |text: &String| text.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'));
        if self == Partition::Huawei || tags.iter().all(|(key, value)| legal(key) && legal(value)) {
            Ok(())
        } else {
            Err(Refusal::of("EVS.1062"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_documented_there_is_served_by_one_cloud_alone() {
        for path in ["/v5/{project_id}/volumes/batch-extend", "/v2.1/{project_id}/cloudvolumes"] {
            assert_eq!(serving(path), HUAWEI, "{path}");
        }
        for path in ["/", "/v1|v2|v3", "/v2/{project_id}/cloudvolumes", "/v2|v3/{project_id}/volumes"] {
            assert_eq!(serving(path), EVERYWHERE, "{path}");
        }
    }
}
