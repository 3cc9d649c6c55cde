//! The surface of the API, request by request: each line of `tests/surface/requests.txt` is sent to one cloud, and has the
//! status and the kind of answer that stand beside it.

use crate::support::{Cloud, PROJECT};
use serde_json::{Value, json};
use std::path::Path;

/// A line of the table.
struct Line {
    method: String,
    path: String,
    body: Option<Value>,
    expected: String,
}

impl Line {
    fn read(line: &str) -> Line {
        let (request, expected) = line.rsplit_once(" | ").unwrap_or_else(|| panic!("no answer: {line}"));
        let mut words = request.splitn(3, ' ');
        let mut word = || words.next().map(str::to_owned);
        let (method, path) = (word().unwrap(), word().unwrap());
        let body = word().map(|text| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}")));
        Line { method, path, body, expected: expected.to_owned() }
    }
}

/// How an answer is told in the table.
fn told(status: u16, body: &Value) -> String {
    let Some(fields) = body.as_object() else { return format!("{status} -") };
    let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
    let how = match body {
        _ if status < 400 => keys.join(","),
        _ if body["error"]["code"].is_string() => body["error"]["code"].as_str().unwrap().to_owned(),
        _ if body["error_code"].is_string() => body["error_code"].as_str().unwrap().to_owned(),
        // OpenStack's: the only key says what it is, and the code repeats the status.
        _ if keys.len() == 1 && body[keys[0]]["code"] == status => keys[0].to_owned(),
        _ => body.to_string(),
    };
    format!("{status} {how}")
}

fn id(answer: (u16, Value), pointer: &str) -> String {
    answer.1.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

#[test]
fn every_request_of_the_table_has_its_answer() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/surface/requests.txt")).unwrap();
    let lines: Vec<Line> = text.lines().filter(|it| !it.is_empty() && !it.starts_with('#')).map(Line::read).collect();
    assert!(lines.len() >= 200, "{}", lines.len());
    let cloud = Cloud::with(&["--job-duration", "0s"]);
    let make = |name: &str| {
        let volume = json!({"name": name, "availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10});
        cloud.call("POST", "/v3/{project_id}/volumes", Some(json!({ "volume": volume })))
    };
    let (v, u) = (id(make("v"), "/volume/id"), id(make("u"), "/volume/id"));
    cloud.edit(&u, json!({"attached_to": ["5c9f3a1e-7d24-4e0b-8f63-2b1a9c8d7e01"]}));
    let snapshot = json!({"snapshot": {"volume_id": v, "name": "s"}});
    let s = id(cloud.call("POST", "/v2/{project_id}/cloudsnapshots", Some(snapshot)), "/snapshot/id");
    let volume = json!({"volume": {"availability_zone": "az-dc-1", "volume_type": "SSD", "size": 10}});
    let j = id(cloud.call("POST", "/v3/{project_id}/cloudvolumes", Some(volume)), "/job_id");
    let t = id(cloud.call("GET", "/v3/{project_id}/types", None), "/volume_types/0/id");
    let names = [
        ("{p}", PROJECT),
        ("{v}", &v),
        ("{u}", &u),
        ("{s}", &s),
        ("{j}", &j),
        ("{t}", &t),
        ("{n}", "11111111-2222-4333-8444-555555555555"),
    ];
    let filled = |text: &str| names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    let mut wrong = Vec::new();
    for line in &lines {
        let body = line.body.as_ref().map(|it| serde_json::from_str(&filled(&it.to_string())).unwrap());
        let (status, answer) = cloud.call(&line.method, &filled(&line.path), body);
        let found = told(status, &answer);
        // A success whose keys are those of the reduced volume, or are optional, is told by its status alone.
        let same = found == line.expected || line.expected.strip_suffix(" *").is_some_and(|it| found.starts_with(it));
        if !same {
            wrong.push(format!(
                "{} {}\n  expected {}\n  found    {found}  {answer:.300}",
                line.method, line.path, line.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}
