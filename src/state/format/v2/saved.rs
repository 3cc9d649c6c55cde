//! What stands in the lines of format 2 and in the records of a journal of format 2, apart from the domain's types, with
//! the conversions both ways.

use crate::observed::Status;
use crate::operation;
use crate::state;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct CloudId {
    region: Option<String>,
    endpoint: String,
    project_id: String,
}

impl From<CloudId> for state::CloudId {
    fn from(saved: CloudId) -> state::CloudId {
        let CloudId { region, endpoint, project_id } = saved;
        state::CloudId { region, endpoint, project_id }
    }
}

impl From<&state::CloudId> for CloudId {
    fn from(cloud: &state::CloudId) -> CloudId {
        let state::CloudId { region, endpoint, project_id } = cloud.clone();
        CloudId { region, endpoint, project_id }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::state) enum TokenSupport {
    Honoured,
    Off,
}

impl From<TokenSupport> for state::TokenSupport {
    fn from(saved: TokenSupport) -> state::TokenSupport {
        match saved {
            TokenSupport::Honoured => state::TokenSupport::Honoured,
            TokenSupport::Off => state::TokenSupport::Off,
        }
    }
}

impl From<state::TokenSupport> for TokenSupport {
    fn from(support: state::TokenSupport) -> TokenSupport {
        match support {
            state::TokenSupport::Honoured => TokenSupport::Honoured,
            state::TokenSupport::Off => TokenSupport::Off,
        }
    }
}

/// What a volume looked like, in full; only a journal holds it so.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Seen {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    status: Status,
    size: u32,
    volume_type: String,
    availability_zone: String,
}

impl From<Seen> for state::Seen {
    fn from(saved: Seen) -> state::Seen {
        let Seen { name, description, status, size, volume_type, availability_zone } = saved;
        state::Seen { name, description, status, size, volume_type, availability_zone }
    }
}

impl From<&state::Seen> for Seen {
    fn from(seen: &state::Seen) -> Seen {
        let state::Seen { name, description, status, size, volume_type, availability_zone } = seen.clone();
        Seen { name, description, status, size, volume_type, availability_zone }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::state) enum Taint {
    Failed(Leftover),
    Unlike(Vec<Misfit>),
    Unseen(NamedBy),
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Leftover {
    code: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<jiff::Timestamp>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Misfit {
    field: Aspect,
    wanted: String,
    seen: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Aspect {
    AvailabilityZone,
    VolumeType,
    Size,
    Source,
    Name,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::state) enum NamedBy {
    Job,
}

impl From<Taint> for operation::Taint {
    fn from(saved: Taint) -> operation::Taint {
        match saved {
            Taint::Failed(Leftover { code, reason, at }) => {
                operation::Taint::Failed(operation::Leftover { code, reason: reason.into(), at })
            }
            Taint::Unlike(misfits) => {
                operation::Taint::Unlike(operation::Unlike { unlike: misfits.into_iter().map(Into::into).collect() })
            }
            Taint::Unseen(NamedBy::Job) => {
                operation::Taint::Unseen(operation::Unseen { unseen: operation::NamedBy::Job })
            }
        }
    }
}

impl From<&operation::Taint> for Taint {
    fn from(taint: &operation::Taint) -> Taint {
        match taint.clone() {
            operation::Taint::Failed(operation::Leftover { code, reason, at }) => {
                Taint::Failed(Leftover { code, reason: reason.into(), at })
            }
            operation::Taint::Unlike(operation::Unlike { unlike }) => {
                Taint::Unlike(unlike.into_iter().map(Into::into).collect())
            }
            operation::Taint::Unseen(operation::Unseen { unseen: operation::NamedBy::Job }) => {
                Taint::Unseen(NamedBy::Job)
            }
        }
    }
}

impl From<Misfit> for operation::Misfit {
    fn from(saved: Misfit) -> operation::Misfit {
        let Misfit { field, wanted, seen } = saved;
        let field = match field {
            Aspect::AvailabilityZone => operation::Aspect::AvailabilityZone,
            Aspect::VolumeType => operation::Aspect::VolumeType,
            Aspect::Size => operation::Aspect::Size,
            Aspect::Source => operation::Aspect::Source,
            Aspect::Name => operation::Aspect::Name,
        };
        operation::Misfit { field, wanted, seen }
    }
}

impl From<operation::Misfit> for Misfit {
    fn from(misfit: operation::Misfit) -> Misfit {
        let operation::Misfit { field, wanted, seen } = misfit;
        let field = match field {
            operation::Aspect::AvailabilityZone => Aspect::AvailabilityZone,
            operation::Aspect::VolumeType => Aspect::VolumeType,
            operation::Aspect::Size => Aspect::Size,
            operation::Aspect::Source => Aspect::Source,
            operation::Aspect::Name => Aspect::Name,
        };
        Misfit { field, wanted, seen }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::state) struct Failure {
    code: String,
    reason: String,
}

impl From<Failure> for operation::Failure {
    fn from(saved: Failure) -> operation::Failure {
        let Failure { code, reason } = saved;
        operation::Failure { code, reason: reason.into() }
    }
}

impl From<&operation::Failure> for Failure {
    fn from(failure: &operation::Failure) -> Failure {
        let operation::Failure { code, reason } = failure.clone();
        Failure { code, reason: reason.into() }
    }
}
