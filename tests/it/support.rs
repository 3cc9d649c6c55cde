//! A world for one test: a folder, a cloud, and the binary run in a clean environment.

use evsctl::apply::event::{Event, Listener};
use evsctl::manifest::{self, Manifest, SourceFile};
use evsctl::store::Holder;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) const PROJECT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const CREATE: &str = "POST /v3/{project_id}/cloudvolumes";
pub(crate) const UPDATE: &str = "PUT /v2/{project_id}/cloudvolumes/{volume_id}";
pub(crate) const DELETE: &str = "DELETE /v2/{project_id}/cloudvolumes/{volume_id}";

/// The name of the volume that [`Cloud::with_control`] makes.
pub(crate) const CONTROL: &str = "control";

/// A folder with a manifest, and a cloud of its own.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) cloud: Cloud,
}

/// The day on which plans are made where a test hands one in.
pub(crate) const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 28);

/// The embedded cloud as a server, ended when dropped.
pub(crate) struct Cloud {
    child: Child,
    pub(crate) endpoint: String,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    /// What a cloud that asks for credentials has issued.
    token: Option<String>,
}

/// What one run of the binary did. To be looked at.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Where a script finds the binary, and what a machine has.
pub(crate) fn search_path() -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_evsctl")).parent().unwrap().display();
    format!("{binary}:/usr/local/bin:/usr/bin:/bin")
}

/// The binary in an environment that holds nothing of the machine's.
pub(crate) fn evsctl() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evsctl"));
    command.env_clear().stdin(Stdio::null());
    command
}

#[must_use = "what came of it is to be looked at"]
pub(crate) fn run(mut command: Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) };
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    ran
}

impl Ran {
    /// Insists on the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Insists that people are told this, on either stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        // Lines are wrapped where they are long: what is said does not depend on where.
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let all = format!("{} {}", flat(&self.stdout), flat(&self.stderr));
        assert!(all.contains(&flat(text)), "{text:?} is not in\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// The event stream's last line.
    #[track_caller]
    pub(crate) fn finished(&self) -> Value {
        let last: Value = serde_json::from_str(self.stdout.lines().last().unwrap()).unwrap();
        assert_eq!(last["event"], "finished");
        last
    }
}

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Cloud {
    /// Starts a cloud whose jobs are over almost at once.
    pub(crate) fn start() -> Cloud {
        Cloud::with(&["--job-duration", "40ms"])
    }

    pub(crate) fn with(flags: &[&str]) -> Cloud {
        let (child, endpoint) = Cloud::serve("127.0.0.1:0", flags);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Cloud { child, endpoint, http: http(), runtime, token: None }
    }

    /// Takes a token for that project from then on, where the cloud asks for credentials.
    pub(crate) fn log_in(&mut self, domain: &str, user: &str, password: &str) {
        let user = json!({"name": user, "password": password, "domain": {"name": domain}});
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        let body = json!({"auth": {"identity": identity, "scope": {"project": {"id": PROJECT}}}});
        let request = self.http.post(format!("{}/v3/auth/tokens", self.endpoint)).json(&body);
        let answer = self.runtime.block_on(request.send()).unwrap();
        self.token = Some(answer.headers()["x-subject-token"].to_str().unwrap().to_owned());
    }

    fn serve(address: &str, flags: &[&str]) -> (Child, String) {
        let mut command = evsctl();
        command.args(["simulator", "--listen", address, "--seed", "7"]).args(flags);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let endpoint = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        (child, endpoint)
    }

    /// Kills the cloud where it is and starts it again, after a while, at the same address.
    pub(crate) fn dies_for(&mut self, while_dead: Duration, flags: &[&str]) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::thread::sleep(while_dead);
        let address = self.endpoint.strip_prefix("http://").unwrap().to_owned();
        (self.child, _) = Cloud::serve(&address, flags);
        // The connections to the dead one are of no use any more.
        self.http = http();
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            self.http.request(method, format!("{}{}", self.endpoint, path.replace("{project_id}", PROJECT)));
        if let Some(token) = &self.token {
            request = request.header("x-auth-token", token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let text = answer.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or(Value::Null))
        })
    }

    /// Scripts trouble; an empty list ends it.
    pub(crate) fn faults(&self, rules: Value) {
        let (status, body) = self.call("POST", "/_sim/faults", Some(serde_json::json!({ "rules": rules })));
        assert!((200..300).contains(&status), "{status} {body}");
    }

    /// How many requests of this kind arrived.
    pub(crate) fn requests(&self, template: &str) -> u64 {
        self.stats()["requests"][template].as_u64().unwrap_or_default()
    }

    /// How many requests arrived in all.
    pub(crate) fn all_requests(&self) -> u64 {
        self.stats()["requests"].as_object().map_or(0, |all| all.values().filter_map(Value::as_u64).sum())
    }

    pub(crate) fn stats(&self) -> Value {
        self.call("GET", "/_sim/stats", None).1
    }

    /// Makes a volume of another stack, by which lists prove that they show tags: nothing is concluded from others.
    /// It counts among no test's volumes.
    pub(crate) fn with_control(self) -> Cloud {
        self.make_control();
        self
    }

    /// See [`Cloud::with_control`].
    pub(crate) fn make_control(&self) {
        let volume = json!({"name": CONTROL, "size": 10, "availability_zone": "az-dc-1", "volume_type": "SSD"});
        let (status, body) = self.call("POST", "/v3/{project_id}/volumes", Some(json!({ "volume": volume })));
        assert_eq!(status, 202, "{body}");
        let path = format!("/v2/{{project_id}}/cloudvolumes/{}/tags/action", body["volume"]["id"].as_str().unwrap());
        let tags = json!({"action": "create", "tags": [{"key": "evsctl", "value": "other_aaaaaaaa_bbbbbbbbbb"}]});
        assert_eq!(self.call("POST", &path, Some(tags)).0, 204);
    }

    /// The cloud's volumes, by name and id.
    pub(crate) fn volumes(&self) -> Vec<Value> {
        let (status, body) =
            self.call("GET", "/v2/{project_id}/cloudvolumes/detail?limit=1000&sort_key=created_at&sort_dir=asc", None);
        assert_eq!(status, 200, "{body}");
        let all = body["volumes"].as_array().unwrap().iter();
        let mut volumes: Vec<Value> = all.filter(|volume| volume["name"] != CONTROL).cloned().collect();
        volumes.sort_by_key(|volume| (volume["name"].to_string(), volume["id"].to_string()));
        volumes
    }

    /// The names of the cloud's volumes, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        self.volumes().iter().map(|volume| volume["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Edits a volume past every rule of the API.
    pub(crate) fn edit(&self, id: &str, fields: Value) {
        let (status, body) = self.call("POST", &format!("/_sim/volumes/{id}"), Some(fields));
        assert_eq!(status, 200, "{body}");
    }

    /// Its clock is so far ahead of this machine's from now on.
    pub(crate) fn is_ahead(&self, minutes: u64) {
        let ahead = serde_json::json!({ "ahead_ms": minutes * 60_000 });
        assert_eq!(self.call("POST", "/_sim/clock", Some(ahead)).0, 200);
    }

    /// Deletes a volume behind evsctl's back and waits until it is gone.
    pub(crate) fn delete(&self, id: &str) {
        let path = format!("/v2/{{project_id}}/cloudvolumes/{id}");
        assert_eq!(self.call("DELETE", &path, None).0, 200);
        until("the volume is gone", || self.call("GET", &path, None).0 == 404);
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again until it holds; gives up after half a minute.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl World {
    /// A world whose manifest has these `volumes`, in a cloud with quick jobs.
    pub(crate) fn new(volumes: &str) -> World {
        World::in_cloud(Cloud::start(), volumes)
    }

    pub(crate) fn in_cloud(cloud: Cloud, volumes: &str) -> World {
        let world = World { dir: tempfile::tempdir().unwrap(), cloud };
        world.volumes(volumes);
        world
    }

    /// Rewrites the manifest with these `volumes`: YAML below `volumes:`, indented by two.
    pub(crate) fn volumes(&self, volumes: &str) {
        self.manifest(PROJECT, volumes);
    }

    pub(crate) fn manifest(&self, project: &str, volumes: &str) {
        let mut text = String::new();
        writeln!(text, "stack: test\ncloud: {{ endpoint: \"{}\", project_id: {project} }}", self.cloud.endpoint)
            .unwrap();
        writeln!(text, "defaults: {{ availability_zone: az-dc-1, volume_type: SSD }}").unwrap();
        writeln!(text, "volumes:\n{volumes}").unwrap();
        put(&self.dir.path().join("evsctl.yaml"), &text);
    }

    /// Adds a field to the manifest's `cloud`.
    pub(crate) fn cloud_field(&self, field: &str) {
        let path = self.dir.path().join("evsctl.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        put(&path, text.replacen(" }", &format!(", {field} }}"), 1));
    }

    /// A command with this stack as its PATH.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = evsctl();
        let verbs = if matches!(words[0], "state" | "lock" | "auth") { 2 } else { 1 };
        command.args(&words[..verbs]).arg(self.dir.path()).args(&words[verbs..]);
        command
    }

    #[must_use = "what came of it is to be looked at"]
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        run(self.command(words))
    }

    /// Applies with `--yes` and proves that nothing is left to do.
    #[track_caller]
    pub(crate) fn converge(&self) -> Ran {
        let ran = self.run(&["apply", "--yes", "--format", "json"]).exits(0);
        assert_eq!(ran.finished()["converged"], true);
        self.run(&["plan", "--detailed-exitcode"]).exits(0).says("nothing to do");
        ran
    }

    /// The recorded volumes as `state list --format json` gives them.
    pub(crate) fn recorded(&self) -> Vec<Value> {
        self.run(&["state", "list", "--format", "json"]).exits(0).json().as_array().unwrap().clone()
    }

    /// The runner is gone with all that it wrote; what was committed before is there.
    pub(crate) fn back_to(&self, committed: &[u8]) {
        let state = self.dir.path().join("state");
        let _ = std::fs::remove_dir_all(&state);
        std::fs::create_dir(&state).unwrap();
        put(&self.snapshot(), committed);
    }

    pub(crate) fn snapshot(&self) -> PathBuf {
        self.dir.path().join("state/test.json")
    }
}

/// Copies a folder. The copy begins without a past: recorded states stay behind.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        match path.is_dir() {
            true if name == "state" => {}
            true => copy_folder(&path, &to.join(name)),
            false => drop(std::fs::copy(path, to.join(name)).unwrap()),
        }
    }
}

/// Hears nothing.
pub(crate) struct Deaf;

impl Listener for Deaf {
    fn hear(&mut self, _: &Event) {}
    fn tick(&mut self) {}
}

/// Who locks where a test drives the library itself.
pub(crate) fn holder() -> Holder {
    Holder {
        who: "test".to_owned(),
        host: "here".to_owned(),
        pid: std::process::id(),
        since: jiff::Timestamp::now(),
        run: None,
        operation: "apply".to_owned(),
    }
}

/// The manifest of a stack in the embedded cloud with these `volumes`, for tests that drive the library.
pub(crate) fn parsed(volumes: &str) -> Manifest {
    parsed_with("", volumes)
}

/// The same with further fields of its `cloud`: `, ownership_tag: mine`.
pub(crate) fn parsed_with(cloud: &str, volumes: &str) -> Manifest {
    let text = format!(
        "stack: test\ncloud: {{ simulator: true{cloud} }}\ndefaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\nvolumes:\n{volumes}\n"
    );
    let file = SourceFile::own("test.yaml", text.into_bytes());
    manifest::parse(&[file]).unwrap()
}

/// Writes a file of a test's own.
#[expect(clippy::disallowed_methods, reason = "a test's files need no durability")]
pub(crate) fn put(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::write(path, text).unwrap();
}
