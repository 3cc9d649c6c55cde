//! The one writer: takes changes and events from every task, in one order, makes the changes durable
//! and then hands the events on. It waits for the disk and for nobody else.

use super::event::Event;
use super::telling::Telling;
use crate::state::Change;
use crate::store::{Lease, StoreError};
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
    durable: Option<oneshot::Sender<()>>,
}

/// What is left when the last handle is gone.
pub(super) struct Written {
    pub(super) lease: Lease,
    pub(super) telling: Telling,
    pub(super) error: Option<StoreError>,
}

impl Recorder {
    /// Starts the writer on a thread of its own, since it waits for the disk.
    pub(super) fn start(lease: Lease, telling: Telling) -> (Recorder, std::thread::JoinHandle<Written>) {
        let (sender, receiver) = channel();
        let writer = std::thread::spawn(move || {
            let (lease, error) = write(&receiver, &telling, lease);
            Written { lease, telling, error }
        });
        (Recorder(sender), writer)
    }

    /// Returns when the changes are durable.
    pub(super) async fn record(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<(), Halted> {
        let (durable, done) = oneshot::channel();
        self.0.send(Message { changes, events, durable: Some(durable) }).map_err(|_| Halted)?;
        done.await.map_err(|_| Halted)
    }

    /// Hands changes over that may become durable a little later, since the cloud itself shows them.
    pub(super) fn note(&self, changes: Vec<Change>, events: Vec<Event>) -> Result<(), Halted> {
        self.0.send(Message { changes, events, durable: None }).map_err(|_| Halted)
    }

    /// Tells events alone. That nobody may hear them is no harm.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.0.send(Message { changes: Vec::new(), events: vec![event], durable: None });
    }
}

/// Writes until the last handle is gone, or until that fails.
fn write(receiver: &Receiver<Message>, telling: &Telling, mut lease: Lease) -> (Lease, Option<StoreError>) {
    while let Ok(first) = receiver.recv() {
        let mut group = vec![first];
        group.extend(std::iter::from_fn(|| receiver.try_recv().ok()).take(GROUP - 1));
        let changes: Vec<Change> = group.iter_mut().flat_map(|message| std::mem::take(&mut message.changes)).collect();
        if !changes.is_empty()
            && let Err(error) = lease.append(changes)
        {
            // Dropping the group and the receiver tells every task that waits, and every later one.
            return (lease, Some(error));
        }
        for message in group {
            if let Some(durable) = message.durable {
                // A task that was given up does not wait any more.
                let _ = durable.send(());
            }
            for event in message.events {
                telling.tell(event);
            }
        }
    }
    (lease, None)
}
