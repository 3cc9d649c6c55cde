//! A service that lies. The real binary talks to a server of the tests' own in front of the embedded cloud, which passes
//! requests on and changes what is asked and answered, by a script; what is true is asked of the cloud itself.
//!
//! `seen` holds what got through once, each under its own name. The table tells every lie at every time, and an oracle
//! looks: no volume of somebody else's recorded, renamed or deleted, none bought beyond what was asked for, no "converged"
//! with what was not asked for, and once the lie has ended, an apply that converges or names the way out.
//!
//! ```sh
//! cargo test --release --test it lying:: -- --ignored --nocapture
//! ```
//!
//! | variable | what | when not set |
//! |---|---|---|
//! | `EVSCTL_WORKERS` | how many scenarios are played at once | 8 |
//! | `EVSCTL_TELL` | if set, what each run said is printed below its line | nothing |
//! | `EVSCTL_LIES` | only those whose line has this text, as in `Fresh` or `pages` | all of them |

#![expect(clippy::print_stdout, reason = "a line for each scenario is what the table is for")]

mod lies;
mod oracle;
mod play;
mod proxy;
mod script;
mod seen;
mod stage;
mod table;

use table::{Scenario, few, play_all, table};

/// A variable of the environment.
#[expect(clippy::disallowed_methods, reason = "the size of a proof comes from outside")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn plays(scenarios: &[Scenario]) {
    let wrong = play_all(scenarios, variable("EVSCTL_WORKERS").and_then(|text| text.parse().ok()).unwrap_or(8));
    assert!(wrong.is_empty(), "{} scenarios went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_lying_service_gets_nothing_in_a_few_scenarios() {
    plays(&few(&table()));
}

#[test]
#[ignore = "takes minutes"]
fn a_lying_service_gets_nothing_in_the_whole_table() {
    let wanted = variable("EVSCTL_LIES").unwrap_or_default();
    let chosen = |it: &Scenario| format!("{:?} | {} | {}", it.when, it.lie.about, it.lie.name).contains(&wanted);
    let chosen: Vec<Scenario> = table().into_iter().filter(chosen).collect();
    assert!(!wanted.is_empty() || chosen.len() >= 100, "only {} scenarios", chosen.len());
    plays(&chosen);
}
