//! What `auth status` says.

/// Stands for the address of the embedded cloud.
pub const EMBEDDED: &str = "the embedded cloud";

/// Which credentials are shown to whom.
pub fn shown(kind: &str, endpoint: &str) -> String {
    format!("{kind} for {endpoint}")
}

/// Where they were found.
pub fn found_in(source: &str) -> String {
    format!("found in {source}")
}

/// Which service is asked first.
pub fn asked_at(service: &str) -> String {
    format!("shown first to {service}")
}

/// That no credentials are needed there.
pub fn none_needed(endpoint: &str) -> String {
    format!("no credentials are needed for {endpoint}")
}
