//! `cloud`, `defaults` and the other sections.

use super::*;
use crate::manifest::fields::{CLOUD, LIFECYCLE, TOP, VOLUME};
use crate::manifest::{Defaults, Naming, Project, Target};
use crate::volume::{CreateApi, Key, OwnershipTag};
use std::time::Duration;

const ID: &str = "0123456789abcdef0123456789abcdef";

fn cloud(section: &str) -> String {
    format!("stack: s\nvolumes: {{}}\ncloud: {section}\n")
}

#[test]
fn what_defaults_say_is_known_also_where_nothing_is_asked_for() {
    let defaults = |section: &str| {
        read(format!("stack: s\ncloud: {{simulator: true}}\ndefaults: {section}\nvolumes: {{}}\n")).unwrap().defaults
    };
    assert_eq!(defaults("{}"), Defaults::default());
    let said = defaults("{availability_zone: az, size: 40, tags: {a: b}, description: null, multiattach: false}");
    assert_eq!((said.zone.unwrap().as_str(), said.size.unwrap().gb(), said.multiattach), ("az", 40, Some(false)));
    assert_eq!((said.tags.unwrap().len(), said.description, said.metadata), (1, None, None));
}

#[test]
fn what_a_cloud_is() {
    let simulator = read(cloud("{simulator: true}")).unwrap().cloud;
    assert_eq!(simulator.target, Target::Simulator);
    assert_eq!((simulator.settle, simulator.ownership_tag), (Duration::from_secs(2), OwnershipTag::default()));
    let real = read(cloud(&format!("{{region: cn-north-4, project_id: {ID}, ownership_tag: mine, settle: 1h 30m}}")));
    let real = real.unwrap().cloud;
    let project = Project::Id(ID.to_owned());
    assert_eq!(real.target, Target::Endpoint { region: Some("cn-north-4".to_owned()), project, endpoint: None });
    assert_eq!(real.settle, Duration::from_secs(5400));
    assert_eq!(real.ownership_tag, OwnershipTag::Key("mine".to_owned()));
    for (text, requests, seconds) in [("20", 20, 1), ("20/s", 20, 1), ("200/m", 200, 60)] {
        let limited =
            read(cloud(&format!("{{simulator: true, rate_limit: {text}}}"))).unwrap().cloud.rate_limit.unwrap();
        assert_eq!((limited.requests.get(), limited.window), (requests, Duration::from_secs(seconds)), "{text}");
    }
    let digits = "1".repeat(32);
    let plain = read(cloud(&format!("{{region: r, project_id: {digits}}}"))).unwrap().cloud;
    assert_eq!(plain.settle, Duration::from_secs(900));
    let local = read(cloud("{endpoint: 'http://127.0.0.1:8080', project: p, ownership_tag: false}")).unwrap().cloud;
    let Target::Endpoint { endpoint: Some(endpoint), region: None, .. } = local.target else { panic!() };
    assert_eq!(endpoint.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(local.ownership_tag, OwnershipTag::Off);
}

#[test]
fn what_a_cloud_is_not() {
    let endpoint = |address: &str| format!("{{project: p, endpoint: {address}}}");
    for (section, expected) in [
        ("{simulator: true, region: r}", &["3:34 the simulator has no `region`"][..]),
        ("{}", &["3:1 `cloud` has no `project_id`", "3:1 `cloud` has no `region`"]),
        ("{region: r, project: p, project_id: 0}", &["3:44 a project id has 32 of 0-9 and a-f, this one is \"0\""]),
        (
            &format!("{{region: r, project: p, project_id: {ID}}}"),
            &["3:29 `project` stands beside `project_id`, and one could contradict the other"],
        ),
        (
            "{region: x.evil.example, project: p}",
            &["3:17 a region has 1 to 63 of a-z, 0-9 and -, this one is \"x.evil.example\""],
        ),
        ("{simulator: 'yes'}", &["3:20 `simulator` is true or false, not \"yes\""]),
        ("{simulator: true, ownership_tag: true}", &["3:41 `ownership_tag` is a tag's key, or false, not true"]),
        ("{simulator: true, ownership_tag: a b}", &["3:41 a tag's key may not hold ' '"]),
        (
            "{simulator: true, rate_limit: 0}",
            &["3:38 `rate_limit` is a number of requests a second from 1 to 100000, not 0"],
        ),
        (
            "{simulator: true, rate_limit: 20/h}",
            &["3:38 `rate_limit` is a number of requests a second from 1 to 100000, not \"20/h\""],
        ),
        ("{simulator: true, create_api: v4}", &["3:38 `create_api` is v3, v2.1 or v2, not \"v4\""]),
        ("{simulator: true, settle: 15}", &["3:34 `settle` is a duration, not 15"]),
        ("{simulator: true, settle: soon}", &["3:34 `settle` is a duration, not \"soon\""]),
        ("{simulator: true, settle: -5m}", &["3:34 `settle` is a duration, not \"-5m\""]),
        ("{simulator: true, settle: 25h}", &["3:34 `settle` is above 0 and at most 24h, not \"25h\""]),
        (
            "{simulater: true}",
            &[
                "3:1 `cloud` has no `project_id`",
                "3:1 `cloud` has no `region`",
                "3:9 `cloud` has no field \"simulater\"",
            ],
        ),
        (&endpoint("ftp://h"), &["3:31 an endpoint begins with https:// or http://, and a host"]),
        (
            &endpoint("'https://u:p@h'"),
            &["3:31 an endpoint holds no user and no password: no secret stands in a manifest"],
        ),
        (&endpoint("'https://h/v3'"), &["3:31 an endpoint is a host and at most a port: its paths are the API's"]),
        (&endpoint("'https://h/?a=b'"), &["3:31 an endpoint is a host and at most a port: its paths are the API's"]),
        (&endpoint("evs"), &["3:31 the endpoint \"evs\" is no address: relative URL without a base"]),
    ] {
        check(cloud(section), expected);
    }
}

#[test]
fn what_must_be_there() {
    let missing = ["stack", "cloud", "volumes"].map(|section| format!("1:1 the manifest has no `{section}`"));
    check("x-a: 1\n", &missing.each_ref().map(String::as_str));
    check("stack: s\ncloud: {simulator: true}\nvolumes:\n", &["3:1 there is nothing behind `volumes:`"]);
    check("stack: s\ncloud: {simulator: true}\nvolumes: {}\n", &[]);
    check(
        "stack: s\ncloud: {simulator: true}\nvolumes: [a]\n",
        &["3:10 `volumes` is a mapping from keys to volumes, not a list"],
    );
    check_volumes("  a:\n", &["5:3 the volume \"a\" is a mapping of fields, not nothing"]);
    check(
        "stack: A\ncloud: {simulator: true}\nvolumes: {}\nnaming: slots\nstate: ''\nvolume: {}\n",
        &[
            "1:8 a stack's name has 1 to 22 of a-z, 0-9 and -, this one is \"A\"",
            "4:9 `naming` is slot or service, not \"slots\"",
            "5:8 `state` is a folder's path, not \"\"",
            "6:1 a manifest has no field \"volume\"",
        ],
    );
    let manifest = read("stack: s\ncloud: {simulator: true}\nvolumes: {}\nnaming: service\nstate: ../x\n").unwrap();
    assert_eq!((manifest.naming, manifest.state.as_str()), (Naming::Service, "../x"));
    assert_eq!(good("  a: {size: 40}\n").state, "state");
}

#[test]
fn defaults_are_merged_and_cancelled() {
    let text = "stack: s
cloud: {simulator: true}
defaults:
  availability_zone: az
  volume_type: SSD
  size: 40
  multiattach: true
  enterprise_project_id: 7
  tags: {team: data, env: prod}
  metadata: {__system__encrypted: '1'}
  lifecycle: {prevent_destroy: true, on_shrink: replace, delete_snapshots: true}
volumes:
  plain: {}
  own: {size: 50, tags: {env: test, more: x}, lifecycle: {on_shrink: null, delete_snapshots: false}, multiattach: false}
  bare: {tags: null, metadata: null, lifecycle: null, multiattach: null, enterprise_project_id: null}
  sizeless: {size: null, backup_id: b}
";
    let manifest = read(text).unwrap();
    let volume = |key: &str| &manifest.volumes[&Key::new(key).unwrap()];
    let tags = |key: &str| {
        let pairs = volume(key).specs.common().tags.pairs();
        pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(tags("plain"), "env=prod team=data");
    assert_eq!(tags("own"), "env=test more=x team=data");
    assert_eq!(tags("bare"), "");
    assert!(
        volume("plain").specs.common().multiattach
            && !volume("own").specs.common().multiattach
            && !volume("bare").specs.common().multiattach
    );
    assert!(volume("plain").lifecycle.prevent_destroy && volume("own").lifecycle.prevent_destroy);
    assert_eq!(volume("own").lifecycle.on_shrink, super::super::OnShrink::Refuse);
    assert!(volume("plain").lifecycle.delete_snapshots && !volume("own").lifecycle.delete_snapshots);
    assert_eq!(volume("bare").lifecycle, super::super::Lifecycle::default());
    // What is said of a key that is no longer there.
    assert_eq!(manifest.default_lifecycle, volume("plain").lifecycle);
    assert!(volume("bare").specs.common().metadata.is_empty() && !volume("own").specs.common().metadata.is_empty());
    assert_eq!(volume("plain").specs.common().enterprise_project_id.as_ref().map(AsRef::as_ref), Some("7"));
    assert_eq!(volume("sizeless").specs.common().size, None);
    assert_eq!(volume("own").specs.common().size.map(u32::from), Some(50));
}

#[test]
fn one_tag_of_defaults_is_cancelled_by_null() {
    let text = |own: &str, defaults: &str| {
        format!(
            "stack: s\ncloud: {{simulator: true}}\ndefaults: {{availability_zone: az, volume_type: SSD, tags: {defaults}}}\n\
             volumes:\n  a: {{size: 40, tags: {own}}}\n"
        )
    };
    let of_both = |own: &str| read(text(own, "{team: x, env: y}"));
    for (own, expected) in [("{team: null}", &[("env", "y")][..]), ("{team: ~, env: , own: z}", &[("own", "z")])] {
        let manifest = of_both(own).unwrap();
        let volume = &manifest.volumes[&Key::new("a").unwrap()];
        let tags: Vec<(&str, &str)> =
            volume.specs.common().tags.pairs().iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!((tags.as_slice(), volume.stated.tags), (expected, true), "{own}");
    }
    check(text("{other: null}", "{team: x}"), &["5:31 the tag \"other\" has no value"]);
    check(text("{}", "{team: null}"), &["3:66 the tag \"team\" has no value"]);
}

#[test]
fn what_defaults_may_not_hold() {
    let text = "stack: s\ncloud: {simulator: true}\nvolumes: {}\ndefaults:\n  name: a\n  count: 2\n  imageRef: i\n  sise: 4\n  lifecycle: {retire: [1]}\n";
    check(
        text,
        &[
            "5:3 `name` belongs to one volume and has no default",
            "6:3 `count` belongs to one volume and has no default",
            "7:3 `imageRef` belongs to one volume and has no default",
            "8:3 `defaults` has no field \"sise\"",
            "9:15 `retire` names slots of one volume, which defaults cannot know",
        ],
    );
}

#[test]
fn a_bad_default_is_one_problem() {
    let text = HEAD.replace("volume_type: SSD", "volume_type: 5, size: 9") + "  a: {}\n  b: {}\n";
    check(
        text,
        &["3:48 `volume_type` is text, and 5 without quotes is a number", "3:57 a data disk has 10 to 32768 GB, not 9"],
    );
}

#[test]
fn every_listed_field_is_read() {
    let section = |fields: &[&str]| fields.iter().map(|field| format!("{field}: null")).collect::<Vec<_>>().join(", ");
    let volume =
        section(&VOLUME).replace("size: null", "size: 40").replace("availability_zone: null", "availability_zone: az");
    let volume = volume.replace("volume_type: null", "volume_type: SSD");
    let lifecycle = section(&LIFECYCLE);
    check_volumes(&format!("  a: {{{volume}, lifecycle: {{{lifecycle}}}}}\n"), &[]);
    check(cloud(&format!("{{{}}}", section(&CLOUD).replace("simulator: null", "simulator: true"))), &[]);
    let top = section(&TOP).replace("stack: null", "stack: s").replace("volumes: null", "volumes: {}");
    check(format!("{{{}}}", top.replace("cloud: null", "cloud: {simulator: true}")), &[]);
}

/// Open Telekom Cloud's documents differ in the create call and in what a tag may hold.
#[test]
fn the_endpoint_decides_whose_rules_count() {
    let stack = |cloud: &str, volume: &str| {
        format!(
            "stack: s\ncloud: {{project: p, {cloud}}}\nvolumes:\n  v: {{availability_zone: az, size: 10, {volume}}}\n"
        )
    };
    let plain = "volume_type: SSD";
    for (cloud, api) in [
        ("region: cn-north-4", CreateApi::V3),
        ("region: eu-de", CreateApi::V2),
        ("region: eu-de, endpoint: https://evs.eu-de.otc.t-systems.com", CreateApi::V2),
        ("region: eu-de, create_api: v2.1", CreateApi::V21),
        ("endpoint: https://evs.stack.example", CreateApi::V3),
        ("endpoint: https://evs.stack.example, create_api: v2", CreateApi::V2),
    ] {
        assert_eq!(read(stack(cloud, plain)).unwrap().cloud.create_api, api, "{cloud}");
    }
    let chosen = "volume_type: GPSSD2, iops: 3000, throughput: 125";
    let dotted = "volume_type: SSD, tags: {release: '1.10'}";
    check(stack("region: cn-north-4", dotted), &[]);
    check(stack("region: eu-de, create_api: v2.1", chosen), &[]);
    for (cloud, volume, expected) in [
        ("region: eu-nl", dotted, "4:65 a tag on Open Telekom Cloud may not hold '.'"),
        ("region: eu-nl", chosen, "4:3 \"v\" needs the v2.1 create call, which Open Telekom Cloud does not document"),
        ("region: eu-de, ownership_tag: 环", plain, "2:51 a tag on Open Telekom Cloud may not hold '环'"),
        (
            "region: cn-north-4, create_api: v2",
            plain,
            "2:53 the v2 create call of Huawei Cloud knows no client token, and could buy twice",
        ),
    ] {
        check(stack(cloud, volume), &[expected]);
    }
}

/// A manifest with these limits and volumes, the limits in line 4.
fn limited(limits: &str, volumes: &str) -> String {
    format!(
        "stack: s\ncloud: {{simulator: true}}\ndefaults: {{availability_zone: az-1, volume_type: SSD, size: 10}}\nlimits: {limits}\nvolumes:\n{volumes}"
    )
}

#[test]
fn what_limits_are() {
    let limits = read(limited("{max_create: 0, max_destroy: 5, max_grow_gb: null}", "  a: {}\n")).unwrap().limits;
    let create = limits.max_create.unwrap();
    assert_eq!((create.most, create.place.to_string().as_str()), (0, "v.yaml:4:22"));
    assert_eq!(limits.max_destroy.unwrap().most, 5);
    assert!(limits.max_grow_gb.is_none());
    let allowed = limited("{zones: [az-2, AZ-1], volume_types: [SAS, ssd]}", "  a: {}\n");
    assert!(read(allowed).unwrap().warnings.is_empty());
    let none = crate::manifest::Limits::default();
    assert_eq!(read(limited("null", "  a: {}\n")).unwrap().limits, none);
}

#[test]
fn what_limits_are_not() {
    check(
        limited("{max_create: -1, max_destroy: 1.5, max_grow: 5, zones: [], volume_types: SSD}", "  a: {}\n"),
        &[
            "4:22 `max_create` is 0 to 1000000, not -1",
            "4:39 `max_destroy` is a whole number, not 1.5",
            "4:44 `limits` has no field \"max_grow\"",
            "4:64 `zones` in `limits` allows nothing",
            "4:82 `volume_types` is a list, not \"SSD\"",
        ],
    );
}

#[test]
fn a_zone_or_a_type_that_no_limit_allows_is_told_where_it_is_written() {
    let volumes =
        "  a: {}\n  b: {availability_zone: [az-1, az-3], volume_type: SATA}\n  c: {volume_type: SATA}\n  d: {}\n";
    check(
        limited("{zones: [az-2, az-3], volume_types: [SAS, GPSSD]}", volumes),
        &[
            // The default is wrong once, whichever volumes have it.
            "3:31 `zones` in `limits` does not allow \"az-1\" (v.yaml:4:17)",
            "3:50 `volume_types` in `limits` does not allow \"SSD\" (v.yaml:4:45)",
            "7:27 `zones` in `limits` does not allow \"az-1\" (v.yaml:4:17)",
            "7:53 `volume_types` in `limits` does not allow \"SATA\" (v.yaml:4:45)",
            "8:20 `volume_types` in `limits` does not allow \"SATA\" (v.yaml:4:45)",
        ],
    );
}
