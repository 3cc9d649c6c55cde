//! Every documented error code as data: its class, what it means, and what to do next. What evsctl concludes from
//! a code, what `explain` says and what stands beside a failure all come from this one table.

mod code;
mod gateway;
mod requests;
mod service;
mod steps;

pub use code::{Class, Code};

use super::meaning::Meaning;

/// What evsctl does about an answer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Sends the same again.
    Repeats,
    /// Waits as long as it is told to, or until the thing has settled, and goes on.
    Waits,
    /// Looks at the cloud for what was done.
    Looks,
    /// Takes it for final.
    Stops,
}

impl Does {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Does::Repeats => "repeats",
            Does::Waits => "waits",
            Does::Looks => "looks",
            Does::Stops => "stops",
        }
    }
}

impl Code {
    /// What it means when it comes with each of its statuses: those that evsctl treats alike stand together.
    pub fn answers(&self) -> Vec<(Meaning, Vec<u16>)> {
        let mut answers: Vec<(Meaning, Vec<u16>)> = Vec::new();
        // A 4xx of which no more is known counts as the plainest of them.
        let statuses = if self.statuses.is_empty() { &[400] } else { self.statuses };
        for status in statuses {
            let meaning = meaning(*status, self.code);
            match answers.iter_mut().find(|(known, _)| by_itself(*known) == by_itself(meaning)) {
                Some((_, statuses)) => statuses.push(*status),
                None => answers.push((meaning, vec![*status])),
            }
        }
        answers
    }

    /// The words for its HTTP statuses.
    pub fn statuses(&self) -> String {
        match self.statuses {
            [] => "4xx".to_owned(),
            some => some.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

/// What evsctl does about an answer that means this, and that in a sentence.
pub fn by_itself(meaning: Meaning) -> (Does, &'static str) {
    match meaning {
        Meaning::Throttled => (
            Does::Waits,
            "waits as long as the answer asks, then sends the same again, for up to 15 minutes; meanwhile fewer \
             requests are under way at once",
        ),
        Meaning::Trouble => (
            Does::Repeats,
            "repeats what is harmless to repeat, with growing pauses; a create call is looked for by its tag before \
             it goes again",
        ),
        Meaning::InProgress => (
            Does::Waits,
            "waits for the first sending, looks for its volumes by their tag, and asks again with the same token",
        ),
        Meaning::TokenUsed => (
            Does::Looks,
            "looks for the volumes of the first sending by their tag; nothing is created in their place meanwhile",
        ),
        Meaning::TokensOff => {
            (Does::Repeats, "sends the call again without a token, unless an earlier sending of it may have been done")
        }
        Meaning::TokenMalformed => (
            Does::Stops,
            "sends such a token only to learn whether the service judges tokens, and this answer says that it does",
        ),
        Meaning::JobUnknown => {
            (Does::Looks, "asks for the job a while longer, then looks for its volumes by their tag")
        }
        Meaning::NotFound => (Does::Stops, "takes a volume for gone that it looked up; any other step fails"),
        Meaning::Denied => (Does::Stops, "stops what needs it, repeats nothing, and ends with exit code 6"),
        Meaning::Exhausted | Meaning::Conflict | Meaning::Invalid => (
            Does::Stops,
            "takes it for final: the step fails, the others go on, and the next apply plans it again; a plan that \
             meets it ends",
        ),
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

/// Who speaks by codes that begin like this one, known or not.
pub fn speaker(text: &str) -> Option<&'static str> {
    let (prefix, _) = trimmed(text).split_once('.')?;
    let speakers = [
        ("EVS", "EVS codes are the block storage service's own"),
        ("APIGW", "APIGW codes are the gateway's, which stands before the service"),
        ("Common", "Common codes are about jobs and tokens, and not only this service's"),
    ];
    speakers.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map(|(_, says)| *says)
}

#[cfg(test)]
mod tests;
