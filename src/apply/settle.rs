//! A call that may or may not have been done: what it made is looked for by its tag, then it is sent again with its
//! token where that is safe, and at last it is concluded that it never happened, where time can prove that.

use super::absence::Silence;
use super::context::Context;
use super::event::Event;
use super::record::Halted;
use super::sending::Sending;
use super::terms::{Doubts, EMPTY_LISTS, InDoubt, UNTAGGED, by_hand, is_remembered, never_concluded};
use crate::evs::Meaning;
use crate::observed::Listed;
use crate::operation::{FoundBy, Repeated};
use crate::plan;
use crate::volume::CallId;
use jiff::Unit;
use std::time::Duration;
use tokio::time::Instant;

/// How long volumes are looked for where nothing may ever be concluded from their absence.
const HOLD_LOOKS: Duration = Duration::from_secs(60);

/// How a doubt ended.
pub(super) enum Settled {
    /// All of its volumes are there.
    Found,
    /// Nothing shows, and it may be sent again with its token.
    Again,
    /// Only so many volumes are there, and no more will ever be.
    Only(usize),
    /// It stays open, for this reason; `None` where the run is stopping.
    Open(Option<String>),
}

impl Settled {
    /// In a word or two, for a log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Settled::Found => "all of it is there",
            Settled::Again => "may go again",
            Settled::Only(0) => "it never happened",
            Settled::Only(_) => "a part is there, and no more will be",
            Settled::Open(_) => "stays open",
        }
    }
}

/// A call in doubt, and what it is settled with.
struct Settling<'a> {
    cx: &'a Context,
    call: &'a Sending,
}

/// Settles a doubt, as far as that can be done. Every sending of the call is recorded.
pub(super) async fn settle(cx: &Context, call: &Sending, deadline: Instant) -> Result<Settled, Halted> {
    Settling { cx, call }.settle(deadline).await
}

impl Settling<'_> {
    /// Settles a doubt, as far as that can be done. Every sending of the call is recorded.
    async fn settle(&self, deadline: Instant) -> Result<Settled, Halted> {
        let call = self.call;
        let wanted = call.create.slots.len();
        let began = Instant::now();
        let (mut since, mut pause, mut empty) = (began, Duration::from_millis(200), 0);
        // As the last list had it.
        let mut waiting_helps = true;
        let mut told = false;
        let mut last: Option<String> = None;
        if !(call.recorded.found_by() == FoundBy::Tag) {
            // Without a tag nothing can be found, and so nothing concluded.
            let again = self.may_go_again().await?;
            let never = never_concluded(&call.create.spec).map(|never| format!("; {never}")).unwrap_or_default();
            let why = format!("{UNTAGGED}{never}; {}", by_hand(&call.id));
            return Ok(if again { Settled::Again } else { Settled::Open(Some(why)) });
        }
        loop {
            // Nobody who will not wait for a conclusion waits longer than this for a list.
            let looks_until = if self.knows_to_wait() { deadline } else { deadline.min(began + HOLD_LOOKS) };
            let looked = tokio::time::timeout_at(looks_until, self.cx.sight.list_since(since)).await;
            let (listed, mut why) = match looked {
                Ok(Ok(listed)) => {
                    let found = self.count_tagged(&listed, &call.id);
                    if found >= wanted {
                        return Ok(Settled::Found);
                    }
                    if self.may_go_again().await? {
                        return Ok(Settled::Again);
                    }
                    let why = format!("{found} of its {wanted} volumes show by their tag, and its token is of no help");
                    (Some((listed, found)), why)
                }
                Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => {
                    self.cx.tally.change(|report| report.denied = true);
                    return Ok(Settled::Open(Some(error.to_string())));
                }
                Ok(Err(error)) => (None, error.to_string()),
                // What was seen before says more.
                Err(_) => (None, last.take().unwrap_or_else(|| "its volumes could not be listed in time".to_owned())),
            };
            let policy = self.policy().await?;
            let silence = self.silence();
            let mut provable = silence.is_some_and(|silence| self.cx.can_end(&silence, deadline));
            if let Some((listed, found)) = listed {
                let proved = silence.map(|silence| silence.is_proved_by(&listed));
                // Only who waits concludes.
                let concluded = policy == InDoubt::Wait && proved == Some(Ok(()));
                empty = if concluded { empty + 1 } else { 0 };
                if empty >= EMPTY_LISTS {
                    return Ok(Settled::Only(found));
                }
                // A moment is waited all the same: another call of this run may bring what is missing.
                let unproved = proved.and_then(|proved| proved.err()?.words());
                waiting_helps = unproved.is_none();
                if let Some(unproved) = unproved {
                    provable = false;
                    why.push_str(", and ");
                    why.push_str(unproved);
                }
            }
            let over = match policy {
                InDoubt::Fail => true,
                InDoubt::Hold => began.elapsed() >= HOLD_LOOKS,
                // What cannot be proved in this run is left to a later one.
                InDoubt::Wait => began.elapsed() >= HOLD_LOOKS && !provable,
            };
            let never = never_concluded(&call.create.spec);
            if over {
                let lift = match (policy, never) {
                    (_, Some(never)) => never.to_owned(),
                    (InDoubt::Wait, _) => self.provable_from(),
                    (InDoubt::Hold, _) => "`--in-doubt wait` waits until time has proved that it made none".to_owned(),
                    (InDoubt::Fail, _) => "without `--in-doubt fail` more is tried".to_owned(),
                };
                return Ok(Settled::Open(Some(format!("{why}; {lift}; {}", by_hand(&call.id)))));
            }
            last = Some(why.clone());
            if !told {
                told = true;
                self.tell_waiting(policy, &why);
            }
            if !self.cx.pause(&mut pause, deadline).await {
                if self.cx.stop.is_cancelled() {
                    return Ok(Settled::Open(None));
                }
                let never = never.map(|never| format!("; {never}")).unwrap_or_default();
                let lift =
                    if waiting_helps && never.is_empty() { String::new() } else { format!("; {}", by_hand(&call.id)) };
                return Ok(Settled::Open(Some(format!("{why}{never}{lift}"))));
            }
            since = Instant::now();
        }
    }

    /// What is done in the end. The service is asked about tokens only where that decides.
    async fn policy(&self) -> Result<InDoubt, Halted> {
        let decided = self.policy_where(false);
        if decided == self.policy_where(true) {
            return Ok(decided);
        }
        Ok(self.policy_where(self.cx.tokens.are_trusted(&self.cx.client, &self.cx.recorder).await?))
    }

    /// Whether it is certain, without asking the service, that a conclusion is waited for.
    fn knows_to_wait(&self) -> bool {
        self.policy_where(self.cx.tokens.trusted_so_far() == Some(true)) == InDoubt::Wait
    }

    /// What is done where tokens are trusted, or are not. Who would wait for a proof holds where there can be none.
    fn policy_where(&self, trusted: bool) -> InDoubt {
        match self.cx.doubts.policy {
            None | Some(InDoubt::Wait) if never_concluded(&self.call.create.spec).is_some() => InDoubt::Hold,
            Some(policy) => policy,
            None if self.cx.doubts.dated || (trusted && self.call.recorded.repeated() == Repeated::ByToken) => {
                InDoubt::Wait
            }
            None => InDoubt::Hold,
        }
    }

    /// Whether the call may be sent again with its token: it is still wanted, the service has had all of it with
    /// that token, honours tokens, and remembers this one.
    async fn may_go_again(&self) -> Result<bool, Halted> {
        let Some(sent) = self.call.sent else { return Ok(false) };
        let remembered = is_remembered(self.cx.client.service_now().duration_since(sent.first));
        Ok(self.call.wanted
            && self.call.replay
            && sent.token
            && remembered
            && self.cx.tokens.are_trusted(&self.cx.client, &self.cx.recorder).await?)
    }

    /// How long a call in doubt must have been looked for before its absence from a list means anything. `None` where
    /// it never does: what may wait to be paid for has no such time.
    fn silence(&self) -> Option<Silence> {
        if never_concluded(&self.call.create.spec).is_some() {
            return None;
        }
        // What never left is looked for as if it had left when this run began.
        let since = self.call.sent.map_or(self.call.recorded.at, |sent| sent.last);
        let watched = self.call.left_at.unwrap_or(self.cx.began).elapsed();
        let Doubts { validity, settle, .. } = self.cx.doubts;
        Some(Silence { since, lasts: validity.saturating_add(settle), settle, watched })
    }

    /// From when on its absence can be proved.
    fn provable_from(&self) -> String {
        let Some(silence) = self.silence() else { return String::new() };
        match silence.ends() {
            Some(from) => format!(
                "a run after {} that may look for {} can prove that it made none",
                from.round(Unit::Second).unwrap_or(from),
                self.seconds_to_watch(),
            ),
            None => "no time is late enough to prove that it made none".to_owned(),
        }
    }

    /// How many volumes carry the tag of a self.call.
    fn count_tagged(&self, listed: &Listed, id: &CallId) -> usize {
        let owner = self.cx.owner(id);
        listed.volumes.values().filter(|volume| owner.marks(&volume.tags)).count()
    }

    /// How long a later run has to look on by its own clock, in words.
    fn seconds_to_watch(&self) -> String {
        let seconds = self.cx.doubts.settle.as_secs_f64().ceil();
        if seconds >= 120.0 { format!("{} minutes", (seconds / 60.0).ceil()) } else { format!("{seconds} s") }
    }

    fn tell_waiting(&self, policy: InDoubt, why: &str) {
        let until = match policy {
            InDoubt::Wait => "until its absence is proved",
            InDoubt::Hold | InDoubt::Fail => "for a minute",
        };
        let reason =
            format!("create call {} may have been done ({why}); its volumes are looked for {until}", self.call.id);
        self.cx.recorder.tell(Event::retrying(plan::summary::LIST, reason, Duration::ZERO));
    }
}
