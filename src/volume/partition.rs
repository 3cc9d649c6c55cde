//! Which of the vendor's clouds a service belongs to, and what differs between them.
//!
//! The same service runs under two brands. Everything in which Open Telekom Cloud's documents differ from Huawei
//! Cloud's follows from one value, which follows from the endpoint.

use super::{Invalid, TagFault};

/// A cloud with documents of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// Huawei Cloud, its European part included.
    HuaweiCloud,
    /// Open Telekom Cloud.
    OpenTelekomCloud,
}

impl Partition {
    /// The domains of the services' own names, and whose they are (EVS API reference, "Hosts").
    pub const DOMAINS: [(&'static str, Partition); 3] = [
        ("myhuaweicloud.com", Partition::HuaweiCloud),
        ("myhuaweicloud.eu", Partition::HuaweiCloud),
        ("otc.t-systems.com", Partition::OpenTelekomCloud),
    ];

    /// Whose a host is; `None` where its name does not tell.
    pub fn of_host(host: &str) -> Option<Partition> {
        let below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        Partition::DOMAINS.into_iter().find_map(|(domain, partition)| below(domain).then_some(partition))
    }

    /// The domain under which a region's endpoint lies: Open Telekom Cloud's regions are known by their names, and any
    /// other is taken for one of Huawei Cloud.
    pub fn domain_of_region(region: &str) -> &'static str {
        match region {
            "eu-de" | "eu-nl" => "otc.t-systems.com",
            _ => "myhuaweicloud.com",
        }
    }

    /// The form of the create call that its documents describe and that makes every usual volume.
    pub fn usual_create_api(self) -> CreateApi {
        match self {
            Partition::HuaweiCloud => CreateApi::V3,
            Partition::OpenTelekomCloud => CreateApi::V2,
        }
    }

    /// Says why a tag's key or value is not legal there, where it is elsewhere: Open Telekom Cloud allows letters,
    /// digits, `_` and `-` alone (EVS API reference, "`tags` on create").
    ///
    /// # Errors
    /// The first character that is not legal.
    pub fn check_tag(self, text: &str) -> Result<(), Invalid> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        match text.chars().find(|&c| self == Partition::OpenTelekomCloud && !legal(c)) {
            None => Ok(()),
            Some(c) => Err(Invalid::Tags(TagFault::CharacterThere(c))),
        }
    }
}

/// Which form of the create call makes a volume.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum CreateApi {
    /// `POST /v2/{project_id}/cloudvolumes`, the one that Open Telekom Cloud documents.
    #[serde(rename = "v2")]
    V2,
    /// `POST /v3/{project_id}/cloudvolumes`.
    #[default]
    #[serde(rename = "v3")]
    V3,
    /// `POST /v2.1/{project_id}/cloudvolumes`, which knows all that the others do, and more.
    #[serde(rename = "v2.1")]
    V21,
}

impl CreateApi {
    /// Every form.
    pub const ALL: [CreateApi; 3] = [CreateApi::V2, CreateApi::V3, CreateApi::V21];

    /// Its version, as in its path and in a manifest.
    pub fn version(self) -> &'static str {
        match self {
            CreateApi::V2 => "v2",
            CreateApi::V3 => "v3",
            CreateApi::V21 => "v2.1",
        }
    }

    /// Its method and path template.
    pub fn template(self) -> &'static str {
        match self {
            CreateApi::V2 => "POST /v2/{project_id}/cloudvolumes",
            CreateApi::V3 => "POST /v3/{project_id}/cloudvolumes",
            CreateApi::V21 => "POST /v2.1/{project_id}/cloudvolumes",
        }
    }

    /// Whether `X-Client-Token` is documented for it (EVS API reference, "Idempotency"): no other form is sent with one,
    /// nor sent again in trust of one.
    pub fn documents_tokens(self) -> bool {
        self != CreateApi::V2
    }

    /// Whether it is the first one, which is not written down.
    pub fn is_usual(&self) -> bool {
        *self == CreateApi::V3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_below_a_known_domain_is_known() {
        use Partition::{HuaweiCloud, OpenTelekomCloud};
        for (host, partition) in [
            ("evs.cn-north-4.myhuaweicloud.com", Some(HuaweiCloud)),
            ("evs.eu-west-101.myhuaweicloud.eu", Some(HuaweiCloud)),
            ("evs.eu-de.otc.t-systems.com", Some(OpenTelekomCloud)),
            ("otc.t-systems.com", None),
            ("evs.eu-de.notc.t-systems.com", None),
            ("evs.cn-north-4.myhuaweicloud.com.example.com", None),
            ("127.0.0.1", None),
        ] {
            assert_eq!(Partition::of_host(host), partition, "{host}");
        }
    }

    #[test]
    fn a_tag_is_judged_where_it_goes() {
        for text in ["1.10", "环境"] {
            assert!(Partition::HuaweiCloud.check_tag(text).is_ok(), "{text}");
            assert!(Partition::OpenTelekomCloud.check_tag(text).is_err(), "{text}");
        }
        assert!(Partition::OpenTelekomCloud.check_tag("a_B-9").is_ok());
        assert!(Partition::OpenTelekomCloud.check_tag("").is_ok());
    }
}
