//! A forge: as much of the API of GitHub and of GitLab as the templates ask, over real HTTP. What a person does there (opening,
//! merging, writing a comment) is a method.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

/// What opens the forge's API, and nothing else.
pub(super) const TOKEN: &str = "canary-forge-token";
/// What the forge gives a job that asks who it is.
const TOKEN_REQUEST: &str = "canary-token-request";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GitHub,
    GitLab,
}

impl Kind {
    /// The ref of a pull request's newest commit.
    pub(super) fn head_ref(self, pull: &Pull) -> String {
        match self {
            Kind::GitHub => format!("refs/pull/{}/head", pull.number),
            Kind::GitLab => format!("refs/merge-requests/{}/head", pull.number),
        }
    }
}

/// A pull request, or a merge request.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) head: String,
    /// The commit of the branch, and when.
    merged: Option<(String, u64)>,
}

/// A plan job that has ended, with the files that it left.
#[derive(Debug, Clone)]
struct Run {
    id: u64,
    number: u64,
    head: String,
    /// As GitHub calls it.
    conclusion: &'static str,
    at: u64,
    files: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, Clone)]
pub(super) struct Comment {
    id: u64,
    number: u64,
    /// Whether the templates' own account wrote it.
    pub(super) own: bool,
    pub(super) body: String,
}

#[derive(Debug, Default)]
struct Held {
    pulls: Vec<Pull>,
    runs: Vec<Run>,
    comments: Vec<Comment>,
    id_token: String,
    /// Counts what happened.
    now: u64,
}

pub(super) struct Forge {
    pub(super) kind: Kind,
    pub(super) url: String,
    held: Arc<Mutex<Held>>,
}

impl Forge {
    pub(super) fn start(kind: Kind, id_token: &str) -> Forge {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let held = Arc::new(Mutex::new(Held { id_token: id_token.to_owned(), ..Held::default() }));
        let shared = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // One whose client is gone has nobody to answer.
                let _ = stream.and_then(|stream| answer(kind, &shared, stream));
            }
        });
        Forge { kind, url, held }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    pub(super) fn opens(&self, head: &str) -> Pull {
        let mut held = self.held();
        let pull = Pull { number: held.pulls.len() as u64 + 1, head: head.to_owned(), merged: None };
        held.pulls.push(pull.clone());
        pull
    }

    pub(super) fn merged(&self, number: u64, commit: &str) {
        let mut held = self.held();
        let at = held.tick();
        held.pulls.iter_mut().find(|pull| pull.number == number).unwrap().merged = Some((commit.to_owned(), at));
    }

    /// A plan job has ended, and left what lies in this folder.
    pub(super) fn keeps(&self, pull: &Pull, success: bool, folder: &Path) {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read(path).unwrap()));
        }
        self.held().ran(pull, if success { "success" } else { "failure" }, files);
    }

    /// The newest plan job of one pull request leaves what the newest one of another left.
    pub(super) fn keeps_that_of(&self, other: &Pull, pull: &Pull) {
        let mut held = self.held();
        let files = held.runs.iter().rfind(|run| run.number == other.number).unwrap().files.clone();
        held.ran(pull, "success", files);
    }

    /// GitHub skips the plan job, as where somebody edits the pull request's title.
    pub(super) fn skips(&self, pull: &Pull) {
        if self.kind == Kind::GitHub {
            self.held().ran(pull, "skipped", Vec::new());
        }
    }

    /// The newest plan job leaves a plan that somebody has edited.
    pub(super) fn keeps_edited(&self, pull: &Pull, edit: impl Fn(&mut Value)) {
        let mut held = self.held();
        let mut files = held.runs.iter().rfind(|run| run.number == pull.number).unwrap().files.clone();
        let plan = files.iter_mut().find(|(name, _)| name == "plan.json").unwrap();
        let mut value = serde_json::from_slice(&plan.1).unwrap();
        edit(&mut value);
        plan.1 = value.to_string().into_bytes();
        held.ran(pull, "success", files);
    }

    /// Somebody else writes a comment.
    pub(super) fn says(&self, number: u64, body: &str) {
        let mut held = self.held();
        let id = 1000 + held.comments.len() as u64;
        held.comments.push(Comment { id, number, own: false, body: body.to_owned() });
    }

    /// Somebody edits what the templates wrote.
    pub(super) fn edits(&self, number: u64, body: &str) {
        let mut held = self.held();
        let own = held.comments.iter_mut().find(|comment| comment.number == number && comment.own).unwrap();
        body.clone_into(&mut own.body);
    }

    pub(super) fn comments(&self, number: u64) -> Vec<Comment> {
        self.held().comments.iter().filter(|comment| comment.number == number).cloned().collect()
    }

    /// What a job finds in its environment.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        match self.kind {
            Kind::GitHub => vec![
                ("GITHUB_ACTIONS", "true".to_owned()),
                ("GITHUB_API_URL", self.url.clone()),
                ("GITHUB_SERVER_URL", self.url.clone()),
                ("GITHUB_REPOSITORY", "example/volumes".to_owned()),
                ("GITHUB_WORKFLOW_REF", "example/volumes/.github/workflows/volumes.yml@refs/heads/main".to_owned()),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{}/token?version=1", self.url)),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", TOKEN_REQUEST.to_owned()),
            ],
            Kind::GitLab => vec![
                ("GITLAB_CI", "true".to_owned()),
                ("CI_API_V4_URL", self.url.clone()),
                ("CI_SERVER_URL", self.url.clone()),
                ("CI_PROJECT_ID", "1".to_owned()),
                ("HUAWEICLOUD_OIDC_ID_TOKEN", self.held().id_token.clone()),
            ],
        }
    }
}

fn answer(kind: Kind, held: &Mutex<Held>, stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut bearer) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => value.trim().clone_into(&mut bearer),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut held = held.lock().unwrap();
    let found = match (kind, target.split_once('?')) {
        (Kind::GitHub, Some(("/token", query))) if query.ends_with("&audience=evsctl") => (bearer
            == format!("bearer {TOKEN_REQUEST}"))
        .then(|| json!({ "value": held.id_token }).to_string().into_bytes()),
        _ if bearer != format!("Bearer {TOKEN}") => None,
        (Kind::GitHub, _) => held.github(method, target, &body),
        (Kind::GitLab, _) => held.gitlab(method, target, &body),
    };
    let (status, body) =
        found.map_or(("404 Not Found", b"{\"message\":\"Not Found\"}".to_vec()), |body| ("200 OK", body));
    let mut stream = reader.into_inner();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

/// The parts of a path, and its query.
fn parts(target: &str) -> (Vec<&str>, &str) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (path.split('/').skip(1).collect(), query)
}

fn text(value: &Value) -> Option<Vec<u8>> {
    Some(value.to_string().into_bytes())
}

/// When that was, as a forge writes it.
fn time(at: u64) -> String {
    format!("2026-11-30T10:{:02}:{:02}Z", at / 60, at % 60)
}

impl Pull {
    fn is_of(&self, commit: &str) -> bool {
        // A forge names every pull request that holds the commit, merged or not.
        self.head == commit || self.merged.as_ref().is_some_and(|(merged, _)| merged == commit)
    }
}

impl Held {
    fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn ran(&mut self, pull: &Pull, conclusion: &'static str, files: Vec<(String, Vec<u8>)>) {
        let (id, at) = (100 + self.runs.len() as u64, self.tick());
        self.runs.push(Run { id, number: pull.number, head: pull.head.clone(), conclusion, at, files });
    }

    fn writes(&mut self, number: u64, body: &[u8]) -> Option<Vec<u8>> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let id = 1000 + self.comments.len() as u64;
        self.comments.push(Comment { id, number, own: true, body: body["body"].as_str()?.to_owned() });
        text(&json!({ "id": id }))
    }

    fn rewrites(&mut self, id: &str, body: &[u8]) -> Option<Vec<u8>> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let comment = self.comments.iter_mut().find(|comment| comment.id.to_string() == id)?;
        body["body"].as_str()?.clone_into(&mut comment.body);
        text(&json!({ "id": comment.id }))
    }

    fn github(&mut self, method: &str, target: &str, body: &[u8]) -> Option<Vec<u8>> {
        let (parts, query) = parts(target);
        let ["repos", "example", "volumes", rest @ ..] = parts.as_slice() else { return None };
        match (method, rest) {
            ("GET", ["commits", commit, "pulls"]) => {
                let pulls = self.pulls.iter().filter(|pull| pull.is_of(commit)).map(|pull| {
                    json!({
                        "number": pull.number, "head": {"sha": pull.head, "ref": "change"}, "base": {"ref": "main"},
                        "merged_at": pull.merged.as_ref().map(|(_, at)| time(*at)),
                        "merge_commit_sha": pull.merged.as_ref().map(|(commit, _)| commit),
                    })
                });
                text(&pulls.collect())
            }
            ("GET", ["actions", "workflows", "volumes.yml", "runs"]) => {
                let head = query.split('&').find_map(|part| part.strip_prefix("head_sha="))?;
                let of = self.runs.iter().filter(|run| run.head == head);
                let runs = of.map(|run| {
                    json!({
                        "id": run.id, "run_number": run.id, "head_sha": run.head, "head_branch": "change",
                        "head_repository": {"full_name": "example/volumes"},
                        "conclusion": run.conclusion,
                    })
                });
                text(&json!({ "workflow_runs": runs.collect::<Value>() }))
            }
            ("GET", ["actions", "runs", id, "artifacts"]) => {
                let id: u64 = id.parse().ok()?;
                let at = time(self.runs.iter().find(|run| run.id == id)?.at);
                text(&json!({ "artifacts": [{ "id": id, "name": "plan", "expired": false, "created_at": at }] }))
            }
            ("GET", ["actions", "artifacts", id, "zip"]) => {
                Some(zip(&self.runs.iter().find(|run| run.id.to_string() == **id)?.files))
            }
            ("GET", ["issues", number, "comments"]) => {
                let of = self.comments.iter().filter(|comment| comment.number.to_string() == **number);
                let login = |own| if own { "github-actions[bot]" } else { "somebody" };
                let all = of.map(|it| json!({ "id": it.id, "user": {"login": login(it.own)}, "body": it.body }));
                text(&all.collect())
            }
            ("POST", ["issues", number, "comments"]) => self.writes(number.parse().ok()?, body),
            ("PATCH", ["issues", "comments", id]) => self.rewrites(id, body),
            _ => None,
        }
    }

    fn gitlab(&mut self, method: &str, target: &str, body: &[u8]) -> Option<Vec<u8>> {
        let (parts, _) = parts(target);
        if parts == ["user"] {
            return text(&json!({ "id": 1 }));
        }
        let ["projects", "1", rest @ ..] = parts.as_slice() else { return None };
        match (method, rest) {
            ("GET", ["repository", "commits", commit, "merge_requests"]) => {
                let merges = self.pulls.iter().filter(|pull| pull.is_of(commit)).map(|pull| {
                    json!({
                        "iid": pull.number, "sha": pull.head, "target_branch": "main",
                        "state": if pull.merged.is_some() { "merged" } else { "opened" },
                        "merged_at": pull.merged.as_ref().map(|(_, at)| time(*at)),
                        "merge_commit_sha": pull.merged.as_ref().map(|(commit, _)| commit), "squash_commit_sha": null,
                    })
                });
                text(&merges.collect())
            }
            ("GET", ["merge_requests", number, "pipelines"]) => {
                let of = self.runs.iter().filter(|run| run.number.to_string() == **number);
                let pipelines = of.map(
                    |run| json!({ "id": run.id, "sha": run.head, "source": "merge_request_event", "project_id": 1 }),
                );
                text(&pipelines.collect())
            }
            ("GET", ["pipelines", id, "jobs"]) => {
                let run = self.runs.iter().find(|run| run.id.to_string() == **id)?;
                let status = if run.conclusion == "success" { "success" } else { "failed" };
                text(&json!([{ "id": run.id, "name": "plan", "status": status, "finished_at": time(run.at) }]))
            }
            ("GET", ["jobs", id, "artifacts", "evsctl-out", file]) => {
                let run = self.runs.iter().find(|run| run.id.to_string() == **id)?;
                run.files.iter().find(|(name, _)| name == file).map(|(_, bytes)| bytes.clone())
            }
            ("GET", ["merge_requests", number, "notes"]) => {
                let of = self.comments.iter().filter(|comment| comment.number.to_string() == **number);
                let author = |own| if own { 1 } else { 2 };
                let all = of.map(|it| json!({ "id": it.id, "author": {"id": author(it.own)}, "body": it.body }));
                text(&all.collect())
            }
            ("POST", ["merge_requests", number, "notes"]) => self.writes(number.parse().ok()?, body),
            ("PUT", ["merge_requests", _, "notes", id]) => self.rewrites(id, body),
            _ => None,
        }
    }
}

/// An archive that holds the files as they are, as APPNOTE.TXT of the format says.
fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let at = u32::try_from(all.len()).unwrap();
        let size = u32::try_from(bytes.len()).unwrap();
        let mut common = Vec::new();
        // Version 2.0, no flags, stored, no time.
        for field in [20_u16, 0, 0, 0, 0] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc(bytes), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        all.extend(b"PK\x03\x04");
        all.extend(&common);
        all.extend(name.as_bytes());
        all.extend(bytes);
        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = u32::try_from(all.len()).unwrap();
    let count = u16::try_from(files.len()).unwrap();
    all.extend(&directory);
    all.extend(b"PK\x05\x06");
    all.extend([0; 4]);
    for field in [count, count] {
        all.extend(field.to_le_bytes());
    }
    all.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    all.extend(at.to_le_bytes());
    all.extend([0; 2]);
    all
}

/// The checksum of the format.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}
