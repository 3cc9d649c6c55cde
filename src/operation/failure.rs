//! Why the cloud gave up on something.

/// Why the cloud gave up on something: its code, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// As in `EVS.2024`; empty where the cloud named none.
    pub code: String,
    /// Why.
    pub reason: Reason,
}

/// Why something failed. Where it is recorded, and in JSON, it is one text: what was told as it came, or the name by which a
/// case of ours is recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Reason {
    /// The cloud's own words, or those of the error that kept a call from it.
    Told(String),
    /// Its job failed, and does not say why.
    Unexplained,
    /// It came out in an error status.
    Broken,
    /// Its call was never sent, and is not wanted any more.
    Unwanted,
}

impl Reason {
    /// The cases of ours.
    const OURS: [Reason; 3] = [Reason::Unexplained, Reason::Broken, Reason::Unwanted];

    /// What stands for it in a record and in JSON. The names of our cases stay as they are for as long as a state that holds
    /// them is read; what people read is in the catalogue of words.
    pub fn recorded(&self) -> &str {
        match self {
            Reason::Told(text) => text,
            Reason::Unexplained => "the job failed without a reason",
            Reason::Broken => "it came out in status error",
            Reason::Unwanted => "it was never sent, and is not wanted now",
        }
    }
}

impl From<String> for Reason {
    fn from(text: String) -> Reason {
        Reason::OURS.into_iter().find(|ours| ours.recorded() == text).unwrap_or(Reason::Told(text))
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        match reason {
            Reason::Told(text) => text,
            ours => ours.recorded().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_read_as_what_it_was() {
        for reason in Reason::OURS.into_iter().chain([Reason::Told("no room".to_owned())]) {
            assert_eq!(Reason::from(String::from(reason.clone())), reason);
        }
    }
}
