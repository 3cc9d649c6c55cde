//! Bytes, YAML, and several files.

use super::*;
use crate::volume::Key;

#[test]
fn no_files() {
    let problems = parse(&[]).unwrap_err();
    assert_eq!(problems.0.len(), 1);
    assert_eq!((&problems.0[0].place, problems.0[0].reason().as_str()), (&None, "no *.yaml or *.yml in the folder"));
}

#[test]
fn files_that_are_no_manifest() {
    for empty in ["", "\n", "# only this\n", "---\n", "null", "\u{feff}"] {
        check(empty, &["1:1 there is nothing in this file"]);
    }
    check(b"stack: s\nstate: \xff\xfe\n", &["2:8 the file is not UTF-8 from here on"]);
    check("- a\n", &["1:1 a manifest is a mapping that begins with `stack:`, not a list"]);
    check("a: b: c\n", &["1:5 this is not YAML: mapping values are not allowed in this context"]);
    check("stack: s\n---\nstack: t\n", &["2:1 a second document begins here"]);
    check("stack: !!python/object s\n", &["1:8 the YAML tag !!python/object has no meaning here"]);
    check("stack: !env s\n", &["1:8 the YAML tag !env has no meaning here"]);
    check("a: &a [*a]\n", &["1:8 this alias stands inside its own anchor"]);
    check("? [a]\n: b\n", &["1:3 a key must be plain text, not a list or a mapping"]);
    let conflict = read("stack: s\n<<<<<<< HEAD\nstate: a\n=======\nstate: b\n>>>>>>> x\n").unwrap_err();
    assert!(conflict.0[0].hint().unwrap().contains("unfinished merge"), "{conflict}");
}

#[test]
fn duplicate_keys_have_both_places() {
    check_volumes(
        "  a: {size: 40}\n  b: {size: 40, size: 50}\n  \"a\": {size: 50}\n",
        &["6:17 \"size\" stands here again, first at v.yaml:6:7", "7:3 \"a\" stands here again, first at v.yaml:5:3"],
    );
    let many: String = (0..30).map(|i| format!("  v{}: {{size: 40}}\n", i % 29)).collect();
    check_volumes(&many, &["34:3 \"v0\" stands here again, first at v.yaml:5:3"]);
    check(
        "stack: s\nstack: t\ncloud: {simulator: true}\nvolumes: {}\n",
        &["2:1 \"stack\" stands here again, first at v.yaml:1:1"],
    );
}

#[test]
fn bombs_are_refused() {
    let mut bomb = String::from("x-a: &a0 [l, l, l, l, l, l, l, l, l]\n");
    for i in 0..9 {
        let aliases = vec![format!("*a{i}"); 9].join(", ");
        bomb.push_str(&format!("x-{i}: &a{} [{aliases}]\n", i + 1));
    }
    let problems = read(&bomb).unwrap_err();
    assert!(brief(&problems.0[0]).contains("the aliases of this file grow to more than is read here"), "{problems}");
    let mut deep = String::from("x-0: &a0 [[[[[[[[l]]]]]]]]\n");
    for i in 0..20 {
        deep.push_str(&format!("x-{i}: &a{} [[[[[[[[*a{i}]]]]]]]]\n", i + 1));
    }
    let problems = read(&deep).unwrap_err();
    assert!(brief(&problems.0[0]).contains("with this alias, values are nested deeper than 64 levels"), "{problems}");
    for nested in ["[", "{a: ", "- ", "? "] {
        let problems = read(nested.repeat(10_000)).unwrap_err();
        assert_eq!(problems.0.len(), 1, "{problems}");
    }
    check("[".repeat(10_000), &["1:256 this is nested deeper than 64 levels"]);
    check(format!("{}{}", "[".repeat(70), "]".repeat(70)), &["1:65 this is nested deeper than 64 levels"]);
}

#[test]
fn anchors_and_merge_keys() {
    let text = "stack: s
cloud: {simulator: true}
x-common: &common {availability_zone: az, volume_type: SSD, size: &size 40, tags: &tags {version: 1.10}}
x-other: &other {size: 60, description: d}
volumes:
  a: *common
  b: {<<: *common, size: 50}
  c:
    <<: [*other, *common]
    tags: {<<: *tags, more: x}
  d: {availability_zone: az, volume_type: SSD, size: *size}
";
    let manifest = read(text).unwrap();
    let size = |key: &str| manifest.volumes[&Key::new(key).unwrap()].specs.common().size.map(u32::from);
    assert_eq!(["a", "b", "c", "d"].map(size), [Some(40), Some(50), Some(60), Some(40)]);
    assert_eq!(manifest.volumes[&Key::new("c").unwrap()].specs.common().tags.pairs()["version"], "1.10");
    // What is wrong in an anchor is wrong once, where it stands.
    check(text.replace("&size 40", "&size big"), &["3:73 `size`, in GB, is a number, not \"big\""]);
    check_volumes("  a: {<<: 5, size: 40}\n", &["5:11 `<<` takes a mapping or a list of mappings"]);
}

#[test]
fn columns_are_characters_whatever_the_line_ends() {
    let text = "stack: s\r\ncloud: {simulator: true}\r\nvolumes:\r\n  a: {name: 数据卷, sise: 40}\r\n";
    check(
        text,
        &[
            "4:3 \"a\" has no `availability_zone`",
            "4:3 \"a\" has no `volume_type`",
            "4:18 a volume has no field \"sise\"",
        ],
    );
    let marked = format!("\u{feff}{HEAD}  a: {{size: 9}}\n");
    check(&marked, &["5:13 a data disk has 10 to 32768 GB, not 9"]);
    check(
        "\u{feff}stakc: s\ncloud: {simulator: true}\nvolumes: {}\n",
        &["1:1 a manifest has no field \"stakc\"", "1:1 the manifest has no `stack`"],
    );
    check(format!("{HEAD}  a: {{size: 9}}").replace('\n', "\r"), &["5:13 a data disk has 10 to 32768 GB, not 9"]);
}

#[test]
fn files_are_merged() {
    let files = [
        file("a.yaml", "stack: s\ncloud: {simulator: true}\nx-a: 1\n"),
        file("b.yaml", "defaults: {availability_zone: az, volume_type: SSD}\nvolumes: {a: {size: 40}}\nx-a: 2\n"),
        file("c.yaml", "volumes: {b: {size: 40}}\n"),
    ];
    let manifest = parse(&files).unwrap();
    assert_eq!(manifest.volumes.keys().map(Key::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(manifest.volumes[&Key::new("b").unwrap()].place.to_string(), "c.yaml:1:11");
    let mut renamed = files.clone();
    renamed[2].name = "d.yaml".to_owned();
    assert_ne!(parse(&renamed).unwrap().digest, manifest.digest);
    assert_eq!(parse(&files).unwrap().digest, manifest.digest);
}

#[test]
fn what_stands_in_two_files() {
    let files = [
        file("a.yaml", "stack: s\ncloud: {simulator: true}\nvolumes: {a: {size: 9}}\n"),
        file("b.yaml", "stack: s\nvolumes: {a: {size: 40}, b: {sise: 4}}\n"),
        file("c.yaml", "defaults: {availability_zone: az, volume_type: SSD}\n"),
    ];
    let problems = parse(&files).unwrap_err();
    let found: Vec<String> =
        problems.0.iter().map(|p| format!("{} {}", p.place.as_ref().unwrap(), p.reason())).collect();
    assert_eq!(
        found,
        [
            "a.yaml:3:21 a data disk has 10 to 32768 GB, not 9",
            "b.yaml:1:1 `stack` stands in one file only, and stands at a.yaml:1:1",
            "b.yaml:2:11 the volume \"a\" stands here again, first at a.yaml:3:11",
            "b.yaml:2:30 a volume has no field \"sise\"",
        ]
    );
}

#[test]
fn an_unreadable_file_does_not_hide_the_others() {
    let files = [file("a.yaml", "stack: [\n"), file("b.yaml", "volumes: {a: {sise: 40}}\n")];
    let problems = parse(&files).unwrap_err();
    let found: Vec<String> = problems.0.iter().map(|p| p.place.as_ref().unwrap().file.to_string()).collect();
    assert!(found.contains(&"a.yaml".to_owned()) && found.contains(&"b.yaml".to_owned()), "{problems}");
    assert!(!problems.to_string().contains("has no `cloud`"), "{problems}");
}

#[test]
fn a_number_is_one_wherever_it_stands() {
    for text in [
        "  a: {size: 40}\n",
        "  a:\n    size: 40 # GB\n",
        "  a:\n    size:\n      40\n",
        "  a: {size: &s 40, description: d}\n  b: {size: *s}\n",
        "  a: {size: !!int 40}\n",
        "  a: {? size : 40}\n",
        "  a: {\"size\":40}\n",
        "  a: {size: 40,\r\n    name: x}\r\n",
        "  a: {size: 40}",
        "  a:\n    size: 40",
    ] {
        check_volumes(text, &[]);
    }
    for text in ["{size: !!str 40}", "{size: ! 40}", "{size: >-\n   40\n   }"] {
        assert!(read(format!("{HEAD}  a: {text}\n")).is_err(), "{text}");
    }
}

#[test]
fn scalars_keep_their_text() {
    let manifest = good(
        "  a:\n    size: 40\n    description: |\n      two\n      lines\n  b: {size: 40, description: \"q\\u5377\\\"\"}\n  c:\n    size: 40\n    description: folded\n      here\n",
    );
    let description = |key: &str| {
        let spec = manifest.volumes[&Key::new(key).unwrap()].specs.common();
        spec.description.as_ref().unwrap().as_str().to_owned()
    };
    assert_eq!([description("a"), description("b"), description("c")], ["two\nlines\n", "q卷\"", "folded here"]);
}

#[test]
fn the_digest_is_that_of_the_stack_and_not_of_its_path() {
    let digest = |name: &str, text: &str| parse(&[file(name, text)]).unwrap().digest;
    let text = format!("{HEAD}  a: {{size: 40}}\n");
    let here = digest("v.yaml", &text);
    assert_eq!(digest("./v.yaml", &text), here);
    assert_eq!(digest("/srv/prod/v.yaml", &text), here);
    assert_ne!(digest("w.yaml", &text), here);
    assert_ne!(digest("v.yaml", &format!("{text}\n")), here);
}
