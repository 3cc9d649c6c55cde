//! The embedded cloud: the EVS API over real HTTP, for people without an account, for rehearsal, for tests.
//!
//! It follows the published API reference, not what one client would like: other people's clients must work
//! against it unchanged. It knows no plan, no state and no manifest, and shares only `volume` and `evs::wire`.
//! Where the reference is silent, what it does is marked as a choice.

mod account;
mod accounts;
mod act;
mod actions;
mod attach;
mod auto_pay;
mod batch;
mod beside;
mod bin;
mod body;
mod call;
mod catalogue;
mod change;
mod charge_mode;
mod check;
mod config;
mod create;
mod delete;
mod due;
mod edit;
mod event;
mod exchange;
mod export;
mod extend;
mod fault;
mod filter;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod grow;
mod hold;
mod identity;
mod ids;
mod image;
mod job;
mod list;
mod listed;
mod log;
mod look;
mod metadata;
mod model;
mod native;
mod operation;
mod order;
mod overview;
mod partition;
mod project;
mod purchase;
mod qos;
mod quota;
mod rates;
mod recycle;
mod render;
mod reply;
mod retype;
mod route;
mod server;
mod snapshot;
mod snapshots;
mod sources;
mod standard;
mod stats;
mod table;
mod task;
#[cfg(test)]
mod tests;
mod throttle;
mod tier;
mod time;
mod transfer;
mod transfers;
mod under_way;
mod unsubscribe;
mod vendor_tags;
mod volume;
mod witness;
mod work;

pub use account::AccountStyle;
pub use accounts::Credentials;
pub use config::{Config, Opening};
pub use partition::Partition;
pub use witness::{Arrival, Witness};

use accounts::Accounts;
use catalogue::Catalogue;
use fault::Faults;
use identity::Identity;
use log::Log;
use model::Cloud;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Why the embedded cloud did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The data file cannot be used.
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The catalogue is not one.
    Catalogue(#[source] serde_json::Error),
    /// The fault rules are none.
    Faults(String),
    /// The credentials are none.
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
        let mut catalogue = Catalogue::read(config.catalogue.as_deref()).map_err(StartError::Catalogue)?;
        if config.catalogue.is_none() {
            config.partition.narrow(&mut catalogue);
        }
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
        (cloud.style, cloud.partition) = (config.account_style, config.partition);
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
