//! Every documented error code as data: its class, what it means, and what evsctl does about it. What evsctl concludes from
//! a code, what `explain` says and what stands beside a failure all come from this one table; the sentences about its
//! codes stand in the catalogue of words.

mod code;
mod course;
mod gateway;
mod id;
mod requests;
mod service;

pub use code::{Class, Code};
pub use course::{Course, Does};
pub use id::{Gateway, Id, Request, Service};

use super::meaning::Meaning;

impl Code {
    /// What evsctl does about it, with each of the statuses that it comes with: those that are treated alike stand together.
    pub fn answers(&self) -> Vec<(Course, Vec<u16>)> {
        let mut answers: Vec<(Course, Vec<u16>)> = Vec::new();
        // A 4xx of which no more is known counts as the plainest of them.
        let statuses = if self.statuses.is_empty() { &[400] } else { self.statuses };
        for status in statuses {
            let course = match meaning(*status, self.code) {
                // See `evs::Error::says_absent`.
                Meaning::NotFound if matches!(self.id, Id::Gateway(_)) => Course::NothingIsGone,
                meaning => Course::about(meaning),
            };
            match answers.iter_mut().find(|(known, _)| *known == course) {
                Some((_, statuses)) => statuses.push(*status),
                None => answers.push((course, vec![*status])),
            }
        }
        answers
    }

    /// All that evsctl does about it, in the order to tell it; with the statuses of an answer where it comes with several
    /// that are not treated alike.
    pub fn courses(&self) -> Vec<(Course, Vec<u16>)> {
        let answers = self.answers();
        let several = answers.len() > 1;
        let mut courses = Vec::new();
        for (course, statuses) in answers {
            // Whatever the code says, work may have been begun before the trouble: see `evs::Outcome`.
            let in_doubt = course != Course::Repeat && statuses.iter().any(|status| *status >= 500);
            courses.push((course, if several { statuses } else { Vec::new() }));
            if in_doubt {
                courses.push((Course::LookForCall, Vec::new()));
            }
        }
        if self.class == Class::Failure && self.code.starts_with("EVS.") {
            let end = if self.is_of_extending() { Course::Keep } else { Course::MakeAnew };
            courses.push((end, Vec::new()));
        }
        courses
    }

    /// Whether only what extends a volume fails with it.
    fn is_of_extending(&self) -> bool {
        matches!(
            self.id,
            Id::Request(Request::Evs1067 | Request::Evs1068) | Id::Service(Service::Evs2026 | Service::Evs2131)
        )
    }

    /// What it does about an answer, mostly one thing.
    pub fn does(&self) -> Vec<Does> {
        let mut does: Vec<Does> = self.answers().into_iter().map(|(course, _)| course.does()).collect();
        does.dedup();
        does
    }
}

/// Code first, then status: EVS answers most refusals with 400 (EVS API reference, "Error codes").
pub(super) fn meaning(status: u16, code: &str) -> Meaning {
    if let Some(fixed) = find(code).and_then(|known| known.fixed) {
        return fixed;
    }
    match status {
        401 | 403 => Meaning::Denied,
        404 | 410 => Meaning::NotFound,
        408 => Meaning::Trouble,
        409 => Meaning::Conflict,
        413 => Meaning::Exhausted,
        429 => Meaning::Throttled,
        400..=499 => Meaning::Invalid,
        // A redirect is never followed, and it is nothing that this API does.
        300..=399 => Meaning::Invalid,
        _ => Meaning::Trouble,
    }
}

/// Every code: the service's own, those it shares with others, the gateway's.
pub fn all() -> impl Iterator<Item = &'static Code> {
    requests::CODES.iter().chain(service::CODES).chain(gateway::CODES)
}

/// The code as an answer spells it.
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|known| known.code == code)
}

/// The code as somebody types it: letters of either case, with what a copied line leaves around it.
pub fn typed(text: &str) -> Option<&'static Code> {
    let text = trimmed(text);
    all().find(|known| known.code.eq_ignore_ascii_case(text))
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// The codes that a text without a code of its own comes nearest to, the nearest first.
pub fn nearest(text: &str) -> Vec<&'static Code> {
    const MOST: usize = 3;
    const FAR: usize = 2;
    // The beginning of a long text is as unlike any code as the whole.
    let text: String = trimmed(text).chars().take(32).collect::<String>().to_ascii_uppercase();
    let number = |code: &'static str| code.split_once('.').map_or(code, |(_, number)| number);
    let far = |known: &'static Code| {
        let whole = strsim::damerau_levenshtein(&known.code.to_ascii_uppercase(), &text);
        // Many know a code by its number only.
        let bare = if number(known.code) == text { 0 } else { FAR + 1 };
        whole.min(bare)
    };
    let mut found: Vec<(usize, &Code)> =
        all().map(|known| (far(known), known)).filter(|(far, _)| *far <= FAR).collect();
    found.sort_by_key(|(far, _)| *far);
    found.truncate(MOST);
    found.into_iter().map(|(_, known)| known).collect()
}

/// Who speaks by codes that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The block storage service.
    Service,
    /// The gateway before it.
    Gateway,
    /// Whoever has to do with jobs and tokens.
    Shared,
}

/// Who speaks by codes that begin like this one, known or not.
pub fn speaker(text: &str) -> Option<Speaker> {
    let (prefix, _) = trimmed(text).split_once('.')?;
    let speakers = [("EVS", Speaker::Service), ("APIGW", Speaker::Gateway), ("Common", Speaker::Shared)];
    speakers.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map(|(_, speaker)| *speaker)
}

#[cfg(test)]
mod tests;
