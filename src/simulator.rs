//! The embedded cloud: the EVS API over real HTTP, for people without an account, for rehearsal, for tests.
//!
//! It follows the published API reference, not what one client would like: other people's clients must work
//! against it unchanged. It knows no plan, no state and no manifest, and shares only `volume` and `evs::wire`.
//! Where the reference is silent, what it does is marked as a choice.

mod accounts;
mod beside;
mod body;
mod call;
mod catalogue;
mod change;
mod check;
mod create;
mod edit;
mod event;
mod exchange;
mod extend;
mod fault;
mod filter;
mod identity;
mod ids;
mod job;
mod list;
mod log;
mod look;
mod model;
mod purchase;
mod quota;
#[cfg(any(test, fuzzing))]
pub(crate) mod readers;
mod render;
mod reply;
mod route;
mod server;
mod stats;
#[cfg(test)]
mod tests;
mod throttle;
mod under_way;
mod witness;

pub use accounts::Credentials;
pub use witness::{Arrival, Witness};

use accounts::Accounts;
use catalogue::Catalogue;
use fault::Faults;
use identity::Identity;
use log::Log;
use model::Cloud;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// When a data file is opened for writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// At the start, as befits a server: it is made and locked before anything is answered. Its folder must be there.
    AtStart,
    /// At the first change, so that looking writes and locks nothing. Its folder is the cloud's own: no link either,
    /// and made with mode 0700 where it is missing.
    AtChange,
}

/// How the embedded cloud shall behave.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where everything is kept. Without a file, it is forgotten at the end. It must be a regular file and no link,
    /// is made with mode 0600 where it is missing, and one process at a time writes it.
    pub data: Option<PathBuf>,
    /// When that file is opened for writing.
    pub opening: Opening,
    /// What ids follow from.
    pub seed: u64,
    /// How long a job takes; its sub-jobs end within.
    pub job_duration: Duration,
    /// How long every answer is held back, those below `/_sim/` aside.
    pub latency: Duration,
    /// The only project that exists; without one, every id of 32 hexadecimal digits does.
    pub project_id: Option<String>,
    /// Zones, types, quotas and sources as JSON, in place of the built-in ones.
    pub catalogue: Option<String>,
    /// Fault rules from the start, as JSON: the body of `POST /_sim/faults`.
    pub faults: Option<String>,
    /// Whether create calls may carry `X-Client-Token`; where not, those that do are refused with EVS.2223.
    pub client_tokens: bool,
    /// Who is told of every create call before its work.
    pub witness: Option<Witness>,
    /// Who may come in. With them, every request must be signed or carry a token, and IAM's calls are served; without
    /// them, anybody may do anything.
    pub credentials: Option<Credentials>,
    /// How long the tokens live that IAM issues.
    pub token_life: Duration,
    /// How many requests a second are let through, those below `/_sim/` aside; without one, all.
    pub rate_limit: Option<NonZeroU32>,
}

impl Default for Config {
    /// A free port of the loopback address, no file (opened at the first change, if one is set), jobs of two seconds, no latency, any project, client tokens honoured, no witness,
    /// no credentials, no limit.
    fn default() -> Config {
        Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            opening: Opening::AtChange,
            seed: 0,
            job_duration: Duration::from_secs(2),
            latency: Duration::ZERO,
            project_id: None,
            catalogue: None,
            faults: None,
            client_tokens: true,
            witness: None,
            credentials: None,
            token_life: Duration::from_secs(24 * 3600),
            rate_limit: None,
        }
    }
}

/// Why the embedded cloud did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The data file cannot be used.
    #[error("cannot use the data file {}", path.display())]
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The catalogue is not one.
    #[error("the catalogue does not read")]
    Catalogue(#[source] serde_json::Error),
    /// The fault rules are none.
    #[error("the fault rules do not read: {0}")]
    Faults(String),
    /// The credentials are none.
    #[error("the credentials do not read: {0}")]
    Credentials(String),
}

/// A running embedded cloud. Dropping it ends it like [`Simulator::stop`], without waiting.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    stop: CancellationToken,
    server: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Reads the data file, listens, and serves from then on. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Simulator, StartError> {
        let catalogue = Catalogue::read(config.catalogue.as_deref()).map_err(StartError::Catalogue)?;
        let faults = match &config.faults {
            Some(text) => Faults::read(text.as_bytes()).map_err(StartError::Faults)?,
            None => Faults::default(),
        };
        let identity = match &config.credentials {
            Some(given) => {
                let accounts = Accounts::of(given).map_err(StartError::Credentials)?;
                Some(Identity::new(accounts, config.token_life))
            }
            None => None,
        };
        let job_duration = i64::try_from(config.job_duration.as_micros()).unwrap_or(i64::MAX / 4);
        let mut cloud = Cloud::new(catalogue, config.seed, job_duration.min(i64::MAX / 4));
        let log = match &config.data {
            Some(path) => match Log::open(path, config.opening, &mut cloud) {
                Ok(log) => Some(log),
                Err(source) => return Err(StartError::Data { path: path.clone(), source }),
            },
            None => None,
        };
        let unheard = |source| StartError::Listen { address: config.listen, source };
        let listener = tokio::net::TcpListener::bind(config.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let shared = Arc::new(exchange::Shared::new(cloud, log, faults, identity, &config));
        let stop = CancellationToken::new();
        let server = tokio::spawn(server::serve(listener, shared, stop.clone()));
        Ok(Simulator { address, stop, server: Some(server) })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, finishes the answers that are being made (for a second at most), and closes
    /// the data file.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            // It can only fail by a panic, and then it has stopped too.
            let _ = server.await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
