//! What a probe saw, judged: plain functions from what came to checks.

use super::record::{Intent, Known, TAG, UNKNOWN_KEY};
use super::remove::End;
use super::seen::{FirstListed, Seen};
use super::unsent::Unsent;
use crate::cli::exit::Exit;
use crate::cli::render::doctor::Check;
use crate::evs::wire::Volume;
use crate::evs::{Error, Meaning, Taken};
use crate::observed::{ObservedJob, ObservedVolume};
use crate::operation::Failure;
use crate::volume::{CreateApi, JobId, VolumeId};
use crate::words::count;
use jiff::SignedDuration;
use std::time::Duration;

/// A time to the hundredth of a second.
fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// Whether client tokens are judged, as the answer to a malformed one shows.
pub(super) fn tokens(shown: &Result<Option<bool>, Error>) -> Check {
    const NAME: &str = "client-tokens";
    match shown {
        Ok(Some(true)) => Check::ok(NAME, "a malformed one is refused as such: the service judges them"),
        Ok(Some(false)) => Check::warn(
            NAME,
            "the service says that they are switched off",
            "nothing: a create call whose answer is lost is waited out, and not sent again",
        ),
        Ok(None) => Check::warn(
            NAME,
            "a malformed one is not noticed: the service does not show that it judges them",
            "nothing: where no document says that it does, a create call whose answer is lost is waited out",
        ),
        Err(error) => Check::warn(NAME, error.to_string(), "run it again: nothing is known of them"),
    }
}

/// What a volume that was made and deleted says about permissions.
pub(super) fn writes() -> Check {
    let seen =
        "a volume was made and deleted (evs:volumes:create, evs:volumes:delete); evs:volumes:update was not tried";
    Check::ok("write-volumes", seen)
}

/// How far off a signature's date may be, by whether each was taken; below zero is the past.
pub(super) fn window(taken: &[(SignedDuration, bool)]) -> Check {
    const NAME: &str = "probe-date-window";
    let told: Vec<String> = taken
        .iter()
        .map(|(off, yes)| {
            let side = if off.is_negative() { "past" } else { "future" };
            format!("{} min in the {side} {}", off.abs().as_mins(), if *yes { "taken" } else { "refused" })
        })
        .collect();
    let seen = format!("signatures dated {}", told.join(", "));
    let is_too_far = |off: &SignedDuration| off.abs() > SignedDuration::from_mins(15);
    if taken.iter().any(|(off, yes)| is_too_far(off) && *yes) {
        let next = "leave calls in doubt open (--in-doubt hold): a request that was kept back may be taken in later \
                    than evsctl waits for";
        return Check::fail(NAME, seen, next, Exit::Error);
    }
    if taken.iter().any(|(off, yes)| !is_too_far(off) && !*yes) {
        return Check::warn(NAME, seen, "keep the local clock right, by NTP: less is borne than the documents say");
    }
    Check::ok(NAME, seen)
}

/// A volume that did not come out well.
fn bad(seen: impl Into<String>, next: impl Into<String>) -> Check {
    Check::fail("probe-create", seen, next, Exit::Error)
}

/// What the create call came to.
pub(super) fn created(known: &Known, job: Option<&JobId>, seen: &Seen) -> Check {
    const NAME: &str = "probe-create";
    let intent = &known.intent;
    let words = intent.words();
    let by = job.map_or_else(|| "its answer was lost".to_owned(), |job| format!("job {job}"));
    if let Some(Failure { code, reason }) = &seen.failure {
        let next = "look at that code with `evsctl explain`; what the job left is deleted";
        return bad(format!("{words}: {by} failed: {code} {reason}"), next);
    }
    match &seen.out {
        Some((status, after)) if status.is_usable() => {
            Check::ok(NAME, format!("{words}: {status} after {} ({by})", shown(*after))).taking(*after)
        }
        Some((status, after)) => {
            bad(format!("{words}: {status} after {} ({by})", shown(*after)), "run it again; it is deleted")
        }
        None => {
            let seen = format!("{words}: not seen to be made in time ({by})");
            Check::fail(NAME, seen, "give it more time with --timeout", Exit::NotConverged)
        }
    }
}

/// How it showed in lists.
pub(super) fn shown_in_lists(seen: &Seen, intent: &Intent, settle: Duration) -> Vec<Check> {
    let looks = count(u64::from(seen.looks), "look");
    let Some(first) = &seen.listed else {
        let next = "set `cloud.settle` higher before an apply: what no list shows within it counts as never made";
        return vec![Check::fail("probe-listed", format!("not in {looks}"), next, Exit::NotConverged)];
    };
    let after = shown(first.after);
    let words = format!("{after} after the answer, in look {}", first.look);
    let wanted = first.after * 4;
    let listed = if wanted <= settle {
        Check::ok("probe-listed", format!("{words}; `cloud.settle` is {}", shown(settle)))
    } else {
        let next = format!("set `cloud.settle` to four times as much at the least: {}", shown(wanted));
        Check::warn("probe-listed", format!("{words}; `cloud.settle` is {}", shown(settle)), next)
    };
    let creating = match seen.creating {
        true => Check::ok("probe-creating", "it is listed while it is being made"),
        false => {
            Check::ok("probe-creating", format!("first listed as {}: not seen while it was being made", first.status))
        }
    };
    vec![listed.taking(first.after), creating, tag(seen, first, &looks), name(first, intent)]
}

fn tag(seen: &Seen, first: &FirstListed, looks: &str) -> Check {
    const NAME: &str = "probe-tag";
    match seen.tagged {
        Some(after) if after == first.after => {
            Check::ok(NAME, format!("never listed without its tag, in {looks}")).taking(after)
        }
        Some(after) => Check::warn(
            NAME,
            format!("listed without its tag at {}, with it at {}", shown(first.after), shown(after)),
            format!("keep `cloud.settle` above {}: tags come later than volumes here", shown(after * 4)),
        )
        .taking(after),
        None => Check::fail(
            NAME,
            format!("listed at {}, and never with its tag", shown(first.after)),
            "find out why before an apply: by their tag in the list evsctl knows its volumes",
            Exit::Error,
        ),
    }
}

fn name(first: &FirstListed, intent: &Intent) -> Check {
    const NAME: &str = "probe-name";
    match first.name == intent.name() {
        true => Check::ok(NAME, "as asked for: one volume gets no suffix"),
        false => Check::warn(
            NAME,
            format!("one volume was asked for, and it is named {:?}", first.name),
            "nothing: apply gives names that the service did not give as asked",
        ),
    }
}

/// What became of a metadata key that no document knows.
pub(super) fn metadata(intent: &Intent, volume: &Option<Volume>) -> Option<Check> {
    const NAME: &str = "probe-metadata";
    if !intent.metadata {
        return None;
    }
    let volume = volume.as_ref()?;
    Some(match volume.metadata.get(UNKNOWN_KEY) {
        Some(value) if *value == intent.id => Check::ok(NAME, "a key of one's own is kept as it was given"),
        Some(value) => Check::ok(NAME, format!("a key of one's own is kept, and its value became {value:?}")),
        None => Check::ok(NAME, "a key of one's own is left out without a word"),
    })
}

/// The same where the call was refused for it, and taken without.
pub(super) fn metadata_refused(error: &Error) -> Check {
    Check::ok("probe-metadata", format!("a key of one's own is refused ({error}), and the call was taken without"))
}

/// Whether the answer named the volume.
pub(super) fn volume_ids(api: CreateApi, named: &[VolumeId], made: Option<&VolumeId>) -> Check {
    const NAME: &str = "probe-volume-ids";
    if api != CreateApi::V21 {
        let form = api.version();
        return Check::skipped(
            NAME,
            format!("the stack's create calls are {form}'s, which name none; `create_api: v2.1` tries those"),
        );
    }
    match (named, made) {
        ([], _) => {
            let next = "nothing: the job names the volume as well";
            Check::warn(NAME, "asked for, and the answer named none", next)
        }
        ([one], Some(made)) if one == made => Check::ok(NAME, "the answer named the volume that was made"),
        (_, None) => Check::skipped(NAME, "no volume was seen to compare with"),
        (several, Some(made)) => {
            let ids: Vec<_> = several.iter().map(ToString::to_string).collect();
            let seen = format!("the answer named {}, and {made} was made", ids.join(", "));
            Check::warn(NAME, seen, "set `create_api: v3`, and tell evsctl's maintainers")
        }
    }
}

/// What came of the same call with the same token.
pub(super) fn same_token(first: Option<&JobId>, again: Result<&Taken, String>) -> Check {
    const NAME: &str = "probe-same-token";
    match again {
        Ok(taken) if taken.receipt.job().is_some_and(|job| Some(job) == first) => {
            Check::ok(NAME, "the same call again is answered with the same job")
        }
        Ok(taken) => Check::fail(
            NAME,
            format!("the same call again began another {}: another volume, which is deleted as well", taken.receipt),
            "apply here with --in-doubt hold only, and tell evsctl's maintainers: a call that is sent again buys again",
            Exit::Error,
        ),
        Err(error) => {
            let next = "run it again; where it stays so, a create call whose answer is lost may need a person here";
            Check::warn(NAME, format!("the same call again is not answered as the first time: {error}"), next)
        }
    }
}

/// What the service says where a token comes again with another body (EVS API reference, "Idempotence").
const BODY_DIFFERS: &str = "EVS.2219";

/// What came of another body with the same token.
pub(super) fn other_body(answer: Result<&Taken, &Unsent>) -> Check {
    const NAME: &str = "probe-other-body";
    match answer {
        Err(Unsent::Failed(error)) if error.explained().is_some_and(|known| known.code == BODY_DIFFERS) => {
            Check::ok(NAME, format!("refused with {BODY_DIFFERS}, as documented"))
        }
        Err(error) => {
            let words = error.words();
            Check::warn(NAME, format!("refused otherwise than documented: {words}"), "tell evsctl's maintainers")
        }
        Ok(taken) => Check::fail(
            NAME,
            format!("taken, as {}: what it made is deleted as well", taken.receipt),
            "tell evsctl's maintainers: the service does not hold a token against the body that it came with",
            Exit::Error,
        ),
    }
}

/// What came of removing.
pub(super) fn removed(name: &'static str, known: &Known, end: &End) -> Check {
    match end {
        End::Gone { volumes } if volumes.is_empty() => {
            Check::ok(name, format!("{}: it was never made", known.intent.name()))
        }
        End::Gone { volumes } => {
            let told: Vec<String> = volumes
                .iter()
                .map(|(id, took)| match took {
                    Some(took) => format!("volume {id} deleted, and 404 after {}", shown(*took)),
                    None => format!("volume {id} is gone"),
                })
                .collect();
            let check = Check::ok(name, told.join("; "));
            match volumes.values().flatten().max() {
                Some(took) => check.taking(*took),
                None => check,
            }
        }
        End::Left { what, next, denied } => {
            let (next, exit) = match denied {
                true => (format!("grant evs:volumes:delete to whose credentials these are; then {next}"), Exit::Denied),
                false => (next.clone(), Exit::NotConverged),
            };
            Check::fail(name, what, next, exit)
        }
    }
}

/// What earlier probes left: the stack's own, and volumes of others that carry a probe's tag.
pub(super) fn leftovers<'a>(own: Option<Check>, volumes: impl Iterator<Item = &'a ObservedVolume>) -> Check {
    const NAME: &str = "probe-leftovers";
    let strangers: Vec<String> =
        volumes.filter(|it| it.tags.contains_key(TAG)).map(|it| format!("{} ({:?})", it.id, it.name)).collect();
    let own = own.map(|check| check.seen);
    if strangers.is_empty() {
        return Check::ok(NAME, own.map_or_else(|| "none".to_owned(), |own| format!("of an earlier probe: {own}")));
    }
    let seen = format!("with a probe's tag, and recorded nowhere here: {}", strangers.join(", "));
    let seen = own.map_or_else(|| seen.clone(), |own| format!("{own}; {seen}"));
    Check::warn(NAME, seen, "unless another probe is running, delete them in the console")
}

/// Whether a job can still be asked for when its volume is gone.
pub(super) fn job_kept(id: &JobId, answer: &Result<ObservedJob, Error>) -> Check {
    const NAME: &str = "probe-job-kept";
    match answer {
        Ok(job) => Check::ok(NAME, format!("job {id} still says {} when its volume is gone", job.status)),
        Err(error) if error.meaning() == Some(Meaning::JobUnknown) => {
            Check::ok(NAME, format!("job {id} is not known any more when its volume is gone"))
        }
        Err(error) => Check::warn(NAME, error.to_string(), "nothing: no run rests on it"),
    }
}

/// Whether a deleted volume lies in the recycle bin.
pub(super) fn recycled(id: &VolumeId, answer: &Result<Option<Volume>, Error>) -> Check {
    const NAME: &str = "probe-recycle-bin";
    match answer {
        Ok(None) => Check::ok(NAME, "the deleted volume is not in it"),
        Ok(Some(volume)) => {
            let tags = if volume.tags.contains_key(TAG) { "with" } else { "without" };
            let next = "purge it in the console: until then it counts against the quota";
            Check::warn(NAME, format!("volume {id} lies in it, {tags} its tag"), next)
        }
        Err(error) if error.meaning() == Some(Meaning::NotFound) => {
            Check::skipped(NAME, "the service has no such call")
        }
        Err(error) => Check::skipped(NAME, error.to_string()),
    }
}

#[cfg(test)]
mod tests;
