//! How a run treats a service that has enough to do: pauses that are asked for are kept by all tasks, limits that are
//! told are kept from then on, fewer requests go at once while that helps, and trouble is not multiplied.
//!
//! The figures in full take minutes, and the speed of a release build:
//!
//! ```sh
//! cargo test --release --test it load:: -- --ignored --nocapture --test-threads 1
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what the full proofs are for")]

mod figures;
mod trouble;

use crate::support::{evsctl, run};
use crate::wire::server::{Answer, Request, Server};
use crate::wire::stack;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::json;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What is on its way already cannot be called back.
const ON_ITS_WAY: Duration = Duration::from_millis(300);

/// That many volumes, each of its own kind: a create call for each.
fn kinds(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "  v{n}: {{ size: 10 }}");
        text
    })
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The answer to a create call that is refused for good.
fn no() -> Answer {
    Answer::json(400, &json!({"error": {"message": "not today", "code": "EVS.1003"}}))
}

fn throttled(text: &str) -> Answer {
    Answer::json(429, &json!({"error_msg": text, "error_code": "APIGW.0308"}))
}

/// A server that asks for a pause once, and notes when requests came.
struct Asking {
    server: Server,
    came: Arc<Mutex<Vec<Instant>>>,
    /// When it asked, and until when.
    asked: Arc<Mutex<Option<(Instant, Instant)>>>,
}

impl Asking {
    /// The tenth request with that method is answered by `asking`, which says how long the pause is; all others, if
    /// they are creations, are refused for good.
    fn start(method: &'static str, asking: impl Fn() -> (Answer, Duration) + Send + Sync + 'static) -> Asking {
        let (came, asked) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
        let (log, told, count) = (came.clone(), asked.clone(), AtomicUsize::new(0));
        let server = Server::start(move |request: &Request| {
            let now = Instant::now();
            if request.method == method {
                log.lock().unwrap().push(now);
                if count.fetch_add(1, Ordering::SeqCst) == 9 {
                    let (answer, pause) = asking();
                    *told.lock().unwrap() = Some((now, now + pause));
                    return answer;
                }
            }
            // So that more of them are on their way at once.
            std::thread::sleep(Duration::from_millis(5));
            match request.method.as_str() {
                "GET" => Answer::json(200, &json!({"count": 0, "volumes": []})),
                _ => no(),
            }
        });
        Asking { server, came, asked }
    }

    /// Insists that the pause was kept, and says how many came after it.
    #[track_caller]
    fn was_heeded(&self) -> usize {
        let (asked, until) = self.asked.lock().unwrap().unwrap();
        let came = self.came.lock().unwrap();
        let within = |at: &&Instant| **at > asked + ON_ITS_WAY && **at < until;
        let early: Vec<Duration> = came.iter().filter(within).map(|at| *at - asked).collect();
        assert!(early.is_empty(), "{} left in the pause of {:?}: {early:?}", early.len(), until - asked);
        came.iter().filter(|at| **at >= until).count()
    }
}

/// Thirty creations of which one is answered with 429 and a pause.
fn a_pause_is_heeded(asking: impl Fn() -> (Answer, Duration) + Send + Sync + 'static) {
    let asking = Asking::start("POST", asking);
    let dir = stack(&asking.server, &kinds(60), "");
    let mut command = evsctl();
    command.arg("apply").arg(dir.path()).arg("--yes");
    let _ = run(command).exits(3);
    assert!(asking.was_heeded() >= 10, "the others went on after it");
    // The one that was throttled went again, the same to the byte, and no other did.
    let mut tokens: Vec<String> = Vec::new();
    let posts: Vec<Request> = asking.server.seen().into_iter().filter(|it| it.method == "POST").collect();
    let mut again = Vec::new();
    for post in &posts {
        let token = post.header("x-client-token").unwrap().to_owned();
        match tokens.contains(&token) {
            true => again.push(post),
            false => tokens.push(token),
        }
    }
    assert_eq!((posts.len(), tokens.len(), again.len()), (61, 60, 1));
    let same = |it: &&Request| it.header("x-client-token") == again[0].header("x-client-token");
    assert!(posts.iter().filter(same).all(|it| it.body == again[0].body));
}

fn in_seconds(pause: u64) -> (Answer, Duration) {
    (throttled("no window is told").with("Retry-After", &pause.to_string()), seconds(pause))
}

fn as_a_date(pause: u64) -> (Answer, Duration) {
    let now = Timestamp::now();
    let until = now + jiff::SignedDuration::from_secs(pause as i64);
    let printed = |at: &Timestamp| DateTimePrinter::new().timestamp_to_rfc9110_string(at).unwrap();
    // The date is cut to whole seconds: the pause is what is left until then.
    let cut = Timestamp::from_second(until.as_second()).unwrap();
    let answer = throttled("no window is told").with("Date", &printed(&now)).with("Retry-After", &printed(&until));
    (answer, Duration::try_from(cut.duration_since(now)).unwrap())
}

#[test]
fn nobody_leaves_in_a_pause_that_was_asked_for_in_seconds() {
    a_pause_is_heeded(|| in_seconds(2));
}

#[test]
fn nobody_leaves_in_a_pause_that_was_asked_for_by_a_date() {
    a_pause_is_heeded(|| as_a_date(3));
}

#[test]
#[ignore = "takes half a minute each; see the head of this file"]
fn nobody_leaves_in_thirty_seconds() {
    a_pause_is_heeded(|| in_seconds(30));
    println!("Retry-After: 30: no request in the 30 s");
    a_pause_is_heeded(|| as_a_date(30));
    println!("Retry-After by a date 30 s ahead: no request before it");
}

#[test]
fn nobody_leaves_before_the_window_is_over_that_the_gateway_tells_and_nobody_is_faster_after_it() {
    let said = "The throttling threshold has been reached: policy user over ratelimit,limit:25,time:1 second";
    let asking = Asking::start("POST", move || (throttled(said), seconds(1)));
    let dir = stack(&asking.server, &kinds(60), "");
    let mut command = evsctl();
    command.arg("apply").arg(dir.path()).arg("--yes");
    let _ = run(command).exits(3);
    assert!(asking.was_heeded() >= 30);
    let (_, until) = asking.asked.lock().unwrap().unwrap();
    let mut after: Vec<Instant> = asking.came.lock().unwrap().iter().filter(|at| **at >= until).copied().collect();
    after.sort();
    // Each may be late on its way, so that not every second holds exactly its share; all together they do.
    let (first, last) = (after.first().unwrap(), after.last().unwrap());
    let least = seconds(1).mul_f64((after.len() - 1) as f64 / 25.0);
    assert!(*last - *first >= least.mul_f64(0.9), "{} in {:?}", after.len(), *last - *first);
}

#[test]
fn writes_are_held_as_long_as_a_service_in_trouble_asks_for_and_reads_are_not() {
    let names: Vec<String> = (0..30).map(|n| format!("v{n}")).collect();
    let volume = |name: &String| {
        json!({"id": format!("id-{name}"), "name": "other", "status": "available", "size": 10, "volume_type": "SSD",
            "availability_zone": "az-dc-1"})
    };
    let list = json!({"count": 30, "volumes": names.iter().map(volume).collect::<Vec<_>>()});
    let line = |name: &String| {
        let seen = json!({"name": name, "status": "available", "size": 10, "volume_type": "SSD", "availability_zone": "az-dc-1"});
        format!(
            "\n    \"{name}[1]\": {{\"id\":\"id-{name}\",\"seen\":{seen},\"asked\":{{\"availability_zone\":\"az-dc-1\",\"volume_type\":\"SSD\",\"size\":10}}}}"
        )
    };
    let mut sorted = names.clone();
    sorted.sort();
    let recorded = sorted.iter().map(line).collect::<Vec<_>>().join(",") + "\n  ";
    let (came, asked) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
    let (log, told) = (came.clone(), asked.clone());
    let server = Server::start(move |request: &Request| {
        let now = Instant::now();
        if request.method != "PUT" {
            return Answer::json(200, &list);
        }
        let mut log = log.lock().unwrap();
        log.push(now);
        if log.len() == 5 {
            *told.lock().unwrap() = Some(now);
            return Answer::new(503, "").with("Retry-After", "2");
        }
        drop(log);
        std::thread::sleep(Duration::from_millis(20));
        no()
    });
    let dir = stack(&server, &kinds(30), &recorded);
    let mut command = evsctl();
    command.arg("apply").arg(dir.path()).arg("--yes");
    let _ = run(command).exits(3);
    let asked = asked.lock().unwrap().unwrap();
    let came = came.lock().unwrap();
    let early = came.iter().filter(|at| **at > asked + ON_ITS_WAY && **at < asked + seconds(2)).count();
    assert_eq!(early, 0, "of {}", came.len());
    assert!(came.iter().any(|at| *at >= asked + seconds(2)));
}

#[test]
fn as_many_go_at_once_as_the_gateway_takes() {
    // It takes four at once for the first 60, then as many as come.
    const TAKES: usize = 4;
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (done, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (is, at_most, ended, no_room) = (under_way.clone(), most.clone(), done.clone(), refused.clone());
    let server = Server::start(move |request: &Request| {
        if request.method != "POST" {
            return Answer::json(200, &json!({"count": 0, "volumes": []}));
        }
        let now = is.fetch_add(1, Ordering::SeqCst) + 1;
        std::thread::sleep(Duration::from_millis(20));
        let answer = if ended.load(Ordering::SeqCst) >= 60 {
            at_most.fetch_max(now, Ordering::SeqCst);
            no()
        } else if now > TAKES {
            no_room.fetch_add(1, Ordering::SeqCst);
            throttled("too many at once").with("Retry-After", "0")
        } else {
            ended.fetch_add(1, Ordering::SeqCst);
            no()
        };
        is.fetch_sub(1, Ordering::SeqCst);
        answer
    });
    let dir = stack(&server, &kinds(260), "");
    let mut command = evsctl();
    command.arg("apply").arg(dir.path()).arg("--yes");
    let _ = run(command).exits(3);
    let (refused, most) = (refused.load(Ordering::SeqCst), most.load(Ordering::SeqCst));
    println!(
        "{refused} of {} were throttled while four were taken at once; {most} at once when all were",
        refused + 60
    );
    // Sixteen at once, all the time, would be three refusals for each that is taken.
    assert!(refused <= 60, "{refused} were throttled");
    assert!(most >= 10, "{most} at once when all were taken");
    assert_eq!(server.seen().iter().filter(|it| it.method == "POST").count(), 260 + refused);
}
