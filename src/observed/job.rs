//! What the cloud reported of a job.

use super::word::UnknownWord;
use crate::volume::VolumeId;
use jiff::Timestamp;

/// How a job is doing (EVS API reference, "Querying task status"). In JSON it is the cloud's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobStatus {
    /// It has not begun.
    Init,
    /// It goes on.
    Running,
    /// It is over, and did what it had to.
    Success,
    /// It is over, and did not.
    Fail,
    /// No documented word, or none at all.
    Other(UnknownWord),
}

const DOCUMENTED: [JobStatus; 4] = [JobStatus::Init, JobStatus::Running, JobStatus::Success, JobStatus::Fail];

impl JobStatus {
    /// Reads the word as it came: in another case it is another word.
    pub fn new(word: impl Into<String>) -> JobStatus {
        let word = word.into();
        let documented = DOCUMENTED.into_iter().find(|status| status.as_str() == word);
        documented.unwrap_or_else(|| JobStatus::Other(UnknownWord::new(word)))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        match self {
            JobStatus::Init => "INIT",
            JobStatus::Running => "RUNNING",
            JobStatus::Success => "SUCCESS",
            JobStatus::Fail => "FAIL",
            JobStatus::Other(word) => word.as_str(),
        }
    }

    /// Whether the job is over. A job with an unknown word is waited for.
    pub fn has_ended(&self) -> bool {
        matches!(self, JobStatus::Success | JobStatus::Fail)
    }
}

impl std::fmt::Display for JobStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for JobStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One look at a job, or at a sub-job of one. Texts are the cloud's and not trusted, as those of a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedJob {
    /// How it is doing.
    pub status: JobStatus,
    /// When it began; `None` where the cloud gave no time.
    pub begun: Option<Timestamp>,
    /// When it ended; `None` while it goes on, or where the cloud gave no time.
    pub ended: Option<Timestamp>,
    /// The volume that it works on, once there is one; `None` too where what the cloud gave is no id.
    pub volume_id: Option<VolumeId>,
    /// As in `EVS.2024`, when it failed.
    pub error_code: Option<String>,
    /// Why it failed.
    pub fail_reason: Option<String>,
    /// Its sub-jobs, one a volume; `None` where the cloud did not say that it has any, which is another thing than
    /// a list that is empty.
    pub sub_jobs: Option<Vec<ObservedJob>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_kept_as_it_came_and_only_documented_ends_are_ends() {
        for (word, is_known, has_ended) in [
            ("INIT", true, false),
            ("RUNNING", true, false),
            ("SUCCESS", true, true),
            ("FAIL", true, true),
            ("success", false, false),
            ("FAIL ", false, false),
            ("SUSPENDED", false, false),
            ("", false, false),
        ] {
            let status = JobStatus::new(word);
            assert_eq!((status.as_str(), status.to_string().as_str()), (word, word));
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("{word:?}"));
            assert_eq!((!matches!(status, JobStatus::Other(_)), status.has_ended()), (is_known, has_ended), "{word}");
        }
    }
}
