//! What the service does with client tokens, as far as it is known: documented, recorded, or asked for.

use super::record::{Halted, Recorder};
use crate::evs::{Client, Error, Meaning};
use crate::state::{Change, CloudId, TokenSupport};
use crate::volume::CreateApi;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long after it gave no answer the service is asked about tokens again.
const PROBE_AGAIN: Duration = Duration::from_secs(2);

/// What is known of tokens in this run.
#[derive(Debug)]
pub(super) struct Tokens {
    documented: bool,
    /// What the service has shown.
    shown: Mutex<Option<TokenSupport>>,
    probed: Probed,
}

impl Tokens {
    /// Of that cloud, which has shown so much so far.
    pub(super) fn new(cloud: &CloudId, shown: Option<TokenSupport>) -> Tokens {
        Tokens { documented: cloud.documents_tokens(), shown: Mutex::new(shown), probed: Probed::default() }
    }

    /// Whether a call that is sent again with its token is not done twice. Where nothing is known of the service it
    /// is asked, until it has answered once.
    pub(super) async fn are_trusted(&self, client: &Client, recorder: &Recorder) -> Result<bool, Halted> {
        if let Some(trusted) = self.trusted_so_far() {
            return Ok(trusted);
        }
        let shown = self.probed.shown(|| client.probe_tokens(CreateApi::V3)).await;
        if let Some(honours) = shown {
            self.note(recorder, honours).await?;
        }
        Ok(shown == Some(true))
    }

    /// The same as far as it is known without asking.
    pub(super) fn trusted_so_far(&self) -> Option<bool> {
        self.shown().map(|known| known == TokenSupport::Honoured).or(self.documented.then_some(true))
    }

    /// What the service has shown so far.
    pub(super) fn shown(&self) -> Option<TokenSupport> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records what the service has shown, where that is news.
    pub(super) async fn note(&self, recorder: &Recorder, honours: bool) -> Result<(), Halted> {
        let shown = if honours { TokenSupport::Honoured } else { TokenSupport::Off };
        let before = self.shown.lock().unwrap_or_else(PoisonError::into_inner).replace(shown);
        if before == Some(shown) {
            return Ok(());
        }
        recorder.record(vec![Change::Tokens(shown)], Vec::new()).await
    }
}

/// What the service answered when it was asked about tokens. It is asked until it has answered: what trouble kept
/// from being known does not count for the rest of the run.
#[derive(Debug, Default)]
struct Probed(tokio::sync::Mutex<Probe>);

#[derive(Debug, Default)]
enum Probe {
    #[default]
    Unasked,
    /// No answer came, and it is not asked again before that.
    Unanswered(Instant),
    /// What it showed, where it showed anything.
    Answered(Option<bool>),
}

impl Probed {
    /// What the service shows of tokens, asked once for all who want to know.
    async fn shown<F: Future<Output = Result<Option<bool>, Error>>>(&self, ask: impl FnOnce() -> F) -> Option<bool> {
        let mut probe = self.0.lock().await;
        match *probe {
            Probe::Answered(shown) => return shown,
            Probe::Unanswered(again) if Instant::now() < again => return None,
            Probe::Unanswered(_) | Probe::Unasked => {}
        }
        let answer = ask().await;
        *probe = match &answer {
            Ok(shown) => Probe::Answered(*shown),
            Err(error) if matches!(error.meaning(), Some(Meaning::Denied)) => Probe::Answered(None),
            Err(_) => Probe::Unanswered(Instant::now() + PROBE_AGAIN),
        };
        answer.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evs::Kind;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_service_that_gave_no_answer_about_tokens_is_asked_again_and_one_that_did_is_not() {
        let (probed, asked) = (Probed::default(), Cell::new(0));
        let ask = |answer: Result<Option<bool>, Kind>| {
            asked.set(asked.get() + 1);
            std::future::ready(answer.map_err(|kind| Error::new("POST /", kind)))
        };
        let lost = || Err(Kind::Unanswered("reset".to_owned()));
        assert_eq!(probed.shown(|| ask(lost())).await, None);
        assert_eq!(probed.shown(|| ask(Ok(Some(true)))).await, None, "not again at once");
        *probed.0.lock().await = Probe::Unanswered(Instant::now());
        assert_eq!(probed.shown(|| ask(Ok(Some(true)))).await, Some(true));
        assert_eq!(probed.shown(|| ask(lost())).await, Some(true));
        assert_eq!(asked.get(), 2);
    }
}
