//! Whether the service behaves as it is documented.

use crate::doctor::{Answers, Clock, JobKept, Order, Pages, RecycleBin, Tags, Tokens, Window};
use crate::evs::ClockOff;
use crate::words::number::count;

pub(super) fn clock(clock: &Clock) -> String {
    match clock {
        Clock::Untold => "no answer told the service's time".to_owned(),
        Clock::Agrees => "it agrees with the service's".to_owned(),
        Clock::Near(ahead) | Clock::Off(ahead) | Clock::TooFar(ahead) => ClockOff { ahead: *ahead }.to_string(),
    }
}

pub(super) fn clock_next(clock: &Clock) -> Option<&'static str> {
    match clock {
        Clock::Untold | Clock::Agrees | Clock::Near(_) => None,
        Clock::Off(_) => Some("set the local clock, best by NTP: 15 minutes off, signatures are refused"),
        Clock::TooFar(_) => {
            Some("set the local clock, best by NTP: signatures that are more than 15 minutes off are refused")
        }
    }
}

pub(super) fn tokens(tokens: &Tokens) -> String {
    match tokens {
        Tokens::Honoured => "the service has shown that it judges them".to_owned(),
        Tokens::RecordedOff => "the service has said that they are switched off".to_owned(),
        Tokens::Documented => "the service documents them; none was needed yet".to_owned(),
        Tokens::Unknown => "nothing is recorded; only a create call can show it, and this only reads".to_owned(),
        Tokens::Judged => "a malformed one is refused as such: the service judges them".to_owned(),
        Tokens::Off => "the service says that they are switched off".to_owned(),
        Tokens::Unnoticed => "a malformed one is not noticed: the service does not show that it judges them".to_owned(),
        Tokens::Failed(error) => error.to_string(),
    }
}

pub(super) fn tokens_next(tokens: &Tokens) -> Option<&'static str> {
    match tokens {
        Tokens::Honoured | Tokens::Documented | Tokens::Unknown | Tokens::Judged => None,
        Tokens::RecordedOff | Tokens::Off => {
            Some("nothing: a create call whose answer is lost is waited out, and not sent again")
        }
        Tokens::Unnoticed => {
            Some("nothing: where no document says that it does, a create call whose answer is lost is waited out")
        }
        Tokens::Failed(_) => Some("run it again: nothing is known of them"),
    }
}

pub(super) fn pages(pages: &Pages) -> String {
    match pages {
        Pages::Short { volumes, behind } => format!(
            "a page that is not full is not the last: it ends after {}, with {behind} behind",
            count(*volumes, "volume")
        ),
        Pages::Several { first, volumes } => format!("pages of {first} are honoured: {}", count(*volumes, "volume")),
        Pages::One(1) => "1 volume, which fits into one page; nothing is behind it".to_owned(),
        Pages::One(volumes) => format!("{volumes} volumes, which fit into one page; nothing is behind it"),
    }
}

pub(super) fn pages_next(pages: &Pages) -> Option<&'static str> {
    match pages {
        Pages::Short { .. } => {
            Some("apply nothing here: evsctl would not see all volumes; tell its maintainers and the service's support")
        }
        Pages::Several { .. } | Pages::One(_) => None,
    }
}

pub(super) fn order(order: &Order) -> String {
    match order {
        Order::TooFew => "fewer than two volumes tell when they were made".to_owned(),
        Order::Right => "oldest first, as asked for".to_owned(),
        Order::Misplaced(n) => {
            format!("{} after a younger one, though the oldest were asked for first", count(*n, "volume"))
        }
    }
}

pub(super) fn order_next(order: &Order) -> Option<&'static str> {
    match order {
        Order::TooFew | Order::Right => None,
        Order::Misplaced(_) => {
            Some("run applies when nobody else makes volumes: one that is made meanwhile may be missed")
        }
    }
}

/// What to do where the list does not show tags.
pub(super) const TAGS_MISSING: &str = "find out why before an apply: by their tag in the list evsctl knows its volumes";

pub(super) fn tags(tags: &Tags) -> String {
    match tags {
        Tags::Shown => "volumes are listed with their tags".to_owned(),
        Tags::Bare(n) => format!("{} in the list without any tag", count(*n, "recorded volume")),
        Tags::NoneShown(key) => format!("the project has tags such as {key}, and no volume in the list shows one"),
        Tags::Unknown => "no volume is known to have one".to_owned(),
    }
}

pub(super) fn tags_next(tags: &Tags) -> Option<&'static str> {
    match tags {
        Tags::Shown | Tags::Unknown => None,
        Tags::Bare(_) | Tags::NoneShown(_) => Some(TAGS_MISSING),
    }
}

pub(super) fn answers(answers: &Answers) -> String {
    match answers {
        Answers::None => "there were none".to_owned(),
        Answers::Whole => "all carry Date and X-Request-Id".to_owned(),
        Answers::Lacking { answers, undated, unnamed } => {
            let lacking = [(undated, "Date"), (unnamed, "X-Request-Id")].into_iter().filter(|(n, _)| **n > 0);
            let told = lacking.map(|(n, header)| format!("{n} of {answers} have no {header}"));
            told.collect::<Vec<_>>().join("; ")
        }
    }
}

pub(super) fn answers_next(answers: &Answers) -> Option<String> {
    let Answers::Lacking { undated, unnamed, .. } = answers else { return None };
    let nexts = [
        (undated, "without Date, a create call whose answer is lost may stay open: run applies from a steady place"),
        (unnamed, "without X-Request-Id, note the time of a failure for the service's support"),
    ];
    let nexts = nexts.into_iter().filter(|(n, _)| **n > 0).map(|(_, next)| next);
    Some(nexts.collect::<Vec<_>>().join("; "))
}

pub(super) fn window(window: &Window) -> String {
    match window {
        Window::Unsigned => "requests are not signed here, so nothing dates them".to_owned(),
        Window::TooWide(dates) | Window::TooNarrow(dates) | Window::AsDocumented(dates) => {
            let told = dates.iter().map(|(off, taken)| {
                let side = if off.is_negative() { "past" } else { "future" };
                format!("{} min in the {side} {}", off.abs().as_mins(), if *taken { "taken" } else { "refused" })
            });
            format!("signatures dated {}", told.collect::<Vec<_>>().join(", "))
        }
    }
}

pub(super) fn window_next(window: &Window) -> Option<&'static str> {
    match window {
        Window::Unsigned | Window::AsDocumented(_) => None,
        Window::TooWide(_) => Some(
            "leave calls in doubt open (--in-doubt hold): a request that was kept back may be taken in later \
             than evsctl waits for",
        ),
        Window::TooNarrow(_) => Some("keep the local clock right, by NTP: less is borne than the documents say"),
    }
}

pub(super) fn job_kept(kept: &JobKept) -> String {
    match kept {
        JobKept::Kept(id, status) => format!("job {id} still says {status} when its volume is gone"),
        JobKept::Forgotten(id) => format!("job {id} is not known any more when its volume is gone"),
        JobKept::Failed(error) => error.to_string(),
    }
}

pub(super) fn job_kept_next(kept: &JobKept) -> Option<&'static str> {
    match kept {
        JobKept::Kept(..) | JobKept::Forgotten(_) => None,
        JobKept::Failed(_) => Some("nothing: no run rests on it"),
    }
}

pub(super) fn recycle_bin(bin: &RecycleBin) -> String {
    match bin {
        RecycleBin::Empty => "the deleted volume is not in it".to_owned(),
        RecycleBin::Lies { id, tagged } => {
            format!("volume {id} lies in it, {} its tag", if *tagged { "with" } else { "without" })
        }
        RecycleBin::NoSuchCall => "the service has no such call".to_owned(),
        RecycleBin::Failed(error) => error.to_string(),
    }
}

pub(super) fn recycle_bin_next(bin: &RecycleBin) -> Option<&'static str> {
    match bin {
        RecycleBin::Lies { .. } => Some("purge it in the console: until then it counts against the quota"),
        RecycleBin::Empty | RecycleBin::NoSuchCall | RecycleBin::Failed(_) => None,
    }
}
