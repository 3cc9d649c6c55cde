//! Size, and texts that nobody would write.

use super::*;
use proptest::prelude::*;

fn many(volumes: usize) -> String {
    let mut text = String::from(HEAD);
    for i in 0..volumes {
        text.push_str(&format!(
            "  volume-{i:06}:\n    size: {}\n    availability_zone: cn-north-4a\n    volume_type: SSD\n    description: number {i}\n    tags:\n      team: data\n      host: db-{i}\n",
            10 + i % 100
        ));
    }
    text
}

#[test]
fn a_large_manifest_loads() {
    let manifest = read(many(20_000)).unwrap();
    assert_eq!((manifest.volumes.len(), manifest.warnings.len()), (20_000, 0));
    let last = manifest.volumes.last_key_value().unwrap().1;
    assert_eq!(last.place.line, 5 + 8 * 19_999);
}

#[test]
#[ignore = "slow without optimisation; a large manifest is tested above"]
fn two_hundred_thousand_volumes_load() {
    assert_eq!(read(many(200_000)).unwrap().volumes.len(), 200_000);
}

#[test]
fn a_large_manifest_of_one_line_loads() {
    let volumes: Vec<String> = (0..10_000)
        .map(|i| format!(r#""v{i}":{{"size":10,"availability_zone":"az","volume_type":"SSD","description":"卷"}}"#))
        .collect();
    let text = format!(r#"{{"stack":"s","cloud":{{"simulator":true}},"volumes":{{{}}}}}"#, volumes.join(","));
    let manifest = read(&text).unwrap();
    let place = &manifest.volumes.last_key_value().unwrap().1.place;
    let column = text.chars().count() - text.split_once("\"v9999\"").unwrap().1.chars().count() - 7 + 1;
    assert_eq!((place.line, place.column as usize), (1, column));
    let bad = read(text.replace("\"size\":10,", "\"size\":1,")).unwrap_err();
    assert_eq!(bad.0.len(), 1001);
}

#[test]
fn one_anchor_may_serve_many() {
    let mut text = String::from(
        "stack: s\ncloud: {simulator: true}\nx-c: &c {availability_zone: az, volume_type: SSD, size: 40}\nvolumes:\n",
    );
    for i in 0..20_000 {
        text.push_str(&format!("  v{i}: {{<<: *c}}\n"));
    }
    assert_eq!(read(&text).unwrap().volumes.len(), 20_000);
}

/// What takes time with the square of a file's size takes minutes here.
fn is_quick(text: &str) -> Result<Manifest, Problems> {
    let begun = std::time::Instant::now();
    let read = read(text);
    assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    read
}

#[test]
fn many_merges_into_many_keys_are_quick() {
    let keys: String = (0..20_000).map(|i| format!("  k{i}: 1\n")).collect();
    for anchor in ["{}", "{own: 1}"] {
        let merges = vec!["*e"; 50_000].join(", ");
        let text = format!("{HEAD}  a: {{size: 10}}\nx-e: &e {anchor}\nx-m:\n{keys}  <<: [{merges}]\n");
        assert_eq!(is_quick(&text).unwrap().volumes.len(), 1);
    }
}

#[test]
fn what_is_merged_first_counts() {
    let text = "x-a: &a {size: 10, name: a}\nx-b: &b {size: 20, name: b, description: b}\n";
    let manifest = read(format!("{text}{HEAD}  v: {{<<: [*a, *b, *a], name: own}}\n")).unwrap();
    let volume = &manifest.volumes.values().next().unwrap();
    assert_eq!(volume.name.as_str(), "own");
    assert_eq!(volume.specs.common().size.unwrap().gb(), 10);
    assert_eq!(volume.specs.common().description.as_ref().unwrap().as_str(), "b");
}

#[test]
fn many_volumes_of_one_base_are_quick() {
    let mut text = String::from(HEAD);
    for i in 0..30_000 {
        text.push_str(&format!("  m{i}: {{size: 10, name: b, count: 2, lifecycle: {{retire: [1]}}}}\n"));
        text.push_str(&format!("  s{i}: {{size: 10, name: b-{:04}}}\n", i + 3));
    }
    let problems = is_quick(&text).unwrap_err();
    assert_eq!(brief(&problems.0[0]), "7:24 \"b-0002\" is also the cloud name of \"m0\" at v.yaml:5:24");
    assert_eq!(problems.0[1000].reason(), "28999 more errors are not listed");
}

#[test]
fn a_thousand_problems_are_enough() {
    let bad: String = (0..1500).map(|i| format!("  v{i}: {{size: 9}}\n")).collect();
    let problems = read(format!("{HEAD}{bad}")).unwrap_err();
    assert_eq!(problems.0.len(), 1001);
    let last = &problems.0[1000];
    assert_eq!((&last.place, last.reason().as_str()), (&None, "500 more errors are not listed"));
}

#[test]
fn a_problem_shows_its_line() {
    let text = format!("{HEAD}  a: {{name: 数据卷, size: 9}}\n");
    let problems = read(&text).unwrap_err();
    assert_eq!(problems.to_string(), "v.yaml:5:24: error: a data disk has 10 to 32768 GB, not 9");
    assert_eq!(problems.0[0].source_line.as_deref(), Some("  a: {name: 数据卷, size: 9}"));
}

#[test]
fn long_and_hostile_lines_are_cut_and_tamed() {
    let long = format!("{HEAD}  a: {{description: '{}', size: 9, name: \"x\u{202e}\u{7f}y\"}}\n", "环".repeat(80));
    let problems = read(&long).unwrap_err();
    let line = problems.0[0].source_line.as_deref().unwrap();
    assert!(line.chars().count() <= 160 && !line.contains(['\u{202e}', '\u{7f}']), "{line:?}");
    let flow =
        format!("{HEAD}  {{{}}}\n", (0..500).map(|i| format!("v{i}: {{size: 9}}")).collect::<Vec<_>>().join(", "));
    for problem in read(&flow).unwrap_err().0 {
        let (place, line) = (problem.place.unwrap(), problem.source_line.unwrap());
        assert!(line.chars().count() <= 160);
        let offset = (place.column - problem.source_column) as usize;
        assert_eq!(line.chars().nth(offset), Some('9'));
    }
}

const VALID: &str = "stack: s
state: &state ../state
cloud: {region: cn-north-4, project_id: 0123456789abcdef0123456789abcdef, settle: 15m}
naming: slot
defaults: &d
  availability_zone: cn-north-4a
  tags: {team: data, 环境: \"生产\"}
volumes:
  a: {volume_type: SSD, size: 40, count: 3, lifecycle: {retire: [2], ignore: [name]}}
  b: {<<: *d, volume_type: \"SAS\", backup_id: b, name: 'it''s'}
  c:
    volume_type: SSD
    size: 10.5
    shareable: \"true\"
    description: |
      text
    metadata: {\"__system__encrypted\": \"1\"}
";

/// Stretches of YAML that mean something, to put where they do not belong.
fn pieces() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        ":",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "*d",
        "<<: ",
        "!!str ",
        "!x ",
        "|",
        ">",
        "\"",
        "'",
        "#",
        "---\n",
        "...\n",
        "null",
        "~",
        "true",
        "1e9",
        "-1",
        ".nan",
        "0x1",
        "中",
        "\u{feff}",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        "?",
        "%",
        "@",
        "`",
        "size: ",
        "x-: ",
        "\\",
        "99999999999",
    ])
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "\\PC*|[ -~\\n]{0,200}|(\\s|[-:\\[\\]{},&*!|>'\"%@`#a?~<])*") {
        let _ = read(&text).map_err(|problems| problems.to_string());
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes).map_err(|problems| problems.to_string());
    }

    #[test]
    fn a_damaged_manifest_is_answered(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), 0..12_usize, pieces()), 1..6)
    ) {
        let mut text: Vec<char> = VALID.chars().collect();
        for (place, cut, piece) in edits {
            let start = place.index(text.len() + 1);
            let end = (start + cut).min(text.len());
            text.splice(start..end, piece.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = read(&text) {
            prop_assert!(!problems.0.is_empty());
            prop_assert!(problems.errors().count() > 0);
            prop_assert!(!problems.to_string().is_empty());
        }
    }
}

#[test]
fn the_text_that_is_damaged_is_sound() {
    check(
        VALID,
        &[
            "13:11 warning: `size`, in GB, 10.5 is cut to 10, as the API does",
            "14:5 warning: `shareable` is deprecated by the API and read as `multiattach`",
        ],
    );
}
