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
    /// The service that they are shown to first, for keys or a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam: Option<String>,
}

/// As people read it.
pub fn status(status: &Status) -> String {
    let endpoint = plain(&status.endpoint);
    match &status.source {
        Some(source) => {
            let mut text = format!("{}\n  {}\n", words::shown(status.kind, &endpoint), words::found_in(&plain(source)));
            if let Some(iam) = &status.iam {
                text.push_str(&format!("  {}\n", words::asked_at(&plain(iam))));
            }
            text
        }
        None => format!("{}\n", words::none_needed(&endpoint)),
    }
}

/// As programs read it.
pub fn status_json(status: &Status) -> String {
    super::state::json(status)
}
