//! Why a check was not made.

use crate::doctor::Skipped;

pub(super) fn seen(why: Skipped) -> &'static str {
    match why {
        Skipped::NoManifest => "the manifest does not read",
        Skipped::NoEndpoint => "the endpoint is not allowed",
        Skipped::NoCredentials => "there are no credentials",
        Skipped::CredentialsRefused => "the credentials are not accepted",
        Skipped::NoProject => "the project is not known",
        Skipped::TwoProjects => "the project is not certain",
        Skipped::ProjectRefused => "the project is not accepted",
        Skipped::NoConnection => "there is no connection",
        Skipped::NotTheService => "the answer is not the service's",
        Skipped::CallFailed => "the call that would show it failed",
        Skipped::NoState => "without the state nobody knows what is left to make",
        Skipped::NothingToAskFor => "there is nothing to ask for",
        Skipped::Interrupted => "it was interrupted",
        Skipped::NoProbe => "no probe was asked for",
        Skipped::NoList => "without the list no volume can be found again",
        Skipped::ProbeUnrecorded => "the probe cannot be recorded",
        Skipped::RecordUnreadable => "what an earlier probe left is not known",
        Skipped::LeftoversUnknown => "what earlier probes left is not known",
        Skipped::EarlierProbe => "an earlier probe is not over",
        Skipped::ProbeInterrupted => "the probe was interrupted",
        Skipped::NotMade => "the volume was not made",
        Skipped::AnswerLost => "the answer to the first call was lost, so there is nothing to compare",
        Skipped::TokensNotJudged => {
            "the service does not show that it judges tokens: another call could buy another volume"
        }
        Skipped::NotTheSameAnswer => "the same call again did not bring the same answer, so no other is tried",
    }
}
