//! The data file: one JSON line per event, synced before the answer that rests on it leaves.
//!
//! The first line names the format. A torn last line, of a run that was killed while it wrote, is dropped; a line
//! that does not read anywhere else is an error. Where nothing else was asked for, the file is opened for writing at
//! the first event and not before, so looking at a cloud writes nothing; then it is locked, and a file that has
//! changed since it was read is not written. It may lie in a working copy, where anybody can put anything: what is
//! no regular file is refused, links above all, and so is a line that no event has. One thread writes: whatever has gathered while it was syncing goes out in one write and one sync.

mod place;
mod replay;

pub(super) use replay::replay;

use super::config::Opening;
use super::event::Event;
use super::model::Cloud;
use replay::Found;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// The writing end.
#[derive(Debug)]
pub(super) struct Log {
    lines: Option<mpsc::Sender<Vec<u8>>>,
    sent: u64,
    written: watch::Receiver<Written>,
    thread: Option<JoinHandle<()>>,
}

/// How far the thread has come.
#[derive(Debug, Default, Clone)]
pub(super) struct Written {
    /// How many sendings are durable.
    pub(super) count: u64,
    /// Why nothing more will be written.
    pub(super) failure: Option<String>,
}

impl Log {
    /// Reads the file into the cloud, where there is one, and gets ready to write.
    ///
    /// # Errors
    /// When the file cannot be used, is of another format, or is spoilt before its last line; when it is opened
    /// for writing at the start, also when another simulator has it.
    pub(super) fn open(path: &Path, opening: Opening, cloud: &mut Cloud) -> io::Result<Log> {
        place::check(path, opening)?;
        let (mut file, found) = match opening {
            Opening::AtStart => {
                let mut file = place::lock(path)?;
                let found = replay(&file, cloud)?;
                place::go_on(&mut file, path, found)?;
                (Some(file), found)
            }
            Opening::AtChange => match place::read(path)? {
                Some(file) => (None, replay(&file, cloud)?),
                None => (None, Found::default()),
            },
        };
        let (lines, queue) = mpsc::channel();
        let (progress, written) = watch::channel(Written::default());
        let path = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("simulator-log".to_owned())
            .spawn(move || write_all(&mut file, &path, found, &queue, &progress))?;
        Ok(Log { lines: Some(lines), sent: 0, written, thread: Some(thread) })
    }

    /// Hands events to the thread.
    pub(super) fn send(&mut self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let mut bytes = Vec::new();
        for event in events {
            // Writing JSON into memory cannot fail: all keys are texts.
            let _ = serde_json::to_writer(&mut bytes, event);
            bytes.push(b'\n');
        }
        self.sent += 1;
        if let Some(lines) = &self.lines {
            // A thread that is gone has said why in `written`.
            let _ = lines.send(bytes);
        }
    }

    /// What must be durable before an answer that saw everything until now may leave.
    pub(super) fn position(&self) -> (u64, watch::Receiver<Written>) {
        (self.sent, self.written.clone())
    }
}

impl Drop for Log {
    /// Waits until everything is written and the lock is given back.
    fn drop(&mut self) {
        self.lines = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits until that many sendings are durable.
///
/// # Errors
/// Why they will never be.
pub(super) async fn durable(position: u64, mut written: watch::Receiver<Written>) -> Result<(), String> {
    match written.wait_for(|it| it.count >= position || it.failure.is_some()).await {
        Ok(reached) if reached.count >= position => Ok(()),
        Ok(reached) => Err(reached.failure.clone().unwrap_or_default()),
        Err(_) => Err("the data file's thread has ended".to_owned()),
    }
}

fn write_all(
    file: &mut Option<File>,
    path: &Path,
    found: Found,
    queue: &mpsc::Receiver<Vec<u8>>,
    progress: &watch::Sender<Written>,
) {
    while let Ok(mut bytes) = queue.recv() {
        let mut count = 1;
        while let Ok(more) = queue.try_recv() {
            bytes.extend(more);
            count += 1;
        }
        match append(file, path, found, &bytes) {
            Ok(()) => progress.send_modify(|it| it.count += count),
            Err(error) => {
                let failure = format!("{}: {error}", path.display());
                progress.send_modify(|it| it.failure = Some(failure));
                return;
            }
        }
    }
}

fn append(file: &mut Option<File>, path: &Path, found: Found, bytes: &[u8]) -> io::Result<()> {
    let file = match file {
        Some(file) => file,
        None => file.insert(place::open_for_writing(path, found)?),
    };
    file.write_all(bytes)?;
    file.sync_data()
}
