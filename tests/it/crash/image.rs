//! What a disk holds after a crash. A killed process loses nothing that it wrote; a machine that goes down loses
//! what was not synced: bytes of the journal, and names in the directory.

use evsctl::boundary::Boundaries;
use evsctl::store::Store;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tear {
    /// The process was killed.
    Killed,
    /// The machine went down, and nothing of what was not synced is there.
    Lost,
    /// The first half of it is.
    Half,
    /// Sectors of its second half are, as when they were written in another order.
    Hole,
    /// The process was killed, and what was committed of its state leaves the journal out.
    Uncommitted,
}

impl Tear {
    pub(crate) const ALL: [Tear; 5] = [Tear::Killed, Tear::Lost, Tear::Half, Tear::Hole, Tear::Uncommitted];

    /// Whether it was the process alone that ended.
    pub(crate) fn is_kill(self) -> bool {
        matches!(self, Tear::Killed | Tear::Uncommitted)
    }
}

/// The files as they were before the latest renaming or removal, which a crash may undo.
#[derive(Debug)]
pub(crate) struct Image {
    kept: PathBuf,
    /// How many bytes of the journal at its path were surely on the disk when the latest run began.
    floor: u64,
    /// Whether the latest run has begun: the snapshots that it writes from then on take no generation's place.
    begun: bool,
}

impl Image {
    pub(crate) fn new(kept: PathBuf) -> Image {
        std::fs::create_dir(&kept).unwrap();
        Image { kept, floor: 0, begun: false }
    }

    fn paths(&self, store: &Store) -> [(PathBuf, PathBuf); 2] {
        let of = |path: PathBuf, name: &str| (path, self.kept.join(name));
        [of(store.snapshot_path(), "snapshot"), of(store.journal_path(), "journal")]
    }

    /// Where the snapshot is kept as it was before.
    pub(crate) fn snapshot(&self) -> PathBuf {
        self.kept.join("snapshot")
    }

    /// Keeps the files as they are named now.
    pub(crate) fn keep(&self, store: &Store) {
        for (path, kept) in self.paths(store) {
            let _ = std::fs::remove_file(&kept);
            if path.exists() {
                // A call that comes in meanwhile has it kept as well.
                match std::fs::hard_link(path, kept) {
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                    linked => linked.unwrap(),
                }
            }
        }
    }

    /// The same, of a run that has begun.
    pub(crate) fn begun(&mut self, store: &Store) {
        self.keep(store);
        self.begun = true;
    }

    /// All that lies there now is on the disk.
    pub(crate) fn rest(&mut self, store: &Store) {
        self.floor = written(&store.journal_path());
    }

    /// A run has ended in order: there is no journal.
    pub(crate) fn whole(&mut self) {
        (self.floor, self.begun) = (0, false);
    }

    /// Makes of the files what the crash of a run has left.
    pub(crate) fn crash(&mut self, store: &Store, boundaries: &Boundaries, tear: Tear) {
        let [snapshot, journal] = self.paths(store);
        // Nothing is surely there of a journal that has not got its name.
        let named = boundaries.durable() > 0;
        let mut durable = if named { boundaries.durable() } else { self.floor };
        if tear == Tear::Uncommitted {
            let _ = std::fs::remove_file(&journal.0);
            durable = 0;
        }
        if !tear.is_kill() {
            match boundaries.passed().last().copied() {
                // The journal of an unfinished run was folded in before, and that has lasted.
                Some("the snapshot named") if !self.begun && boundaries.passed().contains(&"its removal synced") => {
                    put_back(&(store.snapshot_path(), store.generation_path(1)));
                }
                Some("the snapshot named") => put_back(&snapshot),
                Some("the journal named") => {
                    // One that was left over was removed for good before.
                    if boundaries.passed().contains(&"its removal synced") {
                        let _ = std::fs::remove_file(&journal.0);
                    } else {
                        put_back(&journal);
                    }
                    durable = self.floor;
                }
                Some("the journal removed") => {
                    put_back(&journal);
                    // All of it was synced before it was folded in.
                    durable = written(&journal.0);
                }
                _ => {}
            }
            cut(&journal.0, durable, tear);
            durable = written(&journal.0);
        }
        (self.floor, self.begun) = (durable, false);
    }
}

/// Undoes a renaming or a removal.
fn put_back((path, kept): &(PathBuf, PathBuf)) {
    let _ = std::fs::remove_file(path);
    if kept.exists() {
        std::fs::hard_link(kept, path).unwrap();
    }
}

/// How far a file has been written; what follows is room.
fn written(path: &Path) -> u64 {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1)
}

/// Loses what was written after `durable`, as far as that goes. Room stays as it is, and so a half-lost line has
/// NUL bytes where it was lost.
fn cut(path: &Path, durable: u64, tear: Tear) {
    let end = written(path);
    if end <= durable {
        return;
    }
    let middle = durable + (end - durable) / 2;
    // A sector reaches the disk whole or not at all.
    let sector = middle.next_multiple_of(512).min(end);
    let (from, to) = match tear {
        Tear::Killed | Tear::Uncommitted => return,
        Tear::Lost => (durable, end),
        Tear::Half => (middle, end),
        Tear::Hole => (durable, sector),
    };
    let file: File = OpenOptions::new().write(true).open(path).unwrap();
    if to == file.metadata().unwrap().len() {
        return file.set_len(from).unwrap();
    }
    let lost = vec![0; usize::try_from(to - from).unwrap()];
    file.write_all_at(&lost, from).unwrap();
}
