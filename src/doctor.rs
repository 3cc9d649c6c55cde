//! What a doctor finds, as values: which check it is about, how that came out, a code that stays, and what was seen. Pure,
//! and without a sentence: those stand in `words::doctor`.
//!
//! It is a module of its own because it has two readers. The catalogue makes sentences of the values, and may not know
//! the command that finds them; and what a check comes to and its code are promises to scripts, which a catalogue for one
//! language must not make.

mod call;
mod check;
mod created;
mod leftovers;
mod ready;
mod removal;
mod repeated;
mod service;
mod shown;
mod skipped;
mod supply;
mod told;
mod verdict;

pub use call::{Action, Answer, Call, Called, Connection, Credentials, Failing, Writes};
pub use check::Check;
pub use created::{Created, Metadata, ProbeVolume, VolumeIds};
pub use leftovers::{Damage, Flaw, Leftovers, Stranger};
pub use ready::{Endpoint, Project, Recorded, Shown, Stack, Stage, Unready};
pub use removal::{Doubt, Left, Lingering, Open, Removal, Why};
pub use repeated::{NotTaken, OtherBody, SameToken};
pub use service::{Answers, Clock, JobKept, Order, Pages, RecycleBin, Tags, Tokens, Window};
pub use shown::{Creating, Listed, Name, Tag};
pub use skipped::Skipped;
pub use supply::{Enough, Quotas, Short, Supply};
pub use told::{Step, Told, Unrecorded};
pub use verdict::{Fault, Verdict};

use crate::supply::{TypeTrouble, ZoneTrouble};
use std::time::Duration;

/// What was found. Each case is of one check, but for those that say which.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A check was not made.
    Skipped(Check, Skipped),
    /// Something that all the rest needs could not be had.
    Unready(Unready),
    /// The manifest reads.
    Stack(Stack),
    /// Where requests go.
    Endpoint(Endpoint),
    /// Which project they are about.
    Project(Project),
    /// What is recorded.
    Recorded(Recorded),
    /// Whether anybody answers.
    Connection(Connection),
    /// Whether the credentials are accepted.
    Credentials(Credentials),
    /// What a call came to.
    Called(Called),
    /// Whether the calls that write are permitted.
    Writes(Writes),
    /// Whether the clocks agree.
    Clock(Clock),
    /// Whether the zones that the manifest names are there.
    Zones(Supply<ZoneTrouble>),
    /// Whether the volume types that it names are to be had.
    Types(Supply<TypeTrouble>),
    /// Whether the quota is enough.
    Quotas(Quotas),
    /// Whether the service judges client tokens.
    Tokens(Tokens),
    /// Whether the list has all of its pages.
    Pages(Pages),
    /// Whether the list is in order.
    Order(Order),
    /// Whether the list shows tags.
    Tags(Tags),
    /// Whether answers carry what they must.
    Answers(Answers),
    /// A probe could not record what it does.
    Unrecorded(Unrecorded),
    /// What earlier probes left.
    Leftovers(Leftovers),
    /// How far off a signature may be dated.
    Window(Window),
    /// What the create call came to.
    Created(Created),
    /// When a list first had the volume.
    Listed(Listed),
    /// Whether it is listed while it is being made.
    Creating(Creating),
    /// When a list first had its tag.
    Tag(Tag),
    /// How it is named.
    Name(Name),
    /// What became of metadata that no document knows.
    Metadata(Metadata),
    /// Whether the answer named the volume.
    VolumeIds(VolumeIds),
    /// What came of the same call again.
    SameToken(SameToken),
    /// What came of its token with another body.
    OtherBody(OtherBody),
    /// What came of removing the volume.
    Deleted(Removal),
    /// Whether its job can be asked for when it is gone.
    JobKept(JobKept),
    /// Whether it lies in the recycle bin then.
    RecycleBin(RecycleBin),
}

impl Finding {
    /// Which check it is of.
    pub fn check(&self) -> Check {
        match self {
            Finding::Skipped(check, _) => *check,
            Finding::Unready(unready) => unready.stage.check(),
            Finding::Stack(_) => Check::Manifest,
            Finding::Endpoint(_) => Check::Endpoint,
            Finding::Project(_) => Check::Project,
            Finding::Recorded(_) => Check::State,
            Finding::Connection(_) => Check::Connection,
            Finding::Credentials(_) => Check::Credentials,
            Finding::Called(called) => called.call().check(),
            Finding::Writes(_) => Check::WriteVolumes,
            Finding::Clock(_) => Check::Clock,
            Finding::Zones(_) => Check::Zones,
            Finding::Types(_) => Check::Types,
            Finding::Quotas(_) => Check::Quota,
            Finding::Tokens(_) => Check::ClientTokens,
            Finding::Pages(_) => Check::ListPages,
            Finding::Order(_) => Check::ListOrder,
            Finding::Tags(_) => Check::ListTags,
            Finding::Answers(_) => Check::Answers,
            Finding::Unrecorded(unrecorded) => unrecorded.step.check(),
            Finding::Leftovers(_) => Check::ProbeLeftovers,
            Finding::Window(_) => Check::ProbeDateWindow,
            Finding::Created(_) => Check::ProbeCreate,
            Finding::Listed(_) => Check::ProbeListed,
            Finding::Creating(_) => Check::ProbeCreating,
            Finding::Tag(_) => Check::ProbeTag,
            Finding::Name(_) => Check::ProbeName,
            Finding::Metadata(_) => Check::ProbeMetadata,
            Finding::VolumeIds(_) => Check::ProbeVolumeIds,
            Finding::SameToken(_) => Check::ProbeSameToken,
            Finding::OtherBody(_) => Check::ProbeOtherBody,
            Finding::Deleted(_) => Check::ProbeDelete,
            Finding::JobKept(_) => Check::ProbeJobKept,
            Finding::RecycleBin(_) => Check::ProbeRecycleBin,
        }
    }

    /// How the check came out.
    pub fn verdict(&self) -> Verdict {
        self.graded().0
    }

    /// What was found, as a word for scripts. It stays the same, whatever the sentences become.
    pub fn code(&self) -> &'static str {
        self.graded().1
    }

    /// How the check came out, and its code.
    fn graded(&self) -> (Verdict, &'static str) {
        match self {
            Finding::Skipped(_, why) => (Verdict::Skipped, why.code()),
            Finding::Unready(unready) => unready.graded(),
            Finding::Stack(_) => (Verdict::Ok, "manifest-read"),
            Finding::Endpoint(endpoint) => endpoint.graded(),
            Finding::Project(project) => project.graded(),
            Finding::Recorded(recorded) => recorded.graded(),
            Finding::Connection(connection) => connection.graded(),
            Finding::Credentials(credentials) => credentials.graded(),
            Finding::Called(called) => called.graded(),
            Finding::Writes(writes) => writes.graded(),
            Finding::Clock(clock) => clock.graded(),
            Finding::Zones(zones) => zones.graded("zones-there", "zones-missing"),
            Finding::Types(types) => types.graded("types-there", "types-missing"),
            Finding::Quotas(quotas) => quotas.graded(),
            Finding::Tokens(tokens) => tokens.graded(),
            Finding::Pages(pages) => pages.graded(),
            Finding::Order(order) => order.graded(),
            Finding::Tags(tags) => tags.graded(),
            Finding::Answers(answers) => answers.graded(),
            Finding::Unrecorded(unrecorded) => unrecorded.graded(),
            Finding::Leftovers(leftovers) => leftovers.graded(),
            Finding::Window(window) => window.graded(),
            Finding::Created(created) => created.graded(),
            Finding::Listed(listed) => listed.graded(),
            Finding::Creating(creating) => creating.graded(),
            Finding::Tag(tag) => tag.graded(),
            Finding::Name(name) => name.graded(),
            Finding::Metadata(metadata) => metadata.graded(),
            Finding::VolumeIds(ids) => ids.graded(),
            Finding::SameToken(same) => same.graded(),
            Finding::OtherBody(other) => other.graded(),
            Finding::Deleted(removal) => removal.graded(),
            Finding::JobKept(kept) => kept.graded(),
            Finding::RecycleBin(bin) => bin.graded(),
        }
    }

    /// The time that it measured.
    pub fn took(&self) -> Option<Duration> {
        match self {
            Finding::Created(created) => created.took(),
            Finding::Listed(listed) => listed.took(),
            Finding::Tag(tag) => tag.took(),
            Finding::Leftovers(Leftovers::Removal(removal)) | Finding::Deleted(removal) => removal.took(),
            _ => None,
        }
    }
}
