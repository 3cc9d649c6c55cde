//! `tests/shim/faults.c`, compiled, and runs of the binary with it.

use crate::torture::trials::setting;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// As `struct log` in the shim has it.
const HEAD: usize = 64;
const RECORD: usize = 64;
const RECORDS: usize = 16384;
/// After this a run counts as one that never ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By the error that is most to be expected of it.
    First,
    /// By another one.
    Second,
    /// Not at all: but only a part is read or written, or the peer closes the connection.
    InPart,
    /// By the first one, and so does every later call of its kind on the same thing.
    Lasting,
}

impl How {
    fn number(self) -> u32 {
        match self {
            How::First => 0,
            How::Second => 1,
            How::InPart => 2,
            How::Lasting => 3,
        }
    }
}

/// One call as the shim met it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// The system call.
    pub(super) name: String,
    /// The last part of its path, or what its descriptor is.
    pub(super) on: String,
    /// Whether it can be done in part.
    pub(super) has_parts: bool,
}

/// What stands for the folder of a stack, which each run has under another name.
const FOLDER: &str = "the stack's folder";

impl Call {
    /// The shim's words for it, in a run whose folder this is.
    pub(super) fn named_in(&self, dir: &Path) -> String {
        let folder = dir.file_name().unwrap().to_string_lossy();
        format!("{} {}", self.name, if self.on == FOLDER { &folder } else { self.on.as_str() })
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.on)
    }
}

/// What a run under the shim did.
#[derive(Debug)]
pub(super) struct Seen {
    /// `None` where a signal ended it, or nothing did.
    pub(super) code: Option<i32>,
    pub(super) hung: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) calls: Vec<Call>,
    /// The call that failed, where the run came to it.
    pub(super) failed: Option<Call>,
}

/// The shim, or why there is none.
pub(super) fn shim() -> &'static Result<PathBuf, String> {
    static SHIM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    SHIM.get_or_init(|| {
        let made = make();
        if let Err(why) = &made {
            assert!(setting("EVSCTL_SHIM").as_deref() != Some("required"), "no shim: {why}");
        }
        made
    })
}

fn make() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err("the shim knows Linux on x86-64 alone".to_owned());
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]).arg(&path);
    let made = match cc.arg(format!("{ROOT}/tests/shim/faults.c")).output() {
        Err(error) => return Err(format!("there is no C compiler `cc`: {error}")),
        Ok(made) => made,
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // A system may forbid the filter that it needs.
    let dir = tempfile::tempdir().unwrap();
    let mut version = crate::support::evsctl();
    version.arg("--version");
    let seen = run_with(&path, version, dir.path(), 0, How::First);
    if seen.code == Some(97) {
        return Err(seen.stderr);
    }
    assert!(seen.code == Some(0) && !seen.calls.is_empty(), "{seen:?}");
    Ok(path)
}

/// Runs a command in which the call of that number fails, from 1; with 0 none does.
pub(super) fn run(command: Command, dir: &Path, at: u32, how: How) -> Seen {
    let shim = shim().as_ref().unwrap_or_else(|why| panic!("{why}"));
    run_with(shim, command, dir, at, how)
}

/// The same among those calls alone, as in `statx test.lock`.
pub(super) fn run_only(mut command: Command, dir: &Path, only: &str, at: u32, how: How) -> Seen {
    command.env("EVSCTL_SHIM_ONLY", only);
    run(command, dir, at, how)
}

fn run_with(shim: &Path, mut command: Command, dir: &Path, at: u32, how: How) -> Seen {
    let file = |name: &str| File::create(dir.join(name)).unwrap();
    let log = dir.join("shim.log");
    file("shim.log").set_len((HEAD + RECORD * RECORDS) as u64).unwrap();
    command.env("LD_PRELOAD", shim).env("EVSCTL_SHIM_LOG", &log);
    command.env("EVSCTL_SHIM_AT", at.to_string()).env("EVSCTL_SHIM_HOW", how.number().to_string());
    command.stdout(Stdio::from(file("shim.out"))).stderr(Stdio::from(file("shim.err")));
    let mut child = command.spawn().unwrap();
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if since.elapsed() > PATIENCE {
            let _ = child.kill();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    let text = |name: &str| String::from_utf8_lossy(&std::fs::read(dir.join(name)).unwrap()).into_owned();
    let (calls, failed) = read(&std::fs::read(&log).unwrap(), dir);
    Seen {
        code: status.and_then(|status| status.code()),
        hung: status.is_none(),
        stdout: text("shim.out"),
        stderr: text("shim.err"),
        failed: (failed > 0).then(|| calls[failed - 1].clone()),
        calls,
    }
}

fn read(log: &[u8], dir: &Path) -> (Vec<Call>, usize) {
    let number = |at: usize| u32::from_ne_bytes(log[at..at + 4].try_into().unwrap()) as usize;
    let word = |bytes: &[u8]| {
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    };
    let (count, failed) = (number(4), number(8));
    assert!(count <= RECORDS, "{count} calls are more than the shim has room for");
    let folder = dir.file_name().unwrap().to_string_lossy().into_owned();
    let records = log[HEAD..].chunks_exact(RECORD).take(count);
    let calls = records.map(|record| {
        let on = word(&record[24..]);
        Call {
            name: word(&record[..20]),
            on: if folder.starts_with(&on) && !on.is_empty() { FOLDER.to_owned() } else { on },
            has_parts: record[20] == 1,
        }
    });
    (calls.collect(), failed)
}
