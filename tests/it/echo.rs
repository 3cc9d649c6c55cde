//! A service, or whatever stands before it, that says back what it was sent: in refusals, in bodies, in ids. Nothing of
//! a secret comes out of that, in no form, in no log, no trace and no file.

use crate::auth::{ACCESS, DOMAIN, PASSWORD, SECRET, USER, asking};
use crate::between;
use crate::support::{Ran, World, run};
use crate::traces::{Collector, Manner};
use crate::wire::server::{Answer, Request, Server};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SESSION: &str = "canary-session+/of==more";

/// What the server does with what it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Everything is as it should be, but that texts and ids repeat it.
    Well,
    /// Creations are refused, and the refusal repeats it.
    No,
    /// The same of everything, and as no JSON at all.
    Nonsense,
    /// Jobs fail, for a reason that repeats it.
    Failed,
}

const MANNERS: [Says; 4] = [Says::No, Says::Nonsense, Says::Failed, Says::Well];

/// A text as it may come back.
fn forms(text: &str) -> Vec<String> {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    let bytes = text.as_bytes();
    vec![
        text.to_owned(),
        STANDARD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
        encoded.collect(),
        escaped,
        hex.to_uppercase(),
        hex,
    ]
}

/// Everything that a request showed, in every form.
fn echo(request: &Request) -> String {
    let shown = request.headers.iter().filter(|(name, _)| name.starts_with("x-") || name == "authorization");
    let mut said: Vec<String> =
        shown.flat_map(|(name, value)| forms(value).into_iter().map(move |form| format!("{name}={form}"))).collect();
    said.push(String::from_utf8_lossy(&request.body).into_owned());
    said.join(" ")
}

fn said(says: Says, request: &Request, answer: Answer) -> Answer {
    let text = echo(request);
    let shown = request.header("x-auth-token").or(request.header("x-security-token")).unwrap_or("none").to_owned();
    let mut answer = match says {
        Says::Nonsense => return Answer::new(400, text).with("x-request-id", &shown),
        Says::No if request.method == "POST" => {
            Answer::json(400, &json!({"error": {"code": "EVS.1009", "message": text}}))
        }
        _ => answer,
    };
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
        for volume in body["volumes"].as_array_mut().into_iter().flatten() {
            volume["description"] = text.clone().into();
        }
        if body["volume"].is_object() {
            body["volume"]["description"] = text.clone().into();
        }
        if says == Says::Failed && body["job_type"].is_string() {
            body["status"] = "FAIL".into();
            body["error_code"] = "EVS.2024".into();
            body["fail_reason"] = text.clone().into();
        }
        answer.body = serde_json::to_vec(&body).unwrap();
    }
    answer.with("x-request-id", &shown)
}

/// A stack behind such a server, and what must not be found.
struct Stage {
    world: World,
    server: Server,
    says: Arc<AtomicUsize>,
    collector: Collector,
    variables: Vec<(&'static str, String)>,
    secrets: Vec<String>,
}

impl Stage {
    fn new(world: World, variables: &[(&'static str, &str)]) -> Stage {
        let says = Arc::new(AtomicUsize::new(0));
        let now = says.clone();
        let server = between::stand(
            &world,
            |_| {},
            move |request, answer| said(MANNERS[now.load(Ordering::SeqCst)], request, answer),
        );
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Stage {
            world,
            server,
            says,
            collector: Collector::start(Manner::Good),
            variables,
            secrets: [SECRET, SESSION, PASSWORD].map(str::to_owned).to_vec(),
        }
    }

    #[track_caller]
    fn run(&mut self, says: usize, words: &[&str]) -> Ran {
        self.says.store(says, Ordering::SeqCst);
        let mut command = self.world.command(words);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &self.collector.endpoint);
        let ran = run(command);
        let out = format!("{}{}", ran.stdout, ran.stderr);
        // Tokens that were got on the way are secrets like any other.
        for request in self.server.seen() {
            self.secrets.extend(request.header("x-auth-token").map(str::to_owned));
            let authorization = request.header("authorization").unwrap_or("Signature=none");
            let (_, signature) = authorization.split_once("Signature=").unwrap();
            assert!(!out.contains(&format!("Signature={signature}")), "a signature comes back: {out}");
        }
        self.secrets.sort();
        self.secrets.dedup();
        self.holds_none("the output", out.as_bytes());
        ran
    }

    #[track_caller]
    fn holds_none(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for secret in &self.secrets {
            for form in forms(secret) {
                // The padding belongs to the whole, and a text is known without it.
                let form = form.trim_end_matches('=');
                assert!(!text.contains(form), "{what} holds {secret} as {form}: {text}");
            }
        }
    }

    #[track_caller]
    fn files_hold_none(&self, path: &Path) {
        if path.is_dir() {
            std::fs::read_dir(path).unwrap().for_each(|entry| self.files_hold_none(&entry.unwrap().path()));
        } else {
            self.holds_none(&path.display().to_string(), &std::fs::read(path).unwrap());
        }
    }

    fn plays(mut self) {
        for log in ["text", "json"] {
            let logged = ["-vvv", "--log-format", log];
            for (number, says) in MANNERS.iter().enumerate() {
                for words in [
                    &["plan"][..],
                    &["plan", "--format", "json"],
                    &["plan", "--format", "markdown"],
                    &["orphans"],
                    &["doctor"],
                    &["doctor", "--format", "json"],
                    &["auth", "status"],
                    &["apply", "--yes", "--in-doubt", "fail", "--timeout", "2s"],
                    &["apply", "--yes", "--in-doubt", "fail", "--timeout", "2s", "--format", "json"],
                    &["state", "rebuild"],
                    &["state", "list", "--format", "json"],
                ] {
                    let ran = self.run(number, &[words, &logged].concat());
                    // It was said indeed, and something stands in its place.
                    let must = match says {
                        Says::Nonsense => matches!(words[0], "plan" | "orphans"),
                        Says::No | Says::Failed => words[0] == "apply" && log == "text",
                        Says::Well => false,
                    };
                    let marked = format!("{}{}", ran.stdout, ran.stderr).contains("***");
                    assert!(!must || (ran.code != 0 && marked), "{says:?} {words:?}: {ran:?}");
                }
            }
        }
        self.files_hold_none(self.world.dir.path());
        let taken = self.collector.taken();
        assert!(!taken.is_empty());
        for taken in taken {
            self.holds_none("a trace", &taken.body);
        }
    }
}

const THREE: &str = "  web: { count: 3, size: 10, description: mine }\n  other: { size: 10 }";

#[test]
fn keys_do_not_come_back() {
    let keys = [("HW_ACCESS_KEY", ACCESS), ("HW_SECRET_KEY", SECRET), ("HW_SECURITY_TOKEN", SESSION)];
    Stage::new(World::new(THREE), &keys).plays();
}

#[test]
fn passwords_and_what_they_are_changed_for_do_not_come_back() {
    let world = asking(&[], THREE);
    let iam = world.cloud.endpoint.clone();
    let login = [
        ("HW_USER_NAME", USER),
        ("HW_USER_PASSWORD", PASSWORD),
        ("HW_DOMAIN_NAME", DOMAIN),
        ("HW_AUTH_URL", iam.as_str()),
    ];
    Stage::new(world, &login).plays();
}

#[test]
fn a_login_that_is_refused_brings_nothing_back() {
    let world = World::new(THREE);
    let server = Server::start(|request| {
        let text = forms(PASSWORD).join(" ") + &echo(request);
        match request.path.contains("nonsense") {
            true => Answer::new(401, text),
            false => Answer::json(401, &json!({"error": {"code": 401, "message": text, "title": "Unauthorized"}})),
        }
    });
    for path in ["/v3", "/nonsense/v3"] {
        for words in [&["plan"][..], &["doctor"], &["apply", "--yes"]] {
            let mut command = world.command(&[words, &["-vvv"]].concat());
            command.envs([("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)]);
            command.env("HW_AUTH_URL", format!("{}{path}", server.endpoint));
            let ran = run(command);
            assert!(ran.code != 0 && !server.seen().is_empty(), "{ran:?}");
            for form in forms(PASSWORD) {
                let form = form.trim_end_matches('=');
                assert!(!ran.stdout.contains(form) && !ran.stderr.contains(form), "{form}: {ran:?}");
            }
        }
    }
}
