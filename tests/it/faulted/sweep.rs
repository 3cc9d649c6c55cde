//! All points of all kinds, a run for each.

use super::judge::{self, Before};
use super::kinds::{KINDS, Kind, Scene};
use super::shim::{self, Call, How, Seen};
use crate::torture::trials::{number, setting};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// By how much further than the longest run that was counted: what threads do has no fixed order.
const MARGIN: u32 = 15;

/// One run with one fault.
#[derive(Debug, Clone, Copy)]
struct Point {
    kind: Kind,
    at: u32,
    how: How,
}

/// What came of one.
struct Outcome {
    failed: Option<Call>,
    code: Option<i32>,
    wrong: Vec<String>,
    seen: Seen,
}

/// What the runs of one kind do when nothing fails.
#[derive(Default)]
struct Counted {
    calls: u32,
    /// The numbers at which a call was that can be done in part.
    parts: BTreeSet<u32>,
    met: BTreeSet<Call>,
}

fn words(caught: Box<dyn std::any::Any + Send>) -> String {
    match caught.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast_ref::<&str>().map_or_else(|| "no words".to_owned(), |text| (*text).to_owned()),
    }
}

/// Runs without a fault, and insists that this is judged right: a judge that is never content proves nothing.
fn count(kind: Kind) -> Counted {
    let mut counted = Counted::default();
    for _ in 0..2 {
        let scene = Scene::new(kind);
        let before = Before::of(&scene);
        let seen = shim::run(scene.command(), scene.world.dir.path(), 0, How::First);
        let code = if kind == Kind::Prepaid { 7 } else { 0 };
        assert_eq!(seen.code, Some(code), "{kind:?} without a fault: {}{}", seen.stdout, seen.stderr);
        assert_eq!(judge::wrong(&scene, &before, &seen), Vec::<String>::new(), "{kind:?} without a fault");
        if code == 0 {
            judge::success(&scene);
        } else {
            judge::recover(&scene);
        }
        counted.calls = counted.calls.max(u32::try_from(seen.calls.len()).unwrap());
        let parts = seen.calls.iter().zip(1..).filter(|(call, _)| call.has_parts).map(|(_, number)| number);
        counted.parts.extend(parts);
        counted.met.extend(seen.calls);
    }
    counted
}

fn visit(point: Point) -> Outcome {
    let scene = Scene::new(point.kind);
    let before = Before::of(&scene);
    let seen = shim::run(scene.command(), scene.world.dir.path(), point.at, point.how);
    let mut wrong = judge::wrong(&scene, &before, &seen);
    let rest = if seen.code == Some(0) { judge::success } else { judge::recover };
    wrong.extend(catch_unwind(AssertUnwindSafe(|| rest(&scene))).err().map(words));
    Outcome { failed: seen.failed.clone(), code: seen.code, wrong, seen }
}

/// Visits points on a few threads.
fn visit_all(points: &[Point]) -> Vec<(Point, Outcome)> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..number("EVSCTL_WORKERS", 2) {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = catch_unwind(AssertUnwindSafe(|| visit(*point)));
                    let outcome = outcome.unwrap_or_else(|caught| panic!("{point:?}: {}", words(caught)));
                    done.lock().unwrap().push((*point, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(point, _)| (point.kind as u32, point.at));
    done
}

fn is_chosen(kind: Kind) -> bool {
    setting("EVSCTL_KIND").is_none_or(|only| only.split(',').any(|only| format!("{kind:?}") == only))
}

/// Which of the points are tried.
pub(super) enum Extent {
    /// So many of each kind, evenly spread.
    Few(u32),
    All,
}

/// What `EVSCTL_POINT` names: `17`, `17second`, `17..30part`.
fn named(kind: Kind) -> Option<Vec<Point>> {
    let only = setting("EVSCTL_POINT")?;
    let (numbers, how) = only.split_at(only.find(char::is_alphabetic).unwrap_or(only.len()));
    let how = match how {
        "" => How::First,
        "second" => How::Second,
        "part" => How::InPart,
        "lasting" => How::Lasting,
        other => panic!("EVSCTL_POINT: {other}?"),
    };
    let (from, to) = numbers.split_once("..").unwrap_or((numbers, numbers));
    let (from, to): (u32, u32) = (from.parse().unwrap(), to.parse().unwrap());
    Some((from..=to).map(|at| Point { kind, at, how }).collect())
}

fn points(kind: Kind, counted: &Counted, extent: &Extent) -> Vec<Point> {
    let all = |how| (1..=counted.calls + MARGIN).map(move |at| Point { kind, at, how });
    match extent {
        Extent::Few(few) => {
            let step = usize::try_from(counted.calls / few + 1).unwrap();
            // Each kind begins elsewhere, so that together they come to more kinds of calls.
            let hows = [How::First, How::Second, How::First, How::InPart].into_iter().cycle();
            let chosen = (1..=counted.calls).skip(kind as usize * 3 % step).step_by(step);
            chosen.zip(hows).map(|(at, how)| Point { kind, at, how }).collect()
        }
        Extent::All => match setting("EVSCTL_HOW").as_deref() {
            None => {
                let parts = counted.parts.iter().map(|at| Point { kind, at: *at, how: How::InPart });
                all(How::First).chain(parts).collect()
            }
            Some("second") => all(How::Second).collect(),
            Some("lasting") => all(How::Lasting).collect(),
            Some(other) => panic!("EVSCTL_HOW: {other}?"),
        },
    }
}

/// The proof.
pub(super) fn proof(extent: &Extent) {
    if super::is_skipped() {
        return;
    }
    let (mut all, mut wrong, mut told) = (0, 0, String::new());
    let began = Instant::now();
    for kind in KINDS.into_iter().filter(|kind| is_chosen(*kind)) {
        let since = Instant::now();
        let named = named(kind);
        let counted = if named.is_some() { Counted::default() } else { count(kind) };
        let visited = visit_all(&named.unwrap_or_else(|| points(kind, &counted, extent)));
        let hit: Vec<_> = visited.iter().filter(|(_, outcome)| outcome.failed.is_some()).collect();
        let mut bad = BTreeMap::<String, Vec<String>>::new();
        let mut codes = BTreeMap::<String, u32>::new();
        for (point, outcome) in &visited {
            let code = outcome.code.map_or("none".to_owned(), |code| code.to_string());
            *codes.entry(code).or_default() += 1;
            for wrong in &outcome.wrong {
                let call = outcome.failed.as_ref().map_or("no call".to_owned(), Call::to_string);
                let line = format!(
                    "{kind:?} {}, {:?}, {call}, exit {:?}: {wrong}\n{}",
                    point.at, point.how, outcome.code, outcome.seen.stderr
                );
                bad.entry(wrong.lines().next().unwrap_or_default().to_owned()).or_default().push(line);
            }
        }
        let unmet: Vec<String> = {
            let failed: BTreeSet<&Call> = hit.iter().filter_map(|(_, outcome)| outcome.failed.as_ref()).collect();
            counted.met.iter().filter(|call| !failed.contains(call)).map(Call::to_string).collect()
        };
        let ends = visited.iter().filter(|(_, outcome)| !outcome.wrong.is_empty()).count();
        println!(
            "{kind:?}: {} calls of {} sorts; {} points, {} faults in {:.0} s; exits {codes:?}; {ends} wrong ends{}",
            counted.calls,
            counted.met.len(),
            visited.len(),
            hit.len(),
            since.elapsed().as_secs_f64(),
            match extent {
                Extent::All if !unmet.is_empty() => format!("; never failed: {}", unmet.join(", ")),
                _ => String::new(),
            }
        );
        let shown = usize::try_from(number("EVSCTL_SHOWN", 3)).unwrap();
        for (what, lines) in &bad {
            let text =
                format!("--- {kind:?}, {} times: {what}\n{}", lines.len(), lines[..shown.min(lines.len())].join("\n"));
            println!("{text}");
            told.push_str(&text);
        }
        (all, wrong) = (all + hit.len(), wrong + ends);
    }
    println!("faults: {all} in {:.0} s, {wrong} wrong ends", began.elapsed().as_secs_f64());
    assert!(wrong == 0, "{wrong} wrong ends of {all}:\n{told}");
}
