//! Changes that are made in one go: each key has one of them at most, so that no two are written in one place.

use super::change::Change;
use super::document::Text;
use super::field;
use super::not_edited::NotWritten;
use super::pairs::{self, PairEdit, Whole};
use super::splice::Splice;
use super::volume::Declared;
use crate::manifest::{Manifest, SourceFile};
use crate::volume::{Field, Key};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The first change of each key, then the second one, and so on: as few batches as there can be. Numbers of changes.
pub(super) fn by_turn(changes: &[Change]) -> Vec<Vec<usize>> {
    let mut turns: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for (number, change) in changes.iter().enumerate() {
        let turn = turns.entry(&change.key).or_default();
        match batches.get_mut(*turn) {
            Some(batch) => batch.push(number),
            None => batches.push(vec![number]),
        }
        *turn += 1;
    }
    batches
}

/// The changes of each field, or of each tag, together: volumes that share its value by an anchor get the new one at once.
pub(super) fn by_field(changes: &[Change]) -> Vec<Vec<usize>> {
    let mut batches: BTreeMap<(Field, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (number, Change { key: _, setting }) in changes.iter().enumerate() {
        let pair = setting.pair().map(|(key, _)| key);
        batches.entry((setting.field(), pair)).or_default().push(number);
    }
    batches.into_values().collect()
}

/// One change on its way into the text of a file.
pub(super) struct Write<'c> {
    change: &'c Change,
    /// The number of the file.
    pub(super) file: usize,
    /// What may be tried, the best first.
    attempts: VecDeque<Attempt>,
}

/// An edit that may do what it is for.
struct Attempt {
    splice: Splice,
    /// The pairs that it writes, to be mended where some are lost.
    whole: Option<Whole>,
}

impl<'c> Write<'c> {
    /// What may be tried for each change.
    ///
    /// # Errors
    /// Where the volumes of one of them stand nowhere in the text.
    pub(super) fn all(files: &[SourceFile], changes: &[&'c Change]) -> Result<Vec<Write<'c>>, NotWritten> {
        let keys: BTreeSet<&Key> = changes.iter().map(|change| &change.key).collect();
        let declared = Declared::find(files, &keys)?;
        let write = |change: &&'c Change| {
            let Declared { file, node } = declared.get(&change.key).ok_or(NotWritten::NotWrittenOut)?;
            let text = files.get(*file).and_then(Text::of).ok_or(NotWritten::Unsafe)?;
            let Change { key: _, setting } = change;
            let attempts = match setting.pair() {
                None => {
                    let edits = field::edits(node, setting, text).into_iter();
                    edits.map(|splice| Attempt { splice, whole: None }).collect()
                }
                Some(pair) => {
                    let edits = pairs::edits(node, setting.field(), pair, text).into_iter();
                    edits.map(|edit| Attempt::of(edit, text)).collect()
                }
            };
            Ok(Write { change, file: *file, attempts })
        };
        changes.iter().map(write).collect()
    }

    /// What is tried now.
    pub(super) fn splice(&self) -> Option<&Splice> {
        self.attempts.front().map(|attempt| &attempt.splice)
    }

    /// Whether the volumes of the key are as they are to be.
    pub(super) fn is_right(&self, expected: &Manifest, read: &Manifest) -> bool {
        expected.volumes.get(&self.change.key) == read.volumes.get(&self.change.key)
    }

    /// Goes on to what is tried next: the same with what it lost, or else another edit.
    pub(super) fn go_on(&mut self, files: &[SourceFile], expected: &Manifest, read: Option<&Manifest>) {
        let whole = self.attempts.pop_front().and_then(|attempt| attempt.whole);
        let mended = whole.zip(read).and_then(|(whole, read)| whole.mended(&self.change.key, expected, read));
        let text = files.get(self.file).and_then(Text::of);
        if let Some((whole, text)) = mended.zip(text) {
            self.attempts.push_front(Attempt::of(PairEdit::Whole(whole), text));
        }
    }
}

impl Attempt {
    fn of(edit: PairEdit, text: Text<'_>) -> Attempt {
        match edit {
            PairEdit::One(splice) => Attempt { splice, whole: None },
            PairEdit::Whole(whole) => Attempt { splice: whole.splice(text), whole: Some(whole) },
        }
    }
}
