//! Why a check was not made.

/// Why a check was not made. What only one check can have stands with that check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// The manifest does not read.
    NoManifest,
    /// The endpoint is not allowed.
    NoEndpoint,
    /// There are no credentials.
    NoCredentials,
    /// The service, or IAM, turns them away.
    CredentialsRefused,
    /// The project is not known.
    NoProject,
    /// Credentials and manifest name two projects.
    TwoProjects,
    /// The service does not accept the project.
    ProjectRefused,
    /// Nobody answers.
    NoConnection,
    /// Something else answers.
    NotTheService,
    /// The call failed that would show it.
    CallFailed,
    /// Without the state nobody knows what is left to make.
    NoState,
    /// No id could be made to ask for.
    NothingToAskFor,
    /// A signal ended the reading.
    Interrupted,
    /// Nobody asked for a probe.
    NoProbe,
    /// Without the list a probe would not find its volume.
    NoList,
    /// A probe could not be recorded.
    ProbeUnrecorded,
    /// The record of an earlier probe does not read.
    RecordUnreadable,
    /// Earlier probes could not be looked for.
    LeftoversUnknown,
    /// An earlier probe is not over.
    EarlierProbe,
    /// A signal ended the measuring.
    ProbeInterrupted,
    /// The probe's volume was not made.
    NotMade,
    /// The answer to its first call was lost.
    AnswerLost,
    /// The service does not show that it judges tokens.
    TokensNotJudged,
    /// The same call again was not answered with the same job.
    NotTheSameAnswer,
}

impl Skipped {
    pub(super) fn code(self) -> &'static str {
        match self {
            Skipped::NoManifest => "no-manifest",
            Skipped::NoEndpoint => "no-endpoint",
            Skipped::NoCredentials => "no-credentials",
            Skipped::CredentialsRefused => "no-accepted-credentials",
            Skipped::NoProject => "no-project",
            Skipped::TwoProjects => "no-certain-project",
            Skipped::ProjectRefused => "no-accepted-project",
            Skipped::NoConnection => "no-connection",
            Skipped::NotTheService => "no-service",
            Skipped::CallFailed => "no-answer-to-judge",
            Skipped::NoState => "no-state",
            Skipped::NothingToAskFor => "nothing-to-ask-for",
            Skipped::Interrupted => "interrupted",
            Skipped::NoProbe => "no-probe",
            Skipped::NoList => "no-list",
            Skipped::ProbeUnrecorded => "no-record",
            Skipped::RecordUnreadable => "no-readable-record",
            Skipped::LeftoversUnknown => "leftovers-unknown",
            Skipped::EarlierProbe => "earlier-probe-not-over",
            Skipped::ProbeInterrupted => "probe-interrupted",
            Skipped::NotMade => "no-volume-made",
            Skipped::AnswerLost => "no-first-answer",
            Skipped::TokensNotJudged => "tokens-not-judged",
            Skipped::NotTheSameAnswer => "no-same-answer",
        }
    }
}
