//! The EVS API: a client with one method per call that is used, errors by meaning, and the bodies on
//! the wire. It sees no plan and no state, and sends a call that starts a job once for each time that it is told to:
//! what is to be done about one that may have been done is its caller's business.

mod auth;
mod budget;
mod calls;
mod catalogue;
mod client;
mod clock;
pub mod codes;
mod conformance;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gate;
pub mod iam;
mod job;
mod job_calls;
mod list_audit;
mod log;
mod meaning;
mod mend;
mod missing;
mod no_credentials;
mod nonsense;
mod observe;
mod older;
mod outcome;
mod pause;
mod probe_calls;
mod recycle;
mod redact;
mod request;
mod send;
mod snapshots;
mod sources;
pub mod wire;

pub use auth::{Credentials, Fetch, Held, Keys, Secret};
pub(crate) use calls::LIST;
pub use calls::Taken;
pub use client::{Client, Connection};
pub use conformance::{ClockOff, Conformance};
pub use error::{Error, Kind, NoConnection, Said, Unsent};
pub use gate::Rate;
pub use list_audit::ListAudit;
pub use meaning::Meaning;
pub use no_credentials::{CommandFlaw, NoCredentials, Part, TokenFlaw};
pub use nonsense::Nonsense;
pub(crate) use observe::{IDS, PAGE};
pub use outcome::{Doubt, Outcome, Refused, shows_tokens};
pub(crate) use redact::familiar;
pub(crate) use request::BeforeSend;
pub use request::Notice;
pub(crate) use send::{backoff, jitter};
