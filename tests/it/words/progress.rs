//! The words of an apply: every event as a line, every reason in it, and the report at the end.

use super::is_kept;
use super::samples::{address, at, call, key, misfits, not_ours, not_own, text, volume_id};
use evsctl::apply::event::{Event, Total};
use evsctl::apply::why::{Again, Cause, Doubt, Incomplete, NotCleaned, NotDeleted, NotDone, Open, Short, Unpaid};
use evsctl::evs::{Error, Kind, Meaning, NoConnection, Nonsense, Said, Unsent};
use evsctl::observed::{JobStatus, Status};
use evsctl::operation::settle::{End, Evidence, Seen, Why};
use evsctl::operation::{Failure, Reason, Unproved};
use evsctl::plan::{self, Scope, Verb};
use evsctl::volume::{Field, JobId, OrderId, Receipt, SnapshotId};
use evsctl::{document, words};
use std::fmt::Write as _;
use std::time::Duration;

fn job() -> JobId {
    JobId::new("j-1").unwrap()
}

fn order() -> OrderId {
    OrderId::new("CS1").unwrap()
}

fn refused() -> Kind {
    Kind::Refused {
        meaning: Meaning::Conflict,
        status: 400,
        code: text("EVS.2024"),
        message: Said::Words(text("no room")),
        clock: None,
        request_id: Some(text("r-1")),
    }
}

fn error() -> Error {
    Error::new("GET /v2/{project_id}/x", refused())
}

fn reasons() -> Vec<Reason> {
    samples!(Reason:
        Reason::Told(_) => [Reason::Told(text("volume is error!"))],
        Reason::Unexplained => [Reason::Unexplained],
        Reason::Broken => [Reason::Broken],
        Reason::Unwanted => [Reason::Unwanted],
    )
}

fn not_cleaned() -> Vec<NotCleaned> {
    samples!(NotCleaned:
        NotCleaned::Back(_) => [NotCleaned::Back(Status::Error)],
        NotCleaned::WasUsed => [NotCleaned::WasUsed],
        NotCleaned::Usable(_) => [NotCleaned::Usable(Status::Available)],
        NotCleaned::Attached => [NotCleaned::Attached],
        NotCleaned::NotBroken(_) => [NotCleaned::NotBroken(Status::Creating)],
        NotCleaned::Prepaid => [NotCleaned::Prepaid],
        NotCleaned::Unrecorded => [NotCleaned::Unrecorded],
        NotCleaned::NotLeft(_) => not_own().into_iter().map(NotCleaned::NotLeft).collect::<Vec<_>>(),
        NotCleaned::Listed => [NotCleaned::Listed],
        NotCleaned::ListCut => [NotCleaned::ListCut],
        NotCleaned::Snapshot(_) => [NotCleaned::Snapshot(SnapshotId::new("snapshot-1").unwrap())],
    )
}

fn not_deleted() -> Vec<NotDeleted> {
    samples!(NotDeleted:
        NotDeleted::Shows(_) => [NotDeleted::Shows(Box::new(plan::Why::DeleteAttached { servers: vec![text("s-1")] }))],
        NotDeleted::Snapshot(_) => [NotDeleted::Snapshot(SnapshotId::new("snapshot-1").unwrap())],
        NotDeleted::Prepaid => [NotDeleted::Prepaid],
        NotDeleted::Unmarked => [NotDeleted::Unmarked],
        NotDeleted::Unrecorded => [NotDeleted::Unrecorded],
    )
}

fn causes() -> Vec<Cause> {
    let failed = |reason| Cause::Failed(Failure { code: text("EVS.2024"), reason });
    samples!(Cause:
        Cause::Call(_) => [Cause::Call(error()), Cause::Call(Error::new("GET x", Kind::NotSent(Unsent::Stalled)))],
        Cause::Failed(_) => reasons().into_iter().map(failed).collect::<Vec<_>>(),
        Cause::NotAsAsked(_) => [Cause::NotAsAsked(misfits())],
        Cause::NeverShowed => [Cause::NeverShowed],
        Cause::Unmade => [Cause::Unmade],
        Cause::NotDeleted(_) => not_deleted().into_iter().map(Cause::NotDeleted).collect::<Vec<_>>(),
        Cause::NotDone(_) => [Cause::NotDone(NotDone::Gone), Cause::NotDone(NotDone::AsBefore)],
        Cause::NotCleaned(_) => not_cleaned().into_iter().map(Cause::NotCleaned).collect::<Vec<_>>(),
    )
}

fn unproved() -> Vec<Unproved> {
    samples!(Unproved:
        Unproved::Undated => [Unproved::Undated],
        Unproved::Early => [Unproved::Early],
        Unproved::NotWhole => [Unproved::NotWhole],
        Unproved::NoControl => [Unproved::NoControl],
    )
}

fn evidence() -> Vec<Evidence<Error>> {
    let seen = samples!(Seen<Error>:
        Seen::Some(_) => [Seen::Some(1)],
        Seen::Unlisted(_) => [Seen::Unlisted(error())],
        Seen::TooLate => [Seen::TooLate],
    );
    let lacking = unproved().into_iter().map(|why| Evidence { seen: Seen::Some(0), unproved: Some(why) });
    seen.into_iter().map(|seen| Evidence { seen, unproved: None }).chain(lacking).collect()
}

fn ends() -> Vec<End> {
    let later = |from, seconds| End::ProvedLater(from, Duration::from_secs(seconds));
    samples!(End:
        End::NeverProved => [End::NeverProved],
        End::ProvedLater(..) => [later(Some(at()), 90), later(Some(at()), 600), later(None, 90)],
        End::Held => [End::Held],
        End::Failed => [End::Failed],
        End::OutOfTime(_) => [End::OutOfTime(true), End::OutOfTime(false)],
    )
}

fn whys() -> Vec<Why<Error>> {
    let with = |end| Why::NotShown { evidence: Evidence { seen: Seen::Some(1), unproved: None }, end };
    let end = End::Held;
    let seen = evidence().into_iter().map(|evidence| Why::NotShown { evidence, end });
    samples!(Why<Error>:
        Why::Denied(_) => [Why::Denied(error())],
        Why::Untagged => [Why::Untagged],
        Why::NotShown { .. } => ends().into_iter().map(with).chain(seen).collect::<Vec<_>>(),
    )
}

fn doubts() -> Vec<Doubt> {
    let unsettled = |why: Why<Error>| {
        [true, false].map(|ends_by_time| Doubt::Unsettled { why: why.clone(), targets: 3, ends_by_time })
    };
    samples!(Doubt:
        Doubt::Unsettled { .. } => whys().into_iter().flat_map(unsettled).collect::<Vec<_>>(),
        Doubt::Unlisted(_) => [Doubt::Unlisted(error())],
        Doubt::Met(_) => [Doubt::Met(Kind::Held)],
    )
}

fn opens() -> Vec<Open> {
    let unpaid = |shown, pays_itself, prepaid| Unpaid { call: call(), shown, of: 3, pays_itself, prepaid };
    let incomplete =
        |tagged, unproved, foreign| Open::Incomplete(Incomplete { call: call(), tagged, unproved, foreign });
    let mut incompletes = vec![incomplete(false, None, None), incomplete(true, None, None)];
    incompletes.extend(unproved().into_iter().map(|why| incomplete(true, Some(why), None)));
    incompletes.extend(not_ours().into_iter().map(|why| incomplete(true, None, Some((volume_id(), why)))));
    samples!(Open:
        Open::JobLate => [Open::JobLate],
        Open::JobUnread(_) => [Open::JobUnread(refused())],
        Open::VolumesLate => [Open::VolumesLate],
        Open::VolumesUnread(_) => [Open::VolumesUnread(error())],
        Open::NotUsable => [Open::NotUsable],
        Open::Unpaid(_) => [
            unpaid(0, false, false), unpaid(0, false, true), unpaid(0, true, true), unpaid(2, true, true),
        ].map(Open::Unpaid),
        Open::Unshown => [Open::Unshown],
        Open::Incomplete(_) => incompletes,
        Open::NotGone => [Open::NotGone],
        Open::NotGrown => [Open::NotGrown],
        Open::GrowthUnpaid { .. } => {
            [true, false].map(|pays_itself| Open::GrowthUnpaid { call: call(), pays_itself })
        },
        Open::InDoubt { .. } => {
            [Verb::Create, Verb::Extend, Verb::Delete]
                .into_iter()
                .flat_map(|verb| doubts().into_iter().map(move |doubt| Open::InDoubt { call: call(), verb, doubt }))
                .collect::<Vec<_>>()
        },
    )
}

fn kinds() -> Vec<Kind> {
    samples!(Kind:
        Kind::Refused { .. } => [refused()],
        Kind::NotSent(_) => [Kind::NotSent(Unsent::words("reset")), Kind::NotSent(Unsent::Stalled)],
        Kind::Untrusted(_) => [Kind::Untrusted(NoConnection { iam: None, near: None, words: text("no such issuer") })],
        Kind::Unanswered(_) => [Kind::Unanswered(text("reset"))],
        Kind::Unreadable(_) => [Kind::Unreadable(Nonsense::Unread(text("EOF")))],
        Kind::Stopped => [Kind::Stopped],
        Kind::Fenced => [Kind::Fenced],
        Kind::Held => [Kind::Held],
    )
}

fn agains() -> Vec<Again> {
    let in_doubt = |verb, shown, waits| Again::InDoubt { call: call(), verb, shown, targets: 3, waits };
    samples!(Again:
        Again::Met(_) => kinds().into_iter().map(Again::Met).collect::<Vec<_>>(),
        Again::InDoubt { .. } => {
            let seen = evidence().into_iter().map(|seen| in_doubt(Verb::Create, Some(seen), true));
            [Verb::Create, Verb::Extend, Verb::Delete].map(|verb| in_doubt(verb, None, false)).into_iter().chain(seen).collect::<Vec<_>>()
        },
        Again::Anew { .. } => [Again::Anew { last: call(), next: call() }],
    )
}

fn shorts() -> Vec<Short> {
    let unfinished = |jobs, orders| Short::Unfinished { jobs, orders };
    samples!(Short:
        Short::Error(_) => [Short::Error(text("the disk is full"))],
        Short::InterruptedFirst => [Short::InterruptedFirst],
        Short::Interrupted => [Short::Interrupted],
        Short::InterruptedLast => [Short::InterruptedLast],
        Short::Denied => [Short::Denied],
        Short::Refusals => [Short::Refusals],
        Short::Failed(_) => [Short::Failed(1), Short::Failed(2)],
        Short::Unfinished { .. } => [(1, 0), (2, 0), (0, 1), (0, 2), (1, 2)].map(|(jobs, orders)| unfinished(jobs, orders)),
        Short::LastRefused => [Short::LastRefused],
        Short::LastMore => [Short::LastMore],
        Short::LastFailed => [Short::LastFailed],
    )
}

fn verbs() -> Vec<Verb> {
    samples!(Verb:
        Verb::Adopt => [Verb::Adopt],
        Verb::Import => [Verb::Import],
        Verb::Clean => [Verb::Clean],
        Verb::Recreate => [Verb::Recreate],
        Verb::Rename => [Verb::Rename],
        Verb::Update => [Verb::Update],
        Verb::Retag => [Verb::Retag],
        Verb::Extend => [Verb::Extend],
        Verb::Delete => [Verb::Delete],
        Verb::Protect => [Verb::Protect],
        Verb::Unprotect => [Verb::Unprotect],
        Verb::Create => [Verb::Create],
        Verb::Forget => [Verb::Forget],
        Verb::Resume => [Verb::Resume],
        Verb::Move => [Verb::Move],
        Verb::Release => [Verb::Release],
    )
}

fn total(exit: u8, converged: bool) -> Total {
    Total {
        exit,
        destroys: false,
        why: None,
        converged,
        scope: Scope::All,
        created: 0,
        updated: 0,
        replaced: 0,
        deleted: 0,
        adopted: 0,
        imported: 0,
        forgotten: 0,
        resumed: 0,
        failed: 0,
        calls: [(text("GET x"), 1)].into(),
        seconds: 1.0,
        unfinished: 0,
        orders: Default::default(),
        next: None,
    }
}

fn totals() -> Vec<Total> {
    let all = Total {
        why: Some(Short::Unfinished { jobs: 1, orders: 1 }),
        scope: Scope::Targeted,
        created: 1,
        updated: 2,
        replaced: 3,
        deleted: 4,
        adopted: 5,
        forgotten: 6,
        resumed: 7,
        failed: 8,
        calls: [(text("POST x"), 2), (text("GET /v1/{project_id}/jobs/{job_id}"), 1)].into(),
        seconds: 72.4567,
        unfinished: 2,
        orders: [order()].into(),
        next: Some(text("evsctl apply . --approve x")),
        ..total(7, false)
    };
    let targeted = Total { scope: Scope::Targeted, ..total(0, true) };
    let sent = Total { calls: [(text("POST x"), 1)].into(), unfinished: 1, ..total(1, false) };
    let lost = Total { calls: [(text("POST x"), 1)].into(), ..total(7, false) };
    let mut totals = vec![total(0, true), targeted, total(4, true), all, sent, lost];
    totals.extend([3, 4, 6, 7, 130].map(|exit| total(exit, false)));
    let refused = |destroys| Total { why: Some(Short::Refusals), destroys, ..total(4, false) };
    let failed_too = Total { failed: 1, ..refused(false) };
    let unbegun = Total { why: Some(Short::InterruptedFirst), ..total(130, false) };
    totals.extend([refused(false), refused(true), failed_too, unbegun]);
    totals
}

fn events() -> Vec<Event> {
    let slots = || text("1..2");
    let done = |verb| {
        let fields = match verb {
            Verb::Update => vec![Field::Description],
            Verb::Rename => vec![Field::Name],
            _ => Vec::new(),
        };
        // What is protected may be still to come.
        Event::Done { verb, address: address(), id: Some(volume_id()).filter(|_| verb != Verb::Protect), fields }
    };
    let failed = |cause| Event::Failed { verb: Verb::Create, key: key(), slots: slots(), id: None, cause };
    let left = Event::Failed {
        verb: Verb::Clean,
        key: key(),
        slots: text("2"),
        id: Some(volume_id()),
        cause: Cause::Call(error()),
    };
    let open = |why| Event::Unfinished { receipt: None, key: key(), slots: slots(), why };
    let taken = [Receipt::Job(job()), Receipt::Order(order())].map(|receipt| Event::Unfinished {
        receipt: Some(receipt),
        key: key(),
        slots: slots(),
        why: Open::NotUsable,
    });
    let again = |why| Event::Retrying { request: text("GET x"), why, after: Duration::from_millis(1500) };
    let paused = [30, 95_000].map(|ms| Event::Retrying {
        request: text("GET x"),
        why: Again::Met(Kind::Held),
        after: Duration::from_millis(ms),
    });
    let ordered = |auto_pay| Event::Ordered {
        verb: Verb::Create,
        call: call(),
        order_id: order(),
        key: key(),
        slots: slots(),
        auto_pay,
    };
    let created = |wanted| Event::Created { address: address(), id: volume_id(), name: text("data-0001"), wanted };
    let started = |volumes| Event::Started { stack: text("shop"), serial: 7, changes: text("sha256:00"), volumes };
    samples!(Event:
        Event::FormatChanged { .. } => [Event::FormatChanged { from: 1, to: 2 }],
        Event::Started { .. } => [started(1), started(2)],
        Event::Accepted { .. } => [Event::Accepted { verb: Verb::Extend, call: call(), job_id: job(), key: key(), slots: slots() }],
        Event::Ordered { .. } => [ordered(true), ordered(false)],
        Event::Job { .. } => [Event::Job { job_id: job(), status: JobStatus::Running, ended: 1, of: 2, seconds: 3.5 }],
        Event::Created { .. } => [created(None), created(Some(text("data-0002")))],
        Event::Done { .. } => verbs().into_iter().map(done).collect::<Vec<_>>(),
        Event::Failed { .. } => causes().into_iter().map(failed).chain([left]).collect::<Vec<_>>(),
        Event::Unfinished { .. } => opens().into_iter().map(open).chain(taken).collect::<Vec<_>>(),
        Event::NotOurs { .. } => not_ours()
            .into_iter()
            .map(|why| Event::NotOurs { call: call(), id: volume_id(), why })
            .collect::<Vec<_>>(),
        Event::Retrying { .. } => agains().into_iter().map(again).chain(paused).collect::<Vec<_>>(),
        Event::Finished(_) => shorts()
            .into_iter()
            .map(|why| Event::Finished(Total { why: Some(why), ..total(1, false) }))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn every_event_is_told_as_a_line_and_in_json_with_a_code_beside_its_reason() {
    let mut told = String::new();
    for event in events() {
        let json = document::event::line(&event);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value.get("reason").is_some_and(|reason| reason.is_string()), value.get("why").is_some(), "{json}");
        if let Some(line) = words::progress::line(&event) {
            writeln!(told, "{line}").unwrap();
        }
        write!(told, "  {json}").unwrap();
    }
    is_kept("progress.txt", &told);
}

#[test]
fn every_end_of_a_run_is_told() {
    let mut told = String::new();
    for total in totals() {
        writeln!(told, "{} {}: {}", total.exit, total.converged, words::progress::report(&total).join(" | ")).unwrap();
    }
    let waiting =
        |jobs, orders, seconds| words::progress::still_waiting(jobs, orders, 1, 3, Duration::from_secs(seconds));
    for line in [waiting(1, 0, 10), waiting(2, 1, 95), words::progress::bar(1, 0), words::progress::bar(2, 1)] {
        writeln!(told, "{line}").unwrap();
    }
    writeln!(told, "{}\n{}", words::progress::BAR_NOUN, words::progress::next("wait")).unwrap();
    is_kept("report.txt", &told);
}
