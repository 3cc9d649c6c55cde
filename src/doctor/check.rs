//! Which checks there are.

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Whether the manifest reads.
    Manifest,
    /// Where requests go.
    Endpoint,
    /// By what they are signed.
    Credentials,
    /// Which project they are about.
    Project,
    /// Whether the recorded state reads.
    State,
    /// Whether anybody answers.
    Connection,
    /// Whether the clocks agree.
    Clock,
    /// The list of volumes.
    ListVolumes,
    /// One volume.
    ShowVolume,
    /// One job.
    QueryJob,
    /// The list of zones.
    ReadZones,
    /// The list of volume types.
    ReadTypes,
    /// The quotas.
    ReadQuotas,
    /// The keys of tags.
    ReadTags,
    /// The calls that write.
    WriteVolumes,
    /// The zones that the manifest names.
    Zones,
    /// The volume types that it names.
    Types,
    /// Whether the quota is enough.
    Quota,
    /// Whether the service judges client tokens.
    ClientTokens,
    /// Whether the list has all of its pages.
    ListPages,
    /// Whether the list is in order.
    ListOrder,
    /// Whether the list shows tags.
    ListTags,
    /// Whether answers carry what they must.
    Answers,
    /// What earlier probes left.
    ProbeLeftovers,
    /// How far off a signature may be dated.
    ProbeDateWindow,
    /// What the create call came to.
    ProbeCreate,
    /// When a list first had the volume.
    ProbeListed,
    /// Whether it is listed while it is being made.
    ProbeCreating,
    /// When a list first had its tag.
    ProbeTag,
    /// How it is named.
    ProbeName,
    /// What became of metadata that no document knows.
    ProbeMetadata,
    /// Whether the answer named the volume.
    ProbeVolumeIds,
    /// What came of the same call again.
    ProbeSameToken,
    /// What came of its token with another body.
    ProbeOtherBody,
    /// What came of removing the volume.
    ProbeDelete,
    /// Whether its job can be asked for when it is gone.
    ProbeJobKept,
    /// Whether it lies in the recycle bin then.
    ProbeRecycleBin,
}

impl Check {
    /// Those that only read, in the order in which they are told.
    pub const READING: [Check; 23] = [
        Check::Manifest,
        Check::Endpoint,
        Check::Credentials,
        Check::Project,
        Check::State,
        Check::Connection,
        Check::Clock,
        Check::ListVolumes,
        Check::ShowVolume,
        Check::QueryJob,
        Check::ReadZones,
        Check::ReadTypes,
        Check::ReadQuotas,
        Check::ReadTags,
        Check::WriteVolumes,
        Check::Zones,
        Check::Types,
        Check::Quota,
        Check::ClientTokens,
        Check::ListPages,
        Check::ListOrder,
        Check::ListTags,
        Check::Answers,
    ];

    /// Those of a probe, in the order in which they are told.
    pub const PROBING: [Check; 14] = [
        Check::ProbeLeftovers,
        Check::ProbeDateWindow,
        Check::ProbeCreate,
        Check::ProbeListed,
        Check::ProbeCreating,
        Check::ProbeTag,
        Check::ProbeName,
        Check::ProbeMetadata,
        Check::ProbeVolumeIds,
        Check::ProbeSameToken,
        Check::ProbeOtherBody,
        Check::ProbeDelete,
        Check::ProbeJobKept,
        Check::ProbeRecycleBin,
    ];

    /// Its name, to people and to scripts.
    pub fn name(self) -> &'static str {
        match self {
            Check::Manifest => "manifest",
            Check::Endpoint => "endpoint",
            Check::Credentials => "credentials",
            Check::Project => "project",
            Check::State => "state",
            Check::Connection => "connection",
            Check::Clock => "clock",
            Check::ListVolumes => "list-volumes",
            Check::ShowVolume => "show-volume",
            Check::QueryJob => "query-job",
            Check::ReadZones => "read-zones",
            Check::ReadTypes => "read-types",
            Check::ReadQuotas => "read-quotas",
            Check::ReadTags => "read-tags",
            Check::WriteVolumes => "write-volumes",
            Check::Zones => "zones",
            Check::Types => "types",
            Check::Quota => "quota",
            Check::ClientTokens => "client-tokens",
            Check::ListPages => "list-pages",
            Check::ListOrder => "list-order",
            Check::ListTags => "list-tags",
            Check::Answers => "answers",
            Check::ProbeLeftovers => "probe-leftovers",
            Check::ProbeDateWindow => "probe-date-window",
            Check::ProbeCreate => "probe-create",
            Check::ProbeListed => "probe-listed",
            Check::ProbeCreating => "probe-creating",
            Check::ProbeTag => "probe-tag",
            Check::ProbeName => "probe-name",
            Check::ProbeMetadata => "probe-metadata",
            Check::ProbeVolumeIds => "probe-volume-ids",
            Check::ProbeSameToken => "probe-same-token",
            Check::ProbeOtherBody => "probe-other-body",
            Check::ProbeDelete => "probe-delete",
            Check::ProbeJobKept => "probe-job-kept",
            Check::ProbeRecycleBin => "probe-recycle-bin",
        }
    }
}
