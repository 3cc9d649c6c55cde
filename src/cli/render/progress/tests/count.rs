//! What a bar counts: each volume once, and only when nothing is left to do about it.

use super::super::tally::Tally;
use crate::apply::event::Event;
use crate::apply::why::Cause;
use crate::cli::render::fixture::{self, clean, create, plan, rename, spec};
use crate::operation::Failure;
use crate::plan::{Plan, Resume, Retag, Stage, Step, Verb, Work};
use crate::volume::{CallId, JobId, Key, OwnershipTag, VolumeId};

fn id() -> VolumeId {
    VolumeId::new("v-1").unwrap()
}

fn created(address: &str, wanted: Option<&str>) -> Event {
    let (address, name) = (address.parse().unwrap(), "web-0001".to_owned());
    Event::Created { address, id: id(), name, wanted: wanted.map(str::to_owned) }
}

fn done(verb: Verb, address: &str) -> Event {
    Event::Done { verb, address: address.parse().unwrap(), id: Some(id()), fields: Vec::new() }
}

fn failed(verb: Verb, slots: &str) -> Event {
    let cause = Cause::Failed(Failure { code: "EVS.2024".to_owned(), reason: "no".to_owned().into() });
    Event::Failed { verb, key: Key::new("web").unwrap(), slots: slots.to_owned(), id: None, cause }
}

fn make(slots: std::ops::RangeInclusive<u32>) -> Step {
    Step::Create(create("web", "web", slots, spec("SSD", 10, "az-1")))
}

fn retag(address: &str) -> Step {
    Step::Retag(Retag {
        mark: None,
        address: address.parse().unwrap(),
        id: id(),
        set: Default::default(),
        remove: Default::default(),
        remove_first: false,
        after: None,
        changes: Vec::new(),
    })
}

/// Done of all volumes and how many failed, after each of these events.
fn counted(plan: &Plan, events: &[Event]) -> Vec<(u64, usize, usize)> {
    let mut tally = Tally::of(plan);
    let started = Event::Started { stack: String::new(), serial: 1, changes: String::new(), volumes: plan.concerned() };
    let mut after = |event| {
        tally.take(event);
        (tally.volumes, tally.done.len(), tally.failed.len())
    };
    after(&started);
    events.iter().map(after).collect()
}

#[test]
fn a_volume_that_is_renamed_and_retagged_is_done_once_when_both_are() {
    let plan = plan(vec![rename("web[1]", ("a", None), ("web-0001", None)), retag("web[1]"), retag("web[2]")]);
    let events = [done(Verb::Retag, "web[1]"), done(Verb::Retag, "web[2]"), done(Verb::Rename, "web[1]")];
    assert_eq!(counted(&plan, &events), [(2, 0, 0), (2, 1, 0), (2, 2, 0)]);
    // One of both fails: it is not done, whichever ends first.
    let events = [done(Verb::Retag, "web[1]"), failed(Verb::Rename, "1"), done(Verb::Retag, "web[2]")];
    assert_eq!(counted(&plan, &events), [(2, 0, 0), (2, 0, 1), (2, 1, 1)]);
    let events = [failed(Verb::Rename, "1"), done(Verb::Retag, "web[1]"), done(Verb::Retag, "web[2]")];
    assert_eq!(counted(&plan, &events), [(2, 0, 1), (2, 0, 1), (2, 1, 1)]);
}

#[test]
fn what_is_cleaned_away_is_done_when_its_slot_is_made_anew() {
    let plan = plan(vec![clean("web[1]", "v-0", "no"), make(1..=1)]);
    let events = [done(Verb::Clean, "web[1]"), created("web[1]", None)];
    assert_eq!(counted(&plan, &events), [(1, 0, 0), (1, 1, 0)]);
    // Only its end was asked for.
    let plan = fixture::plan(vec![clean("web[1]", "v-0", "no")]);
    assert_eq!(counted(&plan, &[done(Verb::Clean, "web[1]")]), [(1, 1, 0)]);
}

#[test]
fn a_name_that_a_create_gives_counts_with_it_and_takes_the_volume_back_where_it_fails() {
    let plan = plan(vec![make(2..=4)]);
    let events = [
        created("web[2]", Some("web-0002")),
        created("web[3]", Some("web-0003")),
        created("web[4]", Some("web-0004")),
        failed(Verb::Rename, "3"),
    ];
    assert_eq!(counted(&plan, &events), [(3, 1, 0), (3, 2, 0), (3, 3, 0), (3, 2, 1)]);
}

#[test]
fn a_call_that_fails_counts_all_its_volumes() {
    let plan = plan(vec![make(1..=100)]);
    assert_eq!(counted(&plan, &[failed(Verb::Create, "1..100")]), [(100, 0, 100)]);
    let events = [created("web[1]", None), failed(Verb::Create, "2,4"), failed(Verb::Create, "2")];
    assert_eq!(counted(&plan, &events).last(), Some(&(100, 1, 2)), "told twice, it is one");
}

#[test]
fn a_resumed_call_counts_its_volumes_as_a_new_one_does() {
    let resume = Step::Resume(Resume {
        call: CallId::new("abcdefghij").unwrap(),
        stage: Stage::Job(JobId::new("j1").unwrap()),
        wanted: true,
        renewed: false,
        work: Work::Create {
            tag: OwnershipTag::default(),
            create: create("web", "web", 1..=2, spec("SSD", 10, "az-1")),
        },
    });
    let plan = plan(vec![resume, retag("web[2]")]);
    let events = [
        created("web[1]", None),
        created("web[2]", None),
        // Told again, as where an earlier run recorded it, it is none the more.
        created("web[1]", None),
        done(Verb::Retag, "web[2]"),
    ];
    assert_eq!(counted(&plan, &events), [(2, 1, 0), (2, 1, 0), (2, 1, 0), (2, 2, 0)]);
}
