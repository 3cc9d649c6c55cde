//! What the volumes of a call that changes them come to: each is looked at until it has come to an end.

use super::altering::{Alter, Altering};
use super::said::Said;
use crate::apply::event::Event;
use crate::apply::following::PAID_WITHIN;
use crate::apply::record::Halted;
use crate::apply::span::{came_to, went_wrong};
use crate::apply::why::{Cause, NotDone, Open};
use crate::evs::{Error, Meaning};
use crate::observed::ObservedVolume;
use crate::operation::goal::{self, Goal};
use crate::operation::{Failure, Kind, Reason};
use crate::plan::Verb;
use crate::volume::{Address, Field, Receipt, VolumeId};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// What one volume came to.
enum Came {
    Reached,
    Failed(Cause),
    Pending,
}

impl Alter<'_> {
    /// Records of a call in doubt what has reached what it is for. Says whether that is all of it: then the call is over.
    pub(super) async fn keep_reached(&self, call: &mut Altering) -> Result<bool, Halted> {
        let mut reached = BTreeSet::new();
        let addresses = call.sending.recorded.addresses();
        let Ok(volumes) = self.read(call).await else { return Ok(false) };
        for address in &addresses {
            if matches!(self.came_to(call, address, &volumes, &Said::default()), Came::Reached) {
                reached.insert(address.clone());
            }
        }
        let all = reached.len() == addresses.len();
        // Of what is not wanted any more nothing is recorded before its end: what it did is drift, or gone.
        if all || call.sending.wanted {
            self.keep(call, reached, all).await?;
        }
        Ok(all)
    }

    /// Looks at the volumes until each has come to an end, or for as long as that makes sense.
    pub(super) async fn collect(
        &self,
        mut call: Altering,
        receipt: Option<Receipt>,
        said: Said,
        deadline: Instant,
    ) -> Result<Option<Altering>, Halted> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(100);
        let mut failures = 0;
        loop {
            let read = tokio::time::timeout_at(deadline, self.read(&call)).await;
            let mut trouble = None;
            match read {
                Ok(Ok(volumes)) => {
                    let (mut reached, mut failed) = (BTreeSet::new(), Vec::new());
                    for address in call.sending.recorded.addresses() {
                        match self.came_to(&call, &address, &volumes, &said) {
                            Came::Reached => drop(reached.insert(address)),
                            Came::Failed(cause) => failed.push((address, cause)),
                            Came::Pending => {}
                        }
                    }
                    failures += failed.len();
                    for (address, cause) in &failed {
                        self.cx.tally.change(|report| report.failed += 1);
                        self.cx.tell_failed(call.verb(), address, call.id_of(address), cause.clone());
                    }
                    let left = call.sending.recorded.targets() - failed.len();
                    // What failed is planned again: it is no target of this call any more.
                    call.drop_targets(failed.iter().map(|(address, _)| address));
                    let is_over = reached.len() == left;
                    self.keep(&mut call, reached, is_over).await?;
                    if is_over {
                        match failures {
                            0 => came_to("done"),
                            _ => went_wrong("partly done"),
                        }
                        return Ok(None);
                    }
                }
                Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => {
                    self.cx.tally.change(|report| report.denied = true);
                    self.left(&call, receipt.as_ref(), &Open::VolumesUnread(error));
                    return Ok(None);
                }
                // Trouble while waiting says nothing about the volumes.
                Ok(Err(error)) => trouble = Some(error),
                Err(_) => {}
            }
            let is_tired = self.looked_for(&call, receipt.as_ref()).is_some_and(|most| began.elapsed() >= most);
            let lag = self.cx.doubts.settle;
            // An order goes on whenever it is paid.
            let may_rest = said.is_over || receipt.is_none() && is_repeatable(&call);
            if may_rest && trouble.is_none() && began.elapsed() >= lag && self.are_at_rest(&call).await {
                // What has grown meanwhile is over; of the rest it is not known whether it was begun at all.
                return if said.is_over { self.did_nothing(call).await.map(|()| None) } else { Ok(Some(call)) };
            }
            if is_tired || !self.cx.pause(&mut pause, deadline).await {
                if self.cx.stop.is_cancelled() {
                    came_to("under way");
                    return Ok(None);
                }
                went_wrong("unfinished");
                let why = self.not_seen(&call, receipt.as_ref(), trouble);
                self.left(&call, receipt.as_ref(), &why);
                return Ok(None);
            }
        }
    }

    /// The volumes of a call, as they are: `None` for one that a read by its id says is not there, each time.
    async fn read(&self, call: &Altering) -> Result<BTreeMap<VolumeId, Option<ObservedVolume>>, Error> {
        let ids = call.ids();
        let mut found: BTreeMap<VolumeId, Option<ObservedVolume>> = BTreeMap::new();
        if let Kind::Extend(_) = &call.sending.recorded.kind {
            let read = self.cx.sight.read(&ids, Instant::now()).await?;
            found.extend(read.into_iter().map(|(id, volume)| (id, Some(volume))));
        }
        for id in ids {
            if let Entry::Vacant(place) = found.entry(id) {
                let volume = self.cx.client.look_for(place.key()).await?;
                place.insert(volume);
            }
        }
        Ok(found)
    }

    fn came_to(
        &self,
        call: &Altering,
        address: &Address,
        volumes: &BTreeMap<VolumeId, Option<ObservedVolume>>,
        said: &Said,
    ) -> Came {
        let Some(id) = call.id_of(address) else { return Came::Pending };
        let Some(volume) = volumes.get(&id) else { return Came::Pending };
        let goal = match &call.sending.recorded.kind {
            Kind::Extend(extend) => match (extend.volumes.get(address), volume) {
                (Some(_), None) => return Came::Failed(Cause::NotDone(NotDone::Gone)),
                (Some(growth), Some(volume)) => goal::grown(growth, Some(volume)),
                (None, _) => return Came::Pending,
            },
            Kind::Delete(_) => goal::deleted(volume.as_ref()),
            Kind::Create(_) => return Came::Pending,
        };
        let at_rest = volume.as_ref().is_some_and(ObservedVolume::is_settled);
        match (goal, said.failure(&id)) {
            (Goal::Reached, _) => Came::Reached,
            (Goal::Failed(_), Some(failure)) => Came::Failed(Cause::Failed(failure.clone())),
            // An extension that failed before this call leaves that status too; a job that goes on says more.
            (Goal::Failed(_), None) => {
                Came::Failed(Cause::Failed(Failure { code: String::new(), reason: Reason::Broken }))
            }
            (_, Some(failure)) if at_rest => Came::Failed(Cause::Failed(failure.clone())),
            _ => Came::Pending,
        }
    }

    /// Records what has been reached, and with the last of it that the call is over.
    pub(super) async fn keep(
        &self,
        call: &mut Altering,
        reached: BTreeSet<Address>,
        is_over: bool,
    ) -> Result<(), Halted> {
        let (mut changes, mut events) = (Vec::new(), Vec::new());
        let verb = call.verb();
        for address in &reached {
            let Some(id) = call.id_of(address) else { continue };
            if call.sending.wanted {
                changes.extend(call.effect(address));
            }
            match (call.resumed, verb) {
                (true, _) => self.cx.tally.change(|report| report.resumed += 1),
                // It was gone, or going, before a call of ours left.
                (false, Verb::Delete) if !call.sending.intended => self.cx.tally.change(|report| report.forgotten += 1),
                (false, Verb::Delete) => self.cx.tally.change(|report| report.deleted += 1),
                (false, _) => self.cx.tally.changed(&id),
            }
            let fields = if verb == Verb::Extend { vec![Field::Size] } else { Vec::new() };
            events.push(Event::Done { verb, address: address.clone(), id: Some(id), fields });
        }
        if is_over {
            changes.extend(call.done(self.cx.client.service_now()));
        } else {
            call.drop_targets(reached.iter());
        }
        if changes.is_empty() && events.is_empty() {
            return Ok(());
        }
        self.cx.recorder.record(changes, events).await
    }

    /// For how long it is looked for where only a person can bring it on.
    fn looked_for(&self, call: &Altering, receipt: Option<&Receipt>) -> Option<Duration> {
        let is_job = matches!(receipt, Some(Receipt::Job(_)));
        (!is_job && call.pays_itself() == Some(false)).then(|| PAID_WITHIN.min(self.cx.doubts.settle))
    }

    /// Whether all that is left of it is at rest, and not what it shall be.
    async fn are_at_rest(&self, call: &Altering) -> bool {
        let Ok(volumes) = self.read(call).await else { return false };
        let is_at_rest = |volume: &Option<ObservedVolume>| volume.as_ref().is_some_and(ObservedVolume::is_settled);
        volumes.values().all(is_at_rest)
    }

    /// The job is over, and what is left of its volumes is as it was.
    async fn did_nothing(&self, call: Altering) -> Result<(), Halted> {
        went_wrong("did nothing");
        self.tell_failed(&call, &Cause::NotDone(NotDone::AsBefore));
        self.cx.recorder.record(call.done(self.cx.client.service_now()), Vec::new()).await
    }

    fn not_seen(&self, call: &Altering, receipt: Option<&Receipt>, trouble: Option<Error>) -> Open {
        match (call.pays_itself(), trouble) {
            (Some(pays_itself), _) if !matches!(receipt, Some(Receipt::Job(_))) => {
                Open::GrowthUnpaid { call: call.sending.id.clone(), pays_itself }
            }
            (_, Some(error)) => Open::VolumesUnread(error),
            (_, None) if call.verb() == Verb::Delete => Open::NotGone,
            (_, None) => Open::NotGrown,
        }
    }
}

/// Whether a call is an extension that may be sent again where nothing shows of it.
fn is_repeatable(call: &Altering) -> bool {
    call.as_extend().is_some_and(|extend| !extend.way.is_order() || !call.sending.doubt)
}
