//! What lies on the disk: manifests, snapshots, journals, plans, locks.

use super::damage::{below, flip};
use super::told;
use crate::cli::fuzzing as cli;
use crate::cli::render::Look;
use crate::cli::render::human;
use crate::cli::render::line::width;
use crate::cli::render::{import as render_import, lock as render_lock, markdown, problem, state as render_state};
use crate::document;
use crate::import::{Known, draft, terraform, with_file};
use crate::manifest::{self, Manifest, Problem, Problems, Role, SourceFile};
use crate::observed::{Observed, ObservedVolume};
use crate::plan::{self, Inputs, Plan, Rebuilt, Remains, Selection};
use crate::state::journal::{self, Header};
use crate::state::{CloudId, State, format};
use crate::volume::{Address, Digest, LeaseId, Lineage, StackName, VolumeName, slot_name};
use crate::words;
use std::path::Path;
use std::sync::LazyLock;

const LOOK: Look = Look { width: 80, color: false };
/// The most volumes that a manifest is planned for here: what more of them take is measured elsewhere.
const PLANNED: u64 = 1000;

const DESIRED_TEXT: &str = "stack: kafka\ncloud: {simulator: true}\n\
    defaults: {availability_zone: az-dc-1, volume_type: SSD, size: 40}\n\
    volumes:\n  web: {count: 3}\n  db.x: {description: data, tags: {team: z}}\n  late: {count: 2, lifecycle: {retire: [1]}}\n";

/// What is planned against a state or a list that came from outside.
static DESIRED: LazyLock<Option<Manifest>> =
    LazyLock::new(|| manifest::parse(&[SourceFile::own("kafka.yaml", DESIRED_TEXT)]).ok());

/// What is recorded where a list came from outside: the state of one of the seeds.
static RECORDED: LazyLock<Option<State>> = LazyLock::new(|| {
    let seed = include_bytes!("../../tests/fuzz/corpus/snapshot/applied");
    format::read(&resealed_snapshot(seed)?, &StackName::new("kafka").ok()?).ok()
});

fn simulator() -> CloudId {
    CloudId { region: None, endpoint: CloudId::SIMULATOR.to_owned(), project_id: "0123456789abcdef".repeat(2) }
}

/// A stack's files, with a NUL byte between two of them, which no YAML holds.
pub(super) fn manifest(bytes: &[u8]) {
    let mut files: Vec<SourceFile> = bytes
        .split(|byte| *byte == 0)
        .zip('a'..='z')
        .map(|(bytes, name)| SourceFile::own(format!("{name}.yaml"), bytes.to_vec()))
        .collect();
    // Those that one of them names as its bases are these.
    let named = manifest::bases(&files);
    for file in &mut files {
        if named.iter().any(|base| base.path == file.name) {
            file.role = Role::Base(file.name.clone());
        }
    }
    match manifest::parse(&files) {
        Err(problems) => {
            assert!(problems.errors().count() > 0, "{problems:?}");
            problems_are_placed(&problems, &files);
        }
        Ok(manifest) => {
            problems_are_placed(&Problems(manifest.warnings.clone()), &files);
            let volumes: u64 = manifest.volumes.values().map(|volume| u64::from(volume.count)).sum();
            for volume in manifest.volumes.values() {
                for slot in volume.slots().take(100) {
                    let name = slot_name(volume.name.as_str(), volume.count, slot);
                    assert!(VolumeName::new(name.as_str()).is_ok() && name.len() <= 255, "{name}");
                }
            }
            if volumes <= PLANNED {
                planned(&manifest, None, None);
                planned(&manifest, None, Some(&Observed::default()));
            }
        }
    }
}

fn problems_are_placed(problems: &Problems, files: &[SourceFile]) {
    for problem in &problems.0 {
        let Problem { place, source_line, source_column, width: meant, what: _ } = problem;
        told::text(&problem.reason());
        let Some(place) = place else { continue };
        let file = files.iter().find(|file| *file.name == *place.file);
        assert!(file.is_some(), "{place}");
        let text =
            String::from_utf8_lossy(file.map_or(&[], |file| &file.bytes)).replace("\r\n", "\n").replace('\r', "\n");
        let line = text.trim_start_matches('\u{feff}').split('\n').nth(place.line as usize - 1);
        assert!(line.is_some(), "{place} is behind the end");
        let length = line.map_or(0, |line| line.chars().count());
        assert!((1..=length + 1).contains(&(place.column as usize)), "{place} in a line of {length}");
        // Of a file that may be no base nothing is shown.
        let Some(shown) = source_line.as_ref().map(|line| line.chars().count()) else { continue };
        assert!(*source_column <= place.column && *meant >= 1, "{place}: {source_column}, {meant}");
        assert!((place.column - source_column) as usize <= shown, "{place} is not in what is shown");
    }
    let text = problem::human(&problems.0, LOOK);
    told::lines(&text);
    is_narrow(&text);
    assert!(serde_json::from_str::<serde_json::Value>(&problem::json(&problem::Head::default(), &problems.0)).is_ok());
}

fn is_narrow(text: &str) {
    for line in text.lines() {
        assert!(width(line) <= LOOK.width, "{} columns: {line}", width(line));
    }
}

/// A plan comes about, is shown, and reads as it was written.
fn planned(desired: &Manifest, recorded: Option<&State>, observed: Option<&Observed>) -> Plan {
    let cloud = recorded.map_or_else(simulator, |state| state.cloud.clone());
    let plan = plan::make(Inputs {
        desired,
        cloud: &cloud,
        recorded,
        observed,
        selection: &Selection::default(),
        as_of: jiff::civil::date(2026, 11, 28),
    });
    reads_as_written(&plan);
    plan
}

fn reads_as_written(plan: &Plan) {
    let text = document::to_json(plan);
    let read = document::from_json(text.as_bytes());
    assert!(read.as_ref().is_ok_and(|read| read == plan), "{read:?} of\n{text}");
    told::lines(&text);
    told::lines(&human::plan(plan, LOOK));
    told::lines(&markdown::plan(plan));
}

/// One volume more than those that are recorded, as some answer showed it.
pub(super) fn seen(volumes: Vec<ObservedVolume>) {
    let (Some(desired), Some(recorded)) = (&*DESIRED, &*RECORDED) else { return is_there() };
    let volumes = volumes.into_iter().map(|volume| (volume.id.clone(), volume)).collect();
    let observed = Observed { volumes, ..Observed::default() };
    planned(desired, Some(recorded), Some(&observed));
    planned(desired, None, Some(&observed));
    for recorded in [None, Some(recorded)] {
        let (cloud, at) = (&simulator(), jiff::Timestamp::UNIX_EPOCH);
        let remains = Remains { desired, cloud, recorded, volumes: &observed.volumes, lineage: None, at };
        if let Ok(Rebuilt { state: Some(state), .. }) = plan::rebuild(remains) {
            state_reads_as_written(&state);
        }
    }
}

fn is_there() {
    assert!(DESIRED.is_some() && RECORDED.is_some(), "the manifest or the state of these proofs does not read");
}

/// The file as it is, and with a digest that fits it.
pub(super) fn snapshot(bytes: &[u8]) {
    read_snapshot(bytes);
    if let Some(bytes) = resealed_snapshot(bytes) {
        read_snapshot(&bytes);
    }
}

/// Everything behind the second line, and a digest that fits it.
fn resealed_snapshot(bytes: &[u8]) -> Option<Vec<u8>> {
    let nth = |n: usize| bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(n).map(|(at, _)| at + 1);
    let body = &bytes[nth(1)?..];
    let head = format!("{{\n  \"digest\": \"{}\",\n", Digest::of(body));
    Some([head.as_bytes(), body].concat())
}

fn read_snapshot(bytes: &[u8]) {
    let stack = format::peek(bytes).map(|(stack, _)| stack);
    let Some(stack) = stack.or_else(|| StackName::new("kafka").ok()) else { return };
    match format::read(bytes, &stack) {
        Err(error) => {
            told::error(&error);
            told::text(error.hint());
        }
        Ok(state) => {
            let text = state_reads_as_written(&state);
            // A digest finds any damage.
            let mut damaged = text;
            let at = flip(&mut damaged, bytes);
            assert!(format::read(&damaged, &stack).is_err(), "byte {at} may be another");
            let Some(desired) = &*DESIRED else { return is_there() };
            // As the store reads it where there is no journal beside it.
            let mut state = state;
            state.record_lost();
            state_reads_as_written(&state);
            let volumes: usize =
                state.operations.values().map(|operation| operation.targets()).sum::<usize>() + state.volumes.len();
            if volumes as u64 <= PLANNED {
                planned(desired, Some(&state), None);
                planned(desired, Some(&state), Some(&Observed::default()));
            }
        }
    }
}

fn state_reads_as_written(state: &State) -> Vec<u8> {
    let text = format::to_bytes(state);
    let read = format::read(&text, &state.stack);
    assert!(read.as_ref() == Ok(state), "{read:?} is not {state:?}");
    let volumes = render_state::select(state, |_| true);
    told::lines(&render_state::list(&volumes));
    told::lines(&render_state::show(&volumes, &state.protected, LOOK));
    for text in [render_state::list_json(&volumes), render_state::show_json(&volumes, &state.protected)] {
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
    }
    for Address { key, slot } in state.volumes.keys() {
        assert!(format!("{key}[{slot}]").parse::<Address>().is_ok());
    }
    text
}

/// The file as it is, and as a chain of lines whose sums fit them, of each format.
pub(super) fn journal(bytes: &[u8]) {
    let Some((base, header)) = begun() else { return is_there() };
    if let Err(error) = journal::replay(bytes, base.clone()) {
        told::error(&error);
        told::text(error.hint());
    }
    for format in 1..=journal::FORMAT {
        chained(&resealed_journal(bytes, &header, format), bytes, &base);
    }
}

/// A journal whose lines are a chain that holds.
fn chained(chain: &[u8], bytes: &[u8], base: &State) {
    match journal::replay(chain, base.clone()) {
        Err(error) => told::error(&error),
        Ok(state) => {
            state_reads_as_written(&state);
            // Nothing is lost but the last line, and that only where it is not whole.
            let head = chain.iter().position(|byte| *byte == b'\n').unwrap_or_default() + 1;
            let cut = head + below(bytes, chain.len() - head + 1);
            let torn = journal::replay(&chain[..cut], base.clone());
            assert!(torn.is_ok(), "{torn:?} of the first {cut} bytes");
            // Folded in by a snapshot, it changes nothing any more.
            assert!(journal::replay(chain, state.clone()).as_ref() == Ok(&state));
        }
    }
}

fn begun() -> Option<(State, Header)> {
    let lineage = Lineage::new("nruw4zlt").ok()?;
    let mut state = State::new(StackName::new("kafka").ok()?, lineage.clone(), simulator());
    let lease = LeaseId::new("0123abcd").ok()?;
    (state.serial, state.lease, state.journal_sequence) = (7, Some(lease.clone()), 42);
    Some((state, Header { lineage, serial: 7, lease, after: 42 }))
}

/// The changes of each line behind the first one, in a chain that holds.
fn resealed_journal(bytes: &[u8], header: &Header, format: u64) -> Vec<u8> {
    const MARK: &[u8] = b"\"changes\":";
    let (mut chain, _) = journal::header_of(format, header);
    let mut sum = chain[chain.len() - 11..chain.len() - 3].to_vec();
    let mut next = header.after + 1;
    for line in bytes.split(|byte| *byte == b'\n').skip(1) {
        let Some(at) = line.windows(MARK.len()).position(|bytes| bytes == MARK) else { continue };
        let Some(changes) = line[at + MARK.len()..].strip_suffix(b"}") else { continue };
        let text = [format!("\"seq\":{next}").as_bytes(), changes].concat();
        sum = Digest::of(&[&sum[..], &text].concat()).as_str()[7..15].into();
        chain.extend(
            [format!("{{\"seq\":{next},\"sum\":\"").as_bytes(), &sum, b"\",\"changes\":", changes, b"}\n"].concat(),
        );
        let several =
            serde_json::from_slice::<Vec<serde_json::Value>>(changes).map_or(1, |changes| changes.len() as u64);
        next += several;
    }
    chain
}

/// The file as it is, and the plan in it with digests that fit it.
pub(super) fn plan(bytes: &[u8]) {
    match document::from_json(bytes) {
        Err(error) => told::error(&error),
        Ok(plan) => reads_as_written(&plan),
    }
    let whole = serde_json::from_slice::<serde_json::Value>(bytes).unwrap_or_default();
    let Ok(mut plan) = serde_json::from_value::<Plan>(whole.get("plan").cloned().unwrap_or_default()) else { return };
    plan.format = plan::FORMAT;
    reads_as_written(&plan);
    // Whatever is changed in it is noticed.
    let text = document::to_json(&plan);
    let mut damaged = text.clone().into_bytes();
    let at = flip(&mut damaged, bytes);
    assert!(document::from_json(&damaged).is_err(), "byte {at} may be another in\n{text}");
    damaged.truncate(at);
    assert!(document::from_json(&damaged).is_err(), "it may end at {at}:\n{text}");
}

pub(super) fn lock(bytes: &[u8]) {
    let Some(claimant) = crate::store::fuzzing::lock(bytes) else { return };
    let path = Path::new("state/kafka.lock");
    told::lines(&render_lock::status(Some(&claimant), Some(1), path));
    told::lines(&render_lock::broken(&claimant.holder, claimant.alive, None));
    told::text(&claimant.holder.to_string());
    assert!(serde_json::from_str::<serde_json::Value>(&render_lock::status_json(Some(&claimant), None)).is_ok());
    assert!(LeaseId::new(claimant.holder.id().as_str()).is_ok());
}

/// The record of a doctor's probe: what was read reads the same when written again.
pub(super) fn probe_record(bytes: &[u8]) {
    match cli::probe_record(&String::from_utf8_lossy(bytes)) {
        Ok(written) => assert_eq!(cli::probe_record(&written), Ok(written)),
        Err(why) => told::text(&why),
    }
}

/// A Terraform state: whatever it says of volumes, what is written of it is valid, and the rest is told.
pub(super) fn terraform_state(bytes: &[u8]) {
    let volumes = match terraform::read(bytes) {
        Ok(volumes) => volumes,
        Err(why) => {
            let words::Told { message, hint } = words::command::import::no_state(Path::new("terraform.tfstate"), &why);
            [message].iter().chain(&hint).for_each(|text| told::text(text));
            return;
        }
    };
    let files = [SourceFile::own("kafka.yaml", DESIRED_TEXT)];
    let Some(manifest) = &*DESIRED else { return };
    let known = Known { files: &files, manifest, state: None };
    let draft = draft(known, volumes.instances.iter().map(|instance| &instance.volume));
    let written = with_file(known, &draft, &|_| "a comment".to_owned(), "more.yaml");
    assert!(written.is_ok() || draft.entries.is_empty(), "{written:?}");
    let taken = draft.entries.iter().flat_map(|entry| entry.volumes.values()).collect();
    let removal = terraform::removal(&volumes, &taken);
    told::lines(&render_import::human(&draft));
    assert!(!render_import::removed(&removal).contains('\r'));
    let document = render_import::document(&draft, &[], &[], Some(&removal), &Default::default());
    assert!(serde_json::from_str::<serde_json::Value>(&document).is_ok());
}
