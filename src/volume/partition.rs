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
    pub const DOMAINS: [(&'static str, Partition); 4] = [
        ("myhuaweicloud.com", Partition::HuaweiCloud),
        ("myhuaweicloud.eu", Partition::HuaweiCloud),
        ("otc.t-systems.com", Partition::OpenTelekomCloud),
        ("sc.otc.t-systems.com", Partition::OpenTelekomCloud),
    ];

    /// The regions that documents and the vendor's SDK name (EVS API reference, "Hosts" and "Regions"). There are others: what
    /// is not one of these is only compared with them.
    pub const REGIONS: [&'static str; 37] = [
        "ae-ad-1",
        "af-north-1",
        "af-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "cn-east-2",
        "cn-east-3",
        "cn-east-4",
        "cn-east-5",
        "cn-north-1",
        "cn-north-11",
        "cn-north-12",
        "cn-north-2",
        "cn-north-4",
        "cn-north-9",
        "cn-south-1",
        "cn-south-2",
        "cn-south-4",
        "cn-southwest-2",
        "cn-southwest-3",
        "eu-ch2",
        "eu-de",
        "eu-nl",
        "eu-west-0",
        "eu-west-101",
        "la-north-2",
        "la-south-2",
        "me-east-1",
        "my-kualalumpur-1",
        "na-mexico-1",
        "ru-moscow-1",
        "ru-northwest-2",
        "sa-brazil-1",
        "tr-west-1",
    ];

    /// The region that was probably meant by one that is not known. Numbers are not guessed: regions that differ by theirs are
    /// two regions.
    pub fn region_like(region: &str) -> Option<&'static str> {
        let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let far = |known: &str| strsim::damerau_levenshtein(&letters(known), &letters(region));
        let alike = Partition::REGIONS.into_iter().filter(|known| digits(known) == digits(region));
        if Partition::REGIONS.contains(&region) {
            return None;
        }
        alike.map(|known| (far(known), known)).filter(|(far, _)| *far <= 2).min().map(|(_, known)| known)
    }

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
            "eu-ch2" => "sc.otc.t-systems.com",
            _ => "myhuaweicloud.com",
        }
    }

    /// The host of another service beside that of EVS; `None` where that does not begin with `evs.`, so that it tells nothing.
    /// IAM of the European region of Huawei Cloud has a domain of its own (EVS API reference, "Regions").
    pub fn host_beside(evs: &str, service: &str) -> Option<String> {
        let rest = evs.strip_prefix("evs.")?;
        Some(match rest {
            "eu-west-101.myhuaweicloud.com" => format!("{service}.eu-west-101.myhuaweicloud.eu"),
            rest => format!("{service}.{rest}"),
        })
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
            ("evs.eu-ch2.sc.otc.t-systems.com", Some(OpenTelekomCloud)),
            ("evs.eu-de.notc.t-systems.com", None),
            ("evs.cn-north-4.myhuaweicloud.com.example.com", None),
            ("127.0.0.1", None),
        ] {
            assert_eq!(Partition::of_host(host), partition, "{host}");
        }
    }

    #[test]
    fn a_region_is_compared_by_its_letters_alone() {
        for (region, like) in [
            ("cn-nroth-4", Some("cn-north-4")),
            ("cn-norht-4", Some("cn-north-4")),
            ("cn-north4", Some("cn-north-4")),
            ("eu-dee", Some("eu-de")),
            ("cn-north-4", None),
            ("cn-north-7", None),
            ("mine", None),
        ] {
            assert_eq!(Partition::region_like(region), like, "{region}");
        }
        assert_eq!(Partition::domain_of_region("eu-ch2"), "sc.otc.t-systems.com");
    }

    #[test]
    fn another_service_stands_beside_evs_where_its_host_tells() {
        for (evs, iam) in [
            ("evs.cn-north-4.myhuaweicloud.com", Some("iam.cn-north-4.myhuaweicloud.com")),
            ("evs.eu-west-101.myhuaweicloud.com", Some("iam.eu-west-101.myhuaweicloud.eu")),
            ("evs.eu-west-101.myhuaweicloud.eu", Some("iam.eu-west-101.myhuaweicloud.eu")),
            ("evs.eu-ch2.sc.otc.t-systems.com", Some("iam.eu-ch2.sc.otc.t-systems.com")),
            ("storage.example", None),
        ] {
            assert_eq!(Partition::host_beside(evs, "iam").as_deref(), iam, "{evs}");
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
