//! The one writer: takes changes and events from every task, in one order, makes the changes durable
//! and then tells the listener.

use super::event::{Event, Listener};
use crate::state::Change;
use crate::store::{Lease, StoreError};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;
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
    pub(super) listener: Box<dyn Listener>,
    pub(super) error: Option<StoreError>,
}

impl Recorder {
    /// Starts the writer on a thread of its own, since it waits for the disk.
    pub(super) fn start(lease: Lease, listener: Box<dyn Listener>) -> (Recorder, std::thread::JoinHandle<Written>) {
        let (sender, receiver) = channel();
        (Recorder(sender), std::thread::spawn(move || write(&receiver, lease, listener)))
    }

    /// Returns when the changes are durable and the events told.
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

fn write(receiver: &Receiver<Message>, mut lease: Lease, mut listener: Box<dyn Listener>) -> Written {
    loop {
        let first = match receiver.recv_timeout(Duration::from_millis(250)) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => {
                listener.tick();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Written { lease, listener, error: None },
        };
        let mut group = vec![first];
        group.extend(std::iter::from_fn(|| receiver.try_recv().ok()).take(GROUP - 1));
        let changes: Vec<Change> = group.iter_mut().flat_map(|message| std::mem::take(&mut message.changes)).collect();
        if !changes.is_empty()
            && let Err(error) = lease.append(changes)
        {
            // Dropping the group and the receiver tells every task that waits, and every later one.
            return Written { lease, listener, error: Some(error) };
        }
        // The tasks first: whoever reads the events may be slow.
        for durable in group.iter_mut().filter_map(|message| message.durable.take()) {
            // A task that was given up does not wait any more.
            let _ = durable.send(());
        }
        for event in group.iter().flat_map(|message| &message.events) {
            listener.hear(event);
        }
    }
}
