//! The list of volumes, looked at as a list: whether it is as long and in the order that was asked for.

use super::calls::LIST;
use super::calls::Page;
use super::client::Client;
use super::error::Error;
use super::observe::{MAX_PAGES, PAGE, Room, understand};
use super::wire::Volume;
use crate::observed::ObservedVolume;
use crate::volume::VolumeId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The whole list, and how it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListAudit {
    /// The volumes, in its order.
    pub volumes: Vec<ObservedVolume>,
    /// How many were on its first page.
    pub first: usize,
    /// How many were found behind a page that was not full, though they were there when that was answered.
    pub behind: usize,
    /// How many volumes tell when they were made.
    pub dated: usize,
    /// How many come after a younger one, where the oldest was to come first.
    pub misplaced: usize,
}

impl Client {
    /// The most volumes that a page of the list has.
    pub const PAGE: usize = PAGE;

    /// Reads the list as every look at the project does, and one page more, which has to be empty.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn audit_list(&self) -> Result<ListAudit, Error> {
        let mut audit = ListAudit::default();
        let mut seen: BTreeSet<VolumeId> = BTreeSet::new();
        let mut youngest = String::new();
        let mut marker: Option<VolumeId> = None;
        let mut room = Room::default();
        for number in 0..MAX_PAGES {
            let Page { volumes: page, dated, .. } = self.page_behind(marker.as_ref()).await?;
            let (whole, known) = (page.len() >= PAGE, seen.len());
            if number == 0 {
                audit.first = page.len();
            }
            for volume in page {
                let made = volume.created_at.clone();
                let volume = understand(LIST, volume)?;
                marker = Some(volume.id.clone());
                if !seen.insert(volume.id.clone()) {
                    continue;
                }
                room.take(&volume)?;
                audit.volumes.push(volume);
                if !made.is_empty() {
                    audit.dated += 1;
                    // All times have one form, so their order is that of their texts.
                    if made < youngest { audit.misplaced += 1 } else { youngest = made }
                }
            }
            if !whole || seen.len() == known {
                if let Some(marker) = &marker {
                    let more = self.page_behind(Some(marker)).await?.volumes;
                    let is_seen = |volume: &Volume| VolumeId::new(&*volume.id).is_ok_and(|id| seen.contains(&id));
                    let unseen = more.iter().filter(|volume| !is_seen(volume));
                    audit.behind = unseen.filter(|volume| was_there(volume, dated)).count();
                }
                return Ok(audit);
            }
        }
        Ok(audit)
    }
}

/// Whether a volume was made before that time: one that was made meanwhile is rightly on no page before it.
fn was_there(volume: &Volume, then: Option<Timestamp>) -> bool {
    let made: Option<Timestamp> = super::wire::instant(&volume.created_at);
    made.zip(then).is_none_or(|(made, then)| made < then)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_that_came_meanwhile_was_not_there() {
        let then = "2026-11-24T07:00:00Z".parse().ok();
        let made = |text: &str| Volume { created_at: text.to_owned(), ..Volume::default() };
        assert!(was_there(&made("2026-11-24T06:59:59.999999"), then));
        assert!(!was_there(&made("2026-11-24T07:00:00.000001"), then));
        assert!(was_there(&made(""), then) && was_there(&made("2026-11-24T07:00:00.000001"), None));
    }
}
