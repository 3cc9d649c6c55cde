//! Somebody who is told of every call that changes something, before its work.

use std::fmt;
use std::sync::Arc;

/// A call that changes something, whose work is about to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its method.
    pub method: &'static str,
    /// Its path, as the endpoint table writes it: `/v3/{project_id}/cloudvolumes`.
    pub template: &'static str,
    /// The volume that its path names, where it names one.
    pub volume: Option<String>,
    /// Its `X-Client-Token`, as it was sent.
    pub client_token: Option<String>,
    /// The date that its signature carries, `X-Sdk-Date`, where it is signed.
    pub signed: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Is told of every call that changes something once its body is there and before its work, so that a test can look at
/// what its sender has made durable until then.
///
/// It hears of creates that a client token answers again, of calls whose answer will be lost, and of late ones when
/// their work is done; not of those that are refused or cut before the service looks at their body. It must not
/// take long. Where it panics, the connection is cut, nothing done.
#[derive(Clone)]
pub struct Witness(Arc<dyn Fn(&Arrival) + Send + Sync>);

impl Witness {
    /// One that calls this.
    pub fn new(told: impl Fn(&Arrival) + Send + Sync + 'static) -> Witness {
        Witness(Arc::new(told))
    }

    pub(super) fn tell(&self, arrival: &Arrival) {
        (self.0)(arrival);
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness(..)")
    }
}
