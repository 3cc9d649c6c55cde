//! The witness: whatever call the cloud gets that makes volumes, makes them larger or deletes one, its sender has put on
//! the disk before; and whatever changes a volume that is there, an approved plan says.

use super::changes::{Announced, Around, Asked, Changes};
use super::image::Tear;
use super::mandate::Mandate;
use evsctl::boundary::Boundaries;
use evsctl::simulator::Arrival;
use evsctl::state::Approved;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long after a crash a request that was under way may still come in.
const UNDER_WAY: Duration = Duration::from_secs(3);

/// The way by which hands make volumes, and evsctl never does.
pub(crate) const BY_HAND: &str = "/v3/{project_id}/volumes";

/// The ways by which evsctl makes volumes.
const CREATES: [&str; 2] = ["/v3/{project_id}/cloudvolumes", "/v2.1/{project_id}/cloudvolumes"];

/// The value of the stack's ownership tag, whatever its key.
pub(crate) fn owner_in(tags: &Value) -> Option<&str> {
    let mut values = tags.as_object()?.values().filter_map(Value::as_str);
    values.find(|value| value.starts_with("test_") && value.split('_').count() == 3)
}

/// The call that an ownership tag names.
pub(crate) fn call_in(owner: &str) -> Option<&str> {
    owner.rsplit('_').next()
}

/// What runs have put on the disk about their calls, held against what comes in.
#[derive(Debug)]
pub(crate) struct Ledger(Mutex<Book>);

#[derive(Debug)]
struct Book {
    journal: PathBuf,
    /// Where the snapshot is kept as it was named and synced when a call last came in: see [`Image`](super::image::Image).
    kept: PathBuf,
    /// The boundaries of the run whose journal is being written.
    writing: Option<Boundaries>,
    /// What the journals before that one held.
    past: Page,
    /// How often each call came in.
    heard: BTreeMap<String, u64>,
    /// When the latest run was ended by its test.
    crashed: Option<Instant>,
    /// Whether the cloud does calls late, so that they come in when another run writes.
    late: bool,
    /// Whether a call may be sent anew from an older state, what it made having been set apart.
    forks: bool,
    /// What is about volumes that are there.
    changes: Changes,
    wrong: Vec<String>,
}

/// What a journal holds about calls.
#[derive(Debug, Default, Clone)]
pub(super) struct Page {
    intents: BTreeMap<String, Intent>,
    /// Those that change volumes which are there.
    pub(super) changes: BTreeMap<String, Announced>,
    /// How often each was sent, with its token and without.
    sent: BTreeMap<String, (u64, u64)>,
    /// When each was sent, to the second, as a signature says it.
    pub(super) dates: BTreeMap<String, BTreeSet<String>>,
}

/// A call that was intended.
#[derive(Debug, Clone)]
struct Intent {
    token: String,
    key: String,
}

impl Ledger {
    pub(crate) fn new(journal: PathBuf, kept: PathBuf) -> Ledger {
        let (writing, past, heard, changes, wrong) = Default::default();
        Ledger(Mutex::new(Book {
            journal,
            kept,
            writing,
            past,
            heard,
            crashed: None,
            late: false,
            forks: false,
            changes,
            wrong,
        }))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The journal is at another place from now on, and so is what is kept of the snapshot.
    pub(crate) fn follow(&self, journal: PathBuf, kept: PathBuf) {
        let mut book = self.book();
        (book.journal, book.kept) = (journal, kept);
    }

    /// For which key a call was made, as far as known.
    pub(crate) fn key_of(&self, call: &str) -> Option<String> {
        let book = self.book();
        let now = book.page().unwrap_or_default();
        now.intents.get(call).or_else(|| book.past.intents.get(call)).map(|intent| intent.key.clone())
    }

    /// A run is about to begin that may do this with volumes that are there.
    pub(crate) fn allow(&self, mandate: Mandate, approved: &Approved) {
        self.book().changes.begin(mandate, approved);
    }

    /// From now on a run with these boundaries writes the journal.
    pub(crate) fn open(&self, boundaries: &Boundaries) {
        self.book().writing = Some(boundaries.clone());
    }

    /// Whether some run was to delete that volume.
    pub(crate) fn gave_up(&self, id: &str) -> bool {
        self.book().changes.gave_up(id)
    }

    /// To which sizes runs were to extend that volume.
    pub(crate) fn grown_to(&self, id: &str) -> BTreeSet<u64> {
        self.book().changes.grown_to(id)
    }

    /// The journal is about to be folded in, or its run has crashed: what it holds durably is kept. Where the process
    /// alone was killed, the next run reads, and makes durable, all that was written.
    pub(crate) fn close(&self, crashed: Option<Tear>) {
        let mut book = self.book();
        let page = match (&book.writing, crashed) {
            (Some(boundaries), Some(tear)) if tear.is_kill() && boundaries.durable() > 0 => {
                let bytes = std::fs::read(&book.journal).unwrap_or_default();
                let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last as u64 + 1);
                Page::read(&book.journal, whole.max(boundaries.durable()))
            }
            _ => book.page(),
        };
        match page {
            Ok(page) => book.past.add(page),
            Err(why) => book.wrong.push(why),
        }
        // A call that a run took over from a snapshot is intended there alone; it may still come in once the next is named.
        let named = book.named();
        book.past.changes.extend(named);
        book.writing = None;
        // A request of the crashed run may still come in when the next one has begun.
        if crashed.is_some() {
            book.crashed = Some(Instant::now());
        }
    }

    /// The cloud does calls late from now on.
    pub(crate) fn expect_late(&self) {
        self.book().late = true;
    }

    /// From now on a state that was put back may send a call that was sent before, since hands have set apart what it
    /// made.
    pub(crate) fn expect_forks(&self) {
        self.book().forks = true;
    }

    /// How many create calls came in.
    pub(crate) fn calls(&self) -> u64 {
        self.book().heard.values().sum()
    }

    /// How many calls came in that extend or delete.
    pub(crate) fn changes(&self) -> u64 {
        self.book().changes.calls()
    }

    /// What was wrong so far.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.book().wrong.clone()
    }

    /// Takes in a call that has come to the cloud.
    pub(crate) fn hear(&self, arrival: &Arrival) {
        let asked = Asked::of(arrival);
        // An empty body asks whether tokens are judged, and can make nothing. All else is sent by hands.
        if asked.is_none() && (arrival.body == b"{}" || !CREATES.contains(&arrival.template)) {
            return;
        }
        let mut book = self.book();
        let judged = match asked {
            Some(asked) => book.judge_change(arrival, &asked),
            None => book.judge(arrival),
        };
        if let Err(why) = judged {
            book.wrong.push(why);
        }
        book.keep();
    }
}

impl Book {
    /// Keeps the snapshot as it is: what names a call that comes in is on the disk.
    fn keep(&self) {
        let _ = std::fs::remove_file(&self.kept);
        let _ = std::fs::hard_link(self.journal.with_extension("json"), &self.kept);
    }

    fn judge(&mut self, arrival: &Arrival) -> Result<(), String> {
        let body: Value = serde_json::from_slice(&arrival.body).map_err(|error| error.to_string())?;
        let call = owner_in(&body["volume"]["tags"]).and_then(call_in).unwrap_or_default().to_owned();
        let heard = self.heard.entry(call.clone()).or_default();
        *heard += 1;
        let heard = *heard;
        let now = self.page()?;
        let (sent_now, sent_past) = (now.sent(&call), self.past.sent(&call));
        let intended = now.intents.get(&call).or_else(|| self.past.intents.get(&call)).cloned();
        let Some(intent) = intended.or_else(|| self.begun(&call)) else {
            return Err(format!("call {call} came in and no durable intent announces it"));
        };
        let token = intent.token.clone();
        self.past.intents.insert(call.clone(), intent);
        if !self.late && !self.is_named(&call) && self.writing.as_ref().is_some_and(|run| !run.died()) {
            return Err(format!("call {call} came in, and the snapshot does not say that the run may send it"));
        }
        if let Some(dated) = &arrival.signed {
            let dates = [&now, &self.past].map(|page| page.dates.get(&call));
            if !dates.iter().flatten().any(|dates| dates.contains(dated)) {
                return Err(format!(
                    "call {call} is signed as of {dated}, when no durable record says that it was sent: {dates:?}"
                ));
            }
        }
        let of_the_past = self.of_the_past();
        let (with, without) = (sent_now.0 + sent_past.0, sent_now.1 + sent_past.1);
        let (fresh, ever) = match &arrival.client_token {
            Some(found) if *found != token => return Err(format!("call {call} came in with another's token, {found}")),
            Some(_) => (sent_now.0, with),
            None => (sent_now.1, without),
        };
        if ever == 0 {
            return Err(format!("call {call} came in and no durable record says that it was sent"));
        }
        if fresh == 0 && !of_the_past {
            let since = self.crashed.map(|crashed| crashed.elapsed());
            return Err(format!("call {call} came in and was sent in no run since the last crash, {since:?} ago"));
        }
        if heard > with + without {
            return Err(format!("call {call} came in {heard} times and was sent {} times", with + without));
        }
        if arrival.client_token.is_none() && heard > 1 && !self.forks {
            return Err(format!("call {call} came in again, and without a token"));
        }
        Ok(())
    }

    /// Judges a call that changes volumes which are there.
    fn judge_change(&mut self, arrival: &Arrival, asked: &Asked) -> Result<(), String> {
        let (now, named) = (self.page()?, self.named());
        let must_be_named = !self.late && self.writing.as_ref().is_some_and(|run| !run.died());
        let of_the_past = self.of_the_past();
        let around = Around { now: &now, past: &self.past, named, of_the_past, must_be_named };
        self.changes.judge(arrival, asked, &around)
    }

    /// Whether a call that comes in may be one of a run that is over.
    fn of_the_past(&self) -> bool {
        self.late || self.crashed.is_some_and(|crashed| crashed.elapsed() < UNDER_WAY)
    }

    /// What the snapshot says may be sent, or was, of calls that change volumes which are there.
    fn named(&self) -> BTreeMap<String, Announced> {
        let text = std::fs::read(self.journal.with_extension("json")).unwrap_or_default();
        let snapshot: Value = serde_json::from_slice(&text).unwrap_or_default();
        let all = ["may_send", "calls"].into_iter().filter_map(|field| snapshot[field].as_object());
        all.flatten().filter_map(|(call, body)| Some((call.clone(), Announced::of(body)?))).collect()
    }

    /// Whether the snapshot names a call, so that a reader without the journal knows that it may have been sent.
    fn is_named(&self, call: &str) -> bool {
        let text = std::fs::read(self.journal.with_extension("json")).unwrap_or_default();
        let snapshot: Value = serde_json::from_slice(&text).unwrap_or_default();
        ["may_send", "calls"].iter().any(|field| snapshot[*field][call].is_object())
    }

    /// The token of a call that a run took over whose beginning is in the snapshot alone: the record of the run that
    /// was to intend it is lost.
    fn begun(&self, call: &str) -> Option<Intent> {
        let text = std::fs::read(self.journal.with_extension("json")).ok()?;
        let snapshot: Value = serde_json::from_slice(&text).ok()?;
        let text = |field: &str| snapshot["calls"][call][field].as_str().map(str::to_owned);
        Some(Intent { token: text("token")?, key: text("key")? })
    }

    /// What is surely on the disk of the journal that is being written.
    fn page(&self) -> Result<Page, String> {
        match &self.writing {
            Some(boundaries) => Page::read(&self.journal, boundaries.durable()),
            None => Ok(Page::default()),
        }
    }
}

impl Page {
    fn read(journal: &Path, durable: u64) -> Result<Page, String> {
        let mut page = Page::default();
        if durable == 0 {
            return Ok(page);
        }
        let bytes = std::fs::read(journal).map_err(|error| format!("the journal cannot be read: {error}"))?;
        let bytes = usize::try_from(durable).ok().and_then(|durable| bytes.get(..durable));
        let bytes = bytes.ok_or("the journal is shorter than what was synced of it")?;
        // The first line says which snapshot it extends.
        for line in bytes.split_inclusive(|byte| *byte == b'\n').skip(1) {
            let record: Value = serde_json::from_slice(line)
                .map_err(|error| format!("a synced line of the journal does not read: {error}"))?;
            for change in record["changes"].as_array().into_iter().flatten() {
                page.take(change);
            }
        }
        Ok(page)
    }

    fn take(&mut self, change: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(intent) = change.get("intent") {
            let body = &intent["body"];
            self.changes.extend(Announced::of(body).map(|announced| (text(&intent["call"]), announced)));
            self.intents.insert(text(&intent["call"]), Intent { token: text(&body["token"]), key: text(&body["key"]) });
        }
        if let Some(sent) = change.get("sent") {
            let (with, without) = self.sent.entry(text(&sent["call"])).or_default();
            *(if sent["token"] == true { with } else { without }) += 1;
            let at: jiff::Timestamp = text(&sent["at"]).parse().unwrap();
            let dates = self.dates.entry(text(&sent["call"])).or_default();
            dates.insert(at.strftime("%Y%m%dT%H%M%SZ").to_string());
        }
    }

    pub(super) fn sent(&self, call: &str) -> (u64, u64) {
        self.sent.get(call).copied().unwrap_or_default()
    }

    fn add(&mut self, other: Page) {
        self.intents.extend(other.intents);
        self.changes.extend(other.changes);
        for (call, (with, without)) in other.sent {
            let sum = self.sent.entry(call).or_default();
            *sum = (sum.0 + with, sum.1 + without);
        }
        for (call, dates) in other.dates {
            self.dates.entry(call).or_default().extend(dates);
        }
    }
}
