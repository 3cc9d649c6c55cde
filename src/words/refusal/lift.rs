//! What would lift a refusal: every way out that works, the console included.

use super::{deletable, unmet, wish};
use crate::observed::Status;
use crate::operation::NotOurs;
use crate::plan::{Cause, Flaw, Loss, Refusal, Value, Wanted, Why};
use crate::volume::Key;
use crate::words::field;
use crate::words::number::{either, it_is, its, them};

/// What would lift it, for that many volumes alike.
pub fn lift(refusal: &Refusal, volumes: usize) -> String {
    // Volumes that nothing records are told together, and are counted by themselves.
    let n = refusal.why.unrecorded().map_or(volumes, <[_]>::len);
    let (it_is, them, its) = (it_is(n), them(n), its(n));
    let key = refusal.about.key().map(|key| key.as_str()).unwrap_or_default();
    match &refusal.why {
        Why::Field { change, wanted, .. } => {
            let to = field::value(change.field, change.to.as_ref());
            let Ways { why, console } = ways(*wanted, &to, n);
            let fields = field::spelt(change);
            let mut ways: Vec<String> = console.into_iter().collect();
            ways.push(format!("put {fields} of {key} back in the manifest as before"));
            if let (Wanted::Shrink, Some(Value::Number(size))) = (wanted, &change.from) {
                ways.push(format!("write `size: {size}`, as the cloud shows {them}"));
            }
            ways.push(format!("leave it alone: lifecycle: {{ignore: [{}]}}", fields.replace(" and ", ", ")));
            format!("{why}; {}", ways.join(", or "))
        }
        Why::AnothersTag { .. } => {
            let whose = either(n, "whose it is; if it is", "whose they are; if they are");
            let tags = either(n, "that tag", "those tags");
            format!(
                "look in the console {whose} this stack's, take {tags} off there; if not, give {them} up: `removed: [KEY]`, or \
                 `evsctl state rm PATH ADDR`"
            )
        }
        Why::UnusableStatus { status: Status::Deleting } => {
            let gone = either(
                n,
                "it is gone; the next plan creates it again",
                "they are gone; the next plan creates them again",
            );
            format!("wait until {gone}, with --allow-recreate; evsctl changes nothing about a volume in this status")
        }
        Why::UnusableStatus { .. } => {
            let changes = either(n, "a volume in this status", "volumes in this status");
            format!(
                "repair {them} in the console, or delete {them} there, and apply creates {them} again with \
                 --allow-recreate; evsctl changes nothing about {changes}"
            )
        }
        Why::NotAsAsked { .. } => {
            format!("look at {them} in the console; if {it_is} of no use, {}", in_the_console(n))
        }
        Why::NameNotLegal => {
            let plain = either(n, "give it a plain name", "give them plain names");
            format!("{plain} in the console, or stop ignoring `name` in the manifest")
        }
        Why::TagsHaveNoRoom { .. } => {
            format!(
                "take some of these off {them} in the console, declare fewer tags, or leave them alone: lifecycle: {{ignore: [tags]}}"
            )
        }
        Why::NotExtendable { .. } => {
            format!("plan again once the cloud shows {them} as available or in-use")
        }
        Why::SharedInUse => {
            let a = either(n, "a shared volume", "shared volumes");
            format!(
                "detach {them} from all servers, then plan again: the service extends {a} only while attached to none"
            )
        }
        Why::Protected { .. }
        | Why::DeletePrepaid
        | Why::DeleteAttached { .. }
        | Why::NotDeletable { .. }
        | Why::Unmarked { .. }
        | Why::HasSnapshots { .. }
        | Why::SnapshotsUnknown { .. } => deletable::lift(&refusal.why, refusal.unwanted, key, n),
        Why::NeedsNumber { of, number } => match of {
            Loss::Destroy => format!("where that is meant, give --allow-destroy {number}"),
            Loss::Recreate => format!("where that is meant, give --allow-recreate {number}"),
            Loss::Waits => "give the number that the other one needs".to_owned(),
        },
        Why::LimitExceeded { limit, found, most, place } => {
            // Nothing is a part of one volume, and no part is within a limit of 0.
            let parts = *found > 1 && *most > 0;
            let parts = if parts { "; or do it in parts, each within the limit, with --target" } else { "" };
            format!("where that is meant, write `{}: {found}` at {place}{parts}", limit.field())
        }
        Why::MoveTaken { to } => format!(
            "take the line out of `moved`, and put {key} back in the manifest or let it be deleted; or give what is at {to} up \
             first: `evsctl state rm PATH '{to}'`"
        ),
        Why::MoveSplits { call, .. } => format!(
            "carry out the rest first, with --skip-refused: that goes on with call {call}, and then this moves; or move all that the \
             call is about to one key, in its order"
        ),
        Why::ReleaseOpen { call } => {
            format!(
                "carry out the rest first, with --skip-refused: that goes on with call {call}, and then {} can be given up",
                either(n, "it", "they")
            )
        }
        Why::ImportTaken { .. } => {
            "take the line out of `import`, or import the volume into an address that is free; or give up the recorded volume first: \
             `evsctl state rm PATH ADDR`"
                .to_owned()
        }
        Why::ImportRecorded { at } => {
            format!("take the line out of `import`; to give the volume this address, write `moved: [{{from: '{at}', to: ...}}]`")
        }
        Why::ImportOpen { .. } => {
            format!(
                "carry out the rest first, with --skip-refused: that goes on with the call, and then {} can be imported",
                either(n, "it", "they")
            )
        }
        Why::ImportNotDesired => {
            "add the address to `volumes`, or take the line out of `import`: then the volume stays as it is".to_owned()
        }
        Why::ImportNotLookedAt => "plan without --offline".to_owned(),
        Why::ImportAbsent => {
            "correct the id, or take the line out of `import`: then apply creates a new volume; the project is the one that the head \
             of the plan names"
                .to_owned()
        }
        Why::ImportNotUsable { .. } => {
            format!("wait until {it_is} available or in-use, or repair {them} in the console; then plan again")
        }
        Why::ImportOwned { .. } => {
            let tag = either(n, "it", "each of them");
            format!(
                "where another stack still has {them}, take the line out of `import`, or give {them} up there: `removed: [{{key: KEY, \
                 untag: true}}]`, or `evsctl state rm PATH ADDR --untag`; where no stack has {them} any more, take the tag off \
                 {tag} in the console"
            )
        }
        Why::ImportUnlike { changes } => {
            let fields: Vec<String> = changes.iter().map(field::spelt).collect();
            let shown: Vec<String> = changes.iter().map(field::shown).collect();
            format!(
                "write in the manifest what the cloud shows ({}), or leave it alone: lifecycle: {{ignore: [{}]}}",
                shown.join(", "),
                fields.join(", ").replace(" and ", ", ")
            )
        }
        Why::StackRenamed { from, beside: true, .. } => format!(
            "where {from} was renamed, `evsctl state rename-stack PATH {from}`; where this is another stack, give --new-stack"
        ),
        Why::StackRenamed { from, lineage, beside: false, .. } => format!(
            "where {from} was renamed, put its recorded state ({from}.json, and {from}.journal if there is one) into this stack's \
             `state` folder and run `evsctl state rename-stack PATH {from}`; where that is lost, `evsctl state rebuild PATH \
             --lineage {lineage}`; where this is another stack, give --new-stack"
        ),
        Why::LooksRenamed { gone, others, unique } => renamed(key, *gone, others, *unique),
        Why::Preflight { unmet, .. } => unmet::lift(unmet),
        Why::NameTooLong => format!("shorten `name` of {key} in the manifest"),
        Why::PrepaidLeftover { .. } => {
            format!("what is prepaid is never deleted by evsctl; unsubscribe {them} in the billing console")
        }
        Why::NotMadeByCall { .. } => {
            let whose = either(n, "whose it is", "whose they are");
            format!("look in the console {whose}; evsctl does nothing about {them}")
        }
        Why::MayBeUsed { flaw: Flaw::Failed(_), .. } => {
            format!("only what was never usable is cleaned away; if {it_is} of no use, {}", in_the_console(n))
        }
        Why::MayBeUsed { flaw: Flaw::NotAsAsked(_), .. } => {
            format!("let the manifest ask for what {it_is}, and {it_is} adopted; or {}", in_the_console(n))
        }
        Why::NotLeftByCall { .. } => {
            let stacks =
                either(n, "a volume that is surely this stack's is", "volumes that are surely this stack's are");
            format!("only {stacks} cleaned away; delete {them} in the console if {it_is} this stack's")
        }
        Why::NamedNotOwn { evidence } => {
            let tag = match evidence {
                NotOurs::Anothers => {
                    let tags = either(n, "the other call's tag", "the other calls' tags");
                    format!("where {it_is} this stack's all the same, take {tags} off there; else ")
                }
                _ => String::new(),
            };
            let record = either(n, "this record", "these records");
            format!(
                "look in the console for what the call made; {tag}move the recorded state away and restore it without \
                 {record}: `evsctl state rebuild PATH`"
            )
        }
        Why::NamedNotUsable { .. } | Why::NamedNotAsAsked { .. } => format!(
            "plan again once the cloud shows {them} as available and as the manifest asks for {them}; or {}",
            in_the_console(n)
        ),
        Why::StateLost { tag, .. } => format!(
            "put the recorded state back, or restore it from tags and names: `evsctl state rebuild PATH`; or take the tag \
             {tag:?} off volumes that are not this stack's"
        ),
        Why::TwoStates { tag, .. } => format!(
            "keep one of them: use the other state here, or give the other stack a name of its own; if the other state is \
             lost for good, delete its volumes in the console, or take their tag {tag:?} off"
        ),
        Why::StateOlder { tag, .. } => format!(
            "put the newest copy of the state back, or add what this one lacks: `evsctl state rebuild PATH`; or take the \
             tag {tag:?} off volumes that are not this stack's"
        ),
        Why::LateNotUsable { .. } => format!("plan again once the cloud shows {them} as available"),
        Why::LateUnnamed { .. } => {
            let each = either(n, "it", "each");
            format!("in the console, give {each} the name that its slot shall have; then {it_is} adopted")
        }
        Why::Surplus { cause, tag, .. } => {
            let renamed = match cause {
                Cause::Unwanted => "where its key was renamed, write that into `moved`; else ",
                _ => "",
            };
            let value = either(n, "delete it in the console if it holds", "delete in the console what holds");
            let tags = either(n, "tag", "tags");
            format!(
                "{renamed}{value} nothing of value, or keep {them} apart from this stack by taking {its} {tags} {tag:?} off; \
                 `evsctl orphans PATH` lists all such volumes"
            )
        }
    }
}

/// What to do about a key that seems to have been renamed: it is `gone`, or the new one.
fn renamed(key: &str, gone: bool, others: &[Key], unique: bool) -> String {
    let others: Vec<&str> = others.iter().map(Key::as_str).collect();
    let others = others.join(", ");
    let (old, new) = if gone { (key, others.as_str()) } else { (others.as_str(), key) };
    let first = old.split(", ").next().unwrap_or_default();
    let renamed = match unique {
        true => format!("where {new} is what {old} was, write `moved: [{{from: {old}, to: {new}}}]`"),
        false => format!(
            "where one of {new} is what {old} was, write which: `moved: [{{from: OLD, to: NEW}}]`, with a line for each pair"
        ),
    };
    format!(
        "{renamed}; where {old} shall be deleted and {new} created, apply with `--target {first}` first, then the rest; where {old} \
         shall stay in the cloud without evsctl, write `removed: [{old}]`"
    )
}

/// What is said of a wish that no step carries out: why evsctl does not, and the way out in the console, where one works.
struct Ways {
    why: String,
    console: Option<String>,
}

fn ways(wanted: Wanted, to: &str, n: usize) -> Ways {
    let (its, them) = (its(n), them(n));
    let not_yet = format!("`{}` is not supported yet", wish(wanted));
    let then = "and the next apply records it";
    let (why, console) = match wanted {
        Wanted::Shrink => ("a volume only grows".to_owned(), None),
        Wanted::Rebill => ("how a volume is paid is changed in the billing console alone".to_owned(), None),
        Wanted::Attach => ("a volume that is there is attached and detached at its servers alone".to_owned(), None),
        Wanted::Retype => (not_yet, Some(format!("change {its} type to {to} in the console, {then}"))),
        Wanted::Qos => (not_yet, Some(format!("change {its} rate to {to} in the console, {then}"))),
        Wanted::Move => (
            "evsctl moves no volume between enterprise projects".to_owned(),
            Some(format!("move {them} to {to} in the console of enterprise projects, {then}")),
        ),
        _ => (not_yet, None),
    };
    Ways { why, console }
}

fn in_the_console(n: usize) -> String {
    let them = them(n);
    format!("delete {them} in the console, and apply creates {them} again with --allow-recreate")
}
