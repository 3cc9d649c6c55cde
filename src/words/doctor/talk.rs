//! What a probe says and asks before its findings, and why it does not begin.

use super::probe::volume;
use crate::doctor::ProbeVolume;
use crate::evs::Error;
use crate::volume::VolumeType;
use jiff::SignedDuration;
use std::time::Duration;

/// Where a probe makes its volume, and what it may come to.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The project.
    pub project_id: &'a str,
    /// The service's address.
    pub endpoint: &'a str,
    /// Whether it is the embedded cloud, where nothing costs anything.
    pub embedded: bool,
    /// How long it waits for the volume to be made, and as long for it to be gone.
    pub timeout: Duration,
}

/// What is going to be made.
pub fn announcement(what: &ProbeVolume, terms: Terms<'_>) -> String {
    let Terms { project_id, endpoint, embedded, timeout } = terms;
    let costs = match embedded {
        true => "the embedded cloud makes it, so it costs nothing",
        false => "it costs what such a volume costs for that time",
    };
    let longest = SignedDuration::try_from(timeout.saturating_mul(2)).unwrap_or(SignedDuration::MAX);
    format!(
        "the probe makes one volume and deletes it: {}, in project {project_id} at {endpoint}; it lives \
         for some minutes, {longest:#} at the most where the cloud does its part, and {costs}; a volume that an \
         earlier probe of this stack left is deleted first",
        volume(what)
    )
}

/// Whether to make it.
pub fn question() -> &'static str {
    "Make it?"
}

/// The answer was no.
pub fn declined() -> &'static str {
    "the answer was no; nothing was made"
}

/// Nobody can be asked.
pub fn nobody_to_ask() -> &'static str {
    "nobody can be asked: there is no terminal; nothing was sent"
}

/// What to do where nobody can be asked.
pub fn nobody_to_ask_hint() -> &'static str {
    "give --yes: a probe makes one volume and deletes it"
}

/// The manifest does not say what to make.
pub fn no_model() -> &'static str {
    "the manifest has no volume to take zone and type of the probe's from"
}

/// Which flag to give then.
pub fn no_model_hint(flag: &str) -> String {
    format!("give {flag}")
}

/// A volume of this type has a rate to choose.
pub fn rate_to_choose(volume_type: &VolumeType) -> String {
    format!("a volume of type {volume_type} has a rate to choose, which a probe does not")
}

/// What to do about a type with a rate to choose.
pub fn rate_to_choose_hint() -> &'static str {
    "give --volume-type with another type"
}

/// What an earlier probe left is being removed.
pub fn removing_leftovers(name: &str) -> String {
    format!("removing what an earlier probe left: {name}")
}

/// The probe's own volume is being removed.
pub fn removing(name: &str, interrupted: bool) -> String {
    let told = if interrupted { "interrupted: removing" } else { "removing" };
    format!("{told} {name}; should this be ended before it is done, the next `evsctl doctor --probe` goes on with it")
}

/// Nothing of it shows, and that is no proof yet.
pub fn nothing_shows() -> &'static str {
    "nothing of it shows; it is looked for until that is certain"
}

/// A lost call goes again.
pub fn sent_again(error: &Error) -> String {
    format!("the answer to the create call was lost ({error}); it is sent again with its token")
}

/// A lost call does not go again.
pub fn looked_for(error: &Error) -> String {
    format!("the answer to the create call was lost ({error}); its volume is looked for")
}
