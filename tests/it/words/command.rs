//! What the commands say that look, begin and restore: a test and a file of `tests/words/command` for each.

use super::is_kept;
use super::samples::{address, volume_id};
use super::samples::{at, call, lineage, misfits, slot_set};
use evsctl::import::terraform::{Partly, Unreadable};
use evsctl::import::{By, Left, NotInserted, Note, Reason as Because, Unmatched};
use evsctl::manifest::{self, Place, Severity, SourceFile};
use evsctl::observed::Status;
use evsctl::operation::Owner;
use evsctl::operation::{Create, Failure, Kind, Leftover, NamedBy, Operation, Progress, Reason, Taint, Unlike, Unseen};
use evsctl::operation::{CreateCall, Delete, Extend, Growth, Way};
use evsctl::plan::{Drift, Drifted, FieldChange, Move, Origin, Unclear, Why};
use evsctl::state::{CloudId, End, EndedCreate, State};
use evsctl::store::Holder;
use evsctl::volume::{Address, Field, SizeGb};
use evsctl::volume::{
    CallId, CreateApi, JobId, Key, OrderId, OwnershipTag, Receipt, StackName, VolumeName, VolumeSpec,
};
use evsctl::words;
use evsctl::words::command::{
    accept, auth, import, init, lock, mv, next_plan, orphans, plan, rebuild, rename_stack, rm, simulator, state,
    validate,
};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a command says, a line for each text.
struct Told {
    command: &'static str,
    text: String,
}

impl Told {
    fn by(command: &'static str) -> Told {
        Told { command, text: String::new() }
    }

    fn line(&mut self, of: impl std::fmt::Debug, words: &str) {
        writeln!(self.text, "{of:?}: {words}").unwrap();
    }

    fn end(self) {
        is_kept(&format!("command/{}.txt", self.command), &self.text);
    }
}

fn path() -> &'static Path {
    Path::new("prod")
}

fn stack() -> StackName {
    StackName::new("shop").unwrap()
}

fn key() -> Key {
    Key::new("data").unwrap()
}

/// Every text of a file of the catalogue stands in its test.
#[test]
fn no_text_of_a_command_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words/command");
    let tests = include_str!("command.rs");
    let mut texts = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let command = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let item = ["pub fn ", "pub const "].into_iter().find_map(|item| line.strip_prefix(item));
            let Some(name) = item.and_then(|item| item.split(['(', ':', '<']).next()) else { continue };
            assert!(tests.contains(&format!("{command}::{name}")), "{command}::{name} is in no test");
            texts += 1;
        }
    }
    assert!(texts > 40, "only {texts} were found: this test looks at the wrong thing");
}

#[test]
fn what_accept_says() {
    let drift = |change| Drift { address: address(), id: volume_id(), change };
    let size = Drifted::Field { field: Field::Size, recorded: Some(40.into()), observed: Some(80.into()) };
    let place = Place { file: "prod/web.yaml".into(), line: 7, column: 1 };
    let (day, file) = ("2027-02-01".parse().unwrap(), Path::new("prod/web.yaml"));
    let mut told = Told::by("accept");
    told.line("one path", accept::ONE_PATH);
    for (of, said) in [
        ("stream", accept::stream()),
        ("no drift", accept::no_drift("web[1]", None)),
        ("no drift of a field", accept::no_drift("web[1]", Some("size"))),
        ("changed", accept::changed(file)),
        ("leads out", accept::leads_out(file)),
        ("cannot write", accept::cannot_write(file)),
        ("over", accept::over(day, day)),
    ] {
        told.line(of, &format!("{}\n  {}", said.message, said.hint.unwrap()));
    }
    told.line("written before", &accept::written_before(&[file.to_owned(), PathBuf::from("prod/db.yaml")]));
    told.line("heads", &accept::diff_heads("prod/web.yaml").join("\n  "));
    told.line("question", accept::QUESTION);
    told.line("no", accept::NO);
    told.line("nothing", accept::NOTHING_WRITTEN);
    let recycled = Drifted::Recycled { kept_until: None };
    for change in [size, Drifted::Status { status: Status::new("error") }, Drifted::Gone, recycled] {
        let drift = drift(change);
        told.line("accepted", &accept::accepted(&drift, &place));
        told.line("known", &accept::known(&drift, day, &place));
    }
    told.end();
}

#[test]
fn what_auth_says() {
    let mut told = Told::by("auth");
    told.line("shown", &auth::shown("access key", "https://evs.example.invalid"));
    told.line("found", &auth::found_in("the environment"));
    told.line("asked", &auth::asked_at("https://iam.example.invalid/"));
    told.line("none", &auth::none_needed(auth::EMBEDDED));
    told.end();
}

fn left_because() -> Vec<Because> {
    let owner = || Owner { stack: stack(), lineage: lineage("abcd2345"), call: call() };
    let place = || Place { file: "prod/evsctl.yaml".into(), line: 7, column: 3 };
    let declared = |unlike: Vec<FieldChange>| Because::Declared { address: address(), place: place(), unlike };
    let what = manifest::parse(&[SourceFile::own("a.yaml", "[]")]).unwrap_err();
    let what = what.errors().next().unwrap().what.clone();
    samples!(Because:
        Because::NotInCloud => [Because::NotInCloud],
        Because::Recorded { .. } => [Because::Recorded { address: address() }],
        Because::Declared { .. } => [declared(Vec::new()), declared(vec![
            FieldChange { field: Field::Size, from: Some(50.into()), to: Some(40.into()) },
            FieldChange { field: Field::VolumeType, from: Some("SAS".into()), to: Some("SSD".into()) },
        ])],
        Because::NotAsked { .. } => [Because::NotAsked { address: address(), place: place() }],
        Because::Kubernetes { .. } => [Because::Kubernetes { mark: "csi.storage.k8s.io/pvc/name".to_owned() }],
        Because::OtherStack { .. } => [Because::OtherStack { owner: owner() }],
        Because::OwnTag { .. } => [Because::OwnTag { owner: owner() }],
        Because::Deleting => [Because::Deleting],
        Because::Failed { .. } => [Because::Failed { status: Status::ErrorExtending }],
        Because::Busy { .. } => [Because::Busy { status: Status::Creating }],
        Because::Nameless => [Because::Nameless],
        Because::NameUnreadable => [Because::NameUnreadable],
        Because::TooSmall { .. } => [Because::TooSmall { size: 5 }],
        Because::NameTaken { .. } => [Because::NameTaken {
            key: key(),
            place: place(),
        }],
        Because::Illegal { .. } => [Because::Illegal {
            field: evsctl::volume::Field::Description,
            invalid: evsctl::volume::Invalid::DescriptionTooLong { bytes: 256 },
        }],
        Because::RatesUnknown => [Because::RatesUnknown],
        Because::DefaultInTheWay { .. } => [Because::DefaultInTheWay { field: evsctl::volume::Field::Metadata }],
        Because::Refused { .. } => [Because::Refused { what: what.clone() }],
        Because::Tainted => [Because::Tainted],
        Because::Deposed { .. } => [Because::Deposed { key: "0123abcd".to_owned() }],
        Because::NoId => [Because::NoId],
    )
}

#[test]
fn what_import_says() {
    let mut told = Told::by("import");
    told.line("heads", &import::HEADS.join(" | "));
    told.line("left", &import::LEFT_HEADS.join(" | "));
    for reason in left_because() {
        told.line(reason.code(), &import::reason(&reason));
    }
    let notes = samples!(Note:
        Note::Prepaid => [Note::Prepaid],
        Note::TagsFull => [Note::TagsFull],
        Note::TagsIllegal => [Note::TagsIllegal],
    );
    for note in notes {
        told.line(note, import::note(note));
    }
    let problems = manifest::parse(&[]).unwrap_err();
    let file = || "prod/evsctl.yaml".to_owned();
    let failed = samples!(NotInserted:
        NotInserted::NoPlace { .. } => [NotInserted::NoPlace { file: file(), section: "volumes" }],
        NotInserted::NoMapping { .. } => [NotInserted::NoMapping { file: file(), section: "import" }],
        NotInserted::OtherwiseToo { .. } => [NotInserted::OtherwiseToo { file: file() }],
        NotInserted::Invalid { .. } => [NotInserted::Invalid { file: file(), problems: problems.clone() }],
    );
    let unreadable = samples!(Unreadable:
        Unreadable::NotJson { .. } => [Unreadable::NotJson { line: 1, column: 2 }],
        Unreadable::Shown => [Unreadable::Shown],
        Unreadable::Encrypted => [Unreadable::Encrypted],
        Unreadable::NotState => [Unreadable::NotState],
        Unreadable::Format(_) => [Unreadable::Format(3), Unreadable::Format(5)],
    );
    let more =
        [import::nothing_chosen(), import::no_manifest(path()), import::from_a_stream(), import::two_documents()];
    use evsctl::words::command::import::InTheWay;
    let ways = samples!(InTheWay:
        InTheWay::Link => [InTheWay::Link],
        InTheWay::Input => [InTheWay::Input],
        InTheWay::Manifest => [InTheWay::Manifest],
        InTheWay::Twice => [InTheWay::Twice],
    );
    for way in ways {
        let told_of = import::in_the_way(Path::new("x.tf"), way);
        told.line(way, &format!("{} | {}", told_of.message, told_of.hint.unwrap()));
    }
    let errors = failed.iter().map(import::not_inserted);
    let errors = errors.chain(unreadable.iter().map(|why| import::no_state(Path::new("terraform.tfstate"), why)));
    for words::Told { message, hint } in errors.chain(more) {
        told.line("error", &format!("{message}\n  hint: {}", hint.unwrap()));
    }
    let flags = samples!(By: By::Id => [By::Id], By::Name => [By::Name], By::Tag => [By::Tag], By::Zone => [By::Zone]);
    for by in flags {
        told.line(by, import::flag(by));
    }
    let unmatched =
        [Unmatched { by: By::Name, value: "kafka-*".to_owned() }, Unmatched { by: By::Zone, value: "z".to_owned() }];
    for (unmatched, volumes) in [(&unmatched[..], 7), (&[], 7), (&[], 0)] {
        let words::Told { message, hint } = import::matches_none(unmatched, volumes);
        told.line(volumes, &format!("{message}\n  hint: {}", hint.unwrap()));
    }
    told.line("cause follows", &import::not_rewritten(Path::new("prod/evsctl.yaml")));
    told.line("cause follows", &import::state_not_read(Path::new("terraform.tfstate")));
    told.line("cause", &import::state_too_large(256));
    let one = [Path::new("prod/evsctl.yaml")];
    let two = [Path::new("prod/00.yaml"), Path::new("prod/web.yaml")];
    for (entries, volumes, to) in [
        (1, 1, import::Wrote::Files(&one)),
        (2, 30, import::Wrote::Files(&two)),
        (2, 30, import::Wrote::Stdout),
        (0, 0, import::Wrote::Nothing),
    ] {
        told.line(to, &import::wrote(entries, volumes, to));
    }
    for volumes in [1, 2] {
        told.line(volumes, &import::left(volumes));
        told.line(volumes, &import::recorded(volumes));
        told.line(volumes, &import::not_looked_at(volumes, volumes));
        told.line(volumes, &import::two_programs(volumes as usize));
        let (resource, taken) = ("huaweicloud_evs_volume.a".to_owned(), Vec::new());
        told.line(volumes, &import::partly(&Partly { resource, left: volumes as usize, taken }));
    }
    told.line("forget", &import::forget("huaweicloud_evs_volume.a[\"it's\"]"));
    told.line("removed", import::REMOVED);
    told.line("removed", &import::wrote_blocks(Path::new("removed.tf")));
    for marks in samples!(import::Marks:
        import::Marks::All => [import::Marks::All],
        import::Marks::AllBut(_) => [import::Marks::AllBut(3)],
        import::Marks::None => [import::Marks::None],
    ) {
        told.line(marks, &import::next(path(), marks));
    }
    told.line(1, &import::unmarked(&["full[1]".to_owned()], 1));
    told.line(3, &import::unmarked(&["full[1]".to_owned(), "web[1,2]".to_owned()], 3));
    told.line("next", &import::next_of_text(path()));
    let left = |terraform: Option<&str>| Left {
        id: None,
        name: "web".to_owned(),
        terraform: terraform.map(str::to_owned),
        reason: Because::NoId,
    };
    told.line("name", import::name_of(&left(None)));
    told.line("name", import::name_of(&left(Some("huaweicloud_evs_volume.a"))));
    told.end();
}

#[test]
fn what_init_says() {
    let mut told = Told::by("init");
    let cloud = CloudId { region: None, endpoint: "simulator".to_owned(), project_id: "p".to_owned() };
    told.line("recorded", &init::is_recorded(&State::new(stack(), lineage("abcd2345"), cloud)));
    told.line("began", &init::began(&stack(), &lineage("abcd2345"), path()));
    told.line("gitignore", &init::wrote_gitignore(Path::new("state/.gitignore")));
    told.line("manifest", &init::wrote(Path::new("prod/evsctl.yaml")));
    told.line("unwritten", &init::cannot_write(path()));
    told.line("name", &init::named_otherwise("my-stack", "My Stack", Path::new("evsctl.yaml")));
    told.line("next", &next_plan(path()));
    told.end();
}

#[test]
fn what_lock_says() {
    let mut told = Told::by("lock");
    let holder = Holder {
        who: "ci".to_owned(),
        host: "runner".to_owned(),
        pid: 4711,
        since: at(),
        run: Some("https://ci.example.invalid/7".to_owned()),
        operation: "apply".to_owned(),
    };
    for row in lock_rows() {
        told.line(row, lock::label(row));
    }
    told.line("free", lock::FREE);
    told.line("held", &lock::held(&holder));
    for alive in [Some(true), Some(false), None] {
        told.line(alive, &lock::process(holder.pid, alive));
        told.line(alive, &lock::broken(&holder, alive));
    }
    told.line("ended", &lock::ended(&holder));
    for open in [None, Some(0), Some(1), Some(2)] {
        told.line(open, &lock::open_calls(open));
        told.line(open, &lock::after_breaking(open));
    }
    told.line("unknown", &lock::calls_unknown(&std::io::Error::other("it is torn")));
    told.end();
}

fn lock_rows() -> Vec<lock::Row> {
    use lock::Row;
    samples!(Row:
        Row::Lock => [Row::Lock],
        Row::Id => [Row::Id],
        Row::Operation => [Row::Operation],
        Row::Since => [Row::Since],
        Row::Run => [Row::Run],
        Row::Process => [Row::Process],
        Row::Last => [Row::Last],
        Row::OpenCalls => [Row::OpenCalls],
        Row::ToBreak => [Row::ToBreak],
    )
}

fn spec() -> VolumeSpec {
    serde_json::from_str(r#"{"availability_zone":"az-1","volume_type":"SSD","size":40}"#).unwrap()
}

fn open_call() -> Operation {
    let create = Create {
        key: key(),
        slots: slot_set("1..2").iter().map(|slot| (slot, VolumeName::new("data").unwrap())).collect(),
        name: VolumeName::new("data").unwrap(),
        spec: spec().into(),
        api: CreateApi::default(),
        gone: BTreeMap::new(),
    };
    Operation {
        kind: Kind::Create(CreateCall { create, tag: OwnershipTag::Off, token: uuid::Uuid::nil() }),
        first_sent: None,
        progress: Progress::Intended,
        at: at(),
    }
}

fn ended_calls() -> Vec<EndedCreate> {
    let failure = Failure { code: "EVS.1034".to_owned(), reason: Reason::Told("no room".to_owned()) };
    let ends = samples!(End:
        End::Done => [End::Done],
        End::Refused(_) => [End::Refused(failure)],
        End::Absent => [End::Absent],
        End::GivenUp => [End::GivenUp],
    );
    let ended = |end| EndedCreate {
        key: key(),
        slots: slot_set("1..2"),
        moved: Default::default(),
        name: VolumeName::new("data").unwrap(),
        made: spec().made_as(),
        first_sent: None,
        at: at(),
        end,
    };
    ends.into_iter().map(ended).collect()
}

#[test]
fn what_orphans_says() {
    let mut told = Told::by("orphans");
    told.line("heads", &orphans::HEADS.join(" | "));
    told.line("none", orphans::NONE);
    let (open, ended) = (open_call(), ended_calls());
    let origins = samples!(Origin<'_>:
        Origin::Stateless => [Origin::Stateless],
        Origin::Foreign => [Origin::Foreign],
        Origin::Unknown => [Origin::Unknown],
        Origin::Open(_) => [Origin::Open(&open)],
        Origin::Ended(_) => ended.iter().map(Origin::Ended).collect::<Vec<_>>(),
    );
    for origin in origins {
        told.line("known", &orphans::known(&origin, &lineage("abcd2345")));
    }
    told.line("no state", &orphans::no_state(&stack(), path()));
    for volumes in [1, 2] {
        told.line(volumes, &orphans::in_doubt(volumes));
        told.line(volumes, &orphans::given_up(volumes));
    }
    told.end();
}

#[test]
fn what_plan_says() {
    let mut told = Told::by("plan");
    told.line("heads", &plan::DIFF_HEADS.join(" | "));
    let of_one = plan::of_one_stack();
    told.line("several", &format!("{} | {}", of_one.message, of_one.hint.unwrap()));
    told.line("no manifest", &plan::no_manifest(Path::new("state/shop.manifest")));
    told.end();
}

#[test]
fn what_rebuild_says() {
    use rebuild::Outcome;
    let mut told = Told::by("rebuild");
    told.line("heads", &rebuild::HEADS.join(" | "));
    told.line("beside", &rebuild::recorded_beside(&stack(), &StackName::new("other").unwrap()));
    told.line("rename", &rebuild::rename_it(&StackName::new("other").unwrap(), path()));
    for volumes in [1, 2] {
        told.line("another", &rebuild::of_another_stack(&stack(), &StackName::new("other").unwrap(), volumes));
    }
    told.line("another's way out", &rebuild::take_lineage(path(), &lineage("aaaaaaaa")));
    let lineage = lineage("abcd2345");
    let restored = |volumes| Outcome::Restored { volumes, lineage: &lineage, serial: 7 };
    let outcomes = samples!(Outcome<'_>:
        Outcome::NoVolume => [Outcome::NoVolume],
        Outcome::Restored { .. } => [restored(1), restored(2)],
        Outcome::NothingMissing => [Outcome::NothingMissing],
        Outcome::NothingCertain => [Outcome::NothingCertain],
    );
    for outcome in outcomes {
        told.line("outcome", &rebuild::outcome(&outcome, &stack()));
    }
    for volumes in [1, 2] {
        told.line(volumes, &rebuild::left(volumes));
    }
    told.line("requests", &rebuild::requests(&BTreeMap::from([("GET /a".to_owned(), 1), ("GET /b".to_owned(), 2)])));
    told.line("next", &rebuild::name_what_was_left(path()));
    let files = [PathBuf::from("shop.json"), PathBuf::from("shop.log")];
    told.line("one file", &rebuild::without_files(&files[..1], path()));
    told.line("two files", &rebuild::without_files(&files, path()));
    for unclear in unclear() {
        told.line("way out", &rebuild::way_out(&unclear, path()));
    }
    told.end();
}

fn unclear() -> Vec<Unclear> {
    let stack = || "shop".to_owned();
    let of = |states: &[&str]| states.iter().map(|state| (lineage(state), 2)).collect::<BTreeMap<_, _>>();
    let (recorded, other) = (|| lineage("abcd2345"), || lineage("zyxw7654"));
    samples!(Unclear:
        Unclear::Lineages { .. } => [
            Unclear::Lineages { stack: stack(), found: of(&["abcd2345", "zyxw7654"]) },
            Unclear::Lineages { stack: stack(), found: of(&["abcd2345", "zyxw7654", "mnop2345"]) },
        ],
        Unclear::NoSuch { .. } => [Unclear::NoSuch { stack: stack(), lineage: other(), found: of(&["abcd2345"]) }],
        Unclear::Recorded { .. } => [Unclear::Recorded { recorded: recorded(), lineage: other() }],
    )
}

#[test]
fn what_simulator_says() {
    let mut told = Told::by("simulator");
    for asks in [true, false] {
        told.line(asks, &simulator::reachable("192.0.2.1:80", asks));
    }
    told.line("neither", simulator::NO_FILE_AND_NO_KEY);
    told.line("form", simulator::FORM_OF_FILE);
    told.line("open", &simulator::open_to_others(Path::new("accounts.json")));
    told.line("unreadable", &simulator::cannot_read(Path::new("accounts.json")));
    told.end();
}

#[test]
fn what_state_says() {
    let mut told = Told::by("state");
    told.line("heads", &state::HEADS.join(" | "));
    told.line("none", state::NONE);
    for calls in [1, 2] {
        told.line(calls, &state::open_calls(calls));
    }
    told.line("no state", &state::no_state(&stack(), Path::new("state/shop.json")));
    for row in state_rows() {
        told.line(row, state::label(row));
    }
    told.line("protected", state::PROTECTED);
    told.line("made by", &state::made_by(&call()));
    for taint in taints() {
        told.line("tainted", &state::tainted(&taint));
    }
    told.line("none of these", state::NONE_OF_THESE);
    told.line("which are", state::WHICH_ARE);
    told.line("no state", state::NO_STATE);
    told.line("nothing there", &state::nothing_there(&"web[3]"));
    told.line("over first", &state::over_first(&call()));
    told.end();
}

#[test]
fn what_mv_says() {
    let mut told = Told::by("mv");
    told.line("mixed", mv::MIXED);
    told.line("mixed hint", mv::MIXED_HINT);
    told.line("not moved", &mv::not_moved(&address(), "why"));
    let to: Address = "new[1]".parse().unwrap();
    for why in [Why::MoveTaken { to: to.clone() }, Why::MoveSplits { to: to.clone(), call: call() }] {
        told.line("way", &mv::way_to_move(&why));
    }
    told.line("late", &mv::moved_late(&"old".parse().unwrap(), &"new".parse().unwrap(), 2));
    for id in [Some(volume_id()), None] {
        let step = Move { address: to.clone(), from: address(), id };
        told.line("moved", &mv::moved(&step));
        for from in [true, false] {
            told.line("against the manifest", &mv::moved_against_manifest(&step, from));
        }
    }
    told.end();
}

#[test]
fn what_rename_stack_says() {
    let mut told = Told::by("rename_stack");
    let old = StackName::new("old").unwrap();
    told.line("same", &rename_stack::same(&stack()));
    told.line("same hint", rename_stack::SAME_HINT);
    told.line("no state", &rename_stack::no_state(&old, Path::new("state")));
    told.line("no state hint", rename_stack::NO_STATE_HINT);
    for calls in [vec![&call()], vec![&call(), &call()]] {
        told.line("open", &rename_stack::open(&old, &calls));
    }
    for lacking in [0, 1, 7] {
        told.line("two", &rename_stack::two(&old, &stack(), &vec![address(); lacking]));
    }
    told.line("two hint", &rename_stack::two_hint(&old, Path::new("state/shop.json")));
    told.line("taken", &rename_stack::taken(&stack()));
    told.line("taken hint", &rename_stack::taken_hint(&stack()));
    told.line("open hint", &rename_stack::open_hint(&old));
    let [from, to] = ["state/.simulator/old.jsonl", "state/.simulator/shop.jsonl"].map(Path::new);
    told.line("two clouds", &rename_stack::two_clouds(from, to));
    told.line("two clouds hint", rename_stack::TWO_CLOUDS_HINT);
    told.line(
        "not moved",
        &rename_stack::not_moved(from, to, &std::io::Error::from(std::io::ErrorKind::NotADirectory)),
    );
    told.line("renamed", &rename_stack::renamed(&old, &stack(), 2, Path::new("state/shop.json")));
    told.end();
}

#[test]
fn what_rm_says() {
    let mut told = Told::by("rm");
    told.line("nothing named", rm::NOTHING_NAMED);
    told.line("name it", rm::NAME_IT);
    told.line("released", &rm::released(&address(), &volume_id()));
    told.line("asked for", &rm::released_and_asked_for(&address()));
    told.line("not released", &rm::not_released(&address(), &call()));
    told.line("untag", &rm::cannot_untag(&address()));
    told.line("not open", &rm::not_open(&call()));
    let other = CallId::new("k3q7x2mfa5").unwrap();
    for open in [vec![], vec![&other], vec![&other, &call()]] {
        told.line(open.len(), &rm::open(&open));
    }
    for taken in [vec![None], receipts().iter().map(Some).collect()].concat() {
        told.line(taken, &rm::gave_up(&call(), &open_call().kind, taken));
        let growth = Growth { id: volume_id(), agreed: None, from: 40, to: SizeGb::new(80).unwrap() };
        let volumes = [(address(), growth)].into();
        told.line(taken, &rm::gave_up(&call(), &Kind::Extend(Extend { volumes, way: Way::Batch }), taken));
    }
    let delete = Delete { address: address(), id: volume_id(), snapshots: BTreeSet::new() };
    told.line("delete", &rm::gave_up(&call(), &Kind::Delete(delete), None));
    told.end();
}

fn state_rows() -> Vec<state::Row> {
    use state::Row;
    samples!(Row:
        Row::Id => [Row::Id],
        Row::Name => [Row::Name],
        Row::Description => [Row::Description],
        Row::Status => [Row::Status],
        Row::Size => [Row::Size],
        Row::Type => [Row::Type],
        Row::Zone => [Row::Zone],
        Row::Protected => [Row::Protected],
        Row::MadeBy => [Row::MadeBy],
        Row::AgreedOn => [Row::AgreedOn],
    )
}

fn taints() -> Vec<Taint> {
    let leftover =
        |code: &str| Leftover { code: code.to_owned(), reason: Reason::Told("the pool is full".to_owned()), at: None };
    samples!(Taint:
        Taint::Failed(_) => [Taint::Failed(leftover("EVS.2024")), Taint::Failed(leftover(""))],
        Taint::Unlike(_) => [Taint::Unlike(Unlike { unlike: misfits() })],
        Taint::Unseen(_) => [Taint::Unseen(Unseen { unseen: NamedBy::Job })],
    )
}

fn receipts() -> Vec<Receipt> {
    samples!(Receipt:
        Receipt::Job(_) => [Receipt::Job(JobId::new("job-1").unwrap())],
        Receipt::Order(_) => [Receipt::Order(OrderId::new("order-1").unwrap())],
    )
}

#[test]
fn what_validate_says() {
    let mut told = Told::by("validate");
    for (volumes, keys) in [(1, 1), (2, 1), (3, 2)] {
        told.line((volumes, keys), &validate::valid(&stack(), volumes, keys));
    }
    for severity in [Severity::Error, Severity::Warning] {
        told.line(severity, validate::severity(severity));
    }
    told.line("hint", validate::HINT);
    for (errors, warnings) in [(0, 0), (1, 0), (0, 1), (2, 2)] {
        told.line((errors, warnings), &validate::counted(errors, warnings));
    }
    told.end();
}
