//! Texts of all kinds to which entries are added.

use super::{HEAD, files, parsed, taken_over, told, volume};
use crate::import::{Known, NotInserted, draft, insert};

/// A file with an entry added to it, in which all that stood there stands in its order.
fn added(before: &str) -> String {
    let (files, left) = taken_over(&[before], &[volume(1, "new")]);
    assert_eq!(left, []);
    let after = &files[0];
    let mut rest = after.chars();
    assert!(before.chars().all(|c| rest.any(|it| it == c)), "{before}\nbecame\n{after}");
    after.clone()
}

/// The same where no line that was there is another one.
fn added_lines(before: &str) -> String {
    let after = added(before);
    let mut rest = after.split_inclusive('\n');
    let all = before.split_inclusive('\n').all(|line| rest.any(|it| it == line || it.trim_end() == line));
    assert!(all, "{before}\nbecame\n{after}");
    after
}

const FIELDS: &str = "size: 10, availability_zone: a, volume_type: SSD";

#[test]
fn a_section_in_lines_grows_at_its_end_as_far_in_as_it_stands() {
    let text = format!(
        "# ours\n{HEAD}volumes: # all of them\n    web: # the first\n        size: 10 # GB\n        availability_zone: a\n        volume_type: SSD\n    # the last words\n\n# far below\nnaming: slot # so\n"
    );
    let after = added_lines(&text);
    assert!(
        after
            .contains("        volume_type: SSD\n    new:\n        size: 40\n        availability_zone: cn-north-4a\n"),
        "{after}"
    );
    assert!(after.ends_with("naming: slot # so\nimport:\n  new[1]: 00000000-0000-4000-8000-000000000001\n"), "{after}");
}

#[test]
fn lines_without_an_end_and_with_two_bytes_at_theirs_stay_so() {
    let text = format!("{HEAD}volumes:\n  web: {{ {FIELDS} }}");
    assert!(added_lines(&text).contains(" }\n  new:\n    size: 40\n"));
    let text = format!("\u{feff}{HEAD}volumes:\n  web: {{ {FIELDS} }}\nnaming: slot\n").replace('\n', "\r\n");
    let after = added_lines(&text);
    assert!(after.contains("  new:\r\n    size: 40\r\n") && !after.replace("\r\n", "").contains('\n'), "{after:?}");
}

#[test]
fn the_last_lines_of_a_text_stay_its_own() {
    for text in [
        "|\n      one\n      two\n",
        "|+\n      one\n\n\n",
        ">-\n      one\n\n",
        "\"one\n      two\"\n",
        "one\n      two\n",
    ] {
        let text = format!("{HEAD}volumes:\n  web:\n    {}\n    description: {text}", FIELDS.replace(", ", "\n    "));
        added_lines(&text);
        added_lines(&format!("{text}# end\nnaming: slot\n"));
    }
}

#[test]
fn braces_get_another_member() {
    for text in [
        format!("{HEAD}volumes: {{ web: {{ {FIELDS} }} }}\n"),
        format!("{HEAD}volumes: {{ web: {{ {FIELDS} }}, }} # more\nnaming: slot\n"),
        format!("{HEAD}volumes: {{\n  web: {{ {FIELDS} }} # the first\n}}\n"),
        format!("{HEAD}volumes: {{\n  web: {{ {FIELDS} }}, # the first\n  # the end }}\n}} # of all }}\n"),
        format!("{HEAD}volumes: {{\n  web: {{\n    {FIELDS}, # so\n  }} # the first\n}}\n"),
        format!("{HEAD}volumes: {{\n  web: {{ {FIELDS} }},\n  }}\nimport: {{\n  web: b, # by hand\n}}\n"),
        format!("{HEAD}volumes: {{ # none yet }}\n}}\n"),
        format!("{HEAD}volumes:\n  web: {{ {FIELDS} }}\nimport: {{ \"web[1]\": b }}\n"),
        r#"{"stack": "shop", "cloud": {"simulator": true}, "volumes": {"web": {"size": 10, "availability_zone": "a",
            "volume_type": "SSD"}}}"#
            .to_owned(),
        r#"{"stack": "shop", "cloud": {"simulator": true}, "volumes": {}, "x-more": {}}"#.to_owned(),
    ] {
        let after = added(&text);
        assert!(after.contains("size: 40") && after.contains("00000000-0000-4000-8000-000000000001"), "{after}");
        assert!(!after.contains(" ,"), "{after}");
    }
}

#[test]
fn what_is_added_stands_before_the_mark_that_ends_the_document() {
    for text in [
        format!("---\n{HEAD}volumes:\n  web: {{ {FIELDS} }}\n...\n"),
        format!("{HEAD}volumes: {{}}\n... # the end\n"),
        format!("{HEAD}volumes: {{ web: {{ {FIELDS} }} }}\n..."),
        format!("{HEAD}volumes:\n  web:\n    {}\n...\n", FIELDS.replace(", ", "\n    ")),
        format!("volumes:\n  web: {{ {FIELDS} }}\n{HEAD}...\n# behind it\n"),
    ] {
        let after = taken_over(&[&text], &[volume(1, "new")]).0.remove(0);
        let (_, behind) = after.split_once("\n...").unwrap();
        assert_eq!(behind, text.split_once("\n...").unwrap().1);
    }
}

#[test]
fn an_empty_section_is_filled() {
    let filled = |text: &str| taken_over(&[text], &[volume(1, "new")]).0.remove(0);
    let entry = "  new:\n    size: 40\n    availability_zone: cn-north-4a\n    volume_type: SSD\n";
    let import = "import:\n  new[1]: 00000000-0000-4000-8000-000000000001\n";
    assert_eq!(
        filled(&format!("{HEAD}volumes: {{}} # none yet\nnaming: slot\n")),
        format!("{HEAD}volumes: # none yet\n{entry}naming: slot\n{import}")
    );
    assert_eq!(filled(&format!("{HEAD}volumes: {{}}")), format!("{HEAD}volumes:\n{entry}{import}"));
}

#[test]
fn what_stands_below_an_entry_only_moves_down() {
    let volumes = format!("volumes:\n  web: {{ {FIELDS} }}\n");
    let known = "known_drift:\n  - { address: web, field: size, value: 20, reason: r, until: 2027-01-31 }\n";
    for text in [
        format!("{HEAD}{volumes}limits: {{ max_create: 9 }}\n"),
        format!("{HEAD}{volumes}{known}"),
        format!("{HEAD}import:\n  web[1]: b\n{volumes}"),
    ] {
        assert!(added_lines(&text).contains("  new:\n    size: 40\n"));
    }
}

#[test]
fn several_files_stay_several() {
    let volumes = format!("volumes:\n  web: {{ {FIELDS} }}\n");
    let (files, _) = taken_over(&[HEAD, &volumes], &[volume(1, "new")]);
    assert_eq!(files[0], HEAD);
    assert!(files[1].starts_with(&volumes) && files[1].contains("import:\n  new[1]: "), "{}", files[1]);
    let import = format!("{HEAD}import:\n  web[1]: b # by hand\n");
    let (files, _) = taken_over(&[&import, &volumes], &[volume(1, "new")]);
    assert!(files[0].starts_with(&import) && files[0].ends_with("  new[1]: 00000000-0000-4000-8000-000000000001\n"));
    assert!(!files[1].contains("import"));
}

#[test]
fn what_cannot_be_added_to_is_said() {
    let files = files(&[&format!("x-all: &all\n  web: {{ {FIELDS} }}\n{HEAD}volumes: *all\n")]);
    let manifest = parsed(&files);
    let known = Known { files: &files, manifest: &manifest, state: None };
    let draft = draft(known, [volume(1, "new")].iter());
    let refused = insert(known, &draft, &told).unwrap_err();
    assert_eq!(refused, NotInserted::NoMapping { file: "0.yaml".to_owned(), section: "volumes" });
}
