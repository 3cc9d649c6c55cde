//! What is done about an operation whose answer was lost: what it made is looked for by its tag, then it is sent again with
//! its token where that is safe, and at last it is concluded that it never happened, where time can prove that. Pure: the
//! looks and all clocks are handed in.

mod subject;

use super::model::{FoundBy, Operation, Repeated};
use super::progress::Sendings;
use super::silence::{Silence, Unproved};
use crate::observed::Listed;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
pub use subject::{LOOKS, Proof, Subject};

/// How long after its first sending an operation may be sent again with its token: an hour less than the service
/// remembers it (EVS API reference, `X-Client-Token`).
const TOKEN_LIVES: SignedDuration = SignedDuration::from_hours(7);
/// How many lists in a row must prove that they would show what was made.
pub const EMPTY_LISTS: u32 = 2;
/// The pause after the first look, by how much each is longer than the one before, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGER: f64 = 1.5;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is done about an operation whose answer was lost, which may not be sent again, and of which nothing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// Wait until time has proved that it never happened, and make it anew.
    Wait,
    /// Never conclude that: look for a minute, then leave it to the next run.
    Hold,
    /// Look once and leave it at once.
    Fail,
}

/// On what terms doubts are settled.
#[derive(Debug, Clone, Copy)]
pub struct Doubts {
    /// What is done in the end. `None`: to wait where something keeps a sending from being done late, which is the
    /// service's memory for tokens or the date of a signature; else to hold.
    pub policy: Option<InDoubt>,
    /// Whether every request is dated by a signature, and is surely refused once `validity` has passed.
    pub dated: bool,
    /// How long after a sending the service may still take the request in: a signed one until its date is too old,
    /// one with a session's token as long as that lives.
    pub validity: Duration,
    /// How long an operation that was taken in may stay invisible.
    pub settle: Duration,
}

/// What the clocks show.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// By the service's clock.
    pub service: Timestamp,
    /// How long the settling has gone on, by the run's own clock.
    pub elapsed: Duration,
    /// How long the run has looked on since the last sending, or since the run began, by the same.
    pub watched: Duration,
    /// How long the run may still wait.
    pub left: Duration,
}

/// What a look for the volumes of the operation came to. `E` tells why one failed.
#[derive(Debug, Clone)]
pub enum Look<'a, E> {
    /// A list, and how many volumes of it are the operation's own.
    Listed {
        /// All of it.
        listed: &'a Listed,
        /// How many carry its tag.
        found: usize,
    },
    /// The list could not be read, for this reason.
    Failed(E),
    /// The service refuses the list, and would go on refusing.
    Denied(E),
    /// The list was not there in time.
    TooLate,
    /// Nothing was looked for, since nothing could be found.
    Blind,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next<E> {
    /// All of it is there: it is followed to its end.
    Found,
    /// Nothing shows, and it may be sent again with its token.
    SendAgain,
    /// Only so many of its volumes are there, and no more will ever be.
    NoMore(usize),
    /// Another look after so long.
    Wait(Duration),
    /// It depends on whether the service honours tokens: the same look again, with the answer.
    AskTokens,
    /// It stays open.
    Leave(Why<E>),
}

/// Why an operation stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why<E> {
    /// The service refuses to show the volumes, for this reason.
    Denied(E),
    /// It was sent without an ownership tag: nothing can tell what it made.
    Untagged,
    /// Not all of its volumes show.
    NotShown {
        /// What was seen last.
        evidence: Evidence<E>,
        /// What ended the looking.
        end: End,
    },
}

/// What a look showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<E> {
    /// What was seen of the operation's volumes.
    pub seen: Seen<E>,
    /// Why the list proves nothing of the others, where waiting alone does not help.
    pub unproved: Option<Unproved>,
}

/// What was seen of the volumes of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen<E> {
    /// So many of them, by their tag.
    Some(usize),
    /// Nothing: the list could not be read, for this reason.
    Unlisted(E),
    /// Nothing: the list was not there in time.
    TooLate,
}

/// What ended the looking for the volumes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Time can never prove that it did not happen.
    NeverProved,
    /// A later run can prove that it did not happen, where it begins after that time by the service's clock, and looks
    /// on for so long by its own; no run where there is no such time.
    ProvedLater(Option<Timestamp>, Duration),
    /// It was looked for a minute, since nobody asked to wait for the proof.
    Held,
    /// It was looked for once, as was asked for.
    Failed,
    /// The run may not wait any longer. Whether waiting would have helped.
    OutOfTime(bool),
}

/// The settling of one doubt.
#[derive(Debug, Clone)]
pub struct Settling<E> {
    doubts: Doubts,
    subject: Subject,
    /// Whether it is wanted, and what was sent allows for that: its token may still bring its first answer again, or to do it
    /// twice is the same.
    may_repeat: bool,
    /// How many lists in a row proved that they would show what was made.
    empty: u32,
    pause: Duration,
    /// What was seen before.
    last: Option<Evidence<E>>,
    /// Why the last list proved nothing, where waiting alone does not help.
    unproved: Option<Unproved>,
}

impl<E: Clone> Settling<E> {
    /// Of an operation with these sendings, all of which are recorded. It may be sent again where it is `wanted`, and where
    /// no answer has said that its token is spent (`replay`).
    pub fn new(
        operation: &Operation,
        sent: Option<Sendings>,
        wanted: bool,
        replay: bool,
        doubts: Doubts,
    ) -> Settling<E> {
        Settling::of(Subject::of(operation, sent), wanted && replay, doubts)
    }

    /// Of that subject. Whether it may be sent again, as far as that does not depend on its token (`again`).
    pub fn of(subject: Subject, again: bool, doubts: Doubts) -> Settling<E> {
        Settling {
            doubts,
            subject,
            may_repeat: again
                && match subject.repeated {
                    Repeated::ByToken => subject.sent.is_some_and(|sent| sent.token),
                    Repeated::WhileWanted => true,
                    Repeated::Never => false,
                },
            empty: 0,
            pause: FIRST_PAUSE,
            last: None,
            unproved: None,
        }
    }

    /// Takes in what has become known of the subject between two looks, as that its job is over. What was seen still counts.
    pub fn learn(&mut self, subject: Subject) {
        self.subject = subject;
    }

    /// Whether a look can find anything at all.
    pub fn can_find(&self) -> bool {
        self.subject.found_by != FoundBy::Nothing
    }

    /// Takes in a look, and says what is to be done. `trusted` is whether the service honours tokens, as far as that is
    /// known.
    pub fn next(&mut self, look: &Look<'_, E>, now: Now, trusted: Option<bool>) -> Next<E> {
        // What depends on tokens comes first, so that the same look may be handed in again with the answer.
        let again = match look {
            Look::Denied(why) => return Next::Leave(Why::Denied(why.clone())),
            Look::Listed { found, .. } if *found >= self.subject.targets => return Next::Found,
            Look::Listed { .. } | Look::Blind => self.may_go_again(now.service, trusted),
            Look::Failed(_) | Look::TooLate => Some(false),
        };
        match again {
            Some(true) => return Next::SendAgain,
            Some(false) => {}
            None => return Next::AskTokens,
        }
        if matches!(look, Look::Blind) {
            return Next::Leave(Why::Untagged);
        }
        let Some(policy) = self.policy(trusted) else { return Next::AskTokens };
        let silence = self.silence(now.watched);
        let mut provable =
            silence.is_some_and(|silence| self.subject.proof.can_be_given(silence, now.left, now.service));
        let evidence = match look {
            Look::Listed { listed, found } => {
                let proved = silence.map(|silence| self.subject.proof.is_given(silence, listed));
                // Nothing is concluded where nobody waits for it.
                let concluded = policy == InDoubt::Wait && proved == Some(Ok(()));
                self.empty = if concluded { self.empty + 1 } else { 0 };
                if self.empty >= EMPTY_LISTS {
                    return Next::NoMore(*found);
                }
                self.unproved = proved.and_then(Result::err).filter(|why| !why.passes());
                // A moment is waited all the same: another operation of this run may bring what is missing.
                provable &= self.unproved.is_none();
                Evidence { seen: Seen::Some(*found), unproved: self.unproved }
            }
            Look::Failed(why) => Evidence { seen: Seen::Unlisted(why.clone()), unproved: None },
            // What was seen before says more.
            Look::TooLate | Look::Denied(_) | Look::Blind => {
                self.last.take().unwrap_or(Evidence { seen: Seen::TooLate, unproved: None })
            }
        };
        let over = match policy {
            InDoubt::Fail => true,
            InDoubt::Hold => now.elapsed >= self.subject.looks,
            // What cannot be proved in this run is left to a later one.
            InDoubt::Wait => now.elapsed >= self.subject.looks && !provable,
        };
        if over {
            let end = match policy {
                _ if !self.subject.ends_by_time => End::NeverProved,
                InDoubt::Wait => End::ProvedLater(silence.and_then(|silence| silence.ends()), self.doubts.settle),
                InDoubt::Hold => End::Held,
                InDoubt::Fail => End::Failed,
            };
            return Next::Leave(Why::NotShown { evidence, end });
        }
        let pause = self.pause;
        if pause >= now.left {
            let end = End::OutOfTime(self.unproved.is_none() && self.subject.ends_by_time);
            return Next::Leave(Why::NotShown { evidence, end });
        }
        self.pause = self.pause.mul_f64(LONGER).min(LONGEST_PAUSE);
        self.last = Some(evidence);
        Next::Wait(pause)
    }

    /// What was seen last, while the next look is waited for.
    pub fn last(&self) -> Option<&Evidence<E>> {
        self.last.as_ref()
    }

    /// How long the next look may take: where no conclusion is waited for, no list is waited for longer than the looking
    /// lasts.
    pub fn patience(&self, now: Now, trusted: Option<bool>) -> Duration {
        if self.waits(trusted) { now.left } else { now.left.min(self.subject.looks.saturating_sub(now.elapsed)) }
    }

    /// Whether a conclusion is waited for, as far as that is known without asking the service.
    pub fn waits(&self, trusted: Option<bool>) -> bool {
        self.policy_where(trusted == Some(true)) == InDoubt::Wait
    }

    /// What is done in the end; `None` where it depends on whether tokens are honoured.
    fn policy(&self, trusted: Option<bool>) -> Option<InDoubt> {
        let decided = self.policy_where(false);
        match trusted {
            _ if decided == self.policy_where(true) => Some(decided),
            Some(trusted) => Some(self.policy_where(trusted)),
            None => None,
        }
    }

    /// What is done where tokens are honoured, or are not. Where there can be no proof, none is waited for.
    fn policy_where(&self, trusted: bool) -> InDoubt {
        match self.doubts.policy {
            None | Some(InDoubt::Wait) if !self.subject.ends_by_time => InDoubt::Hold,
            Some(policy) => policy,
            None if self.doubts.dated || (trusted && self.subject.repeated == Repeated::ByToken) => InDoubt::Wait,
            None => InDoubt::Hold,
        }
    }

    /// Whether it may be sent again. With its token: it is still wanted, the service has had all of it with that token,
    /// honours tokens, and remembers this one. What is the same where it is done twice only has to be wanted. `None` where it
    /// depends on whether tokens are honoured. `now` is what the service's clock shows.
    pub fn may_go_again(&self, now: Timestamp, trusted: Option<bool>) -> Option<bool> {
        if self.subject.repeated == Repeated::WhileWanted {
            return Some(self.may_repeat);
        }
        let is_known = |sent: Sendings| is_remembered(now.duration_since(sent.first));
        if !self.may_repeat || !self.subject.sent.is_some_and(is_known) { Some(false) } else { trusted }
    }

    /// From when on its absence from a list may prove that it never happened, by the service's clock. `None` where it never
    /// does.
    pub fn ends(&self) -> Option<Timestamp> {
        self.silence(Duration::ZERO)?.ends()
    }

    /// How long it must have been looked for before its absence from a list means anything, where the run's own clock has
    /// watched it for so long. `None` where it never does.
    fn silence(&self, watched: Duration) -> Option<Silence> {
        let Doubts { validity, settle, .. } = self.doubts;
        let lasts = validity.saturating_add(settle);
        self.subject.ends_by_time.then_some(Silence { since: self.subject.since, lasts, settle, watched })
    }
}

/// Whether the service surely remembers the token of an operation that was first sent so long ago.
pub fn is_remembered(age: SignedDuration) -> bool {
    age < TOKEN_LIVES && age > -TOKEN_LIVES
}

#[cfg(test)]
mod tests;
