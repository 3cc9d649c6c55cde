//! Why a manifest is not edited, and what to do instead.

use super::drift::RECYCLE_BIN;
use super::excerpt::quoted;
use super::told::Told;
use crate::edit::{ByHand, NotEdited, NotWritten};
use crate::manifest::Problems;
use crate::volume::{Excerpt, Field, Key};

/// Why a value of the cloud is not written into the manifest.
pub fn not_edited(why: &NotEdited) -> Told {
    match why {
        NotEdited::Gone { address } => Told::new(format!("{address} is gone: there is no value to accept or to know")).hint(format!(
            "create it again with `evsctl apply --allow-recreate 1`, or take {address} out of the manifest"
        )),
        NotEdited::Recycled { address } => Told::new(format!(
            "{address} is {RECYCLE_BIN}: there is no value to accept or to know"
        ))
        .hint(format!(
            "restore it in the console or by the API, create it again with `evsctl apply --allow-recreate 1`, or take {address} out \
             of the manifest"
        )),
        NotEdited::NoValue { address, field } => {
            let field = field.word();
            Told::new(format!("cannot accept `{field}` of {address}: the cloud shows no value of it that a manifest has"))
                .hint(format!("write `{field}` by hand, or leave it alone with `{}`", ignored(field)))
        }
        NotEdited::Mark { address } => {
            Told::new(format!("cannot write the ownership tag of {address}: it is evsctl's own, and no manifest has it"))
                .hint("`evsctl plan` shows what the next apply does about it")
        }
        NotEdited::Status { address } => {
            Told::new(format!("cannot accept the status of {address}: a manifest asks for no status"))
                .hint("put it right in the console, or keep it as known drift with `--know`")
        }
        NotEdited::NotKnowable { address, field } => {
            let field = field.word();
            Told::new(format!("cannot keep `{field}` of {address} as known drift: `known_drift` has no such field"))
                .hint(format!("accept it with `--accept`, or leave it alone with `{}`", ignored(field)))
        }
        NotEdited::Illegal { key, field, why } => {
            let field = field.word();
            Told::new(format!("cannot accept `{field}` of {key}: no manifest may have what the cloud shows: {why}"))
                .hint(format!("change it in the cloud, or leave it alone with `{}`", ignored(field)))
        }
        NotEdited::NotDesired { key } => Told::new(format!("cannot accept drift of {key}: the manifest does not ask for it"))
            .hint("name volumes that the manifest asks for; `evsctl plan` shows them"),
        NotEdited::NameOfSeveral { key, count } => Told::new(format!(
            "cannot accept the name of one volume of {key}: the names of its {count} volumes are its own name and their slots"
        ))
        .hint(format!("the next apply puts the name back; {}", apart(key, Field::Name))),
        NotEdited::SomeSlots { key, field, drifted, all } => Told::new(format!(
            "cannot accept `{}` of {key}[{drifted}] alone: in the manifest all of {key}[{all}] share it",
            field.word()
        ))
        .hint(format!("where all of them show the same value, accept '{key}[{all}]'; {}", apart(key, *field))),
        NotEdited::SlotsDiffer { key, field, tag } => {
            let what = tag.as_deref().map_or_else(
                || format!("`{}`", field.word()),
                |tag| format!("{} of `{}`", quoted(&Excerpt::of(tag)), field.word()),
            );
            Told::new(format!("cannot accept {what} of {key}: its volumes share it in the manifest and differ in the cloud"))
                .hint(format!("give them one value in the cloud; {}", apart(key, *field)))
        }
        NotEdited::ByHand(by_hand) => self::by_hand(by_hand),
    }
}

fn by_hand(ByHand { key, place, line, why }: &ByHand) -> Told {
    let what = format!("cannot write `{line}` at {key} ({place})");
    match why {
        NotWritten::NotWrittenOut => {
            Told::new(format!("{what}: an alias or a merge key brings the whole of {key} in, and that is shared"))
                .hint(format!("write {key} out below `volumes`, with `{line}`"))
        }
        NotWritten::NotRead => {
            Told::new(format!("{what}: the editor of manifests cannot read {}", place.file)).hint(format!(
                "write `{line}` at {key} by hand, and report the file: `evsctl plan` reads it, so the editor should"
            ))
        }
        NotWritten::Shared(keys) => {
            let keys: Vec<&str> = keys.iter().map(Key::as_str).take(SHOWN).collect();
            Told::new(format!(
                "{what}: an anchor at {key} shares the value, which would change for {}, too",
                keys.join(", ")
            ))
            .hint(format!("write the present value out where the anchor is used, and then `{line}` at {key}"))
        }
        NotWritten::Wrong(problems) => Told::new(format!("{what}: the manifest would be wrong: {}", first(problems)))
            .hint(format!("edit it by hand: write `{line}`, and what goes with it, at {key}")),
        NotWritten::Unsafe => {
            Told::new(format!("{what}: something else would change with it")).hint(format!("write `{line}` by hand"))
        }
    }
}

/// How many keys are named.
const SHOWN: usize = 5;

fn first(problems: &Problems) -> String {
    problems.errors().next().map(|problem| problem.reason()).unwrap_or_default()
}

fn ignored(field: &str) -> String {
    format!("lifecycle: {{ignore: [{field}]}}")
}

/// What can be done about one volume of several.
fn apart(key: &Key, field: Field) -> String {
    let field = field.word();
    format!(
        "or give the volume a key of its own with `moved`, or leave the field alone with `{}` at {key}, or keep it as known \
         drift with `--know`",
        ignored(field)
    )
}
