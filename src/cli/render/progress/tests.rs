use super::*;
use crate::cli::ui::testing::{Kept, ui};
use crate::observed::JobStatus;
use crate::operation::Failure;
use crate::plan::{Action, Scope};
use crate::volume::{CallId, JobId, Key, OrderId, Receipt, VolumeId};

fn job(id: &str) -> JobId {
    JobId::new(id).unwrap()
}

fn finished(exit: u8, reason: Option<&str>, converged: bool) -> Event {
    Event::Finished {
        exit,
        reason: reason.map(str::to_owned),
        converged,
        scope: Scope::All,
        created: 2,
        updated: 1,
        replaced: 0,
        deleted: 0,
        adopted: 0,
        forgotten: 0,
        resumed: 0,
        failed: u64::from(exit == 3),
        calls: [("POST /v3/{project_id}/cloudvolumes".to_owned(), 1), ("GET x".to_owned(), 4)].into(),
        unfinished: u64::from(exit == 7),
        orders: Default::default(),
        next: None,
    }
}

fn run() -> Vec<Event> {
    let key = || Key::new("web").unwrap();
    vec![
        Event::Started { stack: "kafka-prod".to_owned(), serial: 18, changes: "sha256:00".to_owned(), volumes: 3 },
        Event::Accepted {
            call: CallId::new("abcdefghij").unwrap(),
            job_id: job("j1"),
            key: key(),
            slots: "1..2".to_owned(),
        },
        Event::Job { job_id: job("j1"), status: JobStatus::Running, ended: 1, of: 2, seconds: 3.5 },
        Event::Retrying { request: "GET /v1/x".to_owned(), reason: "429 \u{1b}[2J".to_owned(), after_ms: 1500 },
        Event::Created {
            address: "web[1]".parse().unwrap(),
            id: VolumeId::new("v1").unwrap(),
            name: "web-0001".to_owned(),
            wanted: None,
        },
        Event::Job { job_id: job("j1"), status: JobStatus::Fail, ended: 2, of: 2, seconds: 9.0 },
        Event::Failed {
            action: Action::Create,
            key: key(),
            slots: "2".to_owned(),
            id: Some(VolumeId::new("v2").unwrap()),
            failure: Failure { code: "EVS.2024".to_owned(), reason: "the pool is full".to_owned() },
            request_id: Some("req-1".to_owned()),
        },
        Event::Done { action: Action::Rename, address: "web[1]".parse().unwrap(), id: VolumeId::new("v1").unwrap() },
        Event::Unfinished {
            receipt: Some(Receipt::Job(job("j2"))),
            key: key(),
            slots: "3".to_owned(),
            reason: "30 m are over".to_owned(),
        },
        finished(3, Some("1 step failed"), false),
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
repeating GET /v1/x in 1 s: 429 \\u{1b}[2J
created: web[1] \"web-0001\", id v1
failed: create web[2]: EVS.2024 the pool is full (request req-1); volume v2 was left behind
  next: run `evsctl apply` again: it removes what was left and creates anew
renamed: web[1], id v1
unfinished: web[3], job j2: 30 m are over
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
    assert_eq!(first, ["repeating GET /v1/x in 1 s", "failed", "  next", "unfinished"]);
}

#[test]
fn the_next_step_is_told_once_for_each_code() {
    let (ui, _, err) = ui(false, "");
    let mut reporter = Reporter::new(std::sync::Arc::new(ui), Format::Human);
    for code in ["EVS.1042", "EVS.2024", "EVS.1042", "EVS.9999", "", "EVS.2024"] {
        reporter.event(&Event::Failed {
            action: Action::Create,
            key: Key::new("web").unwrap(),
            slots: "2".to_owned(),
            id: None,
            failure: Failure { code: code.to_owned(), reason: "no".to_owned() },
            request_id: None,
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
    assert_eq!(lines[8], "still waiting for 1 job, 0 of 3 volumes done, 1 m 30 s");
    // Without a job under way there is nothing to say.
    reporter.event(&Event::Job { job_id: job("j1"), status: JobStatus::Success, ended: 2, of: 2, seconds: 96.0 });
    reporter.tick(Duration::from_secs(300));
    assert_eq!(err.text(), text);
}

#[test]
fn the_report_says_what_to_do_next() {
    for (event, lines) in [
        (
            finished(0, None, true),
            vec!["2 created, 1 changed; 5 requests", "converged: planning again finds nothing to do"],
        ),
        (
            finished(3, Some("1 step failed"), false),
            vec![
                "2 created, 1 changed, 1 failed; 5 requests",
                "1 step failed",
                "some steps failed: fix the causes named above, then run the same command again",
            ],
        ),
        (
            finished(7, None, false),
            vec![
                "2 created, 1 changed, 1 call still open; 5 requests",
                "not converged yet: run the same command again to resume",
            ],
        ),
    ] {
        assert_eq!(report(&event), lines);
    }
    assert!(report(&run()[0]).is_empty());
    for (exit, line) in [
        (3, "some steps failed: fix the causes named above, then run `evsctl apply . --approve x`"),
        (6, "not converged: put credentials and permissions right, then run `evsctl apply . --approve x`"),
        (7, "not converged yet: run `evsctl apply . --approve x` to resume"),
        (143, "interrupted: everything is recorded; run `evsctl apply . --approve x` to resume"),
    ] {
        let mut event = finished(exit, None, false);
        if let Event::Finished { next, .. } = &mut event {
            *next = Some("evsctl apply . --approve x".to_owned());
        }
        assert_eq!(report(&event).last().map(String::as_str), Some(line));
    }
}

#[test]
fn the_report_never_says_that_nothing_was_changed_where_something_may_have_been() {
    for (call, open, line) in [
        ("GET x", 0, "nothing was changed in the cloud; 1 request"),
        ("POST x", 0, "nothing is known to be done yet; 1 request"),
        ("POST x", 2, "2 calls still open; 1 request"),
    ] {
        let mut event = finished(7, None, false);
        if let Event::Finished { created, updated, unfinished, calls, .. } = &mut event {
            (*created, *updated, *unfinished, *calls) = (0, 0, open, [(call.to_owned(), 1)].into());
        }
        assert_eq!(report(&event)[0], line);
    }
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
    assert_eq!(serde_json::to_value(&event).unwrap()["wanted"], "web-0004");
}

#[test]
fn an_order_is_told_with_who_pays_it() {
    let ordered = |auto_pay| Event::Ordered {
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
        reason: "it is not paid".to_owned(),
    };
    assert_eq!(line(&left), "unfinished: web[1..2], order CS1: it is not paid");
    let json = |event: &Event| serde_json::to_string(event).unwrap();
    assert_eq!(
        json(&ordered(true)),
        r#"{"event":"ordered","call":"abcdefghij","order_id":"CS1","key":"web","slots":"1..2","auto_pay":true}"#
    );
    assert_eq!(
        json(&left),
        r#"{"event":"unfinished","order_id":"CS1","key":"web","slots":"1..2","reason":"it is not paid"}"#
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
    let mut end = finished(7, Some("1 order not seen to be done"), false);
    if let Event::Finished { orders, .. } = &mut end {
        orders.insert(OrderId::new("CS1").unwrap());
    }
    assert_eq!(report(&end)[1], "open in the billing console: CS1");
    assert!(serde_json::to_string(&end).unwrap().ends_with(r#""unfinished":1,"orders":["CS1"]}"#));
    assert!(!serde_json::to_string(&finished(7, None, false)).unwrap().contains("orders"));
}
