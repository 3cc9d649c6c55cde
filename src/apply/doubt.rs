//! A call that may or may not have been done: what it made is looked for by its tag, then it is sent again with its
//! token where that is safe, and at last it is concluded that it never happened, where time can prove that.

use super::Work;
use super::absence::Silence;
use super::create::Sending;
use super::event::Event;
use super::order::never_concluded;
use super::record::Halted;
use crate::evs::{Error, Listed, Meaning};
use crate::plan;
use crate::state::{Change, TokenSupport};
use crate::volume::{CallId, CreateApi};
use jiff::{SignedDuration, Unit};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::Instant;

/// How long after its first sending a call may be sent again with its token: an hour less than the service
/// remembers it (EVS API reference, `X-Client-Token`).
const TOKEN_LIVES: SignedDuration = SignedDuration::from_hours(7);
/// How long volumes are looked for where nothing may ever be concluded from their absence.
const HOLD_LOOKS: Duration = Duration::from_secs(60);
/// How long after it gave no answer the service is asked about tokens again.
const PROBE_AGAIN: Duration = Duration::from_secs(2);
/// How many complete lists in a row must show nothing.
pub(super) const EMPTY_LISTS: u32 = 2;

/// What is done about a create call whose answer was lost, which may not be sent again, and of which nothing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// Wait until time has proved that it never happened, and make it anew.
    Wait,
    /// Never conclude that: look for a minute, then leave it to the next run.
    Hold,
    /// Look once and leave it at once.
    Fail,
}

/// How calls in doubt are settled.
#[derive(Debug, Clone, Copy)]
pub struct Doubts {
    /// What is done in the end. `None`: to wait where something keeps a sending from being done late, which is the
    /// service's memory for tokens or the date of a signature; else to hold.
    pub policy: Option<InDoubt>,
    /// Whether every request is dated by a signature, and is surely refused once `validity` has passed.
    pub dated: bool,
    /// How long after a sending the service may still take the request in: a signed one until its date is too old,
    /// one with a session's token as long as that lives.
    pub validity: Duration,
    /// How long a call that was taken in may stay invisible.
    pub settle: Duration,
}

/// What the service answered when it was asked about tokens. It is asked until it has answered: what trouble kept
/// from being known does not count for the rest of the run.
#[derive(Debug, Default)]
pub(super) struct Probed(tokio::sync::Mutex<Probe>);

#[derive(Debug, Default)]
enum Probe {
    #[default]
    Unasked,
    /// No answer came, and it is not asked again before that.
    Unanswered(Instant),
    /// What it showed, where it showed anything.
    Answered(Option<bool>),
}

impl Probed {
    /// What the service shows of tokens, asked once for all who want to know.
    async fn shown<F: Future<Output = Result<Option<bool>, Error>>>(&self, ask: impl FnOnce() -> F) -> Option<bool> {
        let mut probe = self.0.lock().await;
        match *probe {
            Probe::Answered(shown) => return shown,
            Probe::Unanswered(again) if Instant::now() < again => return None,
            Probe::Unanswered(_) | Probe::Unasked => {}
        }
        let answer = ask().await;
        *probe = match &answer {
            Ok(shown) => Probe::Answered(*shown),
            Err(error) if matches!(error.meaning(), Some(Meaning::Denied)) => Probe::Answered(None),
            Err(_) => Probe::Unanswered(Instant::now() + PROBE_AGAIN),
        };
        answer.ok().flatten()
    }
}

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

impl Work {
    /// Settles a doubt, as far as that can be done. Every sending of the call is recorded.
    pub(super) async fn settle(&self, call: &Sending, deadline: Instant) -> Result<Settled, Halted> {
        let wanted = call.create.slots.len();
        let began = Instant::now();
        let (mut since, mut pause, mut empty) = (began, Duration::from_millis(200), 0);
        // As the last list had it.
        let mut waiting_helps = true;
        let mut told = false;
        let mut last: Option<String> = None;
        if !call.is_tagged() {
            // Without a tag nothing can be found, and so nothing concluded.
            let again = self.may_go_again(call).await?;
            let never = never_concluded(&call.create.spec).map(|never| format!("; {never}")).unwrap_or_default();
            let why = format!("{UNTAGGED}{never}; {}", by_hand(&call.id));
            return Ok(if again { Settled::Again } else { Settled::Open(Some(why)) });
        }
        loop {
            // Nobody who will not wait for a conclusion waits longer than this for a list.
            let looks_until = if self.knows_to_wait(call) { deadline } else { deadline.min(began + HOLD_LOOKS) };
            let looked = tokio::time::timeout_at(looks_until, self.sight.list_since(since)).await;
            let (listed, mut why) = match looked {
                Ok(Ok(listed)) => {
                    let found = self.count_tagged(&listed, &call.id);
                    if found >= wanted {
                        return Ok(Settled::Found);
                    }
                    if self.may_go_again(call).await? {
                        return Ok(Settled::Again);
                    }
                    let why = format!("{found} of its {wanted} volumes show by their tag, and its token is of no help");
                    (Some((listed, found)), why)
                }
                Ok(Err(error)) if error.meaning() == Some(Meaning::Denied) => {
                    self.tally.change(|report| report.denied = true);
                    return Ok(Settled::Open(Some(error.to_string())));
                }
                Ok(Err(error)) => (None, error.to_string()),
                // What was seen before says more.
                Err(_) => (None, last.take().unwrap_or_else(|| "its volumes could not be listed in time".to_owned())),
            };
            let policy = self.policy(call).await?;
            let silence = self.silence_of(call);
            let mut provable = silence.is_some_and(|silence| self.ends_before(&silence, deadline));
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
                    (InDoubt::Wait, _) => self.provable_from(call),
                    (InDoubt::Hold, _) => "`--in-doubt wait` waits until time has proved that it made none".to_owned(),
                    (InDoubt::Fail, _) => "without `--in-doubt fail` more is tried".to_owned(),
                };
                return Ok(Settled::Open(Some(format!("{why}; {lift}; {}", by_hand(&call.id)))));
            }
            last = Some(why.clone());
            if !told {
                told = true;
                self.tell_waiting(call, policy, &why);
            }
            if !self.pause(&mut pause, deadline).await {
                if self.stop.is_cancelled() {
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
    async fn policy(&self, call: &Sending) -> Result<InDoubt, Halted> {
        let decided = self.policy_where(call, false);
        if decided == self.policy_where(call, true) {
            return Ok(decided);
        }
        Ok(self.policy_where(call, self.trusts_tokens().await?))
    }

    /// Whether it is certain, without asking the service, that a conclusion is waited for.
    fn knows_to_wait(&self, call: &Sending) -> bool {
        self.policy_where(call, self.trust_so_far() == Some(true)) == InDoubt::Wait
    }

    /// What is done where tokens are trusted, or are not. Who would wait for a proof holds where there can be none.
    fn policy_where(&self, call: &Sending, trusted: bool) -> InDoubt {
        match self.doubts.policy {
            None | Some(InDoubt::Wait) if never_concluded(&call.create.spec).is_some() => InDoubt::Hold,
            Some(policy) => policy,
            None if self.doubts.dated || (trusted && call.recorded.api.documents_tokens()) => InDoubt::Wait,
            None => InDoubt::Hold,
        }
    }

    /// Whether the call may be sent again with its token: it is still wanted, the service has had all of it with
    /// that token, honours tokens, and remembers this one.
    async fn may_go_again(&self, call: &Sending) -> Result<bool, Halted> {
        let Some(sent) = call.sent else { return Ok(false) };
        let remembered = is_remembered(self.client.service_now().duration_since(sent.first));
        Ok(call.wanted && call.replay && sent.token && remembered && self.trusts_tokens().await?)
    }

    /// How long a call in doubt must have been looked for before its absence from a list means anything. `None` where
    /// it never does: what may wait to be paid for has no such time.
    fn silence_of(&self, call: &Sending) -> Option<Silence> {
        if never_concluded(&call.create.spec).is_some() {
            return None;
        }
        // What never left is looked for as if it had left when this run began.
        let since = call.sent.map_or(call.recorded.at, |sent| sent.last);
        let watched = call.left_at.unwrap_or(self.began).elapsed();
        let Doubts { validity, settle, .. } = self.doubts;
        Some(Silence { since, lasts: validity.saturating_add(settle), settle, watched })
    }

    /// Whether a silence can have ended before the deadline, by both clocks.
    pub(super) fn ends_before(&self, silence: &Silence, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let by_service = SignedDuration::try_from(left).unwrap_or_default();
        let ends = silence.ends().is_some_and(|ends| ends.duration_since(self.client.service_now()) < by_service);
        ends && silence.left_to_watch() < left
    }

    /// From when on its absence can be proved.
    fn provable_from(&self, call: &Sending) -> String {
        let Some(silence) = self.silence_of(call) else { return String::new() };
        match silence.ends() {
            Some(from) => format!(
                "a run after {} that may look for {} can prove that it made none",
                from.round(Unit::Second).unwrap_or(from),
                self.seconds_to_watch(),
            ),
            None => "no time is late enough to prove that it made none".to_owned(),
        }
    }

    /// Whether a call that is sent again with its token is not done twice. Where nothing is known of the service it
    /// is asked, until it has answered once.
    pub(super) async fn trusts_tokens(&self) -> Result<bool, Halted> {
        if let Some(trusted) = self.trust_so_far() {
            return Ok(trusted);
        }
        let shown = self.probed.shown(|| self.client.probe_tokens(CreateApi::V3)).await;
        if let Some(honours) = shown {
            self.note_tokens(honours).await?;
        }
        Ok(shown == Some(true))
    }

    /// The same as far as it is known without asking.
    fn trust_so_far(&self) -> Option<bool> {
        let documented = self.state.cloud.documents_tokens().then_some(true);
        self.known_tokens().map(|known| known == TokenSupport::Honoured).or(documented)
    }

    /// What the service has shown of tokens so far.
    pub(super) fn known_tokens(&self) -> Option<TokenSupport> {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records what the service has shown of tokens, where that is news.
    pub(super) async fn note_tokens(&self, honours: bool) -> Result<(), Halted> {
        let shown = if honours { TokenSupport::Honoured } else { TokenSupport::Off };
        let before = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).replace(shown);
        if before == Some(shown) {
            return Ok(());
        }
        self.recorder.record(vec![Change::Tokens(shown)], Vec::new()).await
    }

    /// How many volumes carry the tag of a call.
    pub(super) fn count_tagged(&self, listed: &Listed, id: &CallId) -> usize {
        let owner = self.owner(id);
        listed.volumes.values().filter(|volume| owner.marks(&volume.tags)).count()
    }

    /// How long a later run has to look on by its own clock, in words.
    fn seconds_to_watch(&self) -> String {
        let seconds = self.doubts.settle.as_secs_f64().ceil();
        if seconds >= 120.0 { format!("{} minutes", (seconds / 60.0).ceil()) } else { format!("{seconds} s") }
    }

    fn tell_waiting(&self, call: &Sending, policy: InDoubt, why: &str) {
        let until = match policy {
            InDoubt::Wait => "until its absence is proved",
            InDoubt::Hold | InDoubt::Fail => "for a minute",
        };
        let reason = format!("create call {} may have been done ({why}); its volumes are looked for {until}", call.id);
        self.recorder.tell(Event::retrying(plan::summary::LIST, reason, Duration::ZERO));
    }
}

/// Why nothing is known of an untagged call.
pub(super) const UNTAGGED: &str = "it was sent without an ownership tag, so nothing can tell what it made";

/// What a person can do where nothing else helps.
pub(super) fn by_hand(call: &CallId) -> String {
    format!("if the console shows that it surely made none, give it up: `evsctl state rm PATH --call {call}`")
}

/// Whether the service surely remembers the token of a call that was first sent so long ago.
pub(super) fn is_remembered(age: SignedDuration) -> bool {
    age < TOKEN_LIVES && age > -TOKEN_LIVES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evs::Kind;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_service_that_gave_no_answer_about_tokens_is_asked_again_and_one_that_did_is_not() {
        let (probed, asked) = (Probed::default(), Cell::new(0));
        let ask = |answer: Result<Option<bool>, Kind>| {
            asked.set(asked.get() + 1);
            std::future::ready(answer.map_err(|kind| Error::new("POST /", kind)))
        };
        let lost = || Err(Kind::Unanswered("reset".to_owned()));
        assert_eq!(probed.shown(|| ask(lost())).await, None);
        assert_eq!(probed.shown(|| ask(Ok(Some(true)))).await, None, "not again at once");
        *probed.0.lock().await = Probe::Unanswered(Instant::now());
        assert_eq!(probed.shown(|| ask(Ok(Some(true)))).await, Some(true));
        assert_eq!(probed.shown(|| ask(lost())).await, Some(true));
        assert_eq!(asked.get(), 2);
    }
}
