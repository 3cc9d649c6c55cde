//! What is wrong in `cloud`.

use super::found::found;
use crate::manifest::{CloudFault, EndpointFault};
use crate::volume::Excerpt;
use crate::words::excerpt::{bare, quoted};

/// What is wrong.
pub(super) fn reason(fault: &CloudFault) -> String {
    match fault {
        CloudFault::CallWithoutToken => {
            "the v2 create call of Huawei Cloud knows no client token, and could buy twice".to_owned()
        }
        CloudFault::BesideSimulator { field } => format!("the simulator has no `{field}`"),
        CloudFault::ProjectTwice => {
            "`project` stands beside `project_id`, and one could contradict the other".to_owned()
        }
        CloudFault::OwnershipTag(it) => format!("`ownership_tag` is a tag's key, or false, not {}", found(it)),
        CloudFault::SettleNoDuration(it) => format!("`settle` is a duration, not {}", found(it)),
        CloudFault::SettleOutOfRange(text) => {
            format!("`settle` is above 0 and at most 24h, not {}", quoted(text))
        }
        CloudFault::RateLimit { most, found: it } => {
            format!("`rate_limit` is a number of requests a second from 1 to {most}, not {}", found(it))
        }
        CloudFault::CreateApi(it) => format!("`create_api` is v3, v2.1 or v2, not {}", found(it)),
    }
}

/// What to do instead.
pub(super) fn hint(fault: &CloudFault) -> &'static str {
    match fault {
        CloudFault::CallWithoutToken => "leave `create_api` out for v3, or write v2.1",
        CloudFault::BesideSimulator { .. } => "keep `simulator: true`, or what leads to a real cloud",
        CloudFault::ProjectTwice => "keep one of the two",
        CloudFault::OwnershipTag(_) => "leave it out for the key `evsctl`",
        CloudFault::SettleNoDuration(_) | CloudFault::SettleOutOfRange(_) => {
            "write a number and a unit, as in 15m or 90s"
        }
        CloudFault::RateLimit { .. } => "write it as in 20 or 20/s, or as in 200/m for a minute",
        CloudFault::CreateApi(_) => "leave it out for the one that the cloud documents",
    }
}

/// Why a text is no region.
pub(super) fn region(text: &Excerpt) -> String {
    format!("a region has 1 to 63 of a-z, 0-9 and -, this one is {}", quoted(text))
}

/// Why a text is no project id.
pub(super) fn project_id(text: &Excerpt) -> String {
    format!("a project id has 32 of 0-9 and a-f, this one is {}", quoted(text))
}

/// Why a text is no project's name.
pub(super) fn project_name(text: &Excerpt) -> String {
    format!("a project's name has 1 to 64 characters, this one is {}", quoted(text))
}

/// Why a text is no endpoint.
pub(super) fn endpoint(fault: &EndpointFault) -> String {
    match fault {
        EndpointFault::NoAddress { text, foreign } => {
            format!("the endpoint {} is no address: {}", quoted(text), bare(foreign))
        }
        EndpointFault::NoHost => "an endpoint begins with https:// or http://, and a host".to_owned(),
        EndpointFault::Secret => "an endpoint holds no user and no password: no secret stands in a manifest".to_owned(),
        EndpointFault::Path => "an endpoint is a host and at most a port: its paths are the API's".to_owned(),
    }
}
