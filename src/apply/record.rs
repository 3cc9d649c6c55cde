//! The one writer: takes changes and events from every task, in one order, makes the changes durable
//! and then hands the events on. It waits for the disk and for nobody else.

use super::event::Event;
use super::sink::EventSink;
use crate::operation::Operation;
use crate::state::Change;
use crate::store::{Lease, StoreError};
use crate::volume::CallId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// The most messages that one write takes together: one sync then serves all of them.
const GROUP: usize = 512;

/// The writer failed: nothing more may be started, and what runs is left to the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Halted;

/// A handle on the writer, one for each task.
#[derive(Debug, Clone)]
pub(super) struct Recorder(Sender<Message>);

struct Message {
    changes: Vec<Change>,
    events: Vec<Event>,
    /// A call that the run may send beside those that it was begun with.
    further: Option<(CallId, Operation)>,
    durable: Option<oneshot::Sender<bool>>,
}

/// What is left when the last handle is gone.
pub(super) struct Written {
    pub(super) lease: Lease,
    pub(super) sink: EventSink,
    pub(super) error: Option<StoreError>,
}

impl Recorder {
    /// Starts the writer on a thread of its own, since it waits for the disk.
    pub(super) fn start(lease: Lease, sink: EventSink) -> (Recorder, std::thread::JoinHandle<Written>) {
        let (sender, receiver) = channel();
        let writer = std::thread::spawn(move || {
            let (lease, error) = write(&receiver, &sink, lease);
            Written { lease, sink, error }
        });
        (Recorder(sender), writer)
    }

    /// Returns when the changes are durable.
    pub(super) async fn record(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<(), Halted> {
        if self.begin(changes, events).await? { Ok(()) } else { Err(Halted) }
    }

    /// Returns when the changes, which begin a call, are durable. `false` where the disk has no room for all that must
    /// follow of it: then the call may not leave, while what others came to is still recorded.
    pub(super) async fn begin(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<bool, Halted> {
        let (durable, done) = oneshot::channel();
        self.0.send(Message { changes, events, further: None, durable: Some(durable) }).map_err(|_| Halted)?;
        done.await.map_err(|_| Halted)
    }

    /// Returns when it is durable that the run may send that call too. `false` where that could not be written: then the
    /// call may not leave.
    pub(super) async fn also_sends(&self, id: CallId, operation: Operation) -> Result<bool, Halted> {
        let (durable, done) = oneshot::channel();
        let further = Some((id, operation));
        let message = Message { changes: Vec::new(), events: Vec::new(), further, durable: Some(durable) };
        self.0.send(message).map_err(|_| Halted)?;
        done.await.map_err(|_| Halted)
    }

    /// Hands changes over that may become durable a little later, since the cloud itself shows them.
    pub(super) fn note(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<(), Halted> {
        self.0.send(Message { changes, events, further: None, durable: None }).map_err(|_| Halted)
    }

    /// Tells events alone. That nobody may hear them is no harm.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.0.send(Message { changes: Vec::new(), events: vec![event], further: None, durable: None });
    }
}

/// Writes until the last handle is gone, or until that fails.
fn write(receiver: &Receiver<Message>, sink: &EventSink, mut lease: Lease) -> (Lease, Option<StoreError>) {
    // What kept a call from leaving, while all else goes on.
    let mut trouble = None;
    while let Ok(first) = receiver.recv() {
        let mut group = vec![first];
        group.extend(std::iter::from_fn(|| receiver.try_recv().ok()).take(GROUP - 1));
        // Dropping the group and the receiver tells every task that waits, and every later one.
        let kept = match durable(&mut lease, &mut group) {
            Ok(kept) => kept,
            Err(error) => return (lease, Some(error)),
        };
        for (place, message) in group.into_iter().enumerate() {
            if let Some(durable) = message.durable {
                // A task that was given up does not wait any more.
                let _ = durable.send(!kept.messages.contains(&place));
            }
            for event in message.events {
                sink.tell(event);
            }
        }
        trouble = trouble.or(kept.by);
    }
    (lease, trouble)
}

/// The messages whose calls may not leave, by their places, and why.
#[derive(Default)]
struct Kept {
    messages: BTreeSet<usize>,
    by: Option<StoreError>,
}

/// Makes durable what the messages ask for: all changes in one write, and all further calls in one snapshot.
///
/// # Errors
/// When nothing more can be recorded.
fn durable(lease: &mut Lease, group: &mut [Message]) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    let places = |which: &dyn Fn(&Message) -> bool, group: &[Message]| -> BTreeSet<usize> {
        group.iter().enumerate().filter(|(_, message)| which(message)).map(|(place, _)| place).collect()
    };
    let begin = places(&|message| message.changes.iter().any(Change::begins), group);
    let are_further = places(&|message| message.further.is_some(), group);
    let changes: Vec<Change> = group.iter_mut().flat_map(|message| std::mem::take(&mut message.changes)).collect();
    if !changes.is_empty() {
        match lease.append(changes) {
            Ok(()) => {}
            Err(error @ StoreError::NoRoom { .. }) => kept = Kept { messages: begin, by: Some(error) },
            Err(error) => return Err(error),
        }
    }
    let further: BTreeMap<CallId, Operation> = group.iter_mut().filter_map(|message| message.further.take()).collect();
    if !further.is_empty() {
        match lease.also_sends(further) {
            Ok(()) => {}
            Err(error @ (StoreError::Fenced { .. } | StoreError::Poisoned { .. })) => return Err(error),
            // What is under way goes on, and is recorded.
            Err(error) => {
                kept.messages.extend(are_further);
                kept.by.get_or_insert(error);
            }
        }
    }
    Ok(kept)
}
