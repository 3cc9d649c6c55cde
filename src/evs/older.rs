//! Calls that a cloud may not have, and the older ones that it has in their place, as Open Telekom Cloud: the gateway says so,
//! and what it said of a call holds for the run.

use super::client::Client;
use super::error::Error;
use super::meaning::Meaning;
use super::request::{Answer, Request};

/// Whether the gateway says that there is no such call. A 404 of the service itself is about the volume, and any other of the
/// gateway's about what is behind it.
fn is_unknown(answered: &Result<Answer, Error>) -> bool {
    let unknown = |error: &Error| error.explained().is_some_and(|it| it.code == "APIGW.0101");
    answered.as_ref().is_err_and(|error| error.meaning() == Some(Meaning::NotFound) && unknown(error))
}

impl Client {
    /// Sends the usual request, or the older one where the gateway does not know the usual call. Gives the template of the one
    /// that was answered. A call that the gateway does not know has done nothing.
    ///
    /// # Errors
    /// See [`Error`]; of two calls that the gateway does not know, that of the usual one.
    pub(super) async fn send_either<'a>(
        &self,
        usual: &'static str,
        older: &'static str,
        request: impl Fn(&'static str) -> Request<'a>,
    ) -> Result<(&'static str, Answer), Error> {
        if self.missing.has(usual) {
            return self.send(request(older)).await.map(|answer| (older, answer));
        }
        let answered = self.send(request(usual)).await;
        if !is_unknown(&answered) {
            return answered.map(|answer| (usual, answer));
        }
        let by_older = self.send(request(older)).await;
        if is_unknown(&by_older) {
            return answered.map(|answer| (usual, answer));
        }
        self.missing.note(usual);
        by_older.map(|answer| (older, answer))
    }
}
