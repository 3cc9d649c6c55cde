//! How the embedded cloud shall behave.

use super::account::AccountStyle;
use super::accounts::Credentials;
use super::partition::Partition;
use super::witness::Witness;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

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
    /// How its volumes look where accounts of the real service differ.
    pub account_style: AccountStyle,
    /// Which of the vendor's clouds it is.
    pub partition: Partition,
}

impl Default for Config {
    /// A free port of the loopback address, no file (opened at the first change, if one is set), jobs of two seconds, no latency, any project, client tokens honoured, no witness,
    /// no credentials, no limit, an account in style a, Huawei Cloud.
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
            account_style: AccountStyle::A,
            partition: Partition::Huawei,
        }
    }
}
