//! The `.gitignore` beside the state: what of it belongs into Git.

use super::attempt::{Attempt, Safe};
use super::error::{At, StoreError};
use super::{Store, file};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// What is written. The journal is not hidden: while it exists, it alone knows what a run has bought.
const TEXT: &[u8] =
    b"# STACK.json is to be committed and, while it exists, STACK.journal: the record of a run that has not ended.\n\
    # The rest belongs to this working copy.\n\
    *.journal.*\n*.lock\n*.lock.*\n*.manifest\n*.manifest.*\n*.json.*\n.simulator/\n";
/// What earlier versions wrote, which hid the journal.
const EARLIER: [&[u8]; 2] = [
    b"# Only STACK.json is worth keeping in Git; the rest belongs to this working copy.\n\
    *.journal\n*.journal.*\n*.lock\n*.lock.*\n*.manifest\n*.manifest.*\n*.json.*\n.simulator/\n",
    b"# Only STACK.json is worth keeping in Git; the rest belongs to this working copy.\n\
    *.journal\n*.journal.*\n*.lock\n*.lock.*\n*.json.*\n.simulator/\n",
];
/// The most bytes of one that are looked at.
const MOST: u64 = 1 << 20;

/// Writes the `.gitignore`, unless the directory has one of somebody else's; one that an earlier version wrote is
/// replaced. Says whether it wrote it.
///
/// # Errors
/// When it cannot be written.
pub fn write_gitignore(dir: &Path) -> Result<bool, StoreError> {
    let path = dir.join(".gitignore");
    if file::create_if_missing(&path, TEXT).at(Attempt::Write, &path, Safe::Unneeded)? {
        return Ok(true);
    }
    if !file::head(&path, MOST).is_some_and(|text| EARLIER.contains(&text.as_slice())) {
        return Ok(false);
    }
    let beside = file::beside(&path);
    let replace = || {
        file::remove(&beside)?;
        let mut out: File = fs::OpenOptions::new().write(true).create_new(true).mode(0o644).open(&beside)?;
        out.write_all(TEXT)?;
        fs::rename(&beside, &path)
    };
    // Whoever may not write there is warned of what it hides.
    Ok(replace().is_ok())
}

impl Store {
    /// The line of the `.gitignore` beside the state that hides the journal from Git: its number, from 1, and its
    /// text. Other files of that kind are not looked at.
    pub fn hides_journal(&self) -> Option<(usize, String)> {
        let text = file::head(&self.dir.join(".gitignore"), MOST)?;
        hiding(&String::from_utf8_lossy(&text), &format!("{}.journal", self.stack))
    }
}

/// The line of an ignore file that hides a file beside it: the last line that names it says whether it is hidden.
fn hiding(text: &str, name: &str) -> Option<(usize, String)> {
    let mut hidden = None;
    for (number, line) in (1..).zip(text.lines()) {
        let pattern = line.trim_end();
        let (shown, pattern) = pattern.strip_prefix('!').map_or((false, pattern), |pattern| (true, pattern));
        let pattern = pattern.strip_prefix("**/").unwrap_or(pattern);
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        // One with a slash in it is about something else.
        if !pattern.starts_with('#') && matches(pattern.as_bytes(), name.as_bytes()) {
            hidden = (!shown).then(|| (number, line.trim_end().to_owned()));
        }
    }
    hidden
}

/// Whether a pattern of `*` and `?` means that name.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // Where the last star stood, and what it may have swallowed so far.
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[read] => (at, read) = (at + 1, read + 1),
            _ => match star {
                Some((back, swallowed)) => {
                    star = Some((back, swallowed + 1));
                    (at, read) = (back + 1, swallowed + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{lock, place};

    fn ignored(dir: &Path) -> Vec<u8> {
        fs::read(dir.join(".gitignore")).unwrap()
    }

    #[test]
    fn git_sees_snapshots_and_journals() {
        let (_dir, store) = place();
        drop(lock(&store));
        let text = String::from_utf8(ignored(store.dir())).unwrap();
        for (name, hidden) in [
            ("kafka.json", false),
            ("kafka.journal", false),
            ("kafka.journal.new", true),
            ("kafka.json.1", true),
            ("kafka.json.new", true),
            ("kafka.lock", true),
            ("kafka.lock.guard", true),
            ("kafka.manifest", true),
        ] {
            assert_eq!(hiding(&text, name).is_some(), hidden, "{name}");
        }
        assert!(text.lines().any(|line| line == ".simulator/"));
        assert_eq!(store.hides_journal(), None);
    }

    #[test]
    fn only_what_an_earlier_version_wrote_is_replaced() {
        let (_dir, store) = place();
        drop(lock(&store));
        let path = store.dir().join(".gitignore");
        for ours in EARLIER {
            fs::remove_file(&path).unwrap();
            file::create_if_missing(&path, ours).unwrap();
            assert_eq!(store.hides_journal(), Some((2, "*.journal".to_owned())));
            assert!(write_gitignore(store.dir()).unwrap());
            assert_eq!((ignored(store.dir()).as_slice(), store.hides_journal()), (TEXT, None));
            assert!(!write_gitignore(store.dir()).unwrap());
        }
        let ours = EARLIER[0];
        for theirs in [&b"mine"[..], b"", &ours[..ours.len() - 1], &[ours, b"# and mine\n"].concat()] {
            fs::remove_file(&path).unwrap();
            file::create_if_missing(&path, theirs).unwrap();
            assert!(!write_gitignore(store.dir()).unwrap());
            assert_eq!(ignored(store.dir()), theirs);
        }
    }

    #[test]
    fn the_line_that_hides_a_journal_is_the_last_that_names_it() {
        let line = |text| hiding(text, "kafka.journal").map(|(number, _)| number);
        for text in ["", "# *.journal", "*.json", "other.journal", "journal", "state/*.journal", "*.journal/x", "kafka"]
        {
            assert_eq!(line(text), None, "{text:?}");
        }
        for text in ["*", "*.journal", "/kafka.journal", "**/*.journal  ", "k?fka.*", "*.journal\r", "*afka*nal*"] {
            assert_eq!(line(text), Some(1), "{text:?}");
        }
        assert_eq!(line("a\n*\n*.lock\n"), Some(2));
        assert_eq!(line("*\n!*.journal\n"), None);
        assert_eq!(line("*.journal\n!*.json\nkafka.*\n"), Some(3));
    }
}
