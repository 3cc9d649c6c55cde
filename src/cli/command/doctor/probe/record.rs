//! Pure: what a probe records of itself, line by line, and what follows from it.

use crate::doctor::{Damage, Flaw, ProbeVolume};
use crate::evs::wire::{CreateRequest, CreateVolume};
use crate::state::CloudId;
use crate::volume::{CreateApi, JobId, VolumeId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The key of the tag that a probe's volume carries. Not the ownership tag: to its stack the volume is nothing.
pub(super) const TAG: &str = "evsctl-probe";
/// Its size in GB, the least that a data disk may have (EVS API reference, field `size`).
pub(super) const SIZE: u32 = 10;
/// A key that the create call does not document.
pub(super) const UNKNOWN_KEY: &str = "evsctl_probe";

/// What a probe is about to make.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Intent {
    /// Random, and in the name, the tag and this record alone.
    pub(super) id: String,
    /// Its client token.
    pub(super) token: uuid::Uuid,
    pub(super) zone: String,
    pub(super) volume_type: String,
    pub(super) enterprise_project_id: Option<String>,
    pub(super) api: CreateApi,
    pub(super) cloud: CloudId,
    /// Whether it tries metadata of its own.
    pub(super) metadata: bool,
}

impl Intent {
    /// The name that is asked for.
    pub(super) fn name(&self) -> String {
        format!("evsctl-probe-{}", self.id)
    }

    /// What is asked for.
    pub(super) fn volume(&self) -> ProbeVolume {
        ProbeVolume { name: self.name(), gb: SIZE, volume_type: self.volume_type.clone(), zone: self.zone.clone() }
    }

    /// The request's body; always the same bytes for the same intent and description.
    pub(super) fn body(&self, description: &str) -> CreateRequest {
        let mut metadata = BTreeMap::new();
        if self.metadata {
            metadata.insert(UNKNOWN_KEY.to_owned(), self.id.clone());
        }
        if self.api == CreateApi::V21 {
            // Then the answer names the volume (EVS API reference, "Differences of the other create calls").
            metadata.insert("create_for_volume_id".to_owned(), "true".to_owned());
        }
        CreateRequest {
            volume: CreateVolume {
                availability_zone: self.zone.clone(),
                volume_type: self.volume_type.clone(),
                size: Some(SIZE),
                name: self.name(),
                description: Some(description.to_owned()),
                count: 1,
                backup_id: None,
                snapshot_id: None,
                image_ref: None,
                multiattach: None,
                metadata,
                tags: BTreeMap::from([(TAG.to_owned(), self.id.clone())]),
                enterprise_project_id: self.enterprise_project_id.clone(),
                iops: None,
                throughput: None,
            },
            bss_param: None,
            server_id: None,
            scheduler_hints: None,
        }
    }
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    /// What is to be made. A second one, after a refusal, stands for the first.
    Intent(Intent),
    /// A create call is leaving, at that time of the service.
    Sent(Timestamp),
    /// The last one that left did nothing.
    Refused,
    /// The cloud took it. With the same token it takes it once, so that this answers every sending before it.
    Job(JobId),
    /// A volume that it makes or has made, by its answer or its job. It may never come.
    Volume(VolumeId),
    /// A volume of it that was there.
    Met(VolumeId),
}

impl Entry {
    pub(super) fn line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) intent: Intent,
    /// How many calls left of which nobody knows whether they were done.
    pub(super) open: u32,
    /// When the first of these left.
    pub(super) first: Option<Timestamp>,
    /// When the last of all left.
    pub(super) last: Option<Timestamp>,
    pub(super) jobs: BTreeSet<JobId>,
    /// The volumes that the cloud named.
    pub(super) volumes: BTreeSet<VolumeId>,
    /// The volumes that were seen.
    pub(super) met: BTreeSet<VolumeId>,
}

impl Known {
    pub(super) fn new(intent: Intent) -> Known {
        let (jobs, volumes, met) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Known { intent, open: 0, first: None, last: None, jobs, volumes, met }
    }

    /// Reads a record; `None` where nothing is recorded.
    ///
    /// # Errors
    /// The line that makes no sense.
    pub(super) fn read(lines: &[String]) -> Result<Option<Known>, Flaw> {
        let mut known: Option<Known> = None;
        for (number, line) in lines.iter().enumerate() {
            let flaw = |damage| Flaw { line: number + 1, damage };
            let entry = serde_json::from_str(line).map_err(|error| flaw(Damage::Unreadable(error.to_string())))?;
            match (&mut known, entry) {
                (Some(known), entry) => known.fold(entry),
                (none, Entry::Intent(intent)) => *none = Some(Known::new(intent)),
                _ => return Err(flaw(Damage::NoIntent)),
            }
        }
        Ok(known)
    }

    pub(super) fn fold(&mut self, entry: Entry) {
        match entry {
            Entry::Intent(intent) => self.intent = intent,
            Entry::Sent(at) => {
                self.first = self.first.filter(|first| self.open > 0 && *first < at).or(Some(at));
                self.open += 1;
                self.last = self.last.max(Some(at));
            }
            Entry::Refused => self.open = self.open.saturating_sub(1),
            Entry::Job(id) => {
                self.open = 0;
                self.jobs.insert(id);
            }
            Entry::Volume(id) => drop(self.volumes.insert(id)),
            Entry::Met(id) => drop(self.met.insert(id)),
        }
    }

    /// How many volumes there may be for it.
    pub(super) fn most(&self) -> usize {
        self.jobs.len().max(self.volumes.len()) + usize::from(self.open > 0 && self.jobs.is_empty())
    }
}

/// Reads a record, and writes what was read.
#[cfg(any(test, fuzzing))]
pub(in crate::cli) fn read_again(text: &str) -> Result<String, String> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let known = Known::read(&lines).map_err(|flaw| format!("{flaw:?}"))?;
    let most = known.as_ref().map(Known::most);
    assert!(most <= Some(lines.len()), "{most:?} volumes of {} lines", lines.len());
    let entries = lines.iter().filter_map(|line| serde_json::from_str::<Entry>(line).ok()?.line().ok());
    Ok(entries.map(|line| line + "\n").collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn intent() -> Intent {
        Intent {
            id: "00c0ffee00c0ffee".to_owned(),
            token: uuid::Uuid::nil(),
            zone: "az-dc-1".to_owned(),
            volume_type: "SSD".to_owned(),
            enterprise_project_id: None,
            api: CreateApi::V3,
            cloud: CloudId { region: None, endpoint: "simulator".to_owned(), project_id: "p".to_owned() },
            metadata: true,
        }
    }

    fn read(entries: &[Entry]) -> Known {
        let lines: Vec<String> = entries.iter().map(|entry| entry.line().unwrap()).collect();
        Known::read(&lines).unwrap().unwrap()
    }

    #[test]
    fn a_record_says_how_many_volumes_there_may_be() {
        let at = Timestamp::UNIX_EPOCH;
        let [begun, sent] = [Entry::Intent(intent()), Entry::Sent(at)];
        let job = |n: &str| Entry::Job(JobId::new(n).unwrap());
        assert_eq!(read(std::slice::from_ref(&begun)).most(), 0);
        let known = read(&[begun.clone(), sent.clone()]);
        assert_eq!((known.most(), known.open, known.last), (1, 1, Some(at)));
        assert_eq!(read(&[begun.clone(), sent.clone(), Entry::Refused]).most(), 0);
        // A token is as old as the first sending that may have been done with it.
        let later = Timestamp::from_second(60).unwrap();
        let known = read(&[begun.clone(), sent.clone(), Entry::Sent(later)]);
        assert_eq!((known.first, known.last), (Some(at), Some(later)));
        assert_eq!(read(&[begun.clone(), sent.clone(), Entry::Refused, Entry::Sent(later)]).first, Some(later));
        // Sent twice with one token, and taken: one volume.
        let known = read(&[begun.clone(), sent.clone(), sent.clone(), job("j")]);
        assert_eq!((known.most(), known.open), (1, 0));
        let known = read(&[begun.clone(), sent.clone(), job("j"), sent.clone(), job("k")]);
        assert_eq!(known.most(), 2);
        assert_eq!(Known::read(&[]), Ok(None));
        assert_eq!(Known::read(&[sent.line().unwrap()]), Err(Flaw { line: 1, damage: Damage::NoIntent }));
        assert_eq!(Known::read(&[begun.line().unwrap(), "{\"what\":1}".to_owned()]).unwrap_err().line, 2);
    }

    #[test]
    fn the_body_is_marked_three_times_and_by_no_ownership_tag() {
        let body = intent().body("words").volume;
        assert_eq!(body.name, "evsctl-probe-00c0ffee00c0ffee");
        assert_eq!(body.tags, BTreeMap::from([(TAG.to_owned(), intent().id)]));
        assert!(crate::operation::Owner::read(&body.tags[TAG]).is_none());
        assert_eq!(body.metadata, BTreeMap::from([(UNKNOWN_KEY.to_owned(), intent().id)]));
        let newer = Intent { api: CreateApi::V21, metadata: false, ..intent() }.body("words").volume;
        assert_eq!(newer.metadata, BTreeMap::from([("create_for_volume_id".to_owned(), "true".to_owned())]));
        assert_eq!((body.size, body.count), (Some(10), 1));
    }
}
