//! Why the cloud gave up on something.

/// Why the cloud gave up on something: its code and its words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// As in `EVS.2024`; empty where the cloud named none.
    pub code: String,
    /// The cloud's own words.
    pub reason: String,
}
