//! The end of a history: the lies are over, and the stack converges within a few runs, or a refusal names the way out
//! that a person takes.
//!
//! Refused in the end may be, and why:
//!
//! - volumes that the state here does not know (`adopt`, `surplus`): where a state was put back, copied or lost its
//!   journal, two lines of it have bought, each what its manifest asked for then, and neither may take or delete what
//!   the other has; a clone carries a tag and is nobody's volume; what a failed job left and a state forgot is broken;
//! - a leftover that was used once (`clean`): it may hold data, and only a person knows;
//! - a volume in an error status (`repair`): only its owner can mend it.
//!
//! And a call may stay open where no list shows any tag: the way out is a volume that does.

use super::hands::Hand;
use super::hands::make;
use super::play::Game;
use super::script::{Script, Step};
use crate::crash::bench::Outcome;
use crate::crash::end::{Looked, unlike_the_manifest};
use crate::crash::ledger::call_in;
use evsctl::plan::{Refusal, Wanted};
use evsctl::words;
use serde_json::json;

/// How many runs that may take, with a way out taken after each.
const RUNS: usize = 12;

pub(super) fn bring_to_rest(game: &mut Game<'_>, script: &Script) -> Result<(), String> {
    told(game)?;
    if let Err(ended) = ways_out(game, script, RUNS)? {
        return Err(format!("{RUNS} runs did not bring it to rest:\n    {}", ended.join("\n    ")));
    }
    let unlike = unlike_the_manifest(&game.world, &game.watch.beside(), Looked::Well);
    game.played.wrong.extend(unlike.into_iter().map(|why| format!("in the end {why}")));
    the_other_folder(game)
}

/// Runs until all is as it shall be, and takes a way out after each run that was not; else gives how the runs ended.
pub(super) fn ways_out(game: &mut Game<'_>, script: &Script, runs: usize) -> Result<Result<(), Vec<String>>, String> {
    let mut ended = Vec::new();
    let mut control = script.control;
    for _ in 0..runs {
        let outcome = game.run(None);
        game.world.destroys = false;
        if outcome.converged() {
            return Ok(Ok(()));
        }
        match &outcome {
            // Nothing else is refused: what is left over from long ago needs a number.
            Outcome::Refused(_) if game.world.refusals.is_empty() => {
                count(game, "a number");
                game.world.destroys = true;
            }
            Outcome::Refused(_) => {
                for refusal in game.world.refusals.clone() {
                    way_out(game, script, &refusal)?;
                }
            }
            // Nothing here shows a tag, and so nothing is concluded: somebody applies another key first.
            Outcome::Done { report, .. } if report.unfinished > 0 && !control => {
                control = true;
                count(game, "a control volume");
                let place = ("az-dc-1".to_owned(), "SSD".to_owned());
                let id = make(&game.world, "shows-tags", 10, &place, json!({"evsctl": "other_aaaaaaaa_cccccccccc"}));
                game.watch.leave_alone(&game.world, &id);
            }
            _ => {}
        }
        ended.push(outcome.to_string());
    }
    Ok(Err(ended))
}

fn count(game: &mut Game<'_>, way: &str) {
    game.say(|| format!("  way out: {way}"));
    *game.played.ways.entry(way.to_owned()).or_default() += 1;
}

/// Every volume of the stack is recorded, or of an open call, or told by plan and `orphans`.
fn told(game: &mut Game<'_>) -> Result<(), String> {
    let orphans = game.world.orphans()?;
    let state = game.world.store.read().map_err(|error| error.to_string())?;
    let volumes = game.world.cloud.volumes();
    let beside = game.watch.beside();
    let ours = volumes.iter().filter(|(id, seen)| !beside.contains(*id) && seen.status != "deleting");
    for (id, seen) in ours {
        let recorded = state.iter().flat_map(|state| state.volumes.values()).any(|volume| volume.id.as_str() == id);
        if !recorded && !orphans.contains(id) {
            game.played.wrong.push(format!("volume {id} is recorded nowhere, and nothing tells it: {seen:?}"));
        }
    }
    Ok(())
}

/// Takes the way out that a refusal names, where the history is one that may end so.
fn way_out(game: &mut Game<'_>, script: &Script, refusal: &Refusal) -> Result<(), String> {
    let wanted = refusal.why.wanted();
    let refused = format!("{:?}: {} ({wanted:?})", refusal.about, words::refusal::reason(refusal, 1));
    if words::refusal::lift(refusal, 1).is_empty() {
        return Err(format!("refused without a way out: {refused}"));
    }
    let has = |fits: fn(&Step) -> bool| script.steps.iter().any(fits);
    let forked = has(|step| matches!(step, Step::PutBack(..) | Step::LoseJournal | Step::Copy));
    let handled = has(|step| matches!(step, Step::Hand(Hand::Break | Hand::Repair | Hand::Clone | Hand::Attach, _)));
    let lied = has(|step| matches!(step, Step::Lies(..)));
    count(game, words::refusal::wish(wanted));
    match wanted {
        Wanted::Adopt | Wanted::Surplus if forked || handled || lied => set_apart(game),
        Wanted::Clean if handled || forked || lied => {
            let id = refusal.id.as_ref().ok_or_else(|| format!("which volume? {refused}"))?;
            game.watch.gone.insert(id.to_string());
            game.world.cloud.edit(id.as_str(), &json!({"attached_to": []}));
            game.world.delete(id.as_str());
            Ok(())
        }
        Wanted::Repair if handled => {
            let id = refusal.id.as_ref().ok_or_else(|| format!("which volume? {refused}"))?;
            game.world.cloud.edit(id.as_str(), &json!({"status": "available"}));
            Ok(())
        }
        _ => Err(format!("refused in the end, and nothing in the history is a reason: {refused}")),
    }
}

/// Takes the tag off what nothing records: it is kept apart from the stack.
fn set_apart(game: &mut Game<'_>) -> Result<(), String> {
    // What is no longer known to be there is bought again, by the same call where the state is the same.
    game.world.ledger.expect_forks();
    let state = game.world.store.read().map_err(|error| error.to_string())?;
    let recorded = |id: &str| state.iter().flat_map(|it| it.volumes.values()).any(|volume| volume.id.as_str() == id);
    let open = |call: &str| state.iter().flat_map(|it| it.operations.keys()).any(|id| id.as_str() == call);
    for (id, seen) in game.world.cloud.volumes() {
        let Some(call) = seen.owner.as_deref().and_then(call_in) else { continue };
        if recorded(&id) || open(call) || seen.status == "deleting" {
            continue;
        }
        game.world.cloud.edit(&id, &json!({"tags": {}}));
        if game.watch.foreign.contains_key(&id) {
            game.watch.leave_alone(&game.world, &id);
        } else {
            game.world.untagged.insert(id.clone());
            game.watch.apart.insert(id);
        }
    }
    Ok(())
}

/// The runs of the other folder refuse, or find all as they want it; what they must not do is looked at as always.
fn the_other_folder(game: &mut Game<'_>) -> Result<(), String> {
    if !game.has_two_folders() {
        return Ok(());
    }
    game.switch();
    match game.run(None) {
        Outcome::Refused(_) => {
            count(game, "the other folder refused");
            let silent = game.world.refusals.iter().find(|refusal| words::refusal::lift(refusal, 1).is_empty());
            silent.map_or(Ok(()), |refusal| Err(format!("refused without a way out: {refusal:?}")))
        }
        outcome if outcome.converged() => Ok(()),
        outcome => {
            count(game, "the other folder has more to do");
            game.say(|| outcome.to_string());
            Ok(())
        }
    }
}
