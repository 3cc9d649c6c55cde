//! A stack's files while they are edited: each edit is proved before the next one begins.

use super::change::Change;
use super::document::Text;
use super::guard::Otherwise;
use super::not_edited::{ByHand, NotEdited, NotWritten};
use super::pairs::{PairEdit, Whole};
use super::quotes::{self, Quotes};
use super::setting::Setting;
use super::splice::Splice;
use super::volume::Declared;
use super::{field, guard, know, pairs};
use crate::manifest::{self, KnownDrift, Manifest, Place, Problems, SourceFile};
use crate::volume::Key;
use std::collections::{BTreeSet, VecDeque};

/// The files, what they ask for, and which of them are edited.
#[derive(Debug, Clone)]
pub struct Editor {
    files: Vec<SourceFile>,
    manifest: Manifest,
    edited: BTreeSet<usize>,
}

/// An edit that may do what it is for.
struct Attempt {
    splice: Splice,
    /// The pairs that it writes, to be mended where some are lost.
    whole: Option<Whole>,
}

impl Editor {
    /// Begins with the files as they are.
    ///
    /// # Errors
    /// Where they are no manifest.
    pub fn new(files: Vec<SourceFile>) -> Result<Editor, Problems> {
        let manifest = manifest::parse(&files)?;
        Ok(Editor { files, manifest, edited: BTreeSet::new() })
    }

    /// What the files ask for by now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The files that are edited, each as it is by now.
    pub fn edited(&self) -> impl Iterator<Item = &SourceFile> {
        self.edited.iter().filter_map(|file| self.files.get(*file))
    }

    /// Writes a value at the volumes of a key. Gives the place of what was written.
    ///
    /// # Errors
    /// Where that cannot be done, or not without changing something else; nothing is edited then.
    pub fn set(&mut self, change: &Change) -> Result<Place, NotEdited> {
        let Change { key, setting } = change;
        let mut expected = self.manifest.clone();
        let Some(volume) = expected.volumes.get_mut(key) else {
            return Err(NotEdited::NotDesired { key: key.clone() });
        };
        let illegal = |why| NotEdited::Illegal { key: key.clone(), field: setting.field(), why };
        setting.apply(volume).map_err(illegal)?;
        let place = volume.place.clone();
        self.write(key, setting, &expected)
            .map_err(|why| NotEdited::ByHand(Box::new(ByHand { key: key.clone(), place, line: line(setting), why })))
    }

    /// Tries one edit after the other until one of them leads to the manifest that is expected.
    fn write(&mut self, key: &Key, setting: &Setting, expected: &Manifest) -> Result<Place, NotWritten> {
        let Declared { file, node } = Declared::find(&self.files, key)?;
        let source = self.files.get(file).cloned().ok_or(NotWritten::Unsafe)?;
        let text = Text::of(&source).ok_or(NotWritten::Unsafe)?;
        let mut attempts: VecDeque<Attempt> = match setting.pair() {
            None => {
                let edits = field::edits(&node, setting, text).into_iter();
                edits.map(|splice| Attempt { splice, whole: None }).collect()
            }
            Some(pair) => pairs::edits(&node, setting.field(), pair, text)
                .into_iter()
                .map(|edit| Attempt::of(edit, text))
                .collect(),
        };
        let mut first = None;
        while let Some(Attempt { splice, whole }) = attempts.pop_front() {
            let edited = text.bytes(&splice.apply(text.text));
            match self.take(file, edited, expected, key) {
                Ok(()) => return Ok(place(&source, &splice, text)),
                Err(Otherwise { why, read }) => {
                    let mended = whole.zip(read).and_then(|(whole, read)| whole.mended(key, expected, &read));
                    if let Some(whole) = mended {
                        attempts.push_front(Attempt::of(PairEdit::Whole(whole), text));
                    }
                    first.get_or_insert(why);
                }
            }
        }
        Err(first.unwrap_or(NotWritten::Unsafe))
    }

    /// Writes an item of `known_drift`, in the place of one about the same field of the same volumes.
    ///
    /// # Errors
    /// Where that cannot be done, or not without changing something else; nothing is edited then.
    pub fn know(&mut self, item: &KnownDrift) -> Result<Place, NotEdited> {
        let key = item.what.key();
        let Some(volume) = self.manifest.volumes.get(key) else {
            return Err(NotEdited::NotDesired { key: key.clone() });
        };
        let declared = volume.place.clone();
        let number = know::same(item, &self.manifest);
        let mut expected = self.manifest.clone();
        let before = number.and_then(|number| expected.known_drift.get_mut(number));
        match before {
            // It may be about the key whose only volume this is: later that would mean more volumes than this one.
            Some(before) => *before = item.clone(),
            None => expected.known_drift.push(item.clone()),
        }
        self.write_known(item, number, &expected).map_err(|why| {
            let line = know::in_braces(item, Quotes::Plain);
            NotEdited::ByHand(Box::new(ByHand { key: key.clone(), place: declared, line, why }))
        })
    }

    fn write_known(
        &mut self,
        item: &KnownDrift,
        number: Option<usize>,
        expected: &Manifest,
    ) -> Result<Place, NotWritten> {
        let (file, splices) = know::edits(&self.files, item, number).ok_or(NotWritten::Unsafe)?;
        let source = self.files.get(file).cloned().ok_or(NotWritten::Unsafe)?;
        let text = Text::of(&source).ok_or(NotWritten::Unsafe)?;
        let edited = text.bytes(&Splice::apply_all(&splices, text.text));
        self.take(file, edited, expected, item.what.key()).map_err(|otherwise| otherwise.why)?;
        splices.first().map(|splice| place(&source, splice, text)).ok_or(NotWritten::Unsafe)
    }

    /// Takes another text of a file, where it leads to the manifest that is expected.
    fn take(&mut self, file: usize, edited: Vec<u8>, expected: &Manifest, key: &Key) -> Result<(), Otherwise> {
        let mut files = self.files.clone();
        if let Some(file) = files.get_mut(file) {
            file.bytes = edited;
        }
        self.manifest = guard::check(&files, expected, key)?;
        self.files = files;
        self.edited.insert(file);
        Ok(())
    }
}

/// Where a splice writes.
fn place(source: &SourceFile, splice: &Splice, text: Text<'_>) -> Place {
    Place { file: source.name.as_str().into(), line: splice.line(text), column: 1 }
}

impl Attempt {
    fn of(edit: PairEdit, text: Text<'_>) -> Attempt {
        match edit {
            PairEdit::One(splice) => Attempt { splice, whole: None },
            PairEdit::Whole(whole) => Attempt { splice: whole.splice(text), whole: Some(whole) },
        }
    }
}

/// The line that a person would write.
fn line(setting: &Setting) -> String {
    let word = setting.field().word();
    let value = setting.yaml(Quotes::Plain).unwrap_or_else(|| field::NULL.to_owned());
    match setting.pair() {
        Some((key, _)) => format!("{word}: {{{}: {value}}}", quotes::text(key, Quotes::Plain)),
        None => format!("{word}: {value}"),
    }
}
