//! What the service does with a client token that comes again.
//!
//! A service that does not remember it makes another volume, which nobody consented to. So the token comes again only
//! where a malformed one was judged, and with another body only where the same body made nothing new. Another volume
//! would carry the same tag, and is removed with the first.

use super::context::Probe;
use super::judge;
use super::make::{DESCRIPTION, Taking};
use super::unsent::Unsent;
use crate::cli::command::doctor::findings::Findings;
use crate::doctor::{Check, Finding, Skipped, Verdict};

impl Probe<'_> {
    /// Sends the call again as it was, and then with another body.
    pub(super) async fn repeat(&mut self, made: &Taking, judged_tokens: bool, found: &mut Findings) {
        let why = match (&made.job, made.with_token && judged_tokens) {
            (Some(_), true) => None,
            (None, _) => Some(Skipped::AnswerLost),
            (_, false) => Some(Skipped::TokensNotJudged),
        };
        if let Some(why) = why {
            found.put(Finding::Skipped(Check::ProbeSameToken, why));
            found.put(Finding::Skipped(Check::ProbeOtherBody, why));
            return;
        }
        let same = self.send(DESCRIPTION, true).await;
        let finding = judge::same_token(made.job.as_ref(), same.as_ref().map_err(Unsent::why));
        let honoured = finding.verdict() == Verdict::Ok;
        found.put(finding);
        if !honoured || self.is_stopped() {
            found.put(Finding::Skipped(Check::ProbeOtherBody, Skipped::NotTheSameAnswer));
            return;
        }
        let other = self.send("another body", true).await;
        found.put(judge::other_body(other.as_ref()));
    }
}
