//! Which credentials are used, in words and as JSON.

use crate::cli::safe::plain;

/// What is known of them without asking anybody.
#[derive(Debug, serde::Serialize)]
pub struct Status {
    /// `none` where none are needed.
    pub kind: &'static str,
    /// Where they were found.
    pub source: Option<String>,
    /// Where they would be shown.
    pub endpoint: String,
}

/// As people read it.
pub fn status(status: &Status) -> String {
    let endpoint = plain(&status.endpoint);
    match &status.source {
        Some(source) => format!("{} for {endpoint}\n  found in {}\n", status.kind, plain(source)),
        None => format!("no credentials are needed for {endpoint}\n"),
    }
}

/// As programs read it.
pub fn status_json(status: &Status) -> String {
    super::state::json(status)
}
