//! Wrong input first: every rule is told with its place, its reason and a hint.

use crate::support::{evsctl, put, run};

const HEAD: &str =
    "stack: test\ncloud: { simulator: true }\ndefaults: { availability_zone: az-dc-1, volume_type: SSD }\nvolumes:\n";

/// Validates one file and expects exit 1, the place on stderr, and these words.
#[track_caller]
fn refused(text: &[u8], place: &str, words: &str) {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("v.yaml"), text);
    let mut command = evsctl();
    command.current_dir(&dir).args(["validate", "v.yaml"]);
    let ran = run(command).exits(1).says(words);
    assert!(ran.stderr.contains(place), "{place:?} is not in\n{}", ran.stderr);
    // A wrong manifest sends nothing and records nothing, whatever the command.
    let mut command = evsctl();
    command.current_dir(&dir).args(["apply", "v.yaml", "--yes"]);
    let _ = run(command).exits(1);
    assert!(!dir.path().join("state").exists());
}

/// The same with one volume in block style; `line` and `column` are within the whole file.
#[track_caller]
fn volume(fields: &str, place: &str, words: &str) {
    refused(format!("{HEAD}  v:\n{fields}").as_bytes(), &format!("v.yaml:{place}"), words);
}

#[test]
fn sources_exclude_each_other() {
    volume("    size: 40\n    snapshot_id: s-1\n    imageRef: i-1\n", "8:", "one of");
    volume("    backup_id: b-1\n    count: 2\n", "7:", "backup");
}

#[test]
fn sizes_depend_on_the_source() {
    volume("    name: x\n", "5:", "size");
    volume("    size: 9\n", "6:11", "10 to 32768 GB, not 9");
    volume("    size: 32769\n", "6:11", "32769");
    volume("    imageRef: i-1\n    size: 1025\n", "7:11", "1 to 1024 GB, not 1025");
    volume("    size: big\n", "6:11", "number");
}

#[test]
fn names_are_measured_in_bytes() {
    volume(&format!("    size: 10\n    name: {}a\n", "卷".repeat(85)), "7:11", "this one has 256");
    volume(&format!("    size: 10\n    count: 2\n    name: {}\n", "n".repeat(251)), "8:11", "250");
}

#[test]
fn metadata_has_four_keys_and_no_nulls() {
    volume("    size: 10\n    metadata: { __system__encrypted: null }\n", "7:", "null");
    volume("    size: 10\n    metadata: { colour: blue }\n", "7:17", "colour");
    volume("    size: 10\n    metadata: { __system__encrypted: \"1\", __system__cmkid: short }\n", "7:", "36 bytes");
    volume("    size: 10\n    snapshot_id: s\n    metadata: { __system__encrypted: \"1\" }\n", "8:", "inherits");
    volume("    size: 10\n    metadata: { full_clone: \"0\" }\n", "7:", "snapshot");
}

#[test]
fn tags_have_limits() {
    volume("    size: 10\n    tags: { \"a b\": c }\n", "7:", "may not hold ' '");
    volume(&format!("    size: 10\n    tags: {{ {}: c }}\n", "k".repeat(37)), "7:", "36 characters");
    volume(&format!("    size: 10\n    tags: {{ k: {} }}\n", "v".repeat(44)), "7:", "43 characters");
    let ten: Vec<String> = (0..10).map(|n| format!("k{n}: v")).collect();
    volume(&format!("    size: 10\n    tags: {{ {} }}\n", ten.join(", ")), "7:", "9");
}

#[test]
fn slips_are_named() {
    volume("    size: 10\n    count: 0\n", "7:12", "count");
    volume("    sise: 40\n", "6:5", "size");
    volume("    size: 10\n    size: 20\n", "7:5", "again");
    volume("    size: 10\n    shareable: \"false\"\n    multiattach: true\n", "", "multiattach");
}

#[test]
fn hostile_texts_are_refused() {
    let mut bomb = String::from("stack: test\ncloud: { simulator: true }\nx-a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (this, last) in ('b'..='i').zip('a'..='h') {
        let items = vec![format!("*{last}"); 10].join(", ");
        bomb.push_str(&format!("x-{this}: &{this} [{items}]\n"));
    }
    bomb.push_str("volumes: {}\n");
    refused(bomb.as_bytes(), "v.yaml:", "alias");
    let deep = format!("{HEAD}  v: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    refused(deep.as_bytes(), "v.yaml:", "deep");
    refused(b"stack: test\nvolumes: { a\xff: {} }\n", "v.yaml:2:", "UTF-8");
    refused(b"", "v.yaml:1:1", "nothing in this file");
}

#[test]
fn a_folder_without_manifests_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = evsctl();
    command.arg("validate").arg(dir.path());
    let _ = run(command).exits(1).says("yaml");
    let mut command = evsctl();
    command.args(["validate", "/nowhere/at/all"]);
    let _ = run(command).exits(1).says("/nowhere/at/all");
}

#[test]
fn five_bad_volumes_are_five_problems_in_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "{HEAD}  a: {{ size: 9 }}\n  b: {{ sise: 40, size: 10 }}\n  c: {{ size: big }}\n  d: {{ size: 10, count: 0 }}\n  e: {{ name: x }}\n"
    );
    put(&dir.path().join("v.yaml"), text);
    let mut command = evsctl();
    command.current_dir(&dir).args(["validate", "v.yaml"]);
    let ran = run(command).exits(1).says("5 errors");
    for line in 5..=9 {
        assert!(ran.stderr.contains(&format!("v.yaml:{line}:")), "{}", ran.stderr);
    }
    let mut command = evsctl();
    command.current_dir(&dir).args(["validate", "v.yaml", "--format", "json"]);
    let problems = run(command).exits(1).json();
    assert_eq!((problems["valid"].as_bool(), problems["problems"].as_array().map(Vec::len)), (Some(false), Some(5)));
    // What a script needs of the head is there all the same.
    assert_eq!(problems["simulator"], true);
}

/// A script asks evsctl where a stack is and where its state lies: a line in a comment is no answer.
#[test]
fn a_script_is_told_whether_a_stack_is_on_the_embedded_cloud() {
    let dir = tempfile::tempdir().unwrap();
    let told = |cloud: &str| {
        let text = format!("stack: web\nstate: ../state\n{cloud}\nvolumes: {{}}\n");
        put(&dir.path().join("prod/v.yaml"), text);
        let mut command = evsctl();
        command.current_dir(&dir).args(["validate", "prod", "--format", "json"]);
        let told = run(command).json();
        [&told["valid"], &told["stack"], &told["state"], &told["simulator"]].map(Clone::clone)
    };
    std::fs::create_dir(dir.path().join("prod")).unwrap();
    let here = serde_json::json!([true, "web", "prod/../state", true]);
    assert_eq!(told("cloud: { simulator: true }"), *here.as_array().unwrap().as_slice());
    let commented = "# cloud: { simulator: true }\ncloud: { endpoint: 'http://127.0.0.1:1', project_id: 0123456789abcdef0123456789abcdef }";
    assert_eq!(told(commented)[3], false);
    let nothing = serde_json::Value::Null;
    assert_eq!(told("cloud: { simulator: maybe }"), [false.into(), nothing.clone(), nothing.clone(), nothing]);
}

#[test]
fn a_key_in_two_files_names_both_places() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("a.yaml"), format!("{HEAD}  v: {{ size: 10 }}\n"));
    put(&dir.path().join("b.yml"), "volumes:\n  v: { size: 10 }\n");
    let mut command = evsctl();
    command.current_dir(&dir).args(["validate", "."]);
    let _ = run(command).exits(1).says("a.yaml:5:3").says("b.yml:2:3");
}

#[test]
fn what_is_legal_but_odd_is_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    put(&dir.path().join("v.yaml"), format!("{HEAD}  v: {{ size: 10.9, shareable: \"true\" }}\n"));
    let mut command = evsctl();
    command.current_dir(&dir).args(["validate", "v.yaml"]);
    let _ = run(command).exits(0).says("warning").says("multiattach");
    let mut command = evsctl();
    command.current_dir(&dir).args(["plan", "v.yaml", "--offline", "--format", "json"]);
    let plan = run(command).exits(0).json();
    let spec = &plan["plan"]["steps"][0]["spec"];
    assert_eq!((spec["size"].as_u64(), spec["multiattach"].as_bool()), (Some(10), Some(true)));
}

#[test]
fn a_plan_that_went_through_stdout_is_the_plan() {
    let dir = tempfile::tempdir().unwrap();
    let description = r"a\x7F\x9B1m\u202E##[command]\U000E0041";
    put(&dir.path().join("v.yaml"), format!("{HEAD}  v: {{ size: 10, description: \"{description}\" }}\n"));
    let mut command = evsctl();
    command.current_dir(&dir).args(["plan", "v.yaml", "--format", "json"]);
    let ran = run(command).exits(0);
    assert!(!ran.stdout.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{:?}", ran.stdout);
    assert!(!ran.stdout.contains("##["), "{}", ran.stdout);
    put(&dir.path().join("p.json"), &ran.stdout);
    let mut command = evsctl();
    command.current_dir(&dir).args(["apply", "v.yaml", "--plan", "p.json"]);
    let _ = run(command).exits(0);
    let mut command = evsctl();
    command.current_dir(&dir).args(["state", "show", "v.yaml", "--format", "json"]);
    let shown = run(command).exits(0).json();
    assert_eq!(shown[0]["base"]["description"], "a\u{7f}\u{9b}1m\u{202e}##[command]\u{e0041}");
}

#[test]
fn the_schema_is_one_that_editors_can_use() {
    let mut command = evsctl();
    command.arg("schema");
    let schema = run(command).exits(0).json();
    assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
    assert!(schema["properties"]["volumes"].is_object());
}

#[test]
fn usage_errors_exit_1_and_suggest() {
    for (words, hint) in [
        (&["plam"][..], "plan"),
        (&["apply", "-auto-approve"], "--yes"),
        (&["plan", "--nope"], "--nope"),
        (&["history"], "not in this version"),
    ] {
        let mut command = evsctl();
        command.args(words);
        let _ = run(command).exits(1).says(hint);
    }
    let mut command = evsctl();
    command.arg("--version");
    let _ = run(command).exits(0).says("evsctl 0.1.0");
}

/// A pull request can add a link, and `stacks/*` names it like any other.
#[test]
fn a_stack_behind_a_link_that_leaves_the_work_tree_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let (tree, secret) = (dir.path().join("repo"), dir.path().join("secret"));
    std::fs::create_dir_all(tree.join(".git")).unwrap();
    std::fs::create_dir_all(tree.join("stacks/good")).unwrap();
    std::fs::create_dir_all(&secret).unwrap();
    let manifest = "stack: s\ncloud: { simulator: true }\nvolumes: {}\n";
    crate::support::put(&tree.join("stacks/good/s.yaml"), manifest);
    crate::support::put(&secret.join("p.yml"), "password: TOPSECRET\n");
    std::os::unix::fs::symlink(&secret, tree.join("stacks/evil")).unwrap();
    std::os::unix::fs::symlink("good", tree.join("stacks/also")).unwrap();
    let run = |path: &str| {
        let mut command = crate::support::evsctl();
        command.current_dir(&tree).args(["validate", path]);
        crate::support::run(command)
    };
    for path in ["stacks/evil", "stacks/evil/p.yml", "./stacks/../stacks/evil"] {
        let ran = run(path).exits(1).says("leads out of the Git work tree");
        assert!(!ran.stderr.contains("TOPSECRET"), "{}", ran.stderr);
    }
    run("stacks/also").exits(0);
}
