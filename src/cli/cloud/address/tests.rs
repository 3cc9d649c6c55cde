use super::*;
use crate::manifest::{self, SourceFile, Target};

#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    /// The manifest's own rules say no.
    Malformed,
    /// The runner has not allowed it, or it would carry credentials in the clear.
    Refused,
    /// Requests go there.
    Goes(String),
}

fn judge(endpoint: &str, variables: &[(&str, &str)]) -> Judgement {
    let text = format!(
        "stack: s\ncloud: {{ region: cn-north-4, endpoint: {endpoint:?}, project_id: \
         0123456789abcdef0123456789abcdef }}\nvolumes: {{}}\n"
    );
    let file = SourceFile::own("test.yaml", text.into_bytes());
    let Ok(manifest) = manifest::parse(&[file]) else { return Judgement::Malformed };
    let Target::Endpoint { region, endpoint, .. } = &manifest.cloud.target else { panic!("an endpoint") };
    let set = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    match judged(region.as_deref(), endpoint.as_ref(), &set) {
        Ok(url) => Judgement::Goes(url.as_str().trim_end_matches('/').to_owned()),
        Err(error) => {
            assert_eq!(error.exit, Exit::Refused, "{error:?}");
            Judgement::Refused
        }
    }
}

#[test]
fn every_spelling_is_judged_by_where_it_goes() {
    use Judgement::{Malformed, Refused};
    let goes = |url: &str| Judgement::Goes(url.to_owned());
    let near = "http://127.0.0.1:8080";
    let evs = "https://evs.cn-north-4.myhuaweicloud.com";
    for (endpoint, expected) in [
        // This machine, however it is written.
        (near, goes(near)),
        ("http://0177.0.0.1:8080", goes(near)),
        ("http://0x7f.1:8080", goes(near)),
        ("http://2130706433:8080", goes(near)),
        ("http://localhost:8080", goes("http://localhost:8080")),
        ("http://LOCALHOST", goes("http://localhost")),
        ("http://[::1]:8080", goes("http://[::1]:8080")),
        ("http://[::ffff:127.0.0.1]:8080", Refused),
        ("http://localhost.:8080", Refused),
        ("http://localhost.evil.example", Refused),
        ("http://127.0.0.1.evil.example", Refused),
        ("http://0.0.0.0:8080", Refused),
        // The cloud's own service, and what only looks like it.
        (evs, goes(evs)),
        ("https://EVS.CN-NORTH-4.MYHUAWEICLOUD.COM", goes(evs)),
        ("https://evs.cn-north-4.myhuaweicloud.com:443", goes(evs)),
        ("https://evs.cn-north-4.myhuaweicloud.eu", goes("https://evs.cn-north-4.myhuaweicloud.eu")),
        ("https://evs.cn-north-4.myhuaweicloud.com:8443", Refused),
        ("https://evs.cn-north-4.myhuaweicloud.com.", Refused),
        ("https://evs.cn-north-1.myhuaweicloud.com", Refused),
        ("https://evs.a.cn-north-4.myhuaweicloud.com", Refused),
        ("https://evs.cn-north-4.myhuaweicloud.com.evil.example", Refused),
        ("https://evs.cn-north-4.evilmyhuaweicloud.com", Refused),
        ("https://evs.cn-north-4.myhuaweiclo\u{fc}d.com", Refused),
        ("https://evs.cn-north-4.myhuaweicl\u{43e}ud.com", Refused),
        ("https://evs。cn-north-4。myhuaweicloud。com", goes(evs)),
        ("http://evs.cn-north-4.myhuaweicloud.com", Refused),
        // What carries more than an address.
        ("https://user@evs.cn-north-4.myhuaweicloud.com", Malformed),
        ("https://evs.cn-north-4.myhuaweicloud.com@evil.example", Malformed),
        ("https://evs.cn-north-4.myhuaweicloud.com:pass@evil.example", Malformed),
        ("https://evs.cn-north-4.myhuaweicloud.com/v2", Malformed),
        ("https://evs.cn-north-4.myhuaweicloud.com?x=1", Malformed),
        ("https://evs.cn-north-4.myhuaweicloud.com#x", Malformed),
        ("https:\\\\evil.example", Refused),
        ("ftp://evs.cn-north-4.myhuaweicloud.com", Malformed),
        ("evs.cn-north-4.myhuaweicloud.com", Malformed),
        ("https://", Malformed),
        // Where servers keep their credentials.
        ("http://169.254.169.254", Refused),
        ("https://[fe80::1]", Refused),
    ] {
        assert_eq!(judge(endpoint, &[]), expected, "{endpoint}");
    }
}

#[test]
fn the_runner_may_allow_more_but_not_everything() {
    let allowed = [("EVSCTL_ALLOWED_ENDPOINTS", "stack.example, *.own.example,169.254.169.254")];
    let goes = |url: &str| Judgement::Goes(url.to_owned());
    for (endpoint, expected) in [
        ("https://stack.example", goes("https://stack.example")),
        ("https://evs.stack.example:8443", goes("https://evs.stack.example:8443")),
        ("https://evs.own.example", goes("https://evs.own.example")),
        ("https://evilstack.example", Judgement::Refused),
        ("http://stack.example", Judgement::Refused),
        ("https://169.254.169.254", Judgement::Refused),
        ("https://[::ffff:169.254.169.254]", Judgement::Refused),
    ] {
        assert_eq!(judge(endpoint, &allowed), expected, "{endpoint}");
    }
    let own = [("HW_CLOUD", "own.example")];
    assert_eq!(judge("https://evs.cn-north-4.own.example", &own), goes("https://evs.cn-north-4.own.example"));
    assert_eq!(judge("https://obs.cn-north-4.own.example", &own), Judgement::Refused);
}

#[test]
fn a_region_leads_to_its_own_cloud() {
    let goes = |region: &str, cloud: Option<&str>| {
        let set = |name: &str| cloud.filter(|_| name == "HW_CLOUD").map(str::to_owned);
        judged(Some(region), None, &set).map(|url| url.host_str().unwrap().to_owned()).map_err(|error| error.exit)
    };
    assert_eq!(goes("cn-north-4", None).unwrap(), "evs.cn-north-4.myhuaweicloud.com");
    assert_eq!(goes("eu-de", None).unwrap(), "evs.eu-de.otc.t-systems.com");
    assert_eq!(goes("eu-nl", Some("otc.t-systems.com")).unwrap(), "evs.eu-nl.otc.t-systems.com");
    assert_eq!(goes("eu-west-101", Some("myhuaweicloud.eu")).unwrap(), "evs.eu-west-101.myhuaweicloud.eu");
    assert_eq!(goes("here", Some("own.example")).unwrap(), "evs.here.own.example");
    // The manifest was read by the rules of the other cloud.
    assert_eq!(goes("eu-xx", Some("otc.t-systems.com")), Err(Exit::Refused));
    assert_eq!(goes("eu-de", Some("myhuaweicloud.com")), Err(Exit::Refused));
}

#[test]
fn another_service_is_beside_the_endpoint_where_the_runner_allows_that() {
    let of = |endpoint: &str, variables: &[(&str, &str)]| {
        let set = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let url = beside_in(&url::Url::parse(endpoint).unwrap(), "ims", &set);
        url.map(|url| url.as_str().trim_end_matches('/').to_owned())
    };
    let at = |url: &str| Some(url.to_owned());
    assert_eq!(of("https://evs.cn-north-4.myhuaweicloud.com", &[]), at("https://ims.cn-north-4.myhuaweicloud.com"));
    assert_eq!(of("https://evs.eu-ch2.sc.otc.t-systems.com", &[]), at("https://ims.eu-ch2.sc.otc.t-systems.com"));
    assert_eq!(of("http://127.0.0.1:8085", &[]), at("http://127.0.0.1:8085"), "one address answers for all");
    assert_eq!(of("https://evs.r.example.com", &[("HW_CLOUD", "example.com")]), at("https://ims.r.example.com"));
    let allowed = |hosts| [("EVSCTL_ALLOWED_ENDPOINTS", hosts)];
    assert_eq!(of("https://evs.example.com", &allowed("*.example.com")), at("https://ims.example.com"));
    // Whoever allows one host has not allowed another.
    assert_eq!(of("https://evs.example.com", &allowed("evs.example.com")), None);
    assert_eq!(of("https://volumes.example.com", &allowed("example.com")), None);
    assert_eq!(of("https://evs.a.b.myhuaweicloud.com", &[]), None);
    assert_eq!(of("https://evs.cn-north-4.myhuaweicloud.com:8443", &[]), None);
}
