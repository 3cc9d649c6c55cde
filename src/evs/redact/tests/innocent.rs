//! What is no secret stays, however like one it looks: names that the manifest has, ids, times, and every word of
//! answers as they were recorded.

use super::super::Redactor;
use super::redactor;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Splitmix64: the same numbers everywhere and for ever.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 8) as usize % most.max(1)
    }

    fn of(&mut self, alphabet: &str, length: usize) -> String {
        (0..length).map(|_| char::from(alphabet.as_bytes()[self.below(alphabet.len())])).collect()
    }

    pub(super) fn token(&mut self, length: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", length)
    }

    fn hex(&mut self, length: usize) -> String {
        self.of("0123456789abcdef", length)
    }

    fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|length| self.hex(length)).join("-")
    }

    fn time(&mut self) -> String {
        let digits = |chance: &mut Chance, least: usize, most: usize| least + chance.below(most - least);
        let (day, hour) = (digits(self, 10, 29), digits(self, 10, 24));
        format!(
            "20{}-1{}-{day}T{hour}:{}:{}.{}",
            digits(self, 10, 30),
            self.below(3),
            digits(self, 10, 60),
            digits(self, 10, 60),
            self.of("0123456789", 6)
        )
    }
}

/// One volume as a list shows it.
pub(super) fn volume(chance: &mut Chance) -> String {
    let (id, time, name) = (chance.uuid(), chance.time(), chance.below(100_000));
    format!(
        r#"{{"id":"{id}","name":"web-{name:04}","status":"available","size":{},"created_at":"{time}","volume_type":"SSD","tags":{{"evsctl":"web_s4vclwtv_2wemrlmoya"}},"attachments":[],"links":[{{"href":"https://volume.az0.dc1.domainname.com/v2/{}/volumes/{id}"}}]}}"#,
        name % 1000,
        chance.hex(32)
    )
}

#[test]
fn the_stack_keeps_its_name_beside_a_password_that_begins_like_it() {
    let redactor = redactor(&["kafka-prod-2024"], &["stack: kafka-prod\n", "kafka-prod-0002\nkafka-prod-0002[1]"]);
    for same in [
        "stack kafka-prod is not there",
        "KAFKA-PROD",
        "kafka-prod- and -kafka-prod_",
        "kafka-prod-0002 of kafka-prod",
        "kafka-prod_22226666_2345672345",
        "http://host/kafka-prod?name=kafka%2Dprod",
    ] {
        assert_eq!(redactor.said(same), same);
        assert_eq!(redactor.kept(&format!("[\"{same}\"]")), format!("[\"{same}\"]"));
    }
    for part in [
        "kafka-prod-2",
        "kafka-prod-20",
        "kafka-prod-202",
        "prod-2024",
        "fka-prod-2024",
        "ka-prod-2",
        "KAFKA-PROD-2024",
    ] {
        assert_eq!(redactor.said(part), "***");
        assert_eq!(redactor.kept(&format!("[\"{part}\"]")), "[\"***\"]");
    }
    // Of a whole one nothing shows that it began like the stack.
    assert_eq!(
        redactor.said("kafka-prod: kafka-prod-2024, kafka%2dprod%2d2024, 4202-dorp-akfak"),
        "kafka-prod: ***, ***, ***"
    );
}

#[test]
fn a_password_that_is_a_name_stays_where_volumes_are_found_by_it_alone() {
    for redactor in [
        redactor(&["kafka-prod"], &["stack: kafka-prod"]),
        // Which of them came first does not matter.
        {
            let mut redactor = redactor(&["kafka-prod"], &[]);
            assert_eq!(redactor.kept(r#"{"name":"kafka-prod-1"}"#), r#"{"name":"***-1"}"#);
            redactor.familiar("stack: kafka-prod".to_owned());
            redactor
        },
    ] {
        let facts = r#"{"tags":{"evsctl":"kafka-prod_s4vclwtv_2wemrlmoya"},"name":"kafka-prod-0001"}"#;
        assert_eq!(redactor.kept(facts), facts);
        assert_eq!(redactor.said("the password kafka-prod is wrong"), "the password *** is wrong");
    }
}

#[test]
fn words_of_the_api_are_no_secrets() {
    let redactor = redactor(&["available", "volumes", "my-volume_type-1", "in-use1", "EVS.1016"], &[]);
    let body = r#"{"volumes":[{"status":"available","volume_type":"SSD"},{"status":"in-use"}]}"#;
    assert_eq!(redactor.kept(body), body);
    assert_eq!(redactor.said("volume_type is wrong"), "volume_type is wrong");
    assert_eq!(redactor.said("my-volume_type-1"), "***");
}

#[test]
fn a_part_stands_in_ids_and_times_by_chance() {
    let secret = "70a599e031e749b7b260868f441e862b2026-11-24T07:00";
    let redactor = redactor(&[secret], &[]);
    for same in [
        "70a599e0-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-0000e031e749",
        "volume-70a599e0-0000-4000-8000-000000000000.",
        "ffff70a599e031e7ffffffffffffffff",
        "2026-11-24T09:00:00.000000",
        "2026-11-24 01:00:00Z",
    ] {
        assert_eq!(redactor.kept(&format!("{{\"a\":\"{same}\"}}")), format!("{{\"a\":\"{same}\"}}"));
        assert_eq!(redactor.said(same), same);
    }
    // Of sixteen that is no chance, and elsewhere eight are none.
    for (said, blank) in [
        ("ffff70a599e031e749b7ffffffffffff", "ffff***ffffffffffff"),
        ("70a599e0", "***"),
        ("70a599e0-0000", "***-0000"),
        ("2026-11-24", "***"),
        ("f70a599e031e7f", "f***f"),
    ] {
        assert_eq!(redactor.said(said), blank);
    }
}

/// The bodies that were recorded or written after the API reference.
fn bodies() -> Vec<(PathBuf, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut bodies = Vec::new();
    // The recorded ones lie beside the repository, and not everywhere.
    for folder in [root.join("tests/wire"), root.join("../shared/fixtures")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            // What is signed is no answer, and holds a token.
            let is_one =
                path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("signing-vectors.json");
            if is_one {
                let body = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                bodies.push((path, body));
            }
        }
    }
    assert!(bodies.len() >= 40, "only {} bodies were found", bodies.len());
    bodies.sort_by(|a, b| a.0.cmp(&b.0));
    bodies
}

/// The same body with other ids, times and numbers in it.
fn varied(body: &Value, chance: &mut Chance) -> Value {
    match body {
        Value::Array(items) => items.iter().map(|item| varied(item, chance)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), varied(value, chance))).collect())
        }
        Value::Number(_) => chance.below(1_000_000).into(),
        Value::String(text) => {
            let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            let is_time = text.len() > 18 && text.as_bytes()[10] == b'T' && text.starts_with("20");
            Value::String(match text.len() {
                36 if is_hex(text) => chance.uuid(),
                32 if is_hex(text) => chance.hex(32),
                _ if is_time => chance.time(),
                _ => text.clone(),
            })
        }
        other => other.clone(),
    }
}

/// Every text in a body.
fn texts<'b>(body: &'b Value, found: &mut Vec<&'b str>) {
    match body {
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            found.push(key);
            texts(value, found);
        }),
        Value::String(text) => found.push(text),
        _ => {}
    }
}

/// Secrets as they are: tokens, keys, and passwords that people make of the words of their stack and of the API.
fn secrets(chance: &mut Chance) -> Vec<String> {
    let mut secrets = vec![chance.token(3000), chance.token(40), chance.hex(32), chance.uuid()];
    secrets.push(chance.token(20).to_uppercase());
    for word in ["kafka-prod", "volume_type", "available", "az-dc-1-SSD", "error_deleting", "evs.cn-north-4"] {
        let year = 2000 + chance.below(100);
        secrets.push(match chance.below(3) {
            0 => format!("{word}-{year}"),
            1 => format!("{year}{word}!"),
            _ => format!("x{word}#{}", chance.token(4)),
        });
    }
    secrets
}

#[test]
fn no_word_of_an_ordinary_answer_is_redacted() {
    let (bodies, mut chance, mut found) = (bodies(), Chance(42), 0);
    let familiar = "kafka-prod\nkafka-prod-0001\naz-dc-1\nSSD\nhttps://evs.cn-north-4.myhuaweicloud.com";
    let mut held = (Redactor::new(), Vec::new());
    for number in 0..10_000 {
        if number % 500 == 0 {
            let secrets = secrets(&mut chance);
            let them: Vec<&str> = secrets.iter().map(String::as_str).collect();
            held = (redactor(&them, &[familiar]), secrets);
        }
        let (redactor, secrets) = &held;
        let (path, body) = &bodies[chance.below(bodies.len())];
        let mut body = varied(body, &mut chance);
        let name = ["kafka-prod", "kafka-prod-0001", "other-stack", "team's data"][chance.below(4)];
        if let Value::Object(fields) = &mut body {
            fields.insert("name".to_owned(), name.into());
            fields.insert(
                "evsctl".to_owned(),
                format!(
                    "kafka-prod_{}_{}",
                    chance.of("abcdefghijklmnopqrstuvwxyz234567", 8),
                    chance.of("abcdefghijklmnopqrstuvwxyz234567", 10)
                )
                .into(),
            );
        }
        let text = body.to_string();
        assert_eq!(redactor.kept(&text), text, "answer {number}, of {}", path.display());
        let mut all = Vec::new();
        texts(&body, &mut all);
        for text in all {
            assert_eq!(redactor.said(text), text, "answer {number}, of {}", path.display());
        }
        // The same list finds what it is for.
        let secret = &secrets[chance.below(secrets.len())];
        let at = chance.below(secret.len() - 11);
        let whole = redactor.kept(&serde_json::json!({ "name": secret, "part": &secret[at..] }).to_string());
        assert!(!whole.contains(secret.as_str()), "{secret} in {whole}");
        found += usize::from(whole.matches("***").count() == 2);
    }
    assert!(found > 9_000, "only {found} of 10,000 parts were found");
}
