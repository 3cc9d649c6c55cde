//! What is wrong in `cloud`.

use crate::manifest::found::Found;
use crate::volume::Excerpt;

/// What is wrong in `cloud`, apart from single values of common types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CloudFault {
    /// A create call that Huawei Cloud knows no client token for.
    CallWithoutToken,
    /// A field that the simulator has no use for.
    BesideSimulator {
        /// The field.
        field: &'static str,
    },
    /// A project by id and by name.
    ProjectTwice,
    /// `ownership_tag` is neither a key nor false.
    OwnershipTag(Found),
    /// `settle` is no duration.
    SettleNoDuration(Found),
    /// `settle` is too long, or nothing.
    SettleOutOfRange(Excerpt),
    /// `rate_limit` is no legal rate.
    RateLimit {
        /// The most requests in one window.
        most: u32,
        /// What it is.
        found: Found,
    },
    /// `create_api` is no form of the create call.
    CreateApi(Found),
}

/// Why a text is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EndpointFault {
    /// It is no address.
    NoAddress {
        /// The text.
        text: Excerpt,
        /// What the reader of addresses says.
        foreign: Excerpt,
    },
    /// It is of another scheme, or has no host.
    NoHost,
    /// It holds a user or a password.
    Secret,
    /// It holds a path, a query or a fragment.
    Path,
}

impl CloudFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            CloudFault::CallWithoutToken => "create_api_without_token",
            CloudFault::BesideSimulator { .. } => "field_beside_simulator",
            CloudFault::ProjectTwice => "project_twice",
            CloudFault::OwnershipTag(_) => "ownership_tag_no_key",
            CloudFault::SettleNoDuration(_) => "settle_no_duration",
            CloudFault::SettleOutOfRange(_) => "settle_out_of_range",
            CloudFault::RateLimit { .. } => "rate_limit_not_legal",
            CloudFault::CreateApi(_) => "create_api_unknown",
        }
    }
}
