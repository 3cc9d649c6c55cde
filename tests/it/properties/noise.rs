//! Whatever comes in, over the wire or as a manifest, gives a documented exit code and never a panic.

use crate::support::{PROJECT, Ran, evsctl, put, run};
use crate::wire::server::{Answer, Request, Server};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which answer is the bad one; the others are good.
const PLACES: [&str; 5] = ["list", "create", "job", "show", "update"];

fn place(request: &Request) -> &'static str {
    match request.method.as_str() {
        "POST" => "create",
        "PUT" => "update",
        _ if request.path.contains("/jobs/") => "job",
        _ if request.path.contains("/detail") => "list",
        _ => "show",
    }
}

/// What a sound cloud of two volumes answers: enough for a run to reach every place. It numbers the volumes from one, and
/// their slots begin with two, so both are given other names.
fn sound(request: &Request) -> Answer {
    let number = if request.path.ends_with("v-2") { 2 } else { 1 };
    let volume = json!({
        "id": format!("v-{number}"), "name": format!("v-000{number}"), "created_at": jiff::Timestamp::now().to_string(),
        "status": "available", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1",
    });
    let sub = |id: &str| json!({ "status": "SUCCESS", "entities": { "volume_id": id } });
    Answer::json(
        200,
        &match place(request) {
            "list" => json!({ "count": 0, "volumes": [] }),
            "create" => json!({ "job_id": "j-1" }),
            "job" => json!({
                "job_id": "j-1", "status": "SUCCESS", "entities": { "sub_jobs": [sub("v-1"), sub("v-2")] },
            }),
            _ => json!({ "volume": volume }),
        },
    )
}

/// Answers that no reference describes, and some that it nearly does.
fn nasties() -> Vec<(u16, Vec<u8>)> {
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let texts: [(u16, &[u8]); 26] = [
        (200, b""),
        (200, b"\0\xff\xfe\x80"),
        (200, b"<html><body>captive portal</body></html>"),
        (200, b"null"),
        (200, b"[]"),
        (200, b"\"volumes\""),
        (200, b"{\"volumes\":null}"),
        (200, b"{\"volumes\":{\"0\":{}}}"),
        (200, b"{\"volumes\":[null]}"),
        (200, b"{\"volumes\":[{\"id\":\"../../etc/passwd\"}],\"volume\":{\"id\":\"%2e%2e\"},\"job_id\":\"../x?y#z\",\"status\":\"SUCCESS\"}"),
        (200, b"{\"volumes\":[{\"id\":\"v-1\",\"size\":-1,\"tags\":[[]],\"metadata\":\"x\"}],\"volume\":{\"id\":\"v-1\",\"size\":1e99},\"job_id\":\"j-1\",\"status\":\"SUCCESS\"}"),
        (200, b"{\"volume\":[],\"job_id\":17,\"status\":[\"SUCCESS\"]}"),
        (200, b"{\"volume\":{\"id\":\"v-1\",\"name\":\"\\u001b[2J\\n\\u202e\",\"status\":\"available\",\"size\":10},\"volumes\":[],\"job_id\":\"\\ud800\",\"status\":\"SUCCESS\"}"),
        (200, b"{\"job_id\":\"\",\"status\":\"SUCCESS\",\"entities\":{\"volume_id\":\"\"}}"),
        (200, b"{\"job_id\":\"j-1\",\"status\":\"SUCCESS\",\"entities\":{\"sub_jobs\":[]}}"),
        (200, b"{\"job_id\":\"j-1\",\"status\":\"SUCCESS\",\"entities\":{\"sub_jobs\":{\"a\":1}}}"),
        (200, b"{\"job_id\":\"j-1\",\"status\":\"FAIL\",\"entities\":[],\"fail_reason\":{\"deep\":[]}}"),
        (200, b"{\"job_id\":\"j-1\",\"status\":\"FAIL\",\"entities\":{\"volume_id\":\"v-1\"},\"error_code\":9,\"fail_reason\":\"\\u001b[31m`|@x\"}"),
        (200, b"{\"job_id\":\"j-1\",\"status\":\"WHO KNOWS\"}"),
        (204, b""),
        (302, b"elsewhere"),
        (400, b""),
        (400, b"{\"error\":\"just words\"}"),
        (403, b"{\"error\":{\"message\":null,\"code\":{}}}"),
        (404, b"[[[[\"nothing\"]]]]"),
        (418, b"\xf0\x9f\x92\xa9\x1b]0;title\x07"),
    ];
    let mut all: Vec<(u16, Vec<u8>)> = texts.iter().map(|(status, body)| (*status, body.to_vec())).collect();
    all.push((200, deep));
    let id = "x".repeat(100_000);
    all.push((
        200,
        json!({ "job_id": id, "volumes": [{ "id": id }], "volume": { "id": id }, "status": id })
            .to_string()
            .into_bytes(),
    ));
    all
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,8}",
        any::<String>(),
        prop::sample::select(vec!["v-1", "j-1", "SUCCESS", "FAIL", "available", "error"]).prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "volumes",
        "volume",
        "job_id",
        "status",
        "entities",
        "sub_jobs",
        "volume_id",
        "id",
        "name",
        "size",
        "tags",
        "error",
        "code",
        "message",
    ]);
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// Answers out of nowhere, the same ones each time.
fn generated(count: usize) -> Vec<(u16, Vec<u8>)> {
    let mut runner = TestRunner::deterministic();
    let status = prop_oneof![5 => Just(200u16), 1 => Just(202), 1 => prop::sample::select(vec![201, 300, 400, 401, 404, 409, 413])];
    let one = (status, any_json());
    let mut next = || {
        let (status, body) = one.new_tree(&mut runner).unwrap().current();
        (status, body.to_string().into_bytes())
    };
    (0..count).map(|_| next()).collect()
}

fn is_documented(ran: &Ran, codes: &[i32], case: &str) {
    assert!(codes.contains(&ran.code), "{case}: {ran:?}");
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!ran.stdout.contains(steers) && !ran.stderr.contains(steers), "{case}: {ran:?}");
}

/// One stack against a cloud whose answers at one place are these.
fn meet(place_of_it: &'static str, status: u16, body: &[u8]) -> usize {
    let case = format!("{place_of_it} {status} {:?}", String::from_utf8_lossy(&body[..body.len().min(200)]));
    let (answer, met) = (Answer::new(status, body), std::sync::Arc::new(AtomicUsize::new(0)));
    let count = met.clone();
    let server = Server::start(move |request| {
        if place(request) != place_of_it {
            return sound(request);
        }
        count.fetch_add(1, Ordering::SeqCst);
        answer.clone()
    });
    let dir = tempfile::tempdir().unwrap();
    let manifest = format!(
        "stack: test\ncloud: {{ endpoint: \"{}\", project_id: {PROJECT} }}\nvolumes: {{ v: {{ availability_zone: az-dc-1, volume_type: SSD, size: 10, count: 3, lifecycle: {{ retire: [1] }} }} }}\n",
        server.endpoint
    );
    put(&dir.path().join("v.yaml"), manifest);
    let go = |words: &[&str]| {
        let mut command = evsctl();
        command.current_dir(&dir).arg(words[0]).arg("v.yaml").args(&words[1..]);
        run(command)
    };
    // Where the list is bad a plan meets it first; elsewhere a plan looks at what the apply left behind.
    let (plan, apply) = (["plan"].as_slice(), ["apply", "--yes", "--timeout", "300ms"].as_slice());
    for words in if place_of_it == "list" { [plan, apply] } else { [apply, plan] } {
        let codes: &[i32] = if words == plan { &[0, 1, 4, 6] } else { &[0, 1, 3, 4, 6, 7] };
        is_documented(&go(words), codes, &case);
    }
    met.load(Ordering::SeqCst)
}

#[test]
fn any_answer_gives_a_documented_exit_code_and_never_a_panic() {
    // Every nasty at the place where all runs pass, and each of them at one of the others in turn.
    let mut cases: Vec<(&'static str, u16, Vec<u8>)> = Vec::new();
    for (n, (status, body)) in nasties().into_iter().chain(generated(16)).enumerate() {
        cases.push(("list", status, body.clone()));
        cases.push((PLACES[1 + n % (PLACES.len() - 1)], status, body));
    }
    let total = cases.len();
    let (cases, met) = (Mutex::new(cases.into_iter()), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = cases.lock().unwrap().next();
                    let Some((place, status, body)) = next else { return };
                    let times = meet(place, status, &body);
                    *met.lock().unwrap().entry(place).or_insert(0) += usize::from(times > 0);
                }
            });
        }
    });
    let met = met.into_inner().unwrap();
    assert!(total > 80 && PLACES.iter().all(|place| met[place] > 5), "some bad answers were never asked for: {met:?}");
}

#[test]
fn any_manifest_is_judged_and_never_panics() {
    let head =
        "stack: test\ncloud: { simulator: true }\nvolumes:\n  v: { availability_zone: a, volume_type: S, size: 10";
    let mut texts: Vec<Vec<u8>> = [
        "\u{feff}stack: test\n",
        "%YAML 9.9\n---\n...\n---\n- 1\n",
        "? [complex, key]\n: !!binary AAAA\n",
        "stack: &a [*a]\n",
        "stack: !!float .nan\nvolumes: 0x7fffffffffffffff\n",
        "<<: [{ stack: a }, null]\nvolumes: ~\n",
        "stack: test\ncloud: { simulator: true }\nvolumes: {}\n",
        "\t- tabs\n",
        "\"unfinished",
        "stack: test\r\ncloud: { simulator: true }\r\nvolumes: {}\r\n",
        "{\"stack\":\"test\",\"cloud\":{\"simulator\":true},\"volumes\":{\"v\":{\"availability_zone\":\"a\",\"volume_type\":\"S\",\"size\":1e400}}}",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    for (n, field) in [
        "count: 4294967296",
        "count: -1",
        "size: .inf",
        "name: \"\\0\"",
        "tags: { ? : }",
        "lifecycle: { retire: [0] }",
        "metadata: *x",
    ]
    .iter()
    .enumerate()
    {
        texts.push(format!("{head}, {field} }}\n").into_bytes());
        texts.push(format!("{head}, {field} }}\n").into_bytes()[..head.len() + n * 2].to_vec());
    }
    let mut runner = TestRunner::deterministic();
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[-:{}\\[\\]&*!|>'\"%@`#, \nab0]{0,120}".prop_map(String::into_bytes),
        "(stack|cloud|volumes|defaults|[a-c]):( [a-z0-9~]{0,4})?\n( {0,4}[a-z]{1,4}: [&*!]?[a-z0-9]{0,3}\n){0,4}"
            .prop_map(String::into_bytes),
    ];
    texts.extend((0..24).map(|_| bytes.new_tree(&mut runner).unwrap().current()));
    let dir = tempfile::tempdir().unwrap();
    let mut codes = BTreeMap::new();
    for (n, text) in texts.iter().enumerate() {
        let name = format!("m{n}.yaml");
        put(&dir.path().join(&name), text);
        let mut command = evsctl();
        command.current_dir(&dir).args(["validate", &name]);
        let ran = run(command);
        is_documented(&ran, &[0, 1], &String::from_utf8_lossy(text));
        assert_eq!(ran.code == 1, !ran.stderr.is_empty() && ran.stderr.contains("error"), "{ran:?}");
        *codes.entry(ran.code).or_insert(0) += 1;
    }
    assert!(codes[&0] >= 2 && codes[&1] > 30, "{codes:?}");
}
