//! Which credentials are used, in words and as JSON.

use crate::cli::safe::plain;
use crate::words::command::auth as words;

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
        Some(source) => {
            format!("{}\n  {}\n", words::shown(status.kind, &endpoint), words::found_in(&plain(source)))
        }
        None => format!("{}\n", words::none_needed(&endpoint)),
    }
}

/// As programs read it.
pub fn status_json(status: &Status) -> String {
    super::state::json(status)
}
