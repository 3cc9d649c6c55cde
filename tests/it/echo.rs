//! A service, or whatever stands before it, that says back what it was sent: in refusals, in bodies, in ids. Nothing of
//! a secret comes out of that, in no form, in no log, no trace and no file.

use crate::auth::{ACCESS, DOMAIN, PASSWORD, SECRET, USER, asking};
use crate::between;
use crate::support::{Cloud, PROJECT, Ran, World, put, run};
use crate::traces::{Collector, Reply};
use crate::wire::server::{Answer, Request, Server};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SESSION: &str = "canary-session+/of==more";

/// The secrets that the surroundings hold.
const GIVEN: [&str; 3] = [SECRET, SESSION, PASSWORD];

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

/// A text as it may come back: what stands for each of its characters.
fn escaped(text: &str) -> Vec<String> {
    let each = |coded: &dyn Fn(u8) -> String| text.bytes().map(coded).collect::<String>();
    let address = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    vec![
        text.to_owned(),
        text.to_uppercase(),
        text.to_lowercase(),
        text.chars().rev().collect(),
        address(text),
        address(&address(text)),
        each(&|byte| format!("%{byte:02X}")),
        each(&|byte| format!("%25{byte:02x}")),
        each(&|byte| format!("&#{byte};")),
        each(&|byte| format!("&#x{byte:x};")),
        text.replace('/', "&sol;").replace('+', "&plus;").replace('-', "&hyphen;"),
        each(&|byte| format!("={byte:02X}")),
        each(&|byte| format!("\\u{byte:04x}")),
        each(&|byte| format!("\\x{byte:02x}")),
    ]
}

/// The same where all characters are written in another alphabet: without what else has a share in its ends, where
/// that stands before and behind it.
fn encoded(text: &str, before: usize) -> Vec<String> {
    let within = [&[0; 4][..before], text.as_bytes()].concat();
    let own = |coded: String, bits: usize| coded[(before * 8).div_ceil(bits)..within.len() * 8 / bits].to_owned();
    let bits: String = within.iter().map(|byte| format!("{byte:08b}")).collect();
    let base32 = bits.as_bytes().chunks(5).map(|five| {
        let five = format!("{:0<5}", str::from_utf8(five).unwrap());
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from_str_radix(&five, 2).unwrap()])
    });
    let base32 = own(base32.collect(), 5);
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        own(STANDARD.encode(&within), 6),
        own(URL_SAFE_NO_PAD.encode(&within), 6),
        base32.to_lowercase(),
        base32,
        hex.to_uppercase(),
        hex,
    ]
}

/// A text, a part of it, and all but a character, in every form.
fn forms(text: &str) -> Vec<String> {
    let parts = [text, &text[..text.len() - 1], &text[1..], &text[text.len() / 2..]];
    let whole = [STANDARD.encode(text), STANDARD.encode(format!("user:{text}"))];
    let parts = parts.into_iter().filter(|part| part.len() >= 8 || *part == text);
    whole
        .into_iter()
        .chain(parts.flat_map(|part| [escaped(part), encoded(part, 0), encoded(part, 2)].concat()))
        .collect()
}

/// What must not come out of a secret: the shortest parts that count, in every form.
fn traces(secret: &str) -> Vec<String> {
    let parts = (0..=secret.len().saturating_sub(8)).map(|at| &secret[at..(at + 8).min(secret.len())]);
    // That is a word of evsctl's own.
    let parts = parts.filter(|part| *part != "password");
    let traces = parts.flat_map(|part| [escaped(part), encoded(part, 0), encoded(part, 1), encoded(part, 2)].concat());
    traces.collect::<BTreeSet<_>>().into_iter().collect()
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
    /// Each secret with what must not come out of it.
    secrets: BTreeMap<String, Vec<String>>,
    /// The tokens of the runs before, which only files could bring back.
    past: BTreeSet<String>,
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
            collector: Collector::start(Reply::Good),
            variables,
            secrets: GIVEN.map(|secret| (secret.to_owned(), traces(secret))).into(),
            past: BTreeSet::new(),
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
            let token = request.header("x-auth-token").filter(|token| !self.past.contains(*token));
            if let Some(token) = token.filter(|token| !self.secrets.contains_key(*token)) {
                self.secrets.insert(token.to_owned(), traces(token));
            }
            let authorization = request.header("authorization").unwrap_or("Signature=none");
            let (_, signature) = authorization.split_once("Signature=").unwrap();
            assert!(!out.contains(&format!("Signature={signature}")), "a signature comes back: {out}");
        }
        self.holds_none("the output", out.as_bytes());
        let tokens = self.secrets.keys().filter(|secret| !GIVEN.contains(&secret.as_str()));
        self.past.extend(tokens.cloned().collect::<Vec<_>>());
        self.secrets.retain(|secret, _| GIVEN.contains(&secret.as_str()));
        ran
    }

    #[track_caller]
    fn holds_none(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for (secret, traces) in &self.secrets {
            for trace in traces {
                assert!(!text.contains(trace), "{what} holds a part of {secret} as {trace}: {text}");
            }
        }
        // These are over: what is left of them in a file is left whole.
        for form in self.past.iter().flat_map(|token| escaped(token)) {
            assert!(!text.contains(&form), "{what} holds {form}: {text}");
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
            for trace in traces(PASSWORD) {
                assert!(!ran.stdout.contains(&trace) && !ran.stderr.contains(&trace), "{trace}: {ran:?}");
            }
        }
    }
}

#[test]
fn a_stack_keeps_its_name_beside_a_password_that_begins_like_it() {
    const PASSWORD: &str = "kafka-prod-2024";
    let aside = tempfile::tempdir().unwrap();
    let accounts = aside.path().join("accounts.json");
    let user = json!({"name": USER, "password": PASSWORD});
    let project = json!({"id": PROJECT, "name": "cn-north-4"});
    let accounts_of = json!({"accounts": [{"domain": DOMAIN, "projects": [project], "users": [user]}]});
    put(&accounts, accounts_of.to_string());
    let cloud = Cloud::with(&["--job-duration", "40ms", "--credentials", accounts.to_str().unwrap()]);
    let world = World::in_cloud(cloud, "  kafka-prod: { count: 3, size: 10 }");
    let manifest = world.dir.path().join("evsctl.yaml");
    put(&manifest, std::fs::read_to_string(&manifest).unwrap().replace("stack: test", "stack: kafka-prod"));
    let words = "kafka-prod was refused, kafka-prod-0002 too: ";
    let refusing = Arc::new(AtomicUsize::new(0));
    let now = refusing.clone();
    let _server = between::stand(
        &world,
        |_| {},
        move |request, mut answer| {
            let text = format!("{words}{}", forms(PASSWORD).join(" "));
            if now.load(Ordering::SeqCst) == 1 && request.method == "GET" {
                return Answer::json(400, &json!({"error": {"code": "EVS.1009", "message": text}}));
            }
            if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
                for volume in body["volumes"].as_array_mut().into_iter().flatten() {
                    volume["bystander"] = text.clone().into();
                    volume["volume_image_metadata"] = json!({"text": text});
                }
                answer.body = serde_json::to_vec(&body).unwrap();
            }
            answer
        },
    );
    let run = |words: &[&str]| {
        let mut command = world.command(&[words, &["-vvv"]].concat());
        command.envs([("HW_USER_NAME", USER), ("HW_USER_PASSWORD", PASSWORD), ("HW_DOMAIN_NAME", DOMAIN)]);
        command.env("HW_AUTH_URL", &world.cloud.endpoint);
        let ran = run(command);
        let out = format!("{}{}", ran.stdout, ran.stderr);
        for part in ["prod-2024", "kafka-prod-2024", "4202-dorp"] {
            assert!(!out.to_lowercase().contains(part), "{part} is shown: {out}");
        }
        ran
    };
    // Volumes are known by a tag that begins with the stack's name, and by their names.
    assert_eq!(run(&["apply", "--yes", "--format", "json"]).exits(0).finished()["created"], 3);
    assert!(run(&["state", "list"]).exits(0).stdout.contains("kafka-prod[3]"));
    for words in [&["plan"][..], &["orphans"], &["doctor"]] {
        run(words).exits(0);
    }
    assert_eq!(world.cloud.stats()["volumes"], 3);
    refusing.store(1, Ordering::SeqCst);
    let refused = run(&["plan"]).exits(1);
    let said = refused.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("{words}***")), "{said}");
}
