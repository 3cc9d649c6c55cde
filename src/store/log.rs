//! The journal's file: its lines, its room, and its one sync.

use super::attempt::{Attempt, Safe};
use super::error::{At, StoreError};
use super::file::{self, Stamp};
use crate::boundary::Boundaries;
use crate::state::journal::{self, Header, Sum};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The least by which room grows, and that by which it is counted.
const STEP: u64 = 64 * 1024;

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) file: File,
    path: PathBuf,
    stamp: Stamp,
    boundaries: Boundaries,
    /// Where the next line goes. Room lies behind it, so the file's own end says nothing.
    end: u64,
    /// Up to where the file has bytes of its own.
    room: u64,
    /// The sum of the last line.
    sum: Sum,
    /// Up to where it was synced; only [`Log::sync`] says that.
    durable: u64,
    /// Whether the file stands at the journal's path.
    named: bool,
    /// The most bytes that the file may have, as if the disk had no more.
    #[cfg(test)]
    pub(super) most: Option<u64>,
}

impl Log {
    /// Begins a journal in that directory. It replaces the one before it whole: a writer whose lock was broken goes
    /// on writing to a file without a name.
    pub(super) fn begin(
        dir: &Path,
        path: PathBuf,
        header: &Header,
        boundaries: &Boundaries,
    ) -> Result<Log, StoreError> {
        let failed = |result: io::Result<()>| result.at(Attempt::Begin, &path, Safe::Snapshot);
        boundaries.pass("a journal begins")?;
        file::refuse_special(&path)?;
        let beside = file::beside(&path);
        let (line, sum) = journal::header(header);
        let file = file::create(&beside).at(Attempt::Make, &beside, Safe::Snapshot)?;
        boundaries.pass("the journal's file made")?;
        let stamp = Stamp::from(&file.metadata().at(Attempt::LookAt, &path, Safe::Snapshot)?);
        failed(file.write_all_at(&line, 0))?;
        boundaries.pass("the journal's header written")?;
        let end = line.len() as u64;
        let mut log = Log {
            file,
            path: path.clone(),
            stamp,
            boundaries: boundaries.clone(),
            end,
            room: end,
            sum,
            durable: 0,
            named: false,
            #[cfg(test)]
            most: None,
        };
        failed(log.sync())?;
        log.boundaries.pass("the journal's header synced")?;
        failed(fs::rename(&beside, &path))?;
        log.named = true;
        log.boundaries.synced(log.durable);
        log.boundaries.pass("the journal named")?;
        failed(file::sync_dir(dir))?;
        log.boundaries.pass("the journal's name synced")?;
        Ok(log)
    }

    /// Makes sure that the file still stands at its path: what is written to one without a name is lost.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match file::stamp(&self.path).at(Attempt::LookAt, &self.path, Safe::Records)? {
            Some(now) if now.is_same_file(self.stamp) => Ok(()),
            _ => Err(StoreError::Fenced { path: self.path.clone() }),
        }
    }

    /// The sum that the next line follows.
    pub(super) fn sum(&self) -> Sum {
        self.sum
    }

    /// Makes sure that the file owns that many bytes after its last line. Where it cannot, nothing was written that
    /// counts, and the next line still has the room that there was.
    ///
    /// The bytes are really written, and synced with the line that comes after them: so a full disk, a quota and a
    /// limit on the size of files show now, as long as there is still a choice. A file system that never writes
    /// in place (btrfs, zfs) may still need new room for the lines; there it is a good sign and no promise.
    pub(super) fn reserve(&mut self, bytes: u64) -> Result<(), StoreError> {
        let wanted = self.end.saturating_add(bytes);
        if wanted <= self.room {
            return Ok(());
        }
        // More than is wanted, and the more the larger it is, so that it is rarely done.
        let wanted = wanted.saturating_add(wanted / 8).next_multiple_of(STEP);
        self.boundaries.pass("room is needed")?;
        if let Err(source) = self.grow(wanted) {
            // What it did get may be what a snapshot needs.
            let _ = self.file.set_len(self.room);
            let path = self.path.clone();
            return match source.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge | ErrorKind::WriteZero => {
                    Err(StoreError::NoRoom { path, source })
                }
                _ => Err(source).at(Attempt::Write, &path, Safe::Records),
            };
        }
        self.room = wanted;
        self.boundaries.pass("room written")?;
        Ok(())
    }

    fn grow(&self, wanted: u64) -> io::Result<()> {
        #[cfg(test)]
        if self.most.is_some_and(|most| wanted > most) {
            return Err(ErrorKind::StorageFull.into());
        }
        static NULS: [u8; STEP as usize] = [0; STEP as usize];
        let mut at = self.room;
        while at < wanted {
            let length = usize::try_from(wanted - at).map_or(NULS.len(), |left| left.min(NULS.len()));
            self.file.write_all_at(&NULS[..length], at)?;
            at += length as u64;
        }
        Ok(())
    }

    /// Writes a line, over the room that there is, and syncs it.
    pub(super) fn append(&mut self, line: &[u8], sum: Sum) -> Result<(), StoreError> {
        self.boundaries.pass("a record is due")?;
        let path = self.path.clone();
        let write = |part: &[u8], at: u64| self.file.write_all_at(part, at).at(Attempt::Write, &path, Safe::Records);
        if self.boundaries.is_counting() {
            let (first, second) = line.split_at(line.len() / 2);
            write(first, self.end)?;
            self.boundaries.pass("half a record written")?;
            write(second, self.end + first.len() as u64)?;
        } else {
            write(line, self.end)?;
        }
        self.boundaries.pass("a record written")?;
        self.end += line.len() as u64;
        self.room = self.room.max(self.end);
        self.sum = sum;
        // Never tried twice: after a failed sync the system may have dropped the very pages.
        self.sync().at(Attempt::Sync, &path, Safe::Records)?;
        self.boundaries.pass("a record synced")?;
        Ok(())
    }

    /// The only sync of the journal; what it has put on the disk is said here and nowhere else.
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.durable = self.end;
        if self.named {
            self.boundaries.synced(self.durable);
        }
        Ok(())
    }
}
