//! The forms that a value can have in a text, each before and after.

use super::*;
use crate::volume::{EnterpriseProjectId, VolumeType};

/// What stands below [`HEAD`], and below it once the value is another one.
#[track_caller]
fn becomes(before: &str, setting: Setting, after: &str) {
    whole_becomes(&format!("{HEAD}{before}"), setting, &format!("{HEAD}{after}"));
}

#[track_caller]
fn whole_becomes(before: &str, setting: Setting, after: &str) {
    let (text, place) = edit(before, setting).unwrap_or_else(|why| panic!("{why:?}\n{before}"));
    assert_eq!(text, after);
    let changed = before.lines().zip(after.lines()).take_while(|(before, after)| before == after).count();
    // Behind a last line that is gone there is none.
    assert_eq!(place.line as usize, (changed + 1).min(after.lines().count()), "{after}");
}

#[test]
fn a_value_at_the_volume_is_replaced_where_it_stands() {
    for (before, after) in [
        (
            "volumes:\n  web: # the web\n    size:   40   # forty\n    count: 1\n",
            "volumes:\n  web: # the web\n    size:   80   # forty\n    count: 1\n",
        ),
        ("volumes:\n    web: {size: 40, count: 1}\n", "volumes:\n    web: {size: 80, count: 1}\n"),
        ("volumes: {web: {size: 40}}", "volumes: {web: {size: 80}}"),
        ("volumes:\n  web:\n    \"size\" : !!int 40\n", "volumes:\n  web:\n    \"size\" : 80\n"),
        ("volumes:\n  web:\n    size: &s 40\n", "volumes:\n  web:\n    size: &s 80\n"),
        ("volumes:\n  web:\n    size:\n      40\n    count: 1", "volumes:\n  web:\n    size:\n      80\n    count: 1"),
        ("volumes:\n  ? web\n  : size: 40\n", "volumes:\n  ? web\n  : size: 80\n"),
        ("volumes: {\"web\":{\"size\":40,\"count\":1}}", "volumes: {\"web\":{\"size\":80,\"count\":1}}"),
    ] {
        becomes(before, size(80), after);
        becomes(&before.replace('\n', "\r\n"), size(80), &after.replace('\n', "\r\n"));
        whole_becomes(&format!("\u{feff}{HEAD}{before}"), size(80), &format!("\u{feff}{HEAD}{after}"));
    }
}

#[test]
fn a_value_that_is_shared_is_written_at_the_volume() {
    let base = "x-base: &base { size: 40 } # shared\nx-size: &s 40\n";
    for (before, after) in [
        ("volumes:\n  web: {size: *s}\n  db: {size: *s}\n", "volumes:\n  web: {size: 80}\n  db: {size: *s}\n"),
        ("volumes:\n  web: *base\n  db: *base\n", "volumes:\n  web: {<<: *base, size: 80}\n  db: *base\n"),
        ("volumes:\n  web: {<<: *base}\n", "volumes:\n  web: {<<: *base, size: 80}\n"),
        (
            "volumes:\n    web:\n        <<: *base   # all\n    db: *base\n",
            "volumes:\n    web:\n        <<: *base   # all\n        size: 80\n    db: *base\n",
        ),
        (
            "volumes:\n  web:\n    description: |\n      size: 3\n\n      more\n    tags:\n      a: b\n    <<: [*base]",
            "volumes:\n  web:\n    description: |\n      size: 3\n\n      more\n    tags:\n      a: b\n    <<: [*base]\n    size: 80",
        ),
    ] {
        for end in ["\n", "\r\n"] {
            let text = |text: &str| format!("{HEAD}{base}{text}").replace('\n', end);
            whole_becomes(&text(before), size(80), &text(after));
        }
    }
    let defaults = HEAD.replace("volume_type: SSD", "volume_type: SSD, size: 40");
    for (before, after) in [
        ("volumes:\n  web: {}\n", "volumes:\n  web: {size: 80}\n"),
        ("volumes:\n  web: { }\n", "volumes:\n  web: {size: 80 }\n"),
        ("volumes:\n  web: {count: 1,}\n", "volumes:\n  web: {count: 1, size: 80,}\n"),
        ("volumes:\n  web: {\n    count: 1 # one\n  }\n", "volumes:\n  web: {\n    count: 1, size: 80 # one\n  }\n"),
        ("volumes: {\"web\": {\"count\": 1}}\n", "volumes: {\"web\": {\"count\": 1, \"size\": 80}}\n"),
        ("volumes:\n  web:\n    name:\n  # of nobody\n", "volumes:\n  web:\n    name:\n    size: 80\n  # of nobody\n"),
        (
            "volumes:\n  web:\n      tags:\n        a: b\n",
            "volumes:\n  web:\n      size: 80\n      tags:\n        a: b\n",
        ),
        (
            "volumes:\n  web:\n    description: >-\n      a\n\n\n  db: {}\n",
            "volumes:\n  web:\n    size: 80\n    description: >-\n      a\n\n\n  db: {}\n",
        ),
    ] {
        whole_becomes(&format!("{defaults}{before}"), size(80), &format!("{defaults}{after}"));
    }
}

#[test]
fn texts_keep_their_quotes_and_read_as_what_they_are() {
    let text = |written: &str| format!("volumes:\n  web:\n    description: {written} # why\n    size: 40\n");
    for (before, value, after) in [
        ("a", "b c", "b c"),
        ("'a'", "b c", "'b c'"),
        ("\"a\"", "b c", "\"b c\""),
        ("'a'", "it's", "'it''s'"),
        ("a", "yes", "\"yes\""),
        ("a", "1.10", "\"1.10\""),
        ("'a'", "007", "'007'"),
        ("a", "null", "\"null\""),
        ("a", "a: b", "\"a: b\""),
        ("a", "#x", "\"#x\""),
        ("a", "- x", "\"- x\""),
        ("a", "*x", "\"*x\""),
        ("a", "line\nbreak", "\"line\\nbreak\""),
        ("a", "tab\tand \"quote\" \\", "\"tab\\tand \\\"quote\\\" \\\\\""),
        ("a", "\u{202e}\u{1}", "\"\\u202e\\u0001\""),
        ("a", "生产 \u{1f600}", "\"生产 \u{1f600}\""),
        ("", "b", " b"),
        ("~", "b", "b"),
        ("a\n      b", "c", "c"),
        ("\"a\n      b\"", "c", "\"c\""),
    ] {
        // Where nothing was written, the new value stands right behind the colon.
        let after = if before.is_empty() { text("").replace("description: ", "description: b ") } else { text(after) };
        becomes(&text(before), description(value), &after);
    }
    for (before, value, after) in [
        ("|-  # literal\n      a: 1\n      # no comment\n", "x", "x  # literal\n"),
        (">\n      a\n\n      b\n\n", "x", "x\n\n"),
        ("|+\n      a\n\n", "- x", "\"- x\"\n\n"),
        ("|2-\n       a\n", "x", "x\n"),
    ] {
        let text = |written: &str| format!("volumes:\n  web:\n    description: {written}    # next\n    size: 40\n");
        becomes(&text(before), description(value), &text(after));
    }
    becomes("volumes:\n  web: {size: 40}\n", name("other"), "volumes:\n  web: {size: 40, name: other}\n");
    let project = Setting::EnterpriseProjectId(EnterpriseProjectId::new("0").unwrap());
    becomes(
        "volumes:\n  web: {enterprise_project_id: 3f8c9a10, size: 40}\n",
        project,
        "volumes:\n  web: {enterprise_project_id: \"0\", size: 40}\n",
    );
    let sas = Setting::VolumeType(VolumeType::new("SAS").unwrap());
    becomes("volumes: {web: {size: 40}}\n", sas, "volumes: {web: {size: 40, volume_type: SAS}}\n");
    becomes(
        "volumes:\n  web: {size: 40, shareable: 'true'}\n",
        Setting::Multiattach(false),
        "volumes:\n  web: {size: 40, shareable: false}\n",
    );
}

#[test]
fn a_description_that_is_gone_is_taken_out_or_cancelled() {
    let gone = || description("");
    for (before, after) in [
        (
            "volumes:\n  web:\n    # about\n    description: a # b\n    size: 40\n",
            "volumes:\n  web:\n    # about\n    size: 40\n",
        ),
        (
            "volumes:\n  web:\n    size: 40\n    description: |\n      a\n      b\n  db: {size: 40}\n",
            "volumes:\n  web:\n    size: 40\n  db: {size: 40}\n",
        ),
        ("volumes:\n  web:\n    size: 40\n    description: a", "volumes:\n  web:\n    size: 40"),
        ("volumes:\n  web: {description: a, size: 40}\n", "volumes:\n  web: {size: 40}\n"),
        ("volumes:\n  web: {size: 40, description: a}\n", "volumes:\n  web: {size: 40}\n"),
        ("volumes:\n  web: {size: 40, description: a, }\n", "volumes:\n  web: {size: 40, }\n"),
        (
            "x-a: &a {description: a}\nvolumes:\n  web: {size: 40, <<: *a}\n",
            "x-a: &a {description: a}\nvolumes:\n  web: {size: 40, <<: *a, description: null}\n",
        ),
    ] {
        becomes(before, gone(), after);
    }
    let defaults = HEAD.replace("volume_type: SSD", "volume_type: SSD, description: d");
    for (before, after) in [
        ("volumes:\n  web: {size: 40}\n", "volumes:\n  web: {size: 40, description: null}\n"),
        ("volumes:\n  web: {size: 40, description: own}\n", "volumes:\n  web: {size: 40, description: null}\n"),
    ] {
        whole_becomes(&format!("{defaults}{before}"), gone(), &format!("{defaults}{after}"));
    }
}

#[test]
fn one_tag_is_another_one_and_the_others_stay() {
    let v = |pairs: &str| format!("volumes:\n  web:\n    size: 40\n    tags: {pairs}\n");
    for (before, key, value, after) in [
        ("{a: b, c: 'd'}", "c", Some("e"), "{a: b, c: 'e'}"),
        ("{a: b}", "a", Some("1.10"), "{a: \"1.10\"}"),
        ("{a: b, c: d}", "a", None, "{c: d}"),
        ("{a: b}", "a", None, "{}"),
        ("\n      # of a\n      a: b\n      c: d # e", "a", None, "\n      # of a\n      c: d # e"),
        ("\n      a: b\n", "a", None, "\n      {}\n"),
        ("\n      # of a\n      a: b # c", "a", None, "\n      # of a\n      {} # c"),
        ("{\n      a: b, # of a\n      c: d # of c\n    }", "a", None, "{\n      # of a\n      c: d # of c\n    }"),
        ("{\n      a: b, # of a\n      c: d # of c\n    }", "c", None, "{\n      a: b, # of a\n       # of c\n    }"),
        ("\n      a: b # keep\n", "a", Some("c"), "\n      a: c # keep\n"),
    ] {
        becomes(&v(before), tag(key, value), &v(after));
    }
    let shared = "x-t: &t {a: b, c: d}\nx-v: &v {tags: {a: b, c: d}}\n";
    for (before, value, after) in [
        ("volumes:\n  web: {size: 40, tags: *t}\n", Some("z"), "volumes:\n  web: {size: 40, tags: {<<: *t, a: z}}\n"),
        ("volumes:\n  web: {size: 40, tags: *t}\n", None, "volumes:\n  web: {size: 40, tags: {c: d}}\n"),
        (
            "volumes:\n  web: {size: 40, tags: {<<: *t, x: y}}\n",
            Some("z"),
            "volumes:\n  web: {size: 40, tags: {<<: *t, x: y, a: z}}\n",
        ),
        (
            "volumes:\n  web: {size: 40, tags: {<<: *t, x: y}}\n",
            None,
            "volumes:\n  web: {size: 40, tags: {c: d, x: \"y\"}}\n",
        ),
        (
            "volumes:\n  web: {size: 40, <<: *v}\n",
            Some("z"),
            "volumes:\n  web: {size: 40, <<: *v, tags: {a: z, c: d}}\n",
        ),
        ("volumes:\n  web: {size: 40, <<: *v}\n", None, "volumes:\n  web: {size: 40, <<: *v, tags: {c: d}}\n"),
    ] {
        let text = |text: &str| format!("{shared}{text}");
        becomes(&text(before), tag("a", value), &text(after));
    }
    let defaults = HEAD.replace("volume_type: SSD", "volume_type: SSD, tags: {a: b, c: d}");
    for (before, value, after) in [
        ("volumes:\n  web: {size: 40}\n", Some("z"), "volumes:\n  web: {size: 40, tags: {a: z}}\n"),
        ("volumes:\n  web:\n    size: 40\n", None, "volumes:\n  web:\n    size: 40\n    tags: {a: null}\n"),
        ("volumes:\n  web: {size: 40, tags: {x: y}}\n", None, "volumes:\n  web: {size: 40, tags: {x: y, a: null}}\n"),
        (
            "volumes:\n  web: {size: 40, tags: {a: y, z: z}}\n",
            None,
            "volumes:\n  web: {size: 40, tags: {a: null, z: z}}\n",
        ),
        ("volumes:\n  web: {size: 40, tags: {a: y}}\n", None, "volumes:\n  web: {size: 40, tags: {a: null}}\n"),
    ] {
        whole_becomes(&format!("{defaults}{before}"), tag("a", value), &format!("{defaults}{after}"));
    }
}

#[test]
fn lines_of_other_sections_move_and_mean_the_same() {
    let behind = "import: {\"db[1]\": 3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833}\nknown_drift: [{address: db, field: size, value: 50, reason: r, until: 2027-02-01}]\n";
    becomes(
        &format!("volumes:\n  web:\n    size: 40\n  db: {{size: 40}}\n{behind}"),
        description("a"),
        &format!("volumes:\n  web:\n    size: 40\n    description: a\n  db: {{size: 40}}\n{behind}"),
    );
}

#[test]
fn of_several_files_the_one_that_declares_the_volume_is_edited() {
    let files = vec![
        file("a.yaml", HEAD),
        file("b.yaml", "volumes:\n  db: {size: 40}\n# web\n"),
        file("c.yaml", "volumes:\r\n  web:\r\n    size: 40\r\n"),
    ];
    let mut editor = Editor::new(files).unwrap();
    editor.set(&[change("web", size(80))]).unwrap();
    let place = editor.set(&[change("web", description("a"))]).unwrap().remove(0);
    let edited: Vec<(&str, &str)> =
        editor.edited().map(|file| (file.name.as_str(), std::str::from_utf8(&file.bytes).unwrap())).collect();
    assert_eq!(edited, [("c.yaml", "volumes:\r\n  web:\r\n    size: 80\r\n    description: a\r\n")]);
    assert_eq!((&*place.file, place.line), ("c.yaml", 4));
}

#[test]
fn types_rates_and_projects_are_written() {
    let fast = "volumes:\n  web: {size: 40, volume_type: GPSSD2, iops: 3000, throughput: 125} # fast\n";
    becomes(fast, Setting::Iops(4000), &fast.replace("3000", "4000"));
    becomes(fast, Setting::Throughput(150), &fast.replace("125", "150"));
    let plain = "volumes:\n  web: {size: 40} # plain\n";
    let volume_type = Setting::VolumeType(VolumeType::new("SAS").unwrap());
    becomes(plain, volume_type, &plain.replace("40", "40, volume_type: SAS"));
    let id = "3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833";
    let project = Setting::EnterpriseProjectId(EnterpriseProjectId::new(id).unwrap());
    becomes(plain, project, &plain.replace("40", &format!("40, enterprise_project_id: {id}")));
}
