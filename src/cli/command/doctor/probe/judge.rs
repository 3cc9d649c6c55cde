//! What a probe saw, judged: plain functions from what came to findings.

use super::record::{Intent, Known, TAG, UNKNOWN_KEY};
use super::seen::{FirstListed, Seen};
use super::unsent::Unsent;
use crate::doctor::{
    Created, Creating, Finding, JobKept, Leftovers, Listed, Metadata, Name, NotTaken, OtherBody, RecycleBin, Removal,
    SameToken, Stranger, Tag, Tokens, VolumeIds, Window,
};
use crate::evs::wire::Volume;
use crate::evs::{Error, Meaning, Taken};
use crate::observed::{ObservedJob, ObservedVolume};
use crate::volume::{CreateApi, JobId, VolumeId};
use jiff::SignedDuration;
use std::time::Duration;

/// Whether client tokens are judged, as the answer to a malformed one shows.
pub(super) fn tokens(shown: Result<Option<bool>, Error>) -> Finding {
    Finding::Tokens(match shown {
        Ok(Some(true)) => Tokens::Judged,
        Ok(Some(false)) => Tokens::Off,
        Ok(None) => Tokens::Unnoticed,
        Err(error) => Tokens::Failed(error),
    })
}

/// How far off a signature's date may be, by whether each was taken; below zero is the past.
pub(super) fn window(taken: Vec<(SignedDuration, bool)>) -> Finding {
    let is_too_far = |off: &SignedDuration| off.abs() > SignedDuration::from_mins(15);
    let too_wide = taken.iter().any(|(off, yes)| is_too_far(off) && *yes);
    let too_narrow = taken.iter().any(|(off, yes)| !is_too_far(off) && !*yes);
    Finding::Window(match (too_wide, too_narrow) {
        (true, _) => Window::TooWide(taken),
        (false, true) => Window::TooNarrow(taken),
        (false, false) => Window::AsDocumented(taken),
    })
}

/// What the create call came to.
pub(super) fn created(known: &Known, job: Option<&JobId>, seen: &Seen) -> Finding {
    let (volume, job) = (known.intent.volume(), job.cloned());
    Finding::Created(match (&seen.failure, &seen.out) {
        (Some(failure), _) => Created::Failed { volume, job, failure: failure.clone() },
        (None, Some((status, after))) => Created::CameOut { volume, job, status: status.clone(), after: *after },
        (None, None) => Created::Unseen { volume, job },
    })
}

/// How it showed in lists.
pub(super) fn shown_in_lists(seen: &Seen, intent: &Intent, settle: Duration) -> Vec<Finding> {
    let Some(first) = &seen.listed else {
        return vec![Finding::Listed(Listed::Never { looks: seen.looks })];
    };
    let FirstListed { after, look, .. } = *first;
    let wanted = after * 4;
    let listed = match wanted <= settle {
        true => Listed::Soon { after, look, settle },
        false => Listed::Late { after, look, settle, wanted },
    };
    let creating = match seen.creating {
        true => Creating::Listed,
        false => Creating::Unseen(first.status.clone()),
    };
    let name = match first.name == intent.name() {
        true => Name::AsAsked,
        false => Name::Other(first.name.clone()),
    };
    vec![Finding::Listed(listed), Finding::Creating(creating), Finding::Tag(tag(seen, first)), Finding::Name(name)]
}

fn tag(seen: &Seen, first: &FirstListed) -> Tag {
    let listed = first.after;
    match seen.tagged {
        Some(after) if after == listed => Tag::Always { looks: seen.looks, after },
        Some(tagged) => Tag::Late { listed, tagged, wanted: tagged * 4 },
        None => Tag::Never { listed },
    }
}

/// What became of a metadata key that no document knows.
pub(super) fn metadata(intent: &Intent, volume: &Option<Volume>) -> Option<Finding> {
    if !intent.metadata {
        return None;
    }
    let volume = volume.as_ref()?;
    Some(Finding::Metadata(match volume.metadata.get(UNKNOWN_KEY) {
        Some(value) if *value == intent.id => Metadata::Kept,
        Some(value) => Metadata::Changed(value.clone()),
        None => Metadata::LeftOut,
    }))
}

/// The same where the call was refused for it, and taken without.
pub(super) fn metadata_refused(error: Error) -> Finding {
    Finding::Metadata(Metadata::Refused(error))
}

/// Whether the answer named the volume.
pub(super) fn volume_ids(api: CreateApi, named: &[VolumeId], made: Option<&VolumeId>) -> Finding {
    Finding::VolumeIds(match (named, made) {
        _ if api != CreateApi::V21 => VolumeIds::OtherForm(api),
        ([], _) => VolumeIds::NoneNamed,
        ([one], Some(made)) if one == made => VolumeIds::Same,
        (_, None) => VolumeIds::NoneSeen,
        (several, Some(made)) => VolumeIds::Others { named: several.to_vec(), made: made.clone() },
    })
}

/// What came of the same call with the same token.
pub(super) fn same_token(first: Option<&JobId>, again: Result<&Taken, NotTaken>) -> Finding {
    Finding::SameToken(match again {
        Ok(taken) if taken.receipt.job().is_some_and(|job| Some(job) == first) => SameToken::SameJob,
        Ok(taken) => SameToken::Another(taken.receipt.clone()),
        Err(why) => SameToken::NotTaken(why),
    })
}

/// What the service says where a token comes again with another body (EVS API reference, "Idempotence").
const BODY_DIFFERS: &str = "EVS.2219";

/// What came of another body with the same token.
pub(super) fn other_body(answer: Result<&Taken, &Unsent>) -> Finding {
    Finding::OtherBody(match answer {
        Err(Unsent::Failed(error)) if error.explained().is_some_and(|known| known.code == BODY_DIFFERS) => {
            OtherBody::AsDocumented { code: BODY_DIFFERS }
        }
        Err(unsent) => OtherBody::Otherwise(unsent.why()),
        Ok(taken) => OtherBody::Taken(taken.receipt.clone()),
    })
}

/// What earlier probes left: the stack's own, and volumes of others that carry a probe's tag.
pub(super) fn leftovers<'a>(own: Option<Removal>, volumes: impl Iterator<Item = &'a ObservedVolume>) -> Finding {
    let strangers: Vec<Stranger> = volumes
        .filter(|it| it.tags.contains_key(TAG))
        .map(|it| Stranger { id: it.id.clone(), name: it.name.clone() })
        .collect();
    Finding::Leftovers(match (strangers.is_empty(), own) {
        (true, None) => Leftovers::Nothing,
        (true, Some(own)) => Leftovers::Removed(own),
        (false, own) => Leftovers::Strangers { own, strangers },
    })
}

/// Whether a job can still be asked for when its volume is gone.
pub(super) fn job_kept(id: &JobId, answer: Result<ObservedJob, Error>) -> Finding {
    Finding::JobKept(match answer {
        Ok(job) => JobKept::Kept(id.clone(), job.status),
        Err(error) if error.meaning() == Some(Meaning::JobUnknown) => JobKept::Forgotten(id.clone()),
        Err(error) => JobKept::Failed(error),
    })
}

/// Whether a deleted volume lies in the recycle bin.
pub(super) fn recycled(id: &VolumeId, answer: Result<Option<Volume>, Error>) -> Finding {
    Finding::RecycleBin(match answer {
        Ok(None) => RecycleBin::Empty,
        Ok(Some(volume)) => RecycleBin::Lies { id: id.clone(), tagged: volume.tags.contains_key(TAG) },
        Err(error) if error.meaning() == Some(Meaning::NotFound) => RecycleBin::NoSuchCall,
        Err(error) => RecycleBin::Failed(error),
    })
}

#[cfg(test)]
mod tests;
