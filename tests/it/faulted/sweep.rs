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

/// One run with one fault: the n-th call of this sort fails. Threads have no fixed order, but among calls of one sort
/// there is one.
#[derive(Debug, Clone)]
struct Point {
    kind: Kind,
    call: Call,
    nth: u32,
    how: How,
}

/// What came of one.
struct Outcome {
    seen: Seen,
    took: f64,
    wrong: Vec<String>,
}

/// The calls of a kind's run when nothing fails: how many there are of each sort.
type Counted = BTreeMap<Call, u32>;

fn words(caught: Box<dyn std::any::Any + Send>) -> String {
    match caught.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast_ref::<&str>().map_or_else(|| "no words".to_owned(), |text| (*text).to_owned()),
    }
}

/// Runs without a fault, and insists that this is judged right: a judge that is never content proves nothing.
fn count(kind: Kind) -> Counted {
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
    let mut counted = Counted::new();
    for call in seen.calls {
        *counted.entry(call).or_default() += 1;
    }
    counted
}

fn visit(point: &Point) -> Outcome {
    let since = Instant::now();
    let scene = Scene::new(point.kind);
    let before = Before::of(&scene);
    let dir = scene.world.dir.path();
    let seen = shim::run_only(scene.command(), dir, &point.call.named_in(dir), point.nth, point.how);
    let mut wrong = judge::wrong(&scene, &before, &seen);
    let rest = if seen.code == Some(0) { judge::success } else { judge::recover };
    wrong.extend(catch_unwind(AssertUnwindSafe(|| rest(&scene))).err().map(words));
    Outcome { seen, took: since.elapsed().as_secs_f64(), wrong }
}

/// Does a thing with each of these, several at once; what came of them is in their order.
fn each<T: Sync, R: Send>(all: &[T], workers: u64, one: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(this) = all.get(number) else { break };
                    let came_to = one(this);
                    done.lock().unwrap().push((number, came_to));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, came_to)| came_to).collect()
}

fn is_chosen(kind: Kind) -> bool {
    setting("EVSCTL_KIND").is_none_or(|only| only.split(',').any(|only| format!("{kind:?}") == only))
}

/// Which of the points are tried.
pub(super) enum Extent {
    /// So many of each kind, evenly spread.
    Few(usize),
    All,
}

/// What `EVSCTL_POINT` names: `fsync state#2`, `fsync state#1..9second`.
fn named(kind: Kind) -> Option<Vec<Point>> {
    let only = setting("EVSCTL_POINT")?;
    let (call, rest) = only.rsplit_once('#').unwrap();
    let (name, on) = call.split_once(' ').unwrap();
    let call = Call { name: name.to_owned(), on: on.to_owned(), has_parts: true };
    let (numbers, how) = rest.split_at(rest.find(char::is_alphabetic).unwrap_or(rest.len()));
    let how = match how {
        "" => How::First,
        "second" => How::Second,
        "part" => How::InPart,
        "lasting" => How::Lasting,
        other => panic!("EVSCTL_POINT: {other}?"),
    };
    let (from, to) = numbers.split_once("..").unwrap_or((numbers, numbers));
    let (from, to): (u32, u32) = (from.parse().unwrap(), to.parse().unwrap());
    Some((from..=to).map(|nth| Point { kind, call: call.clone(), nth, how }).collect())
}

fn points(kind: Kind, counted: &Counted, extent: &Extent) -> Vec<Point> {
    let point = |call: &Call, nth, how| Point { kind, call: call.clone(), nth, how };
    let numbers = |call: &Call, count: u32| -> Vec<u32> {
        // Opened only to see whether it can be, as often as there shall be room for: the first and the last will do.
        if call.on == "null" { vec![1, count] } else { (1..=count).collect() }
    };
    let all = |how| {
        let of = move |(call, count): (&Call, &u32)| {
            numbers(call, *count).into_iter().map(|nth| point(call, nth, how)).collect::<Vec<_>>()
        };
        counted.iter().flat_map(of)
    };
    let in_part = || all(How::InPart).filter(|point| point.call.has_parts);
    match extent {
        Extent::Few(few) => {
            let all: Vec<Point> = all(How::First).chain(in_part()).collect();
            let step = all.len() / few + 1;
            // Each kind begins elsewhere, so that together they come to more sorts of calls.
            let chosen = all.into_iter().skip(kind as usize * 5 % step).step_by(step);
            chosen
                .zip(0..)
                .map(|(point, number)| match point.how {
                    How::First if number % 3 == 2 => Point { how: How::Second, ..point },
                    _ => point,
                })
                .collect()
        }
        Extent::All => match setting("EVSCTL_HOW").as_deref() {
            None => all(How::First).chain(in_part()).collect(),
            Some("second") => all(How::Second).collect(),
            Some("lasting") => all(How::Lasting).collect(),
            Some(other) => panic!("EVSCTL_HOW: {other}?"),
        },
    }
}

/// What the runs of one kind came to, and the wrong ends among them in full.
fn figures(kind: Kind, visited: &[(Point, Outcome)], shown: usize) -> (usize, usize, String) {
    let (mut codes, mut bad) = (BTreeMap::<String, u32>::new(), BTreeMap::<String, Vec<String>>::new());
    for (point, outcome) in visited {
        let code = outcome.seen.code.map_or("none".to_owned(), |code| code.to_string());
        *codes.entry(code).or_default() += 1;
        for wrong in &outcome.wrong {
            let Point { call, nth, how, .. } = point;
            let line = format!(
                "{kind:?}, {call}#{nth}, {how:?}, exit {:?}: {wrong}\n{}",
                outcome.seen.code, outcome.seen.stderr
            );
            bad.entry(wrong.lines().next().unwrap_or_default().to_owned()).or_default().push(line);
        }
    }
    let sorts: BTreeSet<&Call> = visited.iter().map(|(point, _)| &point.call).collect();
    let hit = visited.iter().filter(|(_, outcome)| outcome.seen.failed.is_some()).count();
    let ends = visited.iter().filter(|(_, outcome)| !outcome.wrong.is_empty()).count();
    let longest = visited.iter().map(|(_, outcome)| outcome.took).fold(0.0, f64::max);
    println!(
        "{kind:?}: {} points at {} sorts of calls, {hit} faults, the longest {longest:.0} s; exits {codes:?}; \
         {ends} wrong ends",
        visited.len(),
        sorts.len(),
    );
    let told = bad.iter().map(|(what, lines)| {
        format!("--- {kind:?}, {} times: {what}\n{}\n", lines.len(), lines[..shown.min(lines.len())].join("\n"))
    });
    (hit, ends, told.collect())
}

/// The proof: all kinds at once, or one after the other where each takes minutes.
pub(super) fn proof(extent: &Extent) {
    if super::is_skipped() {
        return;
    }
    let (mut all, mut wrong, mut told) = (0, 0, String::new());
    let began = Instant::now();
    let kinds: Vec<Kind> = KINDS.into_iter().filter(|kind| is_chosen(*kind)).collect();
    let (workers, shown) = (number("EVSCTL_WORKERS", 6), usize::try_from(number("EVSCTL_SHOWN", 3)).unwrap());
    let together = if matches!(extent, Extent::All) { 1 } else { kinds.len() };
    for kinds in kinds.chunks(together) {
        let since = Instant::now();
        let points = |kind: &Kind| named(*kind).unwrap_or_else(|| points(*kind, &count(*kind), extent));
        let points: Vec<Point> = each(kinds, workers, points).into_iter().flatten().collect();
        let outcomes = each(&points, workers, visit);
        let mut visited: Vec<(Point, Outcome)> = points.into_iter().zip(outcomes).collect();
        for kind in kinds {
            let of_kind: Vec<_> = visited.extract_if(.., |(point, _)| point.kind == *kind).collect();
            let (hit, ends, text) = figures(*kind, &of_kind, shown);
            print!("{text}");
            told.push_str(&text);
            (all, wrong) = (all + hit, wrong + ends);
        }
        println!("  in {:.0} s", since.elapsed().as_secs_f64());
    }
    println!("faults: {all} in {:.0} s, {wrong} wrong ends", began.elapsed().as_secs_f64());
    assert!(wrong == 0, "{wrong} wrong ends of {all}:\n{told}");
}
