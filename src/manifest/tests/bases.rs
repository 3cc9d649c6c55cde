//! Bases: what they hold, what is merged, and what is never shown of them.

use super::*;
use crate::manifest::{Base, Role, bases, parse_head};
use crate::volume::{Field, Key};

const OWN: &str = "stack: s\nbase: [../common.yaml, ../prod.yml]\nvolumes:\n  a: {size: 10}\n";

fn base(path: &str, text: impl AsRef<[u8]>) -> SourceFile {
    SourceFile { name: format!("stacks/s/{path}"), bytes: text.as_ref().to_vec(), role: Role::Base(path.to_owned()) }
}

/// A stack on these two bases.
fn on(own: &str, common: &str, prod: &str) -> Vec<SourceFile> {
    vec![file("v.yaml", own), base("../common.yaml", common), base("../prod.yml", prod)]
}

/// What is said of a stack, with the file's name, and the source lines that are shown.
fn said(files: &[SourceFile]) -> Vec<String> {
    let told = |problem: &Problem| {
        let line = problem.source_line.as_deref().unwrap_or("-");
        let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{place} {} | {line}", problem.reason())
    };
    parse(files).unwrap_err().0.iter().map(told).collect()
}

#[test]
fn a_manifest_says_which_bases_it_has() {
    let place = |column| crate::manifest::Place { file: "v.yaml".into(), line: 2, column };
    let named = |path: &str, column| Base { path: path.to_owned(), place: place(column) };
    assert_eq!(bases(&[file("v.yaml", OWN)]), [named("../common.yaml", 8), named("../prod.yml", 24)]);
    for none in [
        "stack: s\n",
        "stack: s\nbase: null\n",
        "base: [/etc/a.yaml, ../token, ~/a.yaml, '']\n",
        "base: a.yaml\n",
        "base: [",
    ] {
        assert_eq!(bases(&[file("v.yaml", none)]), [], "{none}");
    }
    // In whichever of the files it stands, and not in a base.
    let several =
        [file("a.yaml", "stack: s\n"), file("b.yaml", "base: [x.yaml]\n"), base("x.yaml", "base: [y.yaml]\n")];
    let found = bases(&several);
    assert_eq!((found.len(), found[0].path.as_str(), found[0].place.to_string().as_str()), (1, "x.yaml", "b.yaml:1:8"));
}

#[test]
fn own_values_win_over_those_of_bases_and_later_bases_over_earlier_ones() {
    let common = "cloud: {simulator: true, settle: 5s}\n\
                  defaults: {availability_zone: az-1, volume_type: SAS, description: common, tags: {team: a, env: none, x: common}, \
                  lifecycle: {prevent_destroy: true, ignore: [name]}}\n\
                  limits: {max_create: 5, max_destroy: 1, zones: [az-1, az-2]}\nx-any: {a: b}\n";
    let prod =
        "defaults: {volume_type: SSD, description: prod, tags: {env: prod, x: prod}}\nlimits: {max_destroy: 0}\n";
    let own = "stack: s\nbase: [../common.yaml, ../prod.yml]\ncloud: {settle: 7s}\n\
               defaults: {description: null, tags: {x: own}, lifecycle: {prevent_destroy: false}}\nlimits: {max_create: 9}\n\
               volumes:\n  a: {size: 10}\n";
    let manifest = parse(&on(own, common, prod)).unwrap();
    let a = &manifest.volumes[&Key::new("a").unwrap()];
    let spec = a.specs.common();
    assert_eq!((spec.zone.as_str(), spec.volume_type.as_str()), ("az-1", "SSD"));
    assert_eq!(spec.description, None, "null cancels what a base says");
    let tags: Vec<_> = spec.tags.pairs().iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(tags, ["env=prod", "team=a", "x=own"]);
    assert!(!a.lifecycle.prevent_destroy && a.lifecycle.ignores(Field::Name));
    assert_eq!(manifest.cloud.settle.as_secs(), 7);
    let most =
        |limit: &Option<crate::manifest::Limit>| limit.as_ref().map(|limit| (limit.most, limit.place.to_string()));
    assert_eq!(most(&manifest.limits.max_create), Some((9, "v.yaml:5:22".to_owned())));
    assert_eq!(most(&manifest.limits.max_destroy), Some((0, "stacks/s/../prod.yml:2:23".to_owned())));
    // The head has the cloud of its bases too.
    let cloud = parse_head(&on(OWN, common, prod)).unwrap().cloud;
    assert_eq!((cloud.target, cloud.settle.as_secs()), (crate::manifest::Target::Simulator, 5));
    // The order of the list counts, not that of the files.
    let turned = own.replace("[../common.yaml, ../prod.yml]", "[../prod.yml, ../common.yaml]");
    let turned = parse(&on(&turned, common, prod)).unwrap();
    assert_eq!(turned.volumes[&Key::new("a").unwrap()].specs.common().volume_type.as_str(), "SAS");
}

#[test]
fn an_error_names_the_file_that_it_stands_in() {
    let common = "cloud: {simulator: true}\ndefaults: {availability_zone: az-1, volume_type: ssd, tags: {'a b': c}}\nlimits: 5\n";
    let found = said(&on(OWN, common, "defaults: {sise: 10, count: 5, tags: 5}\n"));
    let (in_common, in_prod) = ("stacks/s/../common.yaml", "stacks/s/../prod.yml");
    let second = "defaults: {availability_zone: az-1, volume_type: ssd, tags: {'a b': c}}";
    let first = "defaults: {sise: 10, count: 5, tags: 5}";
    assert_eq!(
        found,
        [
            format!("{in_common}:2:50 \"a\": there is no type \"ssd\" | {second}"),
            format!("{in_common}:3:9 `limits` is a mapping, not 5 | limits: 5"),
            format!("{in_prod}:1:12 `defaults` has no field \"sise\" | {first}"),
            format!("{in_prod}:1:22 `count` belongs to one volume and has no default | {first}"),
            format!("{in_prod}:1:38 `tags` is a mapping, not 5 | {first}"),
        ]
    );
}

#[test]
fn a_base_holds_three_sections_and_a_file_that_is_none_shows_nothing_of_itself() {
    let secret = "hunter2";
    let common = "cloud: {simulator: true}\ndefaults: {availability_zone: az-1, volume_type: SSD}\n";
    let cases = [
        (
            "apiVersion: v1\ntoken: hunter2\n",
            "stacks/s/../prod.yml:1:1 this file is no base: it holds another key here",
        ),
        ("defaults: {size: hunter2}\nvolumes: {hunter2: 5}\n", "stacks/s/../prod.yml:2:1 a base holds no `volumes`"),
        ("limits: {}\nhunter2: {}\n", "stacks/s/../prod.yml:2:1 this file is no base: it holds another key here"),
        ("base: [hunter2.yaml]\n", "stacks/s/../prod.yml:1:1 a base holds no `base`"),
        ("hunter2", "stacks/s/../prod.yml:1:1 this file is no base, which is a mapping"),
        ("- hunter2\n", "stacks/s/../prod.yml:1:1 this file is no base, which is a mapping"),
        ("", "stacks/s/../prod.yml:1:1 there is nothing in this file"),
        ("a: *hunter2\n", "stacks/s/../prod.yml:1:4 this base is not YAML from here on"),
        ("hunter2: [\n", "stacks/s/../prod.yml:1:10 this base is not YAML from here on"),
        ("a: !hunter2 b\n", "stacks/s/../prod.yml:1:4 a YAML tag has no meaning in a base"),
        ("hunter2: a\nhunter2: b\n", "stacks/s/../prod.yml:1:1 this file is no base: it holds another key here"),
    ];
    for (prod, expected) in cases {
        for problems in [parse(&on(OWN, common, prod)), parse_head(&on(OWN, common, prod))] {
            let problems = problems.unwrap_err();
            assert!(!format!("{problems:?}{problems}").contains(secret), "{problems:?}");
            let [problem] = problems.0.as_slice() else { panic!("{problems:?}") };
            assert_eq!(format!("{} {}", problem.place.as_ref().unwrap(), problem.reason()), expected);
            assert_eq!(problem.source_line, None);
        }
    }
}

#[test]
fn what_is_wrong_with_a_list_of_bases() {
    let own = "stack: s\ncloud: {simulator: true}\nvolumes: {}\nbase: [/etc/a.yaml, token, a.yaml, a.yaml, 5, .yaml]\n";
    let files = [file("v.yaml", own), base("a.yaml", "x-a: 5\n")];
    let told = |line: &String| line.split(" | ").next().unwrap_or_default().to_owned();
    assert_eq!(
        said(&files).iter().map(told).collect::<Vec<_>>(),
        [
            "v.yaml:4:8 a base is a path relative to this file, not \"/etc/a.yaml\"",
            "v.yaml:4:21 a base is a *.yaml or *.yml file, not \"token\"",
            "v.yaml:4:36 duplicate base \"a.yaml\", first at v.yaml:4:28",
            "v.yaml:4:44 `base` is text, and 5 without quotes is a number",
            "v.yaml:4:47 a base is a *.yaml or *.yml file, not \".yaml\"",
        ]
    );
    // Whoever reads the files has to read the bases too.
    let alone = [file("v.yaml", OWN)];
    let unread = |path: &str, column: u32| format!("v.yaml:2:{column} the base \"{path}\" was not read");
    assert_eq!(
        said(&alone).iter().map(told).collect::<Vec<_>>(),
        [unread("../common.yaml", 8), unread("../prod.yml", 24)]
    );
    let many: Vec<String> = (0..17).map(|number| format!("{number}.yaml")).collect();
    let many = format!("stack: s\ncloud: {{simulator: true}}\nvolumes: {{}}\nbase: [{}]\n", many.join(", "));
    check(many, &["4:7 a stack has at most 16 bases, these are 17"]);
}

#[test]
fn the_digest_covers_the_bases() {
    let common = "cloud: {simulator: true}\ndefaults: {availability_zone: az-1, volume_type: SSD}\n";
    let digest = |files: &[SourceFile]| parse(files).unwrap().digest;
    let before = digest(&on(OWN, common, "limits: {}\n"));
    assert_eq!(before, digest(&on(OWN, common, "limits: {}\n")));
    assert_ne!(before, digest(&on(OWN, common, "limits: {} \n")));
    assert_ne!(before, digest(&on(OWN, &format!("{common}\n"), "limits: {}\n")));
    // A base is another thing than a file of the stack.
    let all = "stack: s\ncloud: {simulator: true}\nvolumes: {}\n";
    let own = [file("v.yaml", all), file("x.yaml", "x-a: 5\n")];
    let beside = [file("v.yaml", all), base("x.yaml", "x-a: 5\n")];
    assert_ne!(digest(&own), digest(&beside));
}
