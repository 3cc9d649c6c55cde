//! What a finished run comes to.

use super::seconds;
use super::short::short;
use crate::apply::event::Total;
use crate::apply::why::Short;
use crate::plan::Scope;
use crate::words::number::count;
use crate::words::overview::sent;
use std::time::Duration;

/// What a finished run comes to, for people: what was done, whether it is all, and what to do next, a line each.
pub fn report(total: &Total) -> Vec<String> {
    // Taken apart in full: a new number has to be told or left out on purpose.
    let Total {
        exit,
        destroys,
        why,
        converged,
        scope,
        created,
        updated,
        replaced,
        deleted,
        adopted,
        imported,
        forgotten,
        resumed,
        failed,
        calls,
        seconds: took,
        unfinished,
        orders,
        next,
    } = total;
    let done = [
        (created, "created"),
        (updated, "changed"),
        (replaced, "replaced"),
        (deleted, "deleted"),
        (adopted, "adopted"),
        (imported, "imported"),
        (forgotten, "forgotten"),
        (resumed, "resumed"),
        (failed, "failed"),
    ];
    let mut done: Vec<String> = done.iter().filter(|(n, _)| **n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    if *unfinished > 0 {
        done.push(format!("{} still open", count(*unfinished, "call")));
    }
    let only_looked = calls.keys().all(|call| call.starts_with("GET "));
    let done = match done.is_empty() {
        true if only_looked => "nothing was changed in the cloud".to_owned(),
        true => "nothing is known to be done yet".to_owned(),
        false => done.join(", "),
    };
    let took = seconds(Duration::try_from_secs_f64(*took).unwrap_or_default());
    let requests = count(calls.values().sum(), "request");
    let by_name = if calls.is_empty() { String::new() } else { format!(": {}", sent(calls)) };
    let mut lines = vec![format!("{done}; {took}, {requests}{by_name}")];
    if !orders.is_empty() {
        let orders: Vec<&str> = orders.iter().map(|order| order.as_str()).collect();
        lines.push(format!("open in the billing console: {}", orders.join(", ")));
    }
    lines.extend(why.as_ref().map(short));
    let only_refused = *why == Some(Short::Refusals) && *unfinished == 0 && *failed == 0;
    lines.push(match why {
        Some(Short::InterruptedFirst) => "interrupted: nothing was done".to_owned(),
        _ if only_refused && *destroys => {
            "not converged: lift the refusals above, then run the same command again".to_owned()
        }
        _ if only_refused => "not converged: lift the refusals above, then plan again".to_owned(),
        _ => end(*exit, *converged, (*scope, *destroys), next.as_deref()),
    });
    lines
}

/// Whether it is all, and what to do next.
fn end(exit: u8, converged: bool, (scope, destroys): (Scope, bool), next: Option<&str>) -> String {
    let targets = if scope == Scope::Targeted { ", as far as the targets go" } else { "" };
    let again = next.map_or("run the same command again".to_owned(), |next| format!("run `{next}`"));
    match (converged, exit) {
        (true, 0) if destroys => "converged: of what was to be destroyed nothing is left".to_owned(),
        (true, _) if destroys => "what was done holds: nothing else that may be destroyed is left".to_owned(),
        (false, 0..=2 | 4..=5) if destroys => {
            "not converged: run the same command again to see what is left".to_owned()
        }
        (true, 0) => format!("converged: planning again finds nothing to do{targets}"),
        (true, _) => format!("what was done holds: planning again finds nothing else to do{targets}"),
        (false, 7) => format!("not converged yet: {again} to resume"),
        (false, 130 | 143) => format!("interrupted: everything is recorded; {again} to resume"),
        (false, 3) => format!("some steps failed: fix the causes named above, then {again}"),
        (false, 6) => format!("not converged: put credentials and permissions right, then {again}"),
        (false, _) => "not converged: run `evsctl plan` to see what is left".to_owned(),
    }
}
