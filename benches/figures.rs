//! The figures that evsctl is to reach, measured on whole processes: `cargo bench`.
//!
//! CPU seconds are the kernel's own accounting of ended children; peak memory and bytes written are read
//! from `/proc` while the process runs. Machines differ and are shared: compare ratios, not single figures.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program for developers")]

use evsctl::observed::Status;
use evsctl::state::{Base, CloudId, End, EndedCreate, Recorded, Seen, State, format};
use evsctl::volume::{Address, CallId, Digest, Lineage, Slot, StackName, VolumeId, VolumeName, VolumeSpec};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PROJECT: &str = "0123456789abcdef0123456789abcdef";
/// The kernel counts CPU time in ticks of this length.
const TICK: f64 = 0.01;

fn main() {
    start_up();
    state_files();
    offline_plans();
    a_thousand_of_a_kind();
    bookkeeping();
}

/// What one process cost.
struct Cost {
    wall: f64,
    cpu: f64,
    peak_mb: f64,
    written: u64,
    stdout: String,
}

fn evsctl(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evsctl"));
    command.args(words).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn measure(mut command: Command) -> Cost {
    let before = children_cpu();
    let since = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap();
        text
    });
    let (mut peak_mb, mut written) = (0.0, 0);
    let status = loop {
        let field = |file: &str, name: &str| -> Option<u64> {
            let text = std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok()?;
            text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
        };
        peak_mb = field("status", "VmHWM:").map_or(peak_mb, |kb| kb as f64 / 1024.0);
        written = field("io", "write_bytes:").unwrap_or(written).max(written);
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let wall = since.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    Cost { wall, cpu: children_cpu() - before, peak_mb, written, stdout: reader.join().unwrap() }
}

/// CPU seconds of all children that have ended.
fn children_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[13].parse::<f64>().unwrap() + fields[14].parse::<f64>().unwrap()) * TICK
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn put(path: &Path, text: impl AsRef<[u8]>) {
    use std::io::Write as _;
    std::fs::File::create(path).unwrap().write_all(text.as_ref()).unwrap();
}

fn start_up() {
    let runs = (0..50).map(|_| measure(evsctl(&["--version"])).wall * 1000.0).collect();
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_evsctl")).unwrap().len() as f64 / 1e6;
    println!("start-up: {:.1} ms (to reach: under 10); binary {size:.1} MB (under 12)", median(runs));
}

fn explicit(volumes: u32) -> String {
    let mut text =
        String::from("stack: bench\ncloud: { simulator: true }\ndefaults: { availability_zone: az-dc-1 }\nvolumes:\n");
    for n in 0..volumes {
        let size = 10 + n % 90;
        writeln!(text, "  vol-{n:06}:\n    size: {size}\n    volume_type: SSD\n    tags:\n      app: kafka\n      team: storage\n      tier: gold").unwrap();
    }
    text
}

/// A state as applying [`explicit`] leaves it: one call and one volume a key.
fn state_of(volumes: u32) -> Vec<u8> {
    let stack = StackName::new("bench").unwrap();
    let cloud = CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: PROJECT.to_owned() };
    let mut state = State::new(stack, Lineage::from_random([1, 2, 3, 4, 5]), cloud);
    state.serial = 1;
    for n in 0..volumes {
        let name = format!("vol-{n:06}");
        let address: Address = format!("{name}[1]").parse().unwrap();
        let hash = Digest::of(name.as_bytes());
        let bytes: Vec<u8> = hash.as_str().bytes().skip(7).take(32).collect();
        let call = CallId::from_hash(&bytes.try_into().unwrap());
        let size = 10 + n % 90;
        let spec = format!(
            r#"{{"availability_zone":"az-dc-1","volume_type":"SSD","size":{size},"tags":{{"app":"kafka","team":"storage","tier":"gold"}}}}"#
        );
        let asked: Arc<VolumeSpec> = Arc::new(serde_json::from_str(&spec).unwrap());
        let seen = Seen {
            name: name.clone(),
            description: None,
            status: Status::new("available"),
            size,
            volume_type: "SSD".to_owned(),
            availability_zone: "az-dc-1".to_owned(),
        };
        let id = uuid::Uuid::from_u128(u128::from(n) << 64 | 0x4000_8000_0000_0000_0000).to_string();
        let made = asked.made_as();
        let (id, base) = (VolumeId::new(id).unwrap(), Base::of(asked, &seen));
        let recorded = Recorded { id, call: Some(call.clone()), tainted: None, seen, base };
        let ended = EndedCreate {
            key: address.key.clone(),
            moved: Default::default(),
            slots: std::iter::once(Slot::FIRST).collect(),
            name: VolumeName::new(name).unwrap(),
            made,
            first_sent: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            end: End::Done,
        };
        state.volumes.insert(address, recorded);
        state.ended.insert(call, ended);
    }
    format::to_bytes(&state)
}

fn state_files() {
    let (stack, bytes) = (StackName::new("bench").unwrap(), state_of(10_000));
    let state = format::read(&bytes, &stack).unwrap();
    let millis = |work: &dyn Fn()| {
        let run = |_| {
            let since = Instant::now();
            work();
            since.elapsed().as_secs_f64() * 1000.0
        };
        median((0..21).map(run).collect())
    };
    let read = millis(&|| drop(format::read(&bytes, &stack).unwrap()));
    let write = millis(&|| drop(format::to_bytes(&state)));
    let each = bytes.len() / state.volumes.len();
    println!(
        "a state of 10,000 explicit volumes, format {}: {each} bytes a volume (at most 360), read in {read:.1} ms, written in {write:.1} ms",
        format::FORMAT
    );
}

fn offline_plans() {
    println!("plan --offline, explicit volumes, nothing to change (to reach at 100,000: under 2 s of CPU and 600 MB)");
    for volumes in [1_000, 10_000, 100_000] {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("evsctl.yaml"), explicit(volumes));
        std::fs::create_dir(dir.path().join("state")).unwrap();
        put(&dir.path().join("state/bench.json"), state_of(volumes));
        let path = dir.path().to_str().unwrap();
        let costs: Vec<Cost> =
            (0..5).map(|_| measure(evsctl(&["plan", path, "--offline", "--detailed-exitcode"]))).collect();
        assert!(costs.iter().all(|cost| cost.stdout.contains("nothing to do")));
        let of = |figure: fn(&Cost) -> f64| median(costs.iter().map(figure).collect());
        println!(
            "  {volumes:>7}: {:.2} s CPU, {:.2} s wall, {:.0} MB",
            of(|c| c.cpu),
            of(|c| c.wall),
            of(|c| c.peak_mb)
        );
    }
}

/// The embedded cloud as a process of its own.
struct Cloud(Child, String);

impl Cloud {
    fn start(flags: &[&str]) -> Cloud {
        let words = [&["simulator", "--listen", "127.0.0.1:0", "--seed", "1"], flags].concat();
        let mut child = evsctl(&words).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Cloud(child, line.trim().trim_start_matches("listening on ").to_owned())
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.0.kill();
        // Waited for only at the end of each measurement: its CPU is not the client's.
        let _ = self.0.wait();
    }
}

fn stack_in(cloud: &Cloud, volumes: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let head = format!("stack: bench\ncloud: {{ endpoint: \"{}\", project_id: {PROJECT} }}\n", cloud.1);
    put(
        &dir.path().join("evsctl.yaml"),
        format!("{head}defaults: {{ availability_zone: az-dc-1, volume_type: SSD }}\nvolumes:\n{volumes}"),
    );
    dir
}

fn a_thousand_of_a_kind() {
    let cloud = Cloud::start(&["--job-duration", "2s", "--latency", "50ms"]);
    let dir = stack_in(&cloud, "  data: { count: 1000, size: 10 }\n");
    let cost = measure(evsctl(&["apply", dir.path().to_str().unwrap(), "--yes", "--format", "json"]));
    let finished: serde_json::Value = serde_json::from_str(cost.stdout.lines().last().unwrap()).unwrap();
    let calls = finished["calls"].as_object().unwrap();
    let of = |name: &str| calls.get(name).and_then(serde_json::Value::as_u64).unwrap_or_default();
    let all: u64 = calls.values().filter_map(serde_json::Value::as_u64).sum();
    let (creates, renames) =
        (of("POST /v3/{project_id}/cloudvolumes"), of("PUT /v2/{project_id}/cloudvolumes/{volume_id}"));
    let ideal = 2.0 + all as f64 * 0.05 / 16.0;
    println!(
        "count: 1000, 2 s jobs, 50 ms latency: {creates} creates (to reach: 10), {renames} renames, {} other calls (with the creates at most 80)",
        all - creates - renames
    );
    println!(
        "  {:.2} s wall, {:.2} x the ideal {ideal:.2} s (at most 1.5), {:.2} s CPU",
        cost.wall,
        cost.wall / ideal,
        cost.cpu
    );
}

fn bookkeeping() {
    println!(
        "apply against a cloud without latency, our own CPU (to reach at 1,000: under 1 s; written under 20 x the final state)"
    );
    for (what, volumes, count) in
        [("one key", 1_000, true), ("one key", 10_000, true), ("explicit", 1_000, false), ("explicit", 10_000, false)]
    {
        let cloud = Cloud::start(&["--job-duration", "1ms"]);
        let text = if count {
            format!("  data: {{ count: {volumes}, size: 10 }}\n")
        } else {
            (0..volumes).map(|n| format!("  v{n}: {{ size: 10 }}\n")).collect()
        };
        let dir = stack_in(&cloud, &text);
        let cost = measure(evsctl(&["apply", dir.path().to_str().unwrap(), "--yes"]));
        let state = std::fs::metadata(dir.path().join("state/bench.json")).unwrap().len();
        println!(
            "  {what:>8} {volumes:>6}: {:.2} s CPU, {:.2} s wall, {:.0} MB, written {:.1} x the final {:.1} MB",
            cost.cpu,
            cost.wall,
            cost.peak_mb,
            cost.written as f64 / state as f64,
            state as f64 / 1e6
        );
    }
}
