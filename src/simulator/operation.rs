//! An operation of the API: the calls that are served alike, what serves them, and where their answer is described.

use super::call::Call;
use super::model::Cloud;
use super::partition::{self, Partition};
use super::reply::{Family, Refusal, Reply};
use serde::Serialize;

/// What serves an operation: a function of the cloud and the call, without waiting.
pub(super) type Endpoint = fn(&mut Cloud, &Call) -> Result<Reply, Refusal>;

/// What must be known of an operation before its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A create call that honours `X-Client-Token`.
    Idempotent,
    /// A create call that does not.
    Create,
    /// Anything else.
    Other,
}

/// Who says what an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// The EVS API reference.
    Reference,
    /// The OpenAPI definition of EVS, which the vendor publishes.
    OpenApi,
    /// The models of the vendor's Python SDK.
    Sdk,
    /// The EVS API reference of Open Telekom Cloud.
    Otc,
    /// Answers of the service that others recorded.
    Recorded,
    /// The Block Storage API reference of OpenStack, and the models of its clients.
    OpenStack,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    /// What it does: "Show a volume".
    pub(super) title: &'static str,
    pub(super) method: &'static str,
    /// The path, with `{name}` for a value, and `/v2|v3/` where both versions are served alike.
    pub(super) path: &'static str,
    pub(super) family: Family,
    pub(super) kind: Kind,
    pub(super) endpoint: Endpoint,
    pub(super) sources: &'static [Source],
    /// What of its answer no source describes, so that it is a choice; empty where nothing is.
    pub(super) chosen: &'static str,
    /// The clouds that serve it.
    pub(super) partitions: &'static [Partition],
}

impl Operation {
    /// One that answers as those of EVS itself do.
    pub(super) const fn custom(
        method: &'static str,
        path: &'static str,
        endpoint: Endpoint,
        title: &'static str,
    ) -> Operation {
        const SOURCES: &[Source] = &[Source::Reference];
        let (family, kind) = (Family::Custom, Kind::Other);
        let partitions = partition::serving(path);
        Operation { title, method, path, family, kind, endpoint, sources: SOURCES, chosen: "", partitions }
    }

    /// One that answers as those of OpenStack do.
    pub(super) const fn cinder(
        method: &'static str,
        path: &'static str,
        endpoint: Endpoint,
        title: &'static str,
    ) -> Operation {
        Operation { family: Family::Cinder, ..Operation::custom(method, path, endpoint, title) }
    }

    /// The same, of that kind.
    pub(super) const fn of(self, kind: Kind) -> Operation {
        Operation { kind, ..self }
    }

    /// The same, where others than the API reference describe its answer.
    pub(super) const fn by(self, sources: &'static [Source]) -> Operation {
        Operation { sources, ..self }
    }

    /// The same, where these clouds alone serve it.
    pub(super) const fn served_by(self, partitions: &'static [Partition]) -> Operation {
        Operation { partitions, ..self }
    }

    /// The same, where this of its answer is a choice.
    pub(super) const fn choosing(self, chosen: &'static str) -> Operation {
        Operation { chosen, ..self }
    }
}
