mod count;

use super::*;
use crate::apply::event::Total;
use crate::apply::why::{Again, Cause, Open, Short};
use crate::cli::ui::testing::{Kept, ui};
use crate::evs::{Error, Kind, Meaning, Said, Unsent};
use crate::observed::JobStatus;
use crate::operation::Failure;
use crate::plan::{Scope, Verb};
use crate::volume::{CallId, Field, JobId, Key, OrderId, Receipt, VolumeId};

fn job(id: &str) -> JobId {
    JobId::new(id).unwrap()
}

fn total(exit: u8, why: Option<Short>, converged: bool) -> Total {
    Total {
        exit,
        destroys: false,
        why,
        converged,
        scope: Scope::All,
        created: 2,
        updated: 1,
        replaced: 0,
        deleted: 0,
        adopted: 0,
        imported: 0,
        forgotten: 0,
        resumed: 0,
        failed: u64::from(exit == 3),
        calls: [("POST /v3/{project_id}/cloudvolumes".to_owned(), 1), ("GET x".to_owned(), 4)].into(),
        seconds: 72.4567,
        unfinished: u64::from(exit == 7),
        orders: Default::default(),
        next: None,
    }
}

fn refused(code: &str, message: &str, request_id: Option<&str>) -> Cause {
    let kind = Kind::Refused {
        meaning: Meaning::Conflict,
        status: 400,
        code: code.to_owned(),
        message: Said::Words(message.to_owned()),
        request_id: request_id.map(str::to_owned),
        clock: None,
    };
    Cause::Call(Error::new("POST /x", kind))
}

fn run() -> Vec<Event> {
    let key = || Key::new("web").unwrap();
    vec![
        Event::Started { stack: "kafka-prod".to_owned(), serial: 18, changes: "sha256:00".to_owned(), volumes: 3 },
        Event::Accepted {
            verb: Verb::Create,
            call: CallId::new("abcdefghij").unwrap(),
            job_id: job("j1"),
            key: key(),
            slots: "1..2".to_owned(),
        },
        Event::Job { job_id: job("j1"), status: JobStatus::Running, ended: 1, of: 2, seconds: 3.5 },
        Event::Retrying {
            request: "GET /v1/x".to_owned(),
            why: Again::Met(Kind::NotSent(Unsent::words("429 \u{1b}[2J"))),
            after: Duration::from_millis(1500),
        },
        Event::Created {
            address: "web[1]".parse().unwrap(),
            id: VolumeId::new("v1").unwrap(),
            name: "web-0001".to_owned(),
            wanted: None,
        },
        Event::Job { job_id: job("j1"), status: JobStatus::Fail, ended: 2, of: 2, seconds: 9.0 },
        Event::Failed {
            verb: Verb::Create,
            key: key(),
            slots: "2".to_owned(),
            id: Some(VolumeId::new("v2").unwrap()),
            cause: refused("EVS.2024", "the pool is full", Some("req-1")),
        },
        Event::Done {
            verb: Verb::Rename,
            address: "web[1]".parse().unwrap(),
            id: Some(VolumeId::new("v1").unwrap()),
            fields: vec![Field::Name, Field::Description],
        },
        Event::Unfinished {
            receipt: Some(Receipt::Job(job("j2"))),
            key: key(),
            slots: "3".to_owned(),
            why: Open::JobLate,
        },
        Event::Finished(total(3, Some(Short::Failed(1)), false)),
    ]
}

fn told(terminal: bool, format: Format) -> (Kept, Kept) {
    let (ui, out, err) = ui(terminal, "");
    let mut reporter = Reporter::new(std::sync::Arc::new(ui), format);
    for event in run() {
        reporter.event(&event);
    }
    drop(reporter);
    (out, err)
}

#[test]
fn a_pipe_gets_one_line_for_each_event_worth_reading() {
    let (out, err) = told(false, Format::Human);
    assert_eq!(out.text(), "");
    assert_eq!(
        err.text(),
        "\
applying kafka-prod: 3 volumes
accepted: create web[1..2], job j1
repeating GET /v1/x in 2 s: no connection: 429 \\u{1b}[2J
created: web[1] \"web-0001\", id v1
failed: create web[2]: EVS.2024 the pool is full (request req-1); volume v2 was left behind
  next: run `evsctl apply` again: it removes what was left and creates anew
renamed: web[1], id v1
unfinished: web[3], job j2: its job had not ended in time
"
    );
}

#[test]
fn json_is_one_event_a_line_and_alone_on_stdout() {
    let (out, err) = told(true, Format::Json);
    assert_eq!(err.text(), "");
    let text = out.text();
    let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), run().len());
    assert_eq!(events[6]["code"], "EVS.2024");
    assert_eq!(events[6]["request_id"], "req-1");
    assert_eq!(events[9]["event"], "finished");
}

#[test]
fn a_terminal_gets_the_lines_that_must_not_be_missed() {
    let (out, err) = told(true, Format::Human);
    assert_eq!(out.text(), "");
    let text = err.text();
    let first: Vec<&str> = text.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(first, ["repeating GET /v1/x in 2 s", "failed", "  next", "unfinished"]);
}

#[test]
fn the_next_step_is_told_once_for_each_code() {
    let (ui, _, err) = ui(false, "");
    let mut reporter = Reporter::new(std::sync::Arc::new(ui), Format::Human);
    for code in ["EVS.1042", "EVS.2024", "EVS.1042", "EVS.9999", "", "EVS.2024"] {
        reporter.event(&Event::Failed {
            verb: Verb::Create,
            key: Key::new("web").unwrap(),
            slots: "2".to_owned(),
            id: None,
            cause: Cause::Failed(Failure { code: code.to_owned(), reason: "no".to_owned().into() }),
        });
    }
    let text = err.text();
    let steps: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.starts_with("  next: ")).map(|(at, _)| at).collect();
    assert_eq!((steps, text.lines().count()), (vec![1, 3], 8), "{text}");
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
}

#[test]
fn a_pipe_hears_every_ten_seconds_that_there_is_something_to_wait_for() {
    let (ui, _, err) = ui(false, "");
    let mut reporter = Reporter::new(std::sync::Arc::new(ui), Format::Human);
    for event in run().iter().take(2) {
        reporter.event(event);
    }
    for second in 0..=95 {
        reporter.tick(Duration::from_secs(second));
    }
    let text = err.text();
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(lines.len(), 9);
    assert_eq!(lines[0], "still waiting for 1 job, 0 of 3 volumes done, 10 s");
    assert_eq!(lines[8], "still waiting for 1 job, 0 of 3 volumes done, 1 min 30 s");
    // Without a job under way there is nothing to say.
    reporter.event(&Event::Job { job_id: job("j1"), status: JobStatus::Success, ended: 2, of: 2, seconds: 96.0 });
    reporter.tick(Duration::from_secs(300));
    assert_eq!(err.text(), text);
}

#[test]
fn the_report_says_what_to_do_next() {
    for (event, lines) in [
        (
            total(0, None, true),
            vec![
                "2 created, 1 changed; 1 min 12 s, 5 requests: 1 create, 4 GET x",
                "converged: planning again finds nothing to do",
            ],
        ),
        (
            total(3, Some(Short::Failed(1)), false),
            vec![
                "2 created, 1 changed, 1 failed; 1 min 12 s, 5 requests: 1 create, 4 GET x",
                "1 volume failed",
                "some steps failed: fix the causes named above, then run the same command again",
            ],
        ),
        (
            total(7, None, false),
            vec![
                "2 created, 1 changed, 1 call still open; 1 min 12 s, 5 requests: 1 create, 4 GET x",
                "not converged yet: run the same command again to resume",
            ],
        ),
    ] {
        assert_eq!(report(&event), lines);
    }
    for (exit, line) in [
        (3, "some steps failed: fix the causes named above, then run `evsctl apply . --approve x`"),
        (6, "not converged: put credentials and permissions right, then run `evsctl apply . --approve x`"),
        (7, "not converged yet: run `evsctl apply . --approve x` to resume"),
        (143, "interrupted: everything is recorded; run `evsctl apply . --approve x` to resume"),
    ] {
        let next = Some("evsctl apply . --approve x".to_owned());
        let event = Total { next, ..total(exit, None, false) };
        assert_eq!(report(&event).last().map(String::as_str), Some(line));
    }
}

#[test]
fn the_report_never_says_that_nothing_was_changed_where_something_may_have_been() {
    for (call, open, line) in [
        ("GET x", 0, "nothing was changed in the cloud; 1 min 12 s, 1 request: 1 GET x"),
        ("POST x", 0, "nothing is known to be done yet; 1 min 12 s, 1 request: 1 POST x"),
        ("POST x", 2, "2 calls still open; 1 min 12 s, 1 request: 1 POST x"),
    ] {
        let calls = [(call.to_owned(), 1)].into();
        let event = Total { created: 0, updated: 0, unfinished: open, calls, ..total(7, None, false) };
        assert_eq!(report(&event)[0], line);
    }
}

#[test]
fn the_report_names_the_calls_as_a_plan_does() {
    let calls = [
        ("GET /v1/{project_id}/jobs/{job_id}", 30),
        ("GET /v2/{project_id}/cloudvolumes/detail", 4),
        ("POST /v2.1/{project_id}/cloudvolumes", 1),
        ("POST /v3/{project_id}/cloudvolumes", 1),
        ("POST /v3/auth/tokens", 1),
        ("PUT /v2/{project_id}/cloudvolumes/{volume_id}", 5),
    ];
    let calls = calls.map(|(call, n)| (call.to_owned(), n)).into();
    let told = report(&Total { calls, seconds: 0.34, ..total(0, None, true) });
    let named = "2 create, 5 update, 4 list, 30 polls, 1 POST /v3/auth/tokens";
    assert_eq!(told[0], format!("2 created, 1 changed; 340 ms, 42 requests: {named}"));
    let nothing = Total { calls: Default::default(), created: 0, updated: 0, seconds: 0.0, ..total(130, None, false) };
    assert_eq!(report(&nothing)[0], "nothing was changed in the cloud; 0 ms, 0 requests");
}

#[test]
fn a_volume_that_has_another_ones_name_for_now_is_told_by_its_own() {
    let event = Event::Created {
        address: "web[4]".parse().unwrap(),
        id: VolumeId::new("v1").unwrap(),
        name: "web-0001".to_owned(),
        wanted: Some("web-0004".to_owned()),
    };
    assert_eq!(lines::line(&event).unwrap(), "created: web[4] id v1, to be named \"web-0004\"");
    assert!(document::event::line(&event).contains(r#""wanted":"web-0004""#));
}

#[test]
fn an_order_is_told_with_who_pays_it() {
    let ordered = |auto_pay| Event::Ordered {
        verb: Verb::Create,
        call: CallId::new("abcdefghij").unwrap(),
        order_id: OrderId::new("CS1").unwrap(),
        key: Key::new("web").unwrap(),
        slots: "1..2".to_owned(),
        auto_pay,
    };
    let line = |event: &Event| lines::line(event).unwrap();
    assert_eq!(line(&ordered(false)), "ordered: create web[1..2], order CS1: pay it in the billing console");
    assert_eq!(line(&ordered(true)), "ordered: create web[1..2], order CS1: it pays itself");
    let left = Event::Unfinished {
        receipt: Some(Receipt::Order(OrderId::new("CS1").unwrap())),
        key: Key::new("web").unwrap(),
        slots: "1..2".to_owned(),
        why: Open::NotUsable,
    };
    assert_eq!(line(&left), "unfinished: web[1..2], order CS1: its volumes were not usable in time");
    let json = |event: &Event| document::event::line(event);
    assert_eq!(
        json(&ordered(true)),
        r#"{"event":"ordered","action":"create","call":"abcdefghij","order_id":"CS1","key":"web","slots":"1..2","auto_pay":true}"#
            .to_owned()
            + "\n"
    );
    assert_eq!(
        json(&left),
        r#"{"event":"unfinished","order_id":"CS1","key":"web","slots":"1..2","reason":"its volumes were not usable in time","why":"not-usable"}"#
            .to_owned()
            + "\n"
    );
    // On a terminal too it must not be missed, and somebody still waits for it.
    let (ui, _, err) = ui(true, "");
    let mut reporter = Reporter::new(std::sync::Arc::new(ui), Format::Human);
    reporter.event(&ordered(false));
    assert!(err.text().contains("order CS1"), "{}", err.text());
    assert!(lines::still_waiting(&reporter.seen, Duration::from_secs(10)).starts_with("still waiting for 1 order, "));
    reporter.event(&left);
    assert!(reporter.seen.orders.is_empty());
}

#[test]
fn the_report_names_the_open_orders() {
    let orders = [OrderId::new("CS1").unwrap()].into();
    let end = Total { orders, ..total(7, Some(Short::Unfinished { jobs: 0, orders: 1 }), false) };
    assert_eq!(report(&end)[1], "open in the billing console: CS1");
    let json = |total| document::event::line(&Event::Finished(total));
    assert!(json(end).ends_with("\"seconds\":72.457,\"unfinished\":1,\"orders\":[\"CS1\"]}\n"));
    assert!(!json(total(7, None, false)).contains("orders"));
}

#[test]
fn a_change_of_the_description_alone_is_told_as_what_it_is() {
    let done = |verb, fields| Event::Done {
        verb,
        address: "data[1]".parse().unwrap(),
        id: Some(VolumeId::new("v1").unwrap()),
        fields,
    };
    let line = |event: &Event| lines::line(event).unwrap();
    let updated = done(Verb::Update, vec![Field::Description]);
    assert_eq!(line(&updated), "updated: data[1] description, id v1");
    assert_eq!(
        document::event::line(&updated).trim_end(),
        r#"{"event":"done","action":"update","address":"data[1]","id":"v1","fields":["description"]}"#
    );
    assert_eq!(line(&done(Verb::Rename, vec![Field::Name])), "renamed: data[1], id v1");
    assert_eq!(line(&done(Verb::Clean, Vec::new())), "cleaned: data[1], id v1");
}
