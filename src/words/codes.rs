//! What the API's error codes say, what evsctl does about them by itself, and what is left to do. A code without words does
//! not compile.

mod gateway;
mod requests;
mod service;
mod steps;

use crate::evs::codes::{Code, Course, Id, Speaker};

/// The heads of the list of all codes.
pub const HEADS: [&str; 4] = ["CODE", "CLASS", "EVSCTL", "MEANING"];

/// The labels of what is told of one code: what it says, what evsctl does, and what is left to do.
pub const LABELS: Labels = Labels { says: "meaning:", courses: "evsctl:", next: "next:" };

/// Labels before what is told of one code.
#[derive(Debug, Clone, Copy)]
pub struct Labels {
    /// Before [`says`].
    pub says: &'static str,
    /// Before each [`course`].
    pub courses: &'static str,
    /// Before [`next`].
    pub next: &'static str,
}

/// What happened. One short line.
pub fn says(code: &Code) -> &'static str {
    match code.id {
        Id::Request(code) => requests::says(code),
        Id::Service(code) => service::says(code),
        Id::Gateway(code) => gateway::says(code),
    }
}

/// What to do about it. One short line.
pub fn next(code: &Code) -> &'static str {
    match code.id {
        Id::Request(code) => requests::next(code),
        Id::Service(code) => service::next(code),
        Id::Gateway(code) => gateway::next(code),
    }
}

/// What kind of answer it is, as in `quota, HTTP 400`.
pub fn kind(code: &Code) -> String {
    // Of some only that much is known.
    let statuses = if code.statuses.is_empty() { "4xx".to_owned() } else { numbers(code.statuses) };
    format!("{}, HTTP {statuses}", code.class.word())
}

/// What evsctl does by itself, and about which statuses, where that depends on them.
pub fn course(course: Course, statuses: &[u16]) -> String {
    let with = if statuses.is_empty() { String::new() } else { format!(" (HTTP {})", numbers(statuses)) };
    format!("{}{with}", does(course))
}

fn does(course: Course) -> &'static str {
    match course {
        Course::Wait => {
            "waits as long as the answer asks, then sends the same again, for up to 15 minutes; meanwhile fewer \
             requests are under way at once"
        }
        Course::Repeat => {
            "repeats what is harmless to repeat, with growing pauses; a create call is looked for by its tag before \
             it goes again, and a call that extends or deletes by its volumes; one that may have made an order never goes \
             again"
        }
        Course::AwaitFirst => {
            "waits for the first sending, looks for its volumes by their tag, and asks again with the same token"
        }
        Course::LookForFirst => {
            "looks for the volumes of the first sending by their tag; nothing is created in their place meanwhile"
        }
        Course::DropToken => "sends the call again without a token, unless an earlier sending of it may have been done",
        Course::TokensAreJudged => {
            "sends such a token only to learn whether the service judges tokens, and this answer says that it does"
        }
        Course::LookForJob => "asks for the job a while longer, then looks for its volumes by their tag",
        Course::TakeForGone => "takes a volume for gone that it looked up or was to delete; any other step fails",
        Course::NothingIsGone => "takes nothing for gone: the step fails, and a plan that meets it ends",
        Course::Deny => "stops what needs it, repeats nothing, and ends with exit code 6",
        Course::Final => {
            "takes it for final: the step fails, the others go on, and the next apply plans it again; a plan that \
             meets it ends"
        }
        Course::LookForCall => {
            "a call that ends with a 5xx may have been done: before anything follows, a create call is looked for by \
             its tag, and one that extends or deletes by its volumes"
        }
        Course::MakeAnew => {
            "where a job that creates ends with it, that volume has failed, and the next apply makes it anew"
        }
        Course::Keep => {
            "where a job that extends ends with it, the volume is kept, and the next apply plans by what it has become"
        }
    }
}

fn numbers(statuses: &[u16]) -> String {
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// That a code is none of the documented ones; of a long text its beginning is quoted.
pub fn unknown(typed: &str) -> String {
    const SHOWN: usize = 40;
    let short: String = typed.chars().take(SHOWN).collect();
    format!("{short:?} is no code that is documented")
}

/// Which codes may have been meant; `None` where there are none.
pub fn near(codes: &[&Code]) -> Option<String> {
    let codes: Vec<&str> = codes.iter().map(|known| known.code).collect();
    (!codes.is_empty()).then(|| format!("near it: {}", codes.join(", ")))
}

/// What can be said of a code that is not documented: of whom it seems to be, where that is known.
pub fn undocumented(speaker: Option<Speaker>) -> Vec<&'static str> {
    let whose = match speaker {
        Some(Speaker::Service) => "EVS codes are the block storage service's own",
        Some(Speaker::Gateway) => "APIGW codes are the gateway's, which stands before the service",
        Some(Speaker::Shared) => "Common codes are about jobs and tokens, and not only this service's",
        None => return vec!["codes look like EVS.1034 or APIGW.0308; `evsctl explain` lists them"],
    };
    vec![whose, "not all are published: evsctl judges an unknown one by its HTTP status"]
}
