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
use crate::cli::render::doctor::Check;

const SAME: &str = "probe-same-token";
const OTHER: &str = "probe-other-body";

impl Probe<'_> {
    /// Sends the call again as it was, and then with another body.
    pub(super) async fn repeat(&mut self, made: &Taking, judged_tokens: bool, found: &mut Findings) {
        let why = match (&made.job, made.with_token && judged_tokens) {
            (Some(_), true) => None,
            (None, _) => Some("the answer to the first call was lost, so there is nothing to compare"),
            (_, false) => {
                Some("the service does not show that it judges tokens: another call could buy another volume")
            }
        };
        if let Some(why) = why {
            found.put(Check::skipped(SAME, why));
            found.put(Check::skipped(OTHER, why));
            return;
        }
        let same = self.send(DESCRIPTION, true).await;
        let check = judge::same_token(made.job.as_ref(), same.as_ref().map_err(Unsent::words));
        let honoured = check.result == crate::cli::render::doctor::Verdict::Ok;
        found.put(check);
        if !honoured || self.is_stopped() {
            found.put(Check::skipped(OTHER, "the same call again did not bring the same answer, so no other is tried"));
            return;
        }
        let other = self.send("another body", true).await;
        found.put(judge::other_body(other.as_ref()));
    }
}
