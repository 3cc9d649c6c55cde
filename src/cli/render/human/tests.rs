use super::super::fixture::{
    clean, create, drift, drifted, mark_lost, plan as plan_of, recreate, refusal, rename, resized, spec,
};
use super::super::markdown;
use super::*;
use crate::observed::Status;
use crate::operation::Failure;
use crate::plan::{About, Drifted, Flaw, Refusal, Resume, Sign, Stage, Step, Wanted, Why, Work};
use crate::volume::Field;
use crate::volume::{CallId, Description, EnterpriseProjectId, JobId, Metadata, Source, SourceId, Tags};
use proptest::prelude::*;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

const LOOK: Look = Look { width: 80, color: false };

fn sample() -> Plan {
    let ssd = spec("SSD", 800, "cn-north-4a");
    let mut plan = plan_of(vec![
        rename("web[1]", ("web", None), ("web-0001", None)),
        rename("db[1]", ("db-0001", Some("data of web")), ("db-0001", Some("logs of web"))),
        rename("db[2]", ("db-0002", Some("data of web")), ("db-0002", Some("logs of web"))),
        rename("log[1]", ("old-0001", None), ("log-0001", None)),
        rename("log[2]", ("old-0002", None), ("log-0002", None)),
        Step::Create(create("kafka-data", "kafka-data", 1..=100, ssd.clone())),
        Step::Create(create("kafka-data", "kafka-data", 101..=200, ssd.clone())),
        Step::Create(create("kafka-data", "kafka-data", 201..=250, ssd)),
        Step::Create(create("one", "named", [3], spec("SAS", 40, "cn-north-4b"))),
        Step::Resume(Resume {
            call: CallId::new("abcdefghij").unwrap(),
            stage: Stage::Job(JobId::new("70a599e0-31e7-49b7-b260-868f441e862b").unwrap()),
            wanted: true,
            renewed: false,
            work: Work::Create {
                tag: Default::default(),
                create: create("slow", "slow", 1..=5, spec("SAS", 40, "cn-north-4b")),
            },
        }),
        recreate(
            "web",
            &[(3, "b104b8db-31e7-49b7-b260-868f441e8003"), (4, "b104b8db-31e7-49b7-b260-868f441e8004")],
            spec("SAS", 40, "cn-north-4b"),
        ),
        clean("web[2]", "b104b8db-31e7-49b7-b260-868f441e8002", "the pool is full"),
    ]);
    plan.warnings.push(mark_lost("web[5]", "evsctl"));
    plan.drift = vec![
        drift("db[1]", Field::Size, 40, 80),
        drift("db[2]", Field::Size, 40, 80),
        drifted("web[3]", Drifted::Gone),
        drifted("web[4]", Drifted::Gone),
    ];
    plan.refusals = ["db[1]", "db[2]"].map(|address| resized(address, Wanted::Shrink, 80, 40)).into();
    plan
}

#[test]
fn a_plan_reads_from_what_may_hurt_to_what_it_costs() {
    let plan_text = plan(&sample(), LOOK);
    let (body, digest) = plan_text.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(
        body,
        "\
stack kafka-prod   serial 17   41 recorded, 41 in the cloud           cn-north-4
project 0123…cdef at https://evs.cn-north-4.myhuaweicloud.com

! web[3]              recreate  SAS 40 GB  cn-north-4b  b104b8db is gone
! web[4]              recreate  SAS 40 GB  cn-north-4b  b104b8db is gone
- web[2]              clean     b104b8db-31e7-49b7-b260-868f441e8002 was left by
                                a failed create: EVS.2024 the pool is full
? slow[1..5]          resume    5 x SAS 40 GB  cn-north-4b  job
                                70a599e0-31e7-49b7-b260-868f441e862b
~ db[1..2]            update    2 x description \"data of web\" -> \"logs of web\"
~ log[1..2]           rename    2 x \"old-NNNN\" -> \"log-NNNN\"
~ web[1]              rename    \"web\" -> \"web-0001\"            b104b8db
+ kafka-data[1..250]  create    250 x SSD 800 GB  cn-north-4a
                                3 calls, 150 renames
+ one[3]              create    SAS 40 GB  cn-north-4b  named \"named\"

drift: changed from outside
  db[1..2]   size  \"40 GB\" -> \"80 GB\"
  web[3..4]  are gone

refused: db[1..2] shrink (2 volumes): size: 80 GB -> 40 GB, which cannot be
  done in place
  to lift it: a volume only grows; put size of db back in the manifest as
    before, or write `size: 80`, as the cloud shows them, or leave it alone:
    lifecycle: {ignore: [size]}

warning: web[5] (b104b8db) does not carry the ownership tag \"evsctl\" that
  marks it as this stack's, and it carries too many others for that to be set;
  take one off in the console

251 to create, 3 to change, 0 to destroy, 2 to recreate, 1 to clean, 5 to
  resume, 27 unchanged, 2 refused
calls: 5 create, 157 update, 1 delete, 5 list, 1 show, 1 snapshot list, about
  20 polls
recreating needs --allow-recreate 2"
    );
    assert_eq!(digest, format!("changes {}", sample().changes()));
}

#[test]
fn a_short_row_keeps_its_note_beside_it() {
    let plan_of = plan_of(vec![
        Step::Create(create("a", "a", [2, 3], spec("SSD", 40, "az1"))),
        Step::Create(create("b", "b", [1, 2], spec("SAS", 4000, "az1"))),
    ]);
    let text = plan(&plan_of, LOOK);
    let rows: Vec<&str> = text.lines().skip(3).take(2).collect();
    assert_eq!(
        rows,
        [
            "+ a[2..3]  create  2 x SSD 40 GB  az1    1 call, 2 renames",
            "+ b[1..2]  create  2 x SAS 4000 GB  az1  1 call"
        ]
    );
}

#[test]
fn a_rename_that_stands_alone_shows_its_number() {
    let text = plan(&plan_of(vec![rename("log[7]", ("old-0007", None), ("log-0007", None))]), LOOK);
    assert!(text.contains("~ log[7]  rename  \"old-0007\" -> \"log-0007\"  b104b8db\n"), "{text}");
}

#[test]
fn an_empty_plan_is_one_line() {
    let mut empty = plan_of(Vec::new());
    for (unchanged, line) in [
        (27, "nothing to do: 27 volumes are as desired\n"),
        (1, "nothing to do: 1 volume is as desired\n"),
        (0, "nothing to do: there are no volumes\n"),
    ] {
        empty.unchanged = unchanged;
        assert_eq!(plan(&empty, LOOK), line);
    }
    empty.unchanged = 3;
    empty.scope = Scope::Targeted;
    assert_eq!(plan(&empty, LOOK), "nothing to do: 3 targeted volumes are as desired\n");
}

#[test]
fn an_empty_plan_still_tells_drift_and_refusals() {
    let mut plan_of = plan_of(Vec::new());
    plan_of.refusals = sample().refusals;
    let text = plan(&plan_of, LOOK);
    assert!(text.starts_with("stack kafka-prod"), "{text}");
    assert!(text.ends_with("\n\nnothing is done: 2 refused, 27 unchanged\n"), "{text}");
}

#[test]
fn before_the_first_apply_there_is_no_serial_and_offline_no_cloud() {
    let mut plan_of = plan_of(vec![Step::Create(create("a", "a", [1], spec("SSD", 40, "az1")))]);
    plan_of.basis.lineage = None;
    plan_of.recorded = 0;
    plan_of.observed = None;
    plan_of.cloud.region = None;
    let text = plan(&plan_of, LOOK);
    assert!(
        text.starts_with(
            "stack kafka-prod   no state yet   0 recorded, the cloud not asked\n\
             project 0123…cdef at https://evs.cn-north-4.myhuaweicloud.com\n\n"
        ),
        "{text}"
    );
    let wide = plan(&plan_of, Look { width: 100, color: false });
    let whole = "\nproject 0123456789abcdef0123456789abcdef at https://evs.cn-north-4.myhuaweicloud.com\n";
    assert!(wide.contains(whole), "{wide}");
    plan_of.cloud.endpoint = crate::state::CloudId::SIMULATOR.to_owned();
    let simulated = plan(&plan_of, LOOK);
    assert!(
        simulated.lines().next().unwrap().ends_with("  simulator") && !simulated.contains("project"),
        "{simulated}"
    );
}

#[test]
fn everything_that_is_bought_is_shown_and_alike_ones_still_fold() {
    let pairs =
        |all: &[(&str, &str)]| all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut full = (*spec("SSD", 40, "az1")).clone();
    full.multiattach = true;
    full.source = Source::Snapshot(SourceId::new("s-1").unwrap());
    full.description = Some(Description::new("for the \u{1b}logs").unwrap());
    full.enterprise_project_id = Some(EnterpriseProjectId::new("0").unwrap());
    full.tags = Tags::new(pairs(&[("team", "data"), ("note", "")])).unwrap();
    full.metadata = Metadata::new(pairs(&[
        (Metadata::ENCRYPTED, "1"),
        (Metadata::CMK_ID, "37b0d52e-c249-40d6-83cb-2b93f22445bd"),
        (Metadata::PASSTHROUGH, "true"),
        (Metadata::FULL_CLONE, "0"),
    ]))
    .unwrap();
    let full = std::sync::Arc::new(full);
    let steps = [1..=100, 101..=150].map(|slots| Step::Create(create("a", "a", slots, full.clone())));
    let mut steps = steps.to_vec();
    steps.push(recreate("b", &[(2, "b104b8db-31e7")], full));
    let text = plan(&plan_of(steps), LOOK);
    let rows: Vec<&str> = text.lines().skip(3).take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        rows,
        [
            "! b[2]       recreate  SSD 40 GB  az1  b104b8db is gone",
            "                       from snapshot s-1, linked clone, multiattach, encrypted",
            "                       with key 37b0d52e-c249-40d6-83cb-2b93f22445bd, SCSI,",
            "                       enterprise project 0, tags note=, team=data, description",
            "                       \"for the \\u{1b}logs\"",
            "+ a[1..150]  create    150 x SSD 40 GB  az1  2 calls, 50 renames",
            "                       from snapshot s-1, linked clone, multiattach, encrypted",
            "                       with key 37b0d52e-c249-40d6-83cb-2b93f22445bd, SCSI,",
            "                       enterprise project 0, tags note=, team=data, description",
            "                       \"for the \\u{1b}logs\"",
        ]
    );
}

#[test]
fn several_are_spoken_of_as_several() {
    let mut plan_of = plan_of(Vec::new());
    let gone = Why::DeletePrepaid;
    plan_of.refusals = ["a[1]", "a[2]", "b[1]"].map(|address| refusal(address, gone.clone())).into();
    let text = plan(&plan_of, Look { width: 200, color: false });
    assert!(text.contains("delete (3 volumes): they are not asked for any more, and they are prepaid"), "{text}");
    assert!(text.contains("let the manifest ask for them again"), "{text}");
}

#[test]
fn an_address_that_is_refused_twice_counts_once() {
    let mut plan_of = plan_of(Vec::new());
    let bad = Why::UnusableStatus { status: Status::Error };
    plan_of.refusals = vec![resized("a[1]", Wanted::Extend, 40, 80), refusal("a[1]", bad)];
    assert_eq!(plan_of.summary().refused, 1);
    assert!(plan(&plan_of, LOOK).ends_with("nothing is done: 1 refused, 27 unchanged\n"));
    assert!(markdown::plan(&plan_of).contains("#### Refused (1)\n"));
}

#[test]
fn colour_comes_only_when_asked_for_and_changes_no_word() {
    let one = sample();
    let colored = plan(&one, Look { width: 80, color: true });
    assert!(colored.contains("\u{1b}[1m\u{1b}[31mrecreate"), "{colored:?}");
    let plain = plan(&one, LOOK);
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}

#[test]
fn many_items_are_cut_and_those_that_may_hurt_are_not() {
    let mut steps: Vec<Step> = (1..=300).map(|n| rename(&format!("k{n}[1]"), ("x", None), ("y", None))).collect();
    steps.extend((1..=300).map(|n| clean(&format!("w[{n}]"), &format!("id{n}"), "full")));
    let text = plan(&plan_of(steps), LOOK);
    assert_eq!(text.lines().filter(|line| line.starts_with("- w[")).count(), 300);
    assert_eq!(text.lines().filter(|line| line.starts_with("~ k")).count(), 200);
    assert!(text.contains("\n… and 100 more; --format json shows all\n"));
}

#[test]
fn scattered_slots_do_not_make_an_endless_address() {
    let steps = (1..=5000).map(|n| rename(&format!("web[{}]", n * 2), ("x", None), ("y", None))).collect();
    let text = plan(&plan_of(steps), LOOK);
    assert!(text.contains("~ web[2,4,6,8,10,12,14,16,18,20,22,24,26,28,...]\n"), "{text}");
    assert!(text.contains("5000 x \"x\" -> \"y\""), "{text}");
}

fn widths_hold(text: &str) -> Result<(), String> {
    for line in text.lines() {
        if line.width() > 80 {
            return Err(format!("{} columns: {line:?}", line.width()));
        }
        if let Some(c) = line.chars().find(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')) {
            return Err(format!("{c:?} in {line:?}"));
        }
    }
    Ok(())
}

/// A plan in which every text that others choose is this one, as far as its type allows it.
fn hostile(wild: &str) -> Plan {
    let named: String = wild.chars().filter(|c| !c.is_control()).scan(0, cut_at(200)).collect();
    let named = if named.is_empty() { "x".to_owned() } else { named };
    let described: String = wild.chars().scan(0, cut_at(255)).collect();
    let word: String = named.chars().filter(|c| !c.is_whitespace()).collect();
    let word = if word.is_empty() { "z".to_owned() } else { word };
    let key = "k".repeat(255);
    let mut plan = sample();
    plan.cloud.region = Some(wild.to_owned());
    plan.warnings.push(mark_lost("a[1]", wild));
    plan.drift.push(drift("a[1]", Field::Name, wild, wild));
    let shown = |status: &str| Why::NamedNotUsable { status: Status::new(status) };
    let flaw = Flaw::Failed(Failure { code: String::new(), reason: wild.to_owned().into() });
    let sign = Sign::Attached(vec![wild.to_owned(); 2]);
    plan.refusals.extend([
        resized("a[1]", Wanted::Extend, 40, 80),
        refusal("a[2]", shown(wild)),
        refusal(&format!("{key}[4294967295]"), shown(wild)),
        refusal("a[3]", Why::MayBeUsed { flaw, sign }),
        Refusal {
            about: About::Stack { withheld: BTreeMap::new() },
            id: None,
            why: Why::StateLost { volumes: Vec::new(), tag: wild.to_owned() },
            unwanted: None,
        },
    ]);
    plan.steps.extend([
        rename(&format!("{key}[4294967295]"), (wild, Some(&described)), (&named, Some("x"))),
        rename("short[1]", ("a", Some("y")), (&named, Some(&described))),
        Step::Create(create(&key, &named, (1..300).map(|n| n * 7), spec(&word, 40, &word))),
        Step::Create(create("c", &named, [9], spec(&word, 40, &word))),
        clean("c[9]", "id", wild),
    ]);
    plan
}

/// Lets characters through as long as they take that many bytes together.
fn cut_at(most: usize) -> impl FnMut(&mut usize, char) -> Option<char> {
    move |used, c| {
        *used += c.len_utf8();
        (*used <= most).then_some(c)
    }
}

#[test]
fn wild_names_stay_within_the_page() {
    for wild in [
        "卷".repeat(85),
        "x".repeat(255),
        "a b ".repeat(60),
        "\u{202e}\u{1b}[2J\r\n".repeat(20),
        "❤\u{fe0f}".repeat(40),
        "👩\u{200d}👩\u{200d}👧".repeat(10),
        " ".repeat(255),
        String::new(),
    ] {
        for color in [false, true] {
            let text = plan(&hostile(&wild), Look { width: 80, color });
            widths_hold(&anstream::adapter::strip_str(&text).to_string()).unwrap();
        }
    }
}

#[test]
fn a_hundred_thousand_items_take_no_longer_than_they_must() {
    let steps = (1..=100_000).map(|n| rename(&format!("w[{n}]"), (&format!("n{n}"), None), ("y", None))).collect();
    let plan_of = plan_of(steps);
    let begin = std::time::Instant::now();
    let text = plan(&plan_of, LOOK);
    assert!(text.contains("… and 99800 more"));
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_steers_the_terminal_or_leaves_the_page(wild in "\\PC{0,80}|(?s:.{0,80})") {
        let text = plan(&hostile(&wild), LOOK);
        prop_assert_eq!(widths_hold(&text), Ok(()));
    }
}
