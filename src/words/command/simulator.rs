//! What `simulator` says beside its first line.

use crate::simulator::StartError;
use std::fmt;
use std::path::Path;

/// That others than this machine's users may reach the embedded cloud, and what they can do with it.
pub fn reachable(address: &str, asks_for_credentials: bool) -> String {
    let what = if asks_for_credentials {
        "can use the controls of this cloud, below /_sim/, and what is sent can be read on its way"
    } else {
        "can use this cloud and its controls: it asks for no credentials"
    };
    format!("whoever reaches {address} {what}; --listen 127.0.0.1:PORT keeps it to this machine")
}

/// That what was given is neither a file nor a key. It is not repeated: it may be secret.
pub const NO_FILE_AND_NO_KEY: &str =
    "what --credentials says names no file, and is no AK:SK with an AK of letters and digits";

/// Where the form of the file of accounts stands.
pub const FORM_OF_FILE: &str = "`evsctl simulator --help` shows the form of the file";

/// That others can read the file of accounts.
pub fn open_to_others(file: &Path) -> String {
    let file = file.display();
    format!("others on this machine can read the secrets in {file}; `chmod 600 {file}` keeps them out")
}

/// That a file cannot be read.
pub fn cannot_read(file: &Path) -> String {
    format!("cannot read {}", file.display())
}

/// Why it did not start.
impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Listen { address, .. } => write!(f, "cannot listen on {address}"),
            StartError::Data { path, .. } => write!(f, "cannot use the data file {}", path.display()),
            StartError::Catalogue(_) => f.write_str("the catalogue does not read"),
            StartError::Faults(why) => write!(f, "the fault rules do not read: {why}"),
            StartError::Credentials(why) => write!(f, "the credentials do not read: {why}"),
        }
    }
}
