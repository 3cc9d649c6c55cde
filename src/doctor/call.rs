//! The calls that a doctor makes, and what each came to.

use super::check::Check;
use super::ready::Shown;
use super::verdict::{Fault, Verdict};
use crate::evs::{Error, Meaning};
use crate::volume::VolumeId;

/// Whether anybody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// The service does.
    Service,
    /// Something does, and not as the service would.
    Something,
    /// Nobody does.
    Failed(Error),
}

impl Connection {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Connection::Service => (Verdict::Ok, "service-answers"),
            Connection::Something => (Verdict::Ok, "something-answers"),
            Connection::Failed(_) => (Verdict::Fail(Fault::Wrong), "connection-failed"),
        }
    }
}

/// Whether the credentials are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// They are.
    Accepted(Shown),
    /// They are not.
    Refused {
        /// Which.
        shown: Shown,
        /// What the service or IAM said.
        error: Error,
        /// Whether the local clock is so far off that their signatures are refused for that.
        for_the_clock: bool,
    },
    /// Nobody was there to show them to.
    ShownToNobody(Shown),
    /// The answer says nothing of them.
    NothingSaid(Shown),
}

impl Credentials {
    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Credentials::Accepted(_) => (Verdict::Ok, "credentials-accepted"),
            Credentials::Refused { .. } => (Verdict::Fail(Fault::Denied), "credentials-refused"),
            Credentials::ShownToNobody(_) => (Verdict::Skipped, "credentials-not-shown"),
            Credentials::NothingSaid(_) => (Verdict::Skipped, "credentials-not-judged"),
        }
    }
}

/// A call, beside what it is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Lists the volumes.
    ListVolumes,
    /// Shows one volume.
    ShowVolume,
    /// Asks for one job.
    QueryJob,
    /// Lists the zones.
    ReadZones,
    /// Lists the volume types.
    ReadTypes,
    /// Shows the quotas.
    ReadQuotas,
    /// Lists the keys of tags.
    ReadTags,
    /// Lists the volumes, for what earlier probes left.
    Leftovers,
    /// Lists the volumes, with a date that is off.
    DateWindow,
    /// Makes a probe's volume.
    Create,
}

/// What a call needs in IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// This action.
    Named(&'static str),
    /// None.
    Nothing,
    /// No document tells.
    Undocumented,
}

impl Call {
    /// Which check it is made for.
    pub(super) fn check(self) -> Check {
        match self {
            Call::ListVolumes => Check::ListVolumes,
            Call::ShowVolume => Check::ShowVolume,
            Call::QueryJob => Check::QueryJob,
            Call::ReadZones => Check::ReadZones,
            Call::ReadTypes => Check::ReadTypes,
            Call::ReadQuotas => Check::ReadQuotas,
            Call::ReadTags => Check::ReadTags,
            Call::Leftovers => Check::ProbeLeftovers,
            Call::DateWindow => Check::ProbeDateWindow,
            Call::Create => Check::ProbeCreate,
        }
    }

    /// What it needs in IAM.
    pub fn action(self) -> Action {
        match self {
            Call::ListVolumes | Call::Leftovers | Call::DateWindow => Action::Named("evs:volumes:list"),
            Call::ShowVolume => Action::Named("evs:volumes:get"),
            Call::QueryJob => Action::Undocumented,
            Call::ReadZones => Action::Nothing,
            Call::ReadTypes => Action::Named("evs:types:get"),
            Call::ReadQuotas => Action::Named("evs:quotas:get"),
            Call::ReadTags => Action::Named("evs:volumeTags:*"),
            Call::Create => Action::Named("evs:volumes:create"),
        }
    }

    /// Whether plan and apply do without it.
    fn is_dispensable(self) -> bool {
        matches!(self, Call::ReadZones | Call::ReadTypes | Call::ReadQuotas | Call::ReadTags)
    }
}

/// What an answer had in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// So many volumes.
    Volumes(u64),
    /// This volume.
    Volume(VolumeId),
    /// That a volume that is not there is not found.
    NoVolume,
    /// That a job that is not there is not found.
    NoJob,
    /// So many zones.
    Zones(u64),
    /// So many volume types.
    Types(u64),
    /// So many limits.
    Quotas(u64),
    /// So many keys of tags.
    TagKeys(u64),
}

impl Answer {
    /// The call that it answers.
    pub fn call(&self) -> Call {
        match self {
            Answer::Volumes(_) => Call::ListVolumes,
            Answer::Volume(_) | Answer::NoVolume => Call::ShowVolume,
            Answer::NoJob => Call::QueryJob,
            Answer::Zones(_) => Call::ReadZones,
            Answer::Types(_) => Call::ReadTypes,
            Answer::Quotas(_) => Call::ReadQuotas,
            Answer::TagKeys(_) => Call::ReadTags,
        }
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// It was answered as it should be.
    Answered(Answer),
    /// A volume is listed, and not found by its id.
    ListedNotFound(VolumeId),
    /// A job that cannot be there was answered.
    JobOfNothing,
    /// It failed.
    Failed(Call, Error),
}

/// What a failure of a call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// This permission is missing.
    Permission(&'static str),
    /// It is denied, and no permission is known that would help.
    Denied,
    /// The service has no such call, and none is needed: Open Telekom Cloud, for one, has some of them elsewhere.
    NoSuchCall,
    /// Anything else.
    Other,
}

impl Failing {
    /// What this failure of that call means.
    pub fn of(call: Call, error: &Error) -> Failing {
        match (error.meaning(), call.action()) {
            (Some(Meaning::Denied), Action::Named(action)) => Failing::Permission(action),
            (Some(Meaning::Denied), _) => Failing::Denied,
            (Some(Meaning::NotFound), _) if call.is_dispensable() => Failing::NoSuchCall,
            _ => Failing::Other,
        }
    }
}

impl Called {
    /// Which call.
    pub fn call(&self) -> Call {
        match self {
            Called::Answered(answer) => answer.call(),
            Called::ListedNotFound(_) => Call::ShowVolume,
            Called::JobOfNothing => Call::QueryJob,
            Called::Failed(call, _) => *call,
        }
    }

    pub(super) fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Called::Answered(_) => (Verdict::Ok, "call-answered"),
            Called::ListedNotFound(_) => (Verdict::Warn, "listed-not-found"),
            Called::JobOfNothing => (Verdict::Warn, "absent-job-answered"),
            Called::Failed(call, error) => match Failing::of(*call, error) {
                Failing::Permission(_) => (Verdict::Fail(Fault::Denied), "permission-missing"),
                Failing::Denied => (Verdict::Fail(Fault::Denied), "call-denied"),
                Failing::NoSuchCall => (Verdict::Warn, "no-such-call"),
                Failing::Other => (Verdict::Fail(Fault::Wrong), "call-failed"),
            },
        }
    }
}

/// Whether the calls that write are permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// A doctor only reads.
    NotTried,
    /// A probe has made a volume and deleted it.
    Done,
}

impl Writes {
    pub(super) fn graded(self) -> (Verdict, &'static str) {
        match self {
            Writes::NotTried => (Verdict::Skipped, "writes-not-tried"),
            Writes::Done => (Verdict::Ok, "writes-permitted"),
        }
    }
}
