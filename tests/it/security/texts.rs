//! Texts of others: whatever they hold, they are shown, and steer nothing.

use super::{go, stack};
use crate::wire::server::{Answer, Request, Server};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Everything that steers a terminal or a CI runner, misleads a reader, or means something in Markdown.
fn hostile() -> String {
    let controls: String = (0..=0x9f).filter_map(char::from_u32).filter(|c| !c.is_alphanumeric()).collect();
    format!(
        "a\n::set-output name=a::b\n##vso[task.setvariable variable=a]b\n##[command]c\rsection_start:1:x{controls}\
         \u{202a}\u{202e}\u{2066}\u{2069}\u{200b}\u{feff}\u{2028}\u{e0041}<img src=x onerror=alert(1)><script>a</script>\
         [a](https://evil.example) ![a](b) @admin #12 https://evil.example </details> `` ``` | *b*"
    )
}

/// No character of a stream steers anything, and no line begins with what a runner obeys.
#[track_caller]
pub(super) fn steers_nothing(text: &str, what: &str) {
    let odd = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}' | '\u{2028}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0041}')
    };
    assert!(!text.contains(odd), "{what}: {text:?}");
    assert!(!text.contains("##vso[") && !text.contains("##["), "{what}: {text}");
    for line in text.lines() {
        let line = line.trim_start();
        let command = line.strip_prefix("::").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        assert!(!command && !line.starts_with("section_"), "{what}: {line}");
    }
}

/// What a reader of Markdown makes of it has no element but ours, no link, no picture and no mention.
#[track_caller]
fn is_plain_markdown(text: &str) {
    let mut in_code = false;
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                let mut rest = html.into_string();
                for ours in ["<details>", "</details>", "<summary>", "</summary>"] {
                    rest = rest.replace(ours, "");
                }
                assert!(!rest.contains('<'), "{rest} in\n{text}");
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link in\n{text}"),
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Text(words) if !in_code => {
                assert!(
                    !words.contains("@admin") && !words.contains("#12") && !words.contains("://evil"),
                    "{words} in\n{text}"
                );
            }
            _ => {}
        }
    }
}

/// A cloud of one volume, `v-1`, that shows itself as `shown` once that is set; and that refuses to look or make while
/// `refuses` is.
struct Mask {
    shown: Arc<Mutex<Option<Value>>>,
    refuses: Arc<AtomicBool>,
    server: Server,
}

fn masked() -> Mask {
    let (shown, refuses) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
    let (volume, refusing) = (shown.clone(), refuses.clone());
    let server = Server::start(move |request: &Request| {
        if refusing.load(Ordering::SeqCst) {
            let error = json!({"error_code": hostile(), "error_msg": hostile(), "request_id": hostile()});
            return Answer::json(400, &error);
        }
        let sound = json!({"id": "v-1", "name": "v", "status": "available", "size": 10, "volume_type": "SSD",
            "availability_zone": "az-dc-1", "created_at": jiff::Timestamp::now().to_string()});
        let known: Option<Value> = volume.lock().unwrap().clone();
        match request.method.as_str() {
            "POST" => Answer::json(200, &json!({"job_id": "j-1"})),
            "PUT" => Answer::json(200, &json!({"volume": {}})),
            _ if request.path.contains("/jobs/") => {
                Answer::json(200, &json!({"job_id": "j-1", "status": "SUCCESS", "entities": {"volume_id": "v-1"}}))
            }
            _ if request.path.contains("/detail") => {
                let all: Vec<Value> = known.into_iter().collect();
                Answer::json(200, &json!({ "volumes": all }))
            }
            _ => Answer::json(200, &json!({ "volume": known.unwrap_or(sound) })),
        }
    });
    Mask { shown, refuses, server }
}

const LOOKS: [&[&str]; 7] = [
    &["plan"],
    &["plan", "--format", "json"],
    &["plan", "--format", "markdown"],
    &["plan", "-vvv"],
    &["plan", "-vvv", "--log-format", "json"],
    &["orphans"],
    &["orphans", "--format", "json"],
];

#[track_caller]
fn looks_safe(dir: &Path, what: &str) -> String {
    let mut all = String::new();
    for words in LOOKS {
        let ran = go(dir, words);
        let what = format!("{what} {words:?}");
        steers_nothing(&ran.stdout, &what);
        steers_nothing(&ran.stderr, &what);
        if words.contains(&"--format") && words.contains(&"json") && !ran.stdout.is_empty() {
            ran.json();
        }
        if words.contains(&"markdown") {
            is_plain_markdown(&ran.stdout);
        }
        all.push_str(&ran.stdout);
        all.push_str(&ran.stderr);
    }
    all
}

#[test]
fn nothing_from_outside_steers_whoever_reads_it() {
    let Mask { shown, refuses, server } = masked();
    let dir = stack(&server);
    let ran = go(dir.path(), &["apply", "--yes"]);
    assert!(dir.path().join("state/test.json").exists(), "{ran:?}");
    // The call's own tag, as the cloud was told of it.
    let create = server.seen().into_iter().find(|request| request.method == "POST").unwrap();
    let body: Value = serde_json::from_slice(&create.body).unwrap();
    let tags = body["volume"]["tags"].clone();
    let text = hostile();
    let sound = json!({"id": "v-1", "name": "v-0001", "description": "", "status": "available", "size": 10,
        "volume_type": "SSD", "availability_zone": "az-dc-1", "tags": tags});
    for (field, value) in [
        ("name", json!(text)),
        ("description", json!(text)),
        ("status", json!(text)),
        ("volume_type", json!(text)),
        ("availability_zone", json!(text)),
        ("tags", json!({ "evsctl": tags["evsctl"], &text[..]: text })),
        ("tags", json!({ "evsctl": format!("test_0000000000_{text}") })),
        ("metadata", json!({ "policy": text, "billing": text })),
    ] {
        let mut volume = sound.clone();
        volume[field] = value.clone();
        *shown.lock().unwrap() = Some(volume.clone());
        let said = looks_safe(dir.path(), field);
        assert!(field != "name" || said.contains("set-output"), "it is told, in plain: {said}");
        // The same of a volume that nothing records.
        volume["id"] = json!("v-2");
        *shown.lock().unwrap() = Some(volume);
        looks_safe(dir.path(), &format!("{field} of another"));
    }
    *shown.lock().unwrap() = Some(sound);
    refuses.store(true, Ordering::SeqCst);
    let said = looks_safe(dir.path(), "an error");
    assert!(said.contains("set-output"), "the error is told, in plain: {said}");
    for format in ["human", "json"] {
        let ran = go(dir.path(), &["apply", "--yes", "--format", format]);
        steers_nothing(&ran.stdout, "apply");
        steers_nothing(&ran.stderr, "apply");
    }
    for words in [&["state", "list"][..], &["state", "show"], &["state", "list", "--format", "json"]] {
        let ran = go(dir.path(), words);
        steers_nothing(&format!("{}{}", ran.stdout, ran.stderr), "state");
    }
}

#[test]
fn a_refused_call_s_words_steer_nothing() {
    let server = Server::start(|request: &Request| match request.method.as_str() {
        "POST" => {
            Answer::json(400, &json!({"error": {"code": hostile(), "message": hostile()}, "request_id": hostile()}))
        }
        _ => Answer::json(200, &json!({ "volumes": [] })),
    });
    for words in [
        &["apply", "--yes"][..],
        &["apply", "--yes", "--format", "json"],
        &["apply", "--yes", "-v", "--log-format", "json"],
    ] {
        let dir = stack(&server);
        let ran = go(dir.path(), words).exits(3);
        steers_nothing(&ran.stdout, "apply");
        steers_nothing(&ran.stderr, "apply");
        looks_safe(dir.path(), "after a refusal");
    }
}
