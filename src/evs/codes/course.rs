//! What evsctl does about an answer by itself.

use crate::evs::meaning::Meaning;

/// In a word, what evsctl does about an answer by itself.
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
    /// The word for it, which JSON promises.
    pub fn word(self) -> &'static str {
        match self {
            Does::Repeats => "repeats",
            Does::Waits => "waits",
            Does::Looks => "looks",
            Does::Stops => "stops",
        }
    }
}

/// What evsctl does about an answer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Waits as long as the answer asks, and sends the same again.
    Wait,
    /// Repeats what is harmless to repeat.
    Repeat,
    /// Waits for the first sending of the same call.
    AwaitFirst,
    /// Looks for what the first sending of the same call made.
    LookForFirst,
    /// Sends it again without a token.
    DropToken,
    /// Takes it for the answer to a token that is none, by which it shows that tokens are judged.
    TokensAreJudged,
    /// Asks for the job a while longer, and looks for its volumes.
    LookForJob,
    /// Takes a volume for gone.
    TakeForGone,
    /// Takes nothing for gone: the gateway does not know the call.
    NothingIsGone,
    /// Stops what needs it.
    Deny,
    /// Takes it for final.
    Final,
    /// Whatever else it does, looks for what a call with such an answer has done.
    LookForCall,
    /// Where a job that creates ends with it, makes the volume anew.
    MakeAnew,
    /// Where a job that extends ends with it, keeps the volume.
    Keep,
}

impl Course {
    /// What it does about an answer that means this.
    pub(super) fn about(meaning: Meaning) -> Course {
        match meaning {
            Meaning::Throttled => Course::Wait,
            Meaning::Trouble => Course::Repeat,
            Meaning::InProgress => Course::AwaitFirst,
            Meaning::TokenUsed => Course::LookForFirst,
            Meaning::TokensOff => Course::DropToken,
            Meaning::TokenMalformed => Course::TokensAreJudged,
            Meaning::JobUnknown => Course::LookForJob,
            Meaning::NotFound => Course::TakeForGone,
            Meaning::Denied => Course::Deny,
            Meaning::Exhausted | Meaning::Conflict | Meaning::Invalid => Course::Final,
        }
    }

    /// The same in a word.
    pub fn does(self) -> Does {
        match self {
            Course::Wait | Course::AwaitFirst => Does::Waits,
            Course::Repeat | Course::DropToken => Does::Repeats,
            Course::LookForFirst | Course::LookForJob | Course::LookForCall => Does::Looks,
            Course::TokensAreJudged
            | Course::TakeForGone
            | Course::NothingIsGone
            | Course::Deny
            | Course::Final
            | Course::MakeAnew
            | Course::Keep => Does::Stops,
        }
    }
}
