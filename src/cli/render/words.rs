//! The sentences that sum a plan up, alike in text and in Markdown.

use crate::plan::{Plan, Scope, Summary, summary};
use crate::state::CloudId;
use crate::volume::CreateApi;
use std::borrow::Cow;

/// As in `5 to create, 13 to change, 0 to destroy, 27 unchanged`; the rarer ones only where there are some.
pub(super) fn sum(sum: &Summary) -> String {
    let Summary { create, recreate, update, replace, delete, clean, adopt, forget, resume, unchanged, refused } = *sum;
    let mut words = vec![format!("{create} to create"), format!("{update} to change"), format!("{delete} to destroy")];
    let rare = [
        (replace, "to replace"),
        (recreate, "to recreate"),
        (clean, "to clean"),
        (adopt, "to adopt"),
        (resume, "to resume"),
        (forget, "to forget"),
    ];
    words.extend(rare.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")));
    words.push(format!("{unchanged} unchanged"));
    if refused > 0 {
        words.push(format!("{refused} refused"));
    }
    words.join(", ")
}

/// As in `2 create, 6 update, about 14 polls`; `None` where nothing is sent.
pub(super) fn calls(plan: &Plan) -> Option<String> {
    let mut calls = plan.calls();
    let mut words = Vec::new();
    // Whatever form a create call has, it is one to people.
    let creates: u64 = CreateApi::ALL.iter().filter_map(|api| calls.remove(api.template())).sum();
    if creates > 0 {
        words.push(format!("{creates} create"));
    }
    for (endpoint, word) in
        [(summary::UPDATE, "update"), (summary::DELETE, "delete"), (summary::LIST, "list"), (summary::SHOW, "show")]
    {
        if let Some(n) = calls.remove(endpoint) {
            words.push(format!("{n} {word}"));
        }
    }
    if let Some(polls) = calls.remove(summary::JOB) {
        words.push(format!("about {polls} polls"));
    }
    words.extend(calls.iter().map(|(endpoint, n)| format!("{n} {endpoint}")));
    (!words.is_empty()).then(|| words.join(", "))
}

/// What apply has to be told.
pub(super) fn consents(plan: &Plan) -> Vec<String> {
    let mut consents = Vec::new();
    if plan.destructions() > 0 {
        consents.push(format!("destroying needs --allow-destroy {}", plan.destructions()));
    }
    if plan.recreations() > 0 {
        consents.push(format!("recreating needs --allow-recreate {}", plan.recreations()));
    }
    consents
}

/// Why there is nothing to do.
pub(super) fn nothing(plan: &Plan) -> String {
    let which = match plan.scope {
        Scope::All => "",
        Scope::Targeted => "targeted ",
    };
    if !plan.refusals.is_empty() {
        return match plan.summary().refused {
            // A refusal about the stack as a whole stands for no address.
            0 => format!("nothing is done: the stack is refused as a whole, {} unchanged", plan.unchanged),
            refused => format!("nothing is done: {refused} refused, {} unchanged", plan.unchanged),
        };
    }
    match plan.unchanged {
        0 => format!("nothing to do: there are no {which}volumes"),
        1 => format!("nothing to do: 1 {which}volume is as desired"),
        n => format!("nothing to do: {n} {which}volumes are as desired"),
    }
}

/// Where the plan comes from: as in `serial 17`.
pub(super) fn basis(plan: &Plan) -> String {
    match plan.basis.lineage {
        None => "no state yet".to_owned(),
        Some(_) => format!("serial {}", plan.basis.serial),
    }
}

/// As in `41 recorded, 41 in the cloud`.
pub(super) fn census(plan: &Plan) -> String {
    match plan.observed {
        Some(observed) => format!("{} recorded, {observed} in the cloud", plan.recorded),
        None => format!("{} recorded, the cloud not asked", plan.recorded),
    }
}

/// The project and the address that a plan is for; `None` for the embedded cloud, which costs nothing.
pub(super) fn place(plan: &Plan) -> Option<(&str, &str)> {
    let CloudId { region: _, endpoint, project_id } = &plan.cloud;
    (endpoint != CloudId::SIMULATOR).then_some((project_id, endpoint))
}

/// A refusal's words for one volume as they are for several; any other text as it is.
pub(super) fn of_several(text: &str) -> Cow<'_, str> {
    const BEGINNINGS: [(&str, &str); 9] = [
        ("it is ", "they are "),
        ("its creation failed ", "their creation failed "),
        (
            "its description differs, and its name in the cloud, which is kept, is not a legal one",
            "their descriptions differ, and their names in the cloud, which are kept, are not legal ones",
        ),
        ("the cloud shows it as ", "the cloud shows them as "),
        (
            "look at it in the console; evsctl changes nothing about a volume in this status",
            "look at them in the console; evsctl changes nothing about volumes in this status",
        ),
        ("give it a plain name in the console", "give them plain names in the console"),
        (
            "only a volume in status error is cleaned away; delete it by hand if it is of no use",
            "only volumes in status error are cleaned away; delete them by hand if they are of no use",
        ),
        (
            "what is prepaid is never deleted by evsctl; unsubscribe it in",
            "what is prepaid is never deleted by evsctl; unsubscribe them in",
        ),
        ("deleting is not supported yet; take its slot out ", "deleting is not supported yet; take their slots out "),
    ];
    let found = BEGINNINGS.iter().find_map(|(one, several)| Some((several, text.strip_prefix(one)?)));
    match found {
        Some((several, rest)) => {
            let rest = rest.replacen("but the cloud now shows it as ", "but the cloud now shows them as ", 1);
            let rest = rest.replacen("and it is prepaid ", "and they are prepaid ", 1);
            Cow::Owned(format!("{several}{rest}"))
        }
        None => Cow::Borrowed(text),
    }
}

/// `1 call`, `3 calls`.
pub(in crate::cli) fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
