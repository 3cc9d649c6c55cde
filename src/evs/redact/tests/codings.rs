//! A secret, and parts of one, in every coding that is known.

use super::super::MARK;
use super::redactor;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const SECRET: &str = "Vx7-qL/9w+T=k2&Zr%4Mp;\"u\\<8#Yü";

type Coding = (&'static str, fn(&str) -> String);

fn each(text: &str, coded: impl Fn(u8) -> String) -> String {
    text.bytes().map(coded).collect()
}

fn percent(text: &str, coded: impl Fn(u8) -> String) -> String {
    each(text, |byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => coded(byte),
    })
}

fn address(text: &str) -> String {
    percent(text, |byte| format!("%{byte:02X}"))
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn base32(text: &str) -> String {
    let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
    let digit = |five: &[u8]| {
        let five = format!("{:0<5}", std::str::from_utf8(five).unwrap());
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from_str_radix(&five, 2).unwrap()]
    };
    bits.as_bytes().chunks(5).map(|five| char::from(digit(five))).collect()
}

fn units(text: &str, coded: impl Fn(u16) -> String) -> String {
    text.encode_utf16().map(coded).collect()
}

/// What stands for the characters and nothing else, so that nothing of it may remain.
const ESCAPES: [Coding; 23] = [
    ("as it is", str::to_owned),
    ("lower case", str::to_lowercase),
    ("upper case", str::to_uppercase),
    ("backwards", |text| text.chars().rev().collect()),
    ("backwards in upper case", |text| text.to_uppercase().chars().rev().collect()),
    ("JSON", json),
    ("JSON in JSON", |text| json(&json(text))),
    ("JSON with a slash escaped", |text| json(text).replace('/', "\\/")),
    ("\\uXXXX", |text| units(text, |unit| format!("\\u{unit:04x}"))),
    ("\\uXXXX in capitals", |text| units(text, |unit| format!("\\u{unit:04X}"))),
    ("\\\\uXXXX", |text| units(text, |unit| format!("\\\\u{unit:04x}"))),
    ("\\xXX", |text| each(text, |byte| format!("\\x{byte:02x}"))),
    ("an address", address),
    ("an address with small digits", |text| percent(text, |byte| format!("%{byte:02x}"))),
    ("every byte of an address", |text| each(text, |byte| format!("%{byte:02x}"))),
    ("an address twice", |text| address(&address(text))),
    ("every byte of an address twice", |text| address(&each(text, |byte| format!("%{byte:02X}")))),
    ("entities by name", |text| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('/', "&sol;")
            .replace('+', "&plus;")
    }),
    ("entities by number", |text| text.chars().map(|char| format!("&#{};", u32::from(char))).collect()),
    ("entities by hexadecimal number", |text| text.chars().map(|char| format!("&#x{:x};", u32::from(char))).collect()),
    ("entities twice", |text| text.chars().map(|char| format!("&amp;#{};", u32::from(char))).collect()),
    ("quoted-printable", |text| {
        let coded = each(text, |byte| match byte {
            b' '..=b'~' if byte != b'=' => char::from(byte).to_string(),
            _ => format!("={byte:02X}"),
        });
        let middle = coded.char_indices().nth(5).map_or(0, |(at, _)| at);
        format!("{}=\r\n{}", &coded[..middle], &coded[middle..])
    }),
    ("every byte quoted", |text| each(text, |byte| format!("={byte:02X}"))),
];

/// What stands for all characters together: at the ends some remain that stand for other characters too.
const ALPHABETS: [Coding; 8] = [
    ("hexadecimal", |text| each(text, |byte| format!("{byte:02x}"))),
    ("hexadecimal in capitals", |text| each(text, |byte| format!("{byte:02X}"))),
    ("base64", |text| STANDARD.encode(text)),
    ("base64 for addresses", |text| URL_SAFE_NO_PAD.encode(text)),
    ("base64 in an address", |text| address(&STANDARD.encode(text))),
    ("base64 in lower case", |text| STANDARD.encode(text).to_lowercase()),
    ("base32", base32),
    ("base32 in lower case", |text| base32(text).to_lowercase()),
];

/// The whole, its halves, all but a character, and the shortest parts that count.
fn parts() -> Vec<String> {
    let chars: Vec<char> = SECRET.chars().collect();
    let part = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    let n = chars.len();
    let mut parts = vec![part(0, n), part(0, n / 2), part(n / 2, n), part(1, n), part(0, n - 1), part(2, n - 3)];
    parts.extend((0..=n - 8).map(|from| part(from, from + 8)));
    parts
}

#[test]
fn a_part_is_redacted_in_every_coding() {
    let redactor = redactor(&[SECRET], &["some manifest"]);
    for part in parts() {
        for (coding, coded) in ESCAPES {
            let coded = coded(&part);
            let said = redactor.said(&format!("you sent {coded} to us"));
            assert_eq!(said, "you sent *** to us", "{coding}: {coded:?} of {part:?}");
            let body = serde_json::json!({ "name": format!("x {coded} y"), "id": [1, 2], coded.as_str(): null });
            let kept = redactor.kept(&body.to_string());
            assert_eq!(kept, r#"{"name":"x *** y","id":[1,2],"***":null}"#, "{coding}: {coded:?} of {part:?}");
        }
        for (coding, coded) in ALPHABETS {
            for before in ["", "a", "ab", "abc", "user"] {
                for behind in ["", "z", ":z", "zzzz"] {
                    let text = coded(&format!("{before}{part}{behind}"));
                    let said = redactor.said(&format!("<{text}>"));
                    let most = coded(before).len() + coded(behind).len() + MARK.len() + 12;
                    assert!(said.contains(MARK) && said.len() <= most, "{coding} of {part:?} in {text}: {said}");
                }
            }
        }
    }
}

#[test]
fn a_secret_that_looks_escaped_is_redacted_as_well() {
    for secret in [
        "100%25off=3Dx&amp;",
        "%41%42%43%44%45%46",
        "\\u0041\\u0042 \\x43",
        "a=\nb=\nc=\nd=\n",
        "pass%2",
        "ab cd ef gh",
    ] {
        let redactor = redactor(&[secret], &[]);
        for (coding, coded) in ESCAPES {
            for behind in ["", "1", "41", ";"] {
                let (coded, text) = (coded(secret), coded(secret) + behind);
                let said = redactor.said(&format!("<{text}>"));
                assert!(said.contains(MARK) && !said.contains(&coded), "{coding} of {secret:?}: {text:?} is {said:?}");
            }
        }
        assert_eq!(redactor.said(&secret.replace(' ', "+")), MARK);
    }
}

#[test]
fn what_is_shorter_than_a_part_stays() {
    let redactor = redactor(&["kq7Xw2Zp9Lm4"], &[]);
    for short in
        ["kq7Xw2Z", "XW2ZP9L", "4mL9pZ2", "6b713758773" /* hexadecimal of less */, "%6b%71%37%58%77%32%5a"]
    {
        assert_eq!(redactor.said(short), short);
    }
}
