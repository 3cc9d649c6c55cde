//! Each answer as the client reads it, for the proof in `fuzzing`.

use super::calls::{LIST, SHOW, decode, job as read_job, taken};
use super::job_calls::{EXTEND, started as read_started};
use super::nonsense::Nonsense;
use super::observe::understand;
use super::recycle::{RECYCLED, restorable};
use super::request::Answer;
use super::snapshots::SNAPSHOTS;
use super::wire::{RecycleList, SnapshotList, TagsReply, VolumeList, VolumeReply};
use super::{Error, Held, Taken, catalogue, clock, iam, pause, redact, sources};
use crate::observed::{ObservedJob, ObservedSnapshot, ObservedVolume};
use crate::supply::{Backup, Image, Quota, Type, Zone};
use crate::volume::{CreateApi, SourceId, VolumeId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

const CALL: &str = "GET /";

fn answer(bytes: &[u8]) -> Answer {
    Answer { body: bytes.to_vec(), dated: None }
}

pub(crate) fn created(bytes: &[u8]) -> Result<Taken, Error> {
    taken(CreateApi::V3, &answer(bytes))
}

pub(crate) fn started(bytes: &[u8]) -> Result<Taken, Error> {
    read_started(EXTEND, &answer(bytes))
}

pub(crate) fn job(bytes: &[u8]) -> Result<ObservedJob, Error> {
    read_job(CALL, &answer(bytes)).map(ObservedJob::from)
}

pub(crate) fn volume(bytes: &[u8]) -> Result<ObservedVolume, Error> {
    let reply: VolumeReply = decode(SHOW, &answer(bytes))?;
    understand(SHOW, reply.volume)
}

pub(crate) fn volumes(bytes: &[u8]) -> Result<Vec<ObservedVolume>, Error> {
    let reply: VolumeList = decode(LIST, &answer(bytes))?;
    reply.volumes.into_iter().map(|volume| understand(LIST, volume)).collect()
}

pub(crate) fn snapshots(bytes: &[u8]) -> Result<Vec<ObservedSnapshot>, Error> {
    let reply: SnapshotList = decode(SNAPSHOTS, &answer(bytes))?;
    let understood = reply.snapshots.into_iter().map(ObservedSnapshot::try_from).collect::<Result<Vec<_>, _>>();
    understood.map_err(|why| Error::unreadable(SNAPSHOTS, why))
}

pub(crate) fn recycled(bytes: &[u8]) -> Result<BTreeMap<VolumeId, Option<Timestamp>>, Error> {
    let reply: RecycleList = decode(RECYCLED, &answer(bytes))?;
    Ok(reply.volumes.into_iter().filter_map(restorable).collect())
}

/// The source that is asked for.
pub(crate) const ASKED: &str = "b836dc3d-4e10-4ea4-a34c-8f6b0460a583";

fn asked() -> Result<SourceId, Error> {
    SourceId::new(ASKED).map_err(|invalid| Error::unreadable(CALL, Nonsense::unread(invalid)))
}

pub(crate) fn one_snapshot(bytes: &[u8]) -> Result<ObservedSnapshot, Error> {
    sources::snapshot(&answer(bytes), &asked()?)
}

pub(crate) fn images(bytes: &[u8]) -> Result<Option<Image>, Error> {
    sources::image(&answer(bytes), &asked()?)
}

pub(crate) fn backup(bytes: &[u8]) -> Result<Backup, Error> {
    sources::backup(&answer(bytes), &asked()?)
}

pub(crate) fn zones(bytes: &[u8]) -> Result<Vec<Zone>, Error> {
    decode(CALL, &answer(bytes)).map(catalogue::zones)
}

pub(crate) fn types(bytes: &[u8]) -> Result<Vec<Type>, Error> {
    decode(CALL, &answer(bytes)).map(catalogue::types)
}

pub(crate) fn quotas(bytes: &[u8]) -> Result<BTreeMap<String, Quota>, Error> {
    decode(CALL, &answer(bytes)).map(catalogue::quotas)
}

pub(crate) fn tag_keys(bytes: &[u8]) -> Result<Vec<String>, Error> {
    decode(CALL, &answer(bytes)).map(|reply: TagsReply| reply.tags)
}

pub(crate) fn dated(text: &str) -> Option<Timestamp> {
    clock::http_date(text)
}

pub(crate) fn pause(error: &Error, retry_after: Option<&str>) -> Option<Duration> {
    // Whether it throttles says the rate, too; a pause comes of either.
    let _ = pause::said(error);
    pause::asked(error, retry_after, Timestamp::UNIX_EPOCH)
}

pub(crate) fn iam_token(token: Option<&str>, body: &[u8]) -> Result<Held, Error> {
    iam::held(token, body)
}

pub(crate) fn iam_projects(name: &str, body: &[u8]) -> Result<Vec<String>, Error> {
    iam::ids(name, body)
}

pub(crate) fn sts_keys(body: &[u8]) -> Result<Held, Error> {
    iam::assumed(body)
}

pub(crate) fn iam_keys(body: &[u8]) -> Result<Held, Error> {
    iam::provided(body)
}

/// What is kept of an answer's body, and of its text, by who has shown that secret.
pub(crate) fn redacted(secret: &str, bytes: &[u8]) -> (Vec<u8>, String) {
    redact::hold(secret);
    (redact::taken(bytes.to_vec()), redact::redacted(&String::from_utf8_lossy(bytes)).into_owned())
}
