//! One history of a scenario: a run that ends at a boundary, maybe a second one that does, and then recovery.

use super::bench::{Options, Outcome, Terms, World};
use super::cloud::Nature;
use super::end;
use super::hands;
use super::image::Tear;
use super::scenario::Scenario;
use crate::support::parsed;
use evsctl::boundary::Boundaries;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Where a history is cut.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cuts {
    /// The boundary of the first run, and what survives.
    pub(crate) first: Option<(usize, Tear)>,
    /// The same of the second.
    pub(crate) second: Option<(usize, Tear)>,
}

/// What a history came to.
#[derive(Debug, Default)]
pub(crate) struct Played {
    /// The boundaries that the first run passed, and those of the second.
    pub(crate) first: Vec<&'static str>,
    pub(crate) second: Vec<&'static str>,
    /// How many of both were ended.
    pub(crate) crashes: u64,
    pub(crate) wrong: Vec<String>,
}

/// Plays it; a panic is something wrong like anything else.
pub(crate) fn play(scenario: &Scenario, cuts: Cuts) -> Played {
    guarded(|| {
        let mut played = Played::default();
        if let Err(why) = attempt(scenario, cuts, &mut played) {
            played.wrong.push(why);
        }
        played
    })
    .unwrap_or_else(|why| Played { wrong: vec![why], ..Played::default() })
}

/// Runs it, and gives the words of a panic.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        format!("panicked: {}", text.unwrap_or_default())
    })
}

fn attempt(scenario: &Scenario, cuts: Cuts, played: &mut Played) -> Result<(), String> {
    let nature = Nature { tokens: scenario.tokens, job: scenario.job, control: true };
    let before = scenario.before.unwrap_or(scenario.volumes);
    let terms = Terms { timeout: scenario.timeout, ..Terms::default() };
    let mut world = World::with(&nature, parsed(before), scenario.documented, false, terms);
    if scenario.before.is_some() {
        end::recover(&mut world)?;
    }
    if scenario.deleted {
        let first = world.cloud.volumes().into_keys().next().ok_or("there is nothing to delete")?;
        world.delete(&first);
    }
    world.wish(scenario.volumes);
    world.destroys = scenario.destroys;
    let rules = (scenario.rules)();
    if rules.iter().any(|rule| rule["then"].get("late_ms").is_some()) {
        world.ledger.expect_late();
    }
    let approve = if scenario.approved { Some(world.digest()?.0) } else { None };
    world.cloud.faults(&rules);
    for (cut, passed) in [(cuts.first, &mut played.first), (cuts.second, &mut played.second)] {
        if let Some(reverted) = scenario.reverted.filter(|_| played.crashes > 0) {
            world.wish(reverted);
        }
        let boundaries = Boundaries::counted(cut.map(|(number, _)| number));
        let options = Options { approve: approve.clone(), tear: cut.map(|(_, tear)| tear) };
        let outcome = world.run(&boundaries, &options);
        *passed = boundaries.passed();
        if let (Outcome::Crashed, 0, Some(hand)) = (&outcome, played.crashes, scenario.hand)
            && let Some(edit) = hands::touch(&mut world, hand, 1, Duration::ZERO)
        {
            edit.wait();
        }
        match outcome {
            Outcome::Crashed => played.crashes += 1,
            Outcome::NotApproved => return Err("what was approved and cut is refused as something else".to_owned()),
            Outcome::Failed(why) => return Err(format!("a run failed: {why}")),
            _ => {}
        }
    }
    if scenario.reverted.is_some() && played.crashes > 0 {
        // Whatever was reverted comes to rest, or is refused: a volume that is larger by then cannot shrink.
        let mut outcome = world.run(&Boundaries::counted(None), &Options::default());
        if outcome.recreates() {
            // Its deletion had begun: once it is gone, the manifest that asks for it again makes another.
            outcome = world.run(&Boundaries::counted(None), &Options::default());
        }
        if !(outcome.converged() || matches!(outcome, Outcome::Refused(_))) {
            return Err(format!("what was reverted does not come to rest: {outcome}"));
        }
        world.wish(scenario.volumes);
    }
    if scenario.hung > 0 {
        return end::hangs(&mut world, scenario.hung).map(|wrong| played.wrong.extend(wrong));
    }
    if scenario.mended || scenario.given_up {
        // Where both runs ended before it, the trouble comes now; and an order is looked for once more.
        world.run(&Boundaries::counted(None), &Options::default());
    }
    if scenario.mended || scenario.hand.is_some() {
        hands::undo(&world);
    }
    if scenario.given_up {
        world.give_orders_up()?;
    }
    end::recover(&mut world)?;
    played.wrong.extend(end::faults_of(&world));
    Ok(())
}
