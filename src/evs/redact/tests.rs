//! The list that all share is tried with few secrets here, since other tests look through it too: all else is tried with
//! lists of its own.

mod codings;
mod innocent;

use super::*;

/// A list with these secrets and texts.
fn redactor(secrets: &[&str], familiar: &[&str]) -> Redactor {
    let mut redactor = Redactor::new();
    familiar.iter().for_each(|text| redactor.familiar((*text).to_owned()));
    secrets.iter().for_each(|secret| redactor.hold(secret));
    redactor
}

impl Redactor {
    fn said(&self, text: &str) -> String {
        self.words(text).into_owned()
    }

    /// What is kept of a document, which is one still where it was one.
    #[track_caller]
    fn kept(&self, body: &str) -> String {
        let kept = String::from_utf8(self.facts(body.as_bytes().to_vec())).unwrap();
        let is_document = |text: &str| serde_json::from_str::<Value>(text).map(drop);
        if is_document(body).is_ok() {
            assert!(is_document(&kept).is_ok(), "{body} has become {kept}");
        }
        kept
    }
}

#[test]
fn what_was_shown_is_redacted_from_then_on() {
    assert_eq!(redacted("blanks:1/\"+"), "blanks:1/\"+", "it was not shown yet");
    hold("blanks:1/\"+");
    assert_eq!(redacted("x blanks:1/\"+ y BLANKS%3a1/"), "x *** y ***");
    assert_eq!(taken(br#"{"name":"blanks:1\/\"\u002b"}"#.to_vec()), br#"{"name":"***"}"#);
    assert_eq!(redacted("nothing of it"), "nothing of it");
    familiar("blanks:1".to_owned());
    assert_eq!(redacted("blanks:1 blanks:1/\"+"), "blanks:1 ***");
}

#[test]
fn what_a_login_sends_is_held() {
    let body = br#"{"auth": {"identity": {"password": {"user": {"name": "ops", "password": "pw-blanks-4"}}}}}"#;
    hold_body(body);
    hold_body(br#"{"id_token": "idt-blanks-5", "other": "oth-blanks-6"}"#);
    hold_body(b"no JSON");
    assert_eq!(redacted("pw-blanks-4, idt-blanks-5, oth-blanks"), "***, ***, oth-blanks");
}

#[test]
fn a_short_one_is_an_ordinary_word() {
    let redactor = redactor(&["ops", ""], &[]);
    assert_eq!(redactor.said("user ops is not known"), "user ops is not known");
}

#[test]
fn a_short_secret_has_no_parts_and_is_redacted_whole() {
    let redactor = redactor(&["pw-7/x", "s3cr3t!"], &[]);
    for whole in ["pw-7/x", "PW-7%2fX", "x/7-wp", "70772d372f78", "cHctNy94", "pw-7&sol;x", "OB3S2NZPP"] {
        assert_eq!(redactor.said(&format!("a {whole} b")), "a *** b", "{whole}");
    }
    assert_eq!(redactor.said("s3cr3t! S3CR3T=21"), "*** ***");
    assert_eq!(redactor.said("pw-7/ s3cr3t"), "pw-7/ s3cr3t");
    assert_eq!(redactor.kept(r#"{"a":["pw-7\/x"],"b":"s3cr3t"}"#), r#"{"a":["***"],"b":"s3cr3t"}"#);
}

#[test]
fn a_signature_is_redacted_whatever_it_is() {
    let said = "SDK-HMAC-SHA256 Access=x, SignedHeaders=host, Signature=00ff1234 came; Signature= none";
    let blank = "SDK-HMAC-SHA256 Access=x, SignedHeaders=host, Signature=*** came; Signature= none";
    assert_eq!(redactor(&[], &[]).said(said), blank);
    let body = r#"{"h": "Signature=abcdef0123", "n": 1}"#;
    assert_eq!(redactor(&["any-secret"], &[]).kept(body), r#"{"h": "Signature=***", "n": 1}"#);
}

#[test]
fn a_document_stays_one() {
    let secret = "k-\\\"ü€😀12345678-which-is-long\\";
    let redactor = redactor(&[secret, "20261124", "[[[[[[[[", "        "], &[]);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    for body in [
        format!("{{\"a\":{}}}", serde_json::to_string(secret).unwrap()),
        format!(r#"{{"a":"x\u{hex}y"}}"#),
        r#"{"a":"-which-is-long\\"}"#.to_owned(),
        r#"{"a":"-which-is-long\"b"}"#.to_owned(),
        r#"{"a":"\\-which-is-long\\-which-is-long\\"}"#.to_owned(),
        r#"{"-which-is-long":{"b":"\u20ac\ud83d\ude0012345678"}}"#.to_owned(),
        r#"{"a":"€😀12345678"}"#.to_owned(),
        r#"{"n":[12345678, -12345678.5e+1, 20261124],"a":"is-long\ud83d\ude00"}"#.to_owned(),
    ] {
        let kept = redactor.kept(&body);
        assert!(kept.contains(MARK) && !kept.contains("12345678") && !kept.contains("which"), "{body} is {kept}");
    }
    for same in [
        r#"{ "name": "blanks-2", "n": 1234567, "escaped": "\u000a" }"#,
        r#"{"a": "\\u0041 \u0022 \u005c \u00e9 \n \/"}"#,
        "[[[[[[[[[[          1]]]]]]]]]]",
        "\"",
        "\"\\",
        "",
    ] {
        assert_eq!(redactor.kept(same), same);
    }
}

#[test]
fn a_secret_that_holds_the_mark_does_not_come_out_of_redacting() {
    let redactor = redactor(&["left***right", "abcdefgh"], &[]);
    assert!(!redactor.said("leftabcdefghright").contains("left***right"));
}

#[test]
fn what_was_redacted_is_not_redacted_again() {
    let redactor = redactor(&["a-secret/of+readers=1"], &[]);
    let once = redactor.kept(r#"{"a":"x a-secret/of+readers=1 y","b":["of%2Breaders"]}"#);
    assert_eq!(redactor.kept(&once), once);
}

/// `cargo test --release --lib redact::tests::a_large_answer -- --ignored --nocapture` measures it.
#[test]
#[ignore = "measures for a minute where it is not optimised"]
fn a_large_answer_is_searched_in_linear_time() {
    const SIZE: usize = 16 << 20;
    let mut chance = innocent::Chance(11);
    let token = chance.token(3000);
    let others: Vec<String> = (0..10).map(|number| chance.token([3000, 40, 20, 16][number % 4])).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let mut page = String::from("{\"volumes\":[");
    while page.len() < SIZE - 1000 {
        page.push_str(&innocent::volume(&mut chance));
        page.push(',');
    }
    page.push_str("{}]}");
    let parts = |between: &str| {
        let mut text = String::from("{\"a\":\"");
        while text.len() < SIZE {
            let at = chance_at(text.len(), token.len() - 8);
            text.push_str(&token[at..at + 8]);
            text.push_str(between);
        }
        text + "\"}"
    };
    for (what, body) in [
        ("a page of volumes", page),
        ("the token, over and over", format!("{{\"a\":\"{}\"}}", token.repeat(SIZE / token.len()))),
        ("parts of eight characters", parts("!")),
        ("parts and escapes", parts("%25")),
        ("escapes alone", format!("{{\"a\":\"{}\"}}", "%25".repeat(SIZE / 3))),
        ("backslashes", format!("{{\"a\":\"{}\"}}", "\\\\".repeat(SIZE / 2))),
    ] {
        for (who, secrets) in
            [("one token", &[token.as_str()][..]), ("ten more", &others), ("a short one", &["pw-7/x"])]
        {
            let begun = std::time::Instant::now();
            let redactor = redactor(secrets, &[]);
            let held = begun.elapsed();
            let (begun, length) = (std::time::Instant::now(), body.len());
            let kept = redactor.facts(body.clone().into_bytes());
            println!("{what}, {who}: held in {held:?}, {length} bytes in {:?}, {} kept", begun.elapsed(), kept.len());
            assert!(begun.elapsed().as_secs() < 60);
        }
    }
}

fn chance_at(seed: usize, most: usize) -> usize {
    seed.wrapping_mul(0x9e37_79b9) % most
}
