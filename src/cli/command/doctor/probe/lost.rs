//! The calls of a probe whose answers were lost, as what is settled.
//!
//! A probe measures between the steps, so that it looks at its own pace. What the looks mean is for [`Settling`] to say.

use super::context::Probe;
use crate::operation::settle::{Doubts, InDoubt, LOOKS, Now, Proof, Settling, Subject};
use crate::operation::{FoundBy, Repeated, Sendings};
use jiff::{SignedDuration, Timestamp};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Instant;

/// What is known of the jobs of a probe.
#[derive(Debug, Clone, Copy)]
pub(super) enum Jobs {
    /// One runs, or cannot be asked.
    Run,
    /// All are over; when the last of them was, by the service's clock, as far as they say.
    Over(Option<Timestamp>),
}

impl Probe<'_> {
    /// All calls of the probe. `with_token` is whether all open ones left with their token.
    pub(super) fn calls(&self, with_token: bool, jobs: Jobs) -> Subject {
        let known = &self.known;
        let since = self.taken_until(jobs);
        let token = with_token && known.intent.api.documents_tokens();
        let sent = known.first.zip(known.last).filter(|_| known.open > 0);
        Subject {
            targets: known.most(),
            found_by: FoundBy::Tag,
            repeated: if known.intent.api.documents_tokens() { Repeated::ByToken } else { Repeated::Never },
            // While a job runs no time proves what it will not make.
            ends_by_time: since.is_some(),
            sent: sent.map(|(first, last)| Sendings { first, last, token, undated: false }),
            since: since.unwrap_or_default(),
            // Of calls that were all taken, and whose jobs are over, it is known what became of them.
            proof: if known.open > 0 { Proof::Full } else { Proof::Date },
            // As long as lists may lag: a person waits for the end of the probe.
            looks: LOOKS.min(self.terms.doubts.settle),
        }
    }

    /// Settles these, and waits for a proof: each volume of a probe is to be removed. Whether they may be sent again, as
    /// far as that does not depend on the token (`again`). Only looks that came off are handed in.
    pub(super) fn settling(&self, calls: Subject, again: bool) -> Settling<Infallible> {
        // Their silence counts from when the last of them may have been taken in.
        let doubts = Doubts { policy: Some(InDoubt::Wait), validity: Duration::ZERO, ..self.terms.doubts };
        Settling::of(calls, again, doubts)
    }

    /// What the clocks show to a step of the probe that began then.
    pub(super) fn now(&self, begun: Instant, deadline: Instant) -> Now {
        Now {
            service: self.terms.client.service_now(),
            elapsed: begun.elapsed(),
            watched: begun.elapsed(),
            left: deadline.saturating_duration_since(Instant::now()),
        }
    }

    /// When the last call may have been taken in, and the last job was over, at the latest. `None` where nothing tells.
    fn taken_until(&self, jobs: Jobs) -> Option<Timestamp> {
        let Jobs::Over(over) = jobs else { return None };
        let validity = if self.known.open > 0 { self.terms.doubts.validity } else { Duration::ZERO };
        let taken = self.known.last?.checked_add(SignedDuration::try_from(validity).ok()?).ok()?;
        Some(over.map_or(taken, |over| over.max(taken)))
    }
}
