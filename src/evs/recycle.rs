//! The recycle bin of a project, in which volumes that were deleted lie for some days and can be restored.

use super::calls::decode;
use super::client::Client;
use super::error::{Error, Kind};
use super::meaning::Meaning;
use super::wire::{RecycleList, RecycledVolume, instant};
use crate::observed::Status;
use crate::volume::VolumeId;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};

/// The call that lists the recycle bin.
pub(super) const RECYCLED: &str = "GET /v3/{project_id}/recycle-bin-volumes/detail";
/// The largest page that the list gives (EVS OpenAPI definition, parameter `limit`).
const PAGE: usize = 1000;
/// The most pages that are read.
const MAX_PAGES: usize = 1000;
/// The largest of them, as that of the list of volumes.
const MOST_PAGE: usize = 16 << 20;

impl Client {
    /// `GET /v3/{project_id}/recycle-bin-volumes/detail`: those of the volumes that lie in the recycle bin, each with the
    /// time at which it is deleted for good, where the answer says so. Usually that is one request: no page is read behind
    /// the one that shows the last of them.
    ///
    /// Where the service has no such call, does not allow it, or answers it with what makes no sense, nothing is known to
    /// lie in the bin.
    ///
    /// # Errors
    /// See [`Error`]: trouble that outlasts the repeats is an error here as it is of every look, since a volume that can be
    /// restored must not be taken for one that cannot.
    pub async fn find_recycled(
        &self,
        ids: &BTreeSet<&VolumeId>,
    ) -> Result<BTreeMap<VolumeId, Option<Timestamp>>, Error> {
        let mut found = BTreeMap::new();
        let (mut read, mut firsts) = (0, BTreeSet::new());
        for number in 1..=MAX_PAGES {
            let RecycleList { volumes: page, count } = match self.recycled_page(read).await {
                Ok(page) => page,
                Err(error) if says_nothing(&error) => {
                    tracing::debug!(request = RECYCLED, "not shown");
                    break;
                }
                Err(error) => return Err(error),
            };
            tracing::debug!(page = number, volumes = page.len(), "recycled page");
            let rows = page.len();
            // A service that ignores the offset would go round for ever.
            if page.first().is_some_and(|first| !firsts.insert(first.id.clone())) {
                break;
            }
            found.extend(page.into_iter().filter_map(restorable).filter(|(id, _)| ids.contains(id)));
            read += rows;
            let is_last = rows < PAGE && count.is_none_or(|count| count <= read as u64);
            if rows == 0 || is_last || found.len() == ids.len() {
                break;
            }
        }
        Ok(found)
    }

    async fn recycled_page(&self, offset: usize) -> Result<RecycleList, Error> {
        let mut request = self.request(RECYCLED, Method::GET, &["v3", "{project_id}", "recycle-bin-volumes", "detail"]);
        request.most = MOST_PAGE;
        let (limit, offset) = (PAGE.to_string(), offset.to_string());
        request.set_query(&[("limit", limit.as_str()), ("offset", offset.as_str())]);
        decode(RECYCLED, &self.send(request).await?)
    }
}

/// Whether an error means that nothing is to be learnt about the bin, and not that it should be asked again.
fn says_nothing(error: &Error) -> bool {
    match (&error.kind, error.meaning()) {
        (Kind::Unreadable(_), _) => true,
        (_, Some(meaning)) => !matches!(meaning, Meaning::Throttled | Meaning::Trouble),
        (_, None) => false,
    }
}

/// A volume that can be restored, and until when. The time is told to the second, and not later than it is: volumes that were
/// deleted together are told together.
pub(super) fn restorable(volume: RecycledVolume) -> Option<(VolumeId, Option<Timestamp>)> {
    let status = Status::new(volume.status);
    let can_be_restored = status == Status::Restorable || status.as_str().is_empty();
    let id = VolumeId::new(volume.id).ok().filter(|_| can_be_restored)?;
    let second = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor);
    Some((id, instant(&volume.plan_delete_at).and_then(|at| at.round(second).ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_restored_has_its_time_where_that_reads() {
        let read = |more: &str| {
            let text = format!(r#"{{"id":"v-1"{more}}}"#);
            restorable(serde_json::from_str(&text).unwrap()).map(|(_, until)| until.map(|at| at.to_string()))
        };
        let until = r#","plan_delete_at":"2019-01-18T22:31:58.642000""#;
        let time = Some(Some("2019-01-18T22:31:58Z".to_owned()));
        assert_eq!(read(&format!(r#"{until},"status":"restorable""#)), time);
        assert_eq!(read(until), time);
        assert_eq!(read(r#","plan_delete_at":"soon""#), Some(None));
        assert_eq!(read(r#","plan_delete_at":null"#), Some(None));
        // One that is being deleted for good, or was restored meanwhile.
        assert_eq!(read(&format!(r#"{until},"status":"deleting""#)), None);
        assert_eq!(restorable(RecycledVolume::default()), None);
    }
}
