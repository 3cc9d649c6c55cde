//! What came of removing the volume of a probe, of this one and of earlier ones.

use super::call::grant;
use super::probe::volume;
use super::time::shown;
use crate::doctor::{Damage, Doubt, Flaw, Left, Leftovers, Lingering, Open, Removal, Stranger, Why};
use crate::words::doubt::unproved;
use crate::words::number::second;

pub(super) fn removal(removal: &Removal) -> String {
    match removal {
        Removal::Gone { name, volumes } if volumes.is_empty() => format!("{name}: it was never made"),
        Removal::Gone { volumes, .. } => {
            let told = volumes.iter().map(|(id, took)| match took {
                Some(took) => format!("volume {id} deleted, and 404 after {}", shown(*took)),
                None => format!("volume {id} is gone"),
            });
            told.collect::<Vec<_>>().join("; ")
        }
        Removal::Left(left) => self::left(left),
    }
}

pub(super) fn removal_next(removal: &Removal) -> Option<String> {
    let Removal::Left(left) = removal else { return None };
    let next = match left.doubtful.is_empty() {
        true => format!(
            "run `evsctl doctor --probe` again: it removes that first; or delete volume {} in the console",
            left.volume.name
        ),
        false => format!(
            "look at it in the console, and delete it there if nobody needs it; then remove {}",
            left.record.display()
        ),
    };
    match left.why {
        Why::Denied(_) => Some(format!("{}; then {next}", grant("evs:volumes:delete"))),
        Why::Failed(_) | Why::Time | Why::NotCertain | Why::Open(_) => Some(next),
    }
}

fn left(left: &Left) -> String {
    let there = left.there.iter().map(|(id, shows)| match shows {
        Lingering::Status(status) => format!("volume {id} ({status})"),
        Lingering::AtTimes => format!("volume {id} (not found at times)"),
    });
    let doubtful = left.doubtful.iter().map(|(id, against)| {
        let against: Vec<_> = against.iter().map(doubt).collect();
        format!("volume {id} ({})", against.join(", "))
    });
    let volumes: Vec<_> = there.chain(doubtful).collect();
    let volumes = if volumes.is_empty() { String::new() } else { format!(": {}", volumes.join(", ")) };
    format!("{}{volumes}: {}", volume(&left.volume), why(&left.why))
}

/// What speaks against a volume's being a probe's own.
fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Name(name) => format!("its name is {name:?}"),
        Doubt::Tag { key, value } => format!("its tag {key} is {value:?}"),
        Doubt::NoTag { key } => format!("it has no tag {key}, and no answer named it"),
        Doubt::Size(gb) => format!("it has {gb} GB"),
        Doubt::VolumeType(name) => format!("its type is {name:?}"),
        Doubt::Attached => "a server has or had it".to_owned(),
    }
}

/// Why the record of a call that shows nothing is kept.
const NOTHING_SHOWS: &str = "its create call may have been done, and nothing shows";

fn why(why: &Why) -> String {
    match why {
        Why::Denied(error) | Why::Failed(error) => error.to_string(),
        Why::Time => "it was not seen to be gone in time".to_owned(),
        Why::NotCertain => "it is not certainly the probe's own".to_owned(),
        Why::Open(Open::Ever) => NOTHING_SHOWS.to_owned(),
        Why::Open(Open::Lacking(lacking)) => match unproved(*lacking) {
            Some(lacking) => format!("{NOTHING_SHOWS}, and {lacking}"),
            None => NOTHING_SHOWS.to_owned(),
        },
        Why::Open(Open::Until(ends)) => {
            let from = second(*ends);
            format!("{NOTHING_SHOWS}; a probe after {from} can prove that it made none")
        }
    }
}

/// Why a record does not read.
pub(super) fn flaw(flaw: &Flaw) -> String {
    match &flaw.damage {
        Damage::Unreadable(why) => format!("line {}: {why}", flaw.line),
        Damage::NoIntent => format!("line {}: nothing was meant to be made before it", flaw.line),
    }
}

pub(super) fn leftovers(leftovers: &Leftovers) -> String {
    match leftovers {
        Leftovers::Unreadable { path, flaw } => format!("{}: {}", path.display(), self::flaw(flaw)),
        Leftovers::OtherCloud { project_id, endpoint } => {
            format!("an earlier probe of this stack is not over, in project {project_id} at {endpoint}")
        }
        Leftovers::Removal(what) => removal(what),
        Leftovers::Nothing => "none".to_owned(),
        Leftovers::Removed(own) => format!("of an earlier probe: {}", removal(own)),
        Leftovers::Strangers { own, strangers } => {
            let own = own.as_ref().map(|own| format!("{}; ", removal(own))).unwrap_or_default();
            let strangers: Vec<_> = strangers.iter().map(|Stranger { id, name }| format!("{id} ({name:?})")).collect();
            format!("{own}with a probe's tag, and recorded nowhere here: {}", strangers.join(", "))
        }
    }
}

pub(super) fn leftovers_next(leftovers: &Leftovers) -> Option<String> {
    match leftovers {
        Leftovers::Unreadable { .. } => Some(
            "look in the console for a volume whose name begins with evsctl-probe-, delete it, then the file"
                .to_owned(),
        ),
        Leftovers::OtherCloud { .. } => {
            Some("let the manifest mean that project again, and run this once more: it removes what is left".to_owned())
        }
        Leftovers::Removal(what) => removal_next(what),
        Leftovers::Nothing | Leftovers::Removed(_) => None,
        Leftovers::Strangers { .. } => Some("unless another probe is running, delete them in the console".to_owned()),
    }
}
