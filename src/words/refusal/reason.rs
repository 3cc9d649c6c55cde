//! Why a wish is not carried out.

use super::unmet;
use crate::plan::{About, Cause, Flaw, Limited, Loss, Refusal, Sign, Wanted, Why, addresses};
use crate::volume::{Key, SnapshotId, Tags, VolumeId};
use crate::words::evidence::{misfits as listed, not_ours, not_own};
use crate::words::field;
use crate::words::heading::first_few;
use crate::words::number::{count, either, it, it_is, its, them};
use crate::words::unwanted::unwanted;

/// How many ids a text names; the count stands beside them, and JSON has all of them.
const NAMED: usize = 3;

/// Why it is not carried out, for that many volumes alike.
pub fn reason(refusal: &Refusal, volumes: usize) -> String {
    let withheld = match (&refusal.about, addresses([&refusal.about])) {
        // The slots that a quota is not enough for are no more than those that need it.
        (About::Stack { .. }, _) if refusal.why.is_of_preflight() => String::new(),
        (About::Stack { .. }, withheld @ 1..) => {
            let are = if withheld == 1 { "is" } else { "are" };
            format!(
                "; so that nothing is bought twice, {} of the manifest {are} not created",
                count(withheld, "volume")
            )
        }
        _ => String::new(),
    };
    let why = why(&refusal.why, volumes);
    match keeps_from_deleting(&refusal.why) {
        true => format!("{}, and {why}{withheld}", unwanted(refusal.unwanted, volumes)),
        false => format!("{why}{withheld}"),
    }
}

/// Why one volume is not deleted, as a look right before that shows it.
pub fn shown(why: &Why) -> String {
    self::why(why, 1)
}

fn why(why: &Why, n: usize) -> String {
    let (it_is, its, them) = (it_is(n), its(n), them(n));
    match why {
        Why::Field { change, fixed, .. } => {
            let fixed = if *fixed { ", which cannot be done in place" } else { "" };
            format!("{}{fixed}", field::change(change))
        }
        Why::AnothersTag { owner } => {
            let it_carries = either(n, "it carries", "they carry");
            format!("{it_carries} the ownership tag of another call: {}", owner.value())
        }
        Why::UnusableStatus { status } => format!("the cloud shows {them} as {status}"),
        Why::NotAsAsked { misfits } => {
            let it_was = either(n, "it was", "they were");
            format!("{it_is} not as {it_was} asked for: {}", listed(misfits))
        }
        Why::NameNotLegal => {
            let description = either(n, "description differs", "descriptions differ");
            let name = either(n, "name", "names");
            let kept = either(n, "which is kept, is not a legal one", "which are kept, are not legal ones");
            format!("{its} {description}, and {its} {name} in the cloud, {kept}")
        }
        Why::TagsHaveNoRoom { foreign } => {
            let carries = either(n, "it carries", "each carries");
            let tags = count(*foreign as u64, "tag");
            format!("{carries} {tags} that the manifest does not name, and no volume carries more than {}", Tags::MAX)
        }
        Why::NotExtendable { status } => {
            let only = either(n, "a volume that is available or in-use", "volumes that are available or in-use");
            format!("the cloud shows {them} as {status}, and the service extends only {only} (EVS.1064)")
        }
        Why::SharedInUse => {
            let attached = either(n, "it is shared and attached", "they are shared and attached");
            format!("{attached} (EVS.1065)")
        }
        Why::Protected { .. } => format!("{it_is} protected by `prevent_destroy`"),
        Why::DeletePrepaid => format!("{it_is} prepaid (EVS.1035)"),
        Why::DeleteAttached { servers } => format!("{it_is} attached to {} (EVS.2068)", at(servers)),
        Why::NotDeletable { status } => {
            let none = either(n, "deletes no volume in that status", "deletes no volumes in that status");
            format!("the cloud shows {them} as {status}: the service {none} (EVS.1046)")
        }
        Why::Unmarked { tag, value } => {
            let carries = either(n, "it does not carry", "they do not carry");
            format!("{carries} {its} ownership tag any more: {tag} = {value}")
        }
        Why::HasSnapshots { snapshots } => {
            let has = either(n, "it has", "each of them has");
            let ids: Vec<&str> = snapshots.iter().map(SnapshotId::as_str).collect();
            let snapshots = count(ids.len() as u64, "snapshot");
            format!("{has} {snapshots} that the service would delete with it: {}", ids.join(", "))
        }
        Why::SnapshotsUnknown { cause } => {
            let cause = if cause.is_empty() { String::new() } else { format!(" ({cause})") };
            format!("{its} snapshots, which would be deleted too, could not be listed{cause}")
        }
        Why::NeedsNumber { of: Loss::Destroy, .. } => {
            format!("{it_is} to be destroyed, and nobody gave the number that this needs")
        }
        Why::NeedsNumber { of: Loss::Recreate, .. } => {
            format!("{it_is} gone and to be made again, and nobody gave the number that this needs")
        }
        Why::NeedsNumber { of: Loss::Waits, .. } => {
            format!("{} for something that needs a number, and nobody gave it", either(n, "it waits", "they wait"))
        }
        Why::LimitExceeded { limit, found, most, place } => {
            let does = match limit {
                Limited::MaxCreate => format!("creates {}", count(*found, "volume")),
                Limited::MaxGrowGb => format!("makes volumes {found} GB larger in all"),
                Limited::MaxDestroy => format!("deletes {}", count(*found, "volume")),
            };
            let unit = if *limit == Limited::MaxGrowGb { " GB" } else { "" };
            format!("the plan {does}, and `{}` in `limits` allows {most}{unit} ({place})", limit.field())
        }
        Why::MoveTaken { to } => format!("it would get the address {to}, which has a volume or a call of its own"),
        Why::MoveSplits { to, call } => {
            format!("it would get the address {to}, and call {call}, which is not over, is about other volumes too")
        }
        Why::ReleaseOpen { call } => format!("`removed` gives {them} up, and call {call} about {them} is not over"),
        Why::ImportTaken { recorded } => format!("the volume {recorded} is recorded under this address"),
        Why::ImportRecorded { at } => format!("the volume is recorded already, as {at}"),
        Why::ImportOpen { call } => format!("call {call}, which is not over, is about {them}"),
        Why::ImportNotDesired => "the manifest asks for no volume there".to_owned(),
        Why::ImportNotLookedAt => {
            let volume = either(n, "the volume", "the volumes");
            format!("the cloud was not asked what {volume} {}", either(n, "is", "are"))
        }
        Why::ImportAbsent => {
            let volume = either(n, "volume of this id", "volumes of these ids");
            format!("the project has no {volume}")
        }
        Why::ImportNotUsable { status } => format!("the cloud shows {them} as {status}"),
        Why::ImportOwned { of, lineage } => {
            let it_carries = either(n, "it carries", "they carry");
            format!("{it_carries} the ownership tag of another state: of stack {of}, lineage {lineage}")
        }
        Why::ImportUnlike { changes } => {
            let changes: Vec<String> = changes.iter().map(field::change).collect();
            let not_changed = either(n, "is not changed", "are not changed");
            format!("{it_is} not what the manifest asks for, and {not_changed} to that: {}", changes.join("; "))
        }
        Why::StackRenamed { from, beside, volumes, .. } => {
            let has = count(volumes.len() as u64, "volume");
            match beside {
                true => format!(
                    "nothing is recorded of it, and it asks for what stack {from} has, whose state lies beside its own \
                     with {has}: so it looks as if {from} had been renamed"
                ),
                false => format!(
                    "nothing is recorded of it, and it asks for what stack {from} has, whose tag {has} of this project \
                     {}: so it looks as if {from} had been renamed",
                    either(volumes.len(), "carries", "carry")
                ),
            }
        }
        Why::LooksRenamed { gone, others, .. } => {
            let keys: Vec<&str> = others.iter().map(Key::as_str).collect();
            let keys = keys.join(", ");
            match gone {
                true => format!(
                    "{its} key is gone from the manifest, and {keys} {} new there and asks for the same: so it looks renamed",
                    either(others.len(), "is", "are")
                ),
                false => format!(
                    "the key is new in the manifest and asks for the same as {keys}, which {} gone from it: so it looks renamed",
                    either(others.len(), "is", "are")
                ),
            }
        }
        Why::Preflight { place, unmet, .. } => unmet::reason(place.as_deref(), unmet),
        Why::NameTooLong => "a name with its suffix would have more than 255 bytes".to_owned(),
        Why::PrepaidLeftover { flaw } => format!("{}, and {it_is} prepaid (EVS.1035)", flawed(flaw, n)),
        Why::NotMadeByCall { misfits, evidence } => format!(
            "{it_is} not as asked: {}, and {it_is} not what the recorded call made: {}",
            listed(misfits),
            not_own(evidence, n)
        ),
        Why::MayBeUsed { flaw, sign } => format!("{}, {}", flawed(flaw, n), used(sign, flaw, n)),
        Why::NotLeftByCall { evidence } => {
            format!("{it_is} not what the recorded call left: {}", not_own(evidence, n))
        }
        Why::NamedNotOwn { evidence } => {
            let own = either(n, "it is not the call's own", "they are not the call's own");
            format!("the job of {its} create call names {them}, and {own}: {}", not_ours(evidence, n))
        }
        Why::NamedNotUsable { status } => {
            format!("the job of {its} create call names {them}, and the cloud shows {them} as {status}")
        }
        Why::NamedNotAsAsked { misfits } => format!("{it_is} not as asked: {}", listed(misfits)),
        Why::StateLost { volumes, .. } => format!(
            "the project holds {} tagged as this stack's, and there is no recorded state: it seems to be lost",
            named(volumes)
        ),
        Why::TwoStates { here, there, volumes, .. } => format!(
            "two states have written this stack in this project: lineage {here} here, and {there} there, with {}",
            named(volumes)
        ),
        Why::StateOlder { volumes, .. } => format!(
            "the recorded state does not know the create calls of {} of its own lineage: it is older than the cloud, as \
             when an older copy is put back, or was restored in part",
            named(volumes)
        ),
        Why::LateNotUsable { volumes } => {
            format!("{}, late from create calls that are over, cannot be used yet", named(volumes))
        }
        Why::LateUnnamed { volumes } => {
            let tell = either(volumes.len(), "the name of", "the names of");
            let none = either(
                volumes.len(),
                "tells none of the free slots of its call",
                "tell none of the free slots of their calls",
            );
            format!("{tell} {} {none}", named(volumes))
        }
        Why::Surplus { cause, volumes, .. } => {
            let of = either(volumes.len(), "a known create call", "known create calls");
            let lasts =
                either(volumes.len(), "it costs money as long as it lasts", "they cost money as long as they last");
            format!(
                "there is no place for {} of {of}: {}; evsctl does nothing about this, and {lasts}",
                named(volumes),
                placeless(*cause, volumes.len())
            )
        }
    }
}

/// Whether that keeps volumes from being deleted that are not asked for.
fn keeps_from_deleting(why: &Why) -> bool {
    why.wanted() == Wanted::Delete && !matches!(why, Why::LooksRenamed { .. } | Why::LimitExceeded { .. })
}

fn flawed(flaw: &Flaw, n: usize) -> String {
    match flaw {
        Flaw::Failed(failure) => format!("{} creation failed ({})", its(n), failure.reason),
        Flaw::NotAsAsked(misfits) => format!("{} not as asked: {}", it_is(n), listed(misfits)),
    }
}

/// What speaks for their being used, behind what is wrong with them.
fn used(sign: &Sign, flaw: &Flaw, n: usize) -> String {
    let (it, it_is, them) = (it(n), it_is(n), them(n));
    match (sign, flaw) {
        (Sign::Attached(servers), _) => {
            format!("and {it_is} attached to {}: nothing that is attached is deleted", at(servers))
        }
        (Sign::Shown(status), Flaw::Failed(_)) => format!("but the cloud now shows {them} as {status}"),
        (Sign::Shown(status), Flaw::NotAsAsked(_)) => format!("and the cloud shows {them} as {status}"),
        (Sign::NotLookedAt, _) => format!("and the cloud was not asked about {them}"),
        (Sign::WasUsable(status), _) => {
            format!("but the cloud has shown {them} as {status} since: {it} may hold data")
        }
        (Sign::WasUsed, _) => format!("but an earlier run saw {them} usable or attached: {it} may hold data"),
        (Sign::HasSnapshots(snapshots), _) => {
            let ids: Vec<&str> = snapshots.iter().map(SnapshotId::as_str).collect();
            let snapshots = count(ids.len() as u64, "snapshot");
            let has = either(n, "it has", "each of them has");
            format!("but {has} {snapshots}, so that {it} may hold data: {}", ids.join(", "))
        }
        (Sign::SnapshotsUnknown(cause), _) => {
            format!(
                "and whether {} snapshots, which would be deleted too, could not be asked ({cause})",
                either(n, "it has", "they have")
            )
        }
    }
}

/// As in `server A and 2 more`.
fn at(servers: &[String]) -> String {
    let named = servers.iter().find(|server| !server.is_empty());
    let first = named.map_or("a server".to_owned(), |server| format!("server {server}"));
    match servers.len() {
        0 | 1 => first,
        n => format!("{first} and {} more", n - 1),
    }
}

fn placeless(cause: Cause, n: usize) -> &'static str {
    match cause {
        Cause::Taken => either(n, "no slot of the call is free", "no slot of the calls is free"),
        Cause::Unwanted => either(
            n,
            "the manifest no longer asks for what the call made",
            "the manifest no longer asks for what the calls made",
        ),
        Cause::Unlike => "zone, type or source are not what the manifest asks for",
        Cause::Broken => "the cloud shows an error status",
        Cause::Copied => either(
            n,
            "it was made at another time than the call, as a copy is that keeps its tags",
            "they were made at another time than the calls, as copies are that keep their tags",
        ),
    }
}

/// As in `2 volumes (ID, ID)`.
fn named(volumes: &[VolumeId]) -> String {
    let ids = first_few(volumes.iter().map(VolumeId::as_str), NAMED);
    format!("{} ({ids})", count(volumes.len() as u64, "volume"))
}
