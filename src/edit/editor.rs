//! A stack's files while they are edited: edits are proved before others begin.

use super::batch::{Write, by_field, by_turn};
use super::change::Change;
use super::document::Text;
use super::guard::Otherwise;
use super::not_edited::{ByHand, NotEdited, NotWritten};
use super::quotes::{self, Quotes};
use super::setting::Setting;
use super::splice::Splice;
use super::{field, guard, know};
use crate::manifest::{self, KnownDrift, Manifest, Place, Problems, SourceFile};
use crate::volume::Key;
use std::collections::{BTreeMap, BTreeSet};

/// The files, what they ask for, and which of them are edited.
#[derive(Debug, Clone)]
pub struct Editor {
    files: Vec<SourceFile>,
    manifest: Manifest,
    edited: BTreeSet<usize>,
    /// Where each thing begins that was written, in order.
    sites: Vec<Site>,
}

/// Where something begins in the text of a file as it is by now.
#[derive(Debug, Clone, Copy)]
struct Site {
    file: usize,
    at: usize,
}

impl Editor {
    /// Begins with the files as they are.
    ///
    /// # Errors
    /// Where they are no manifest.
    pub fn new(files: Vec<SourceFile>) -> Result<Editor, Problems> {
        let manifest = manifest::parse(&files)?;
        Ok(Editor { files, manifest, edited: BTreeSet::new(), sites: Vec::new() })
    }

    /// What the files ask for by now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The files that are edited, each as it is by now.
    pub fn edited(&self) -> impl Iterator<Item = &SourceFile> {
        self.edited.iter().filter_map(|file| self.files.get(*file))
    }

    /// Writes values at the volumes of their keys. Gives the place of each.
    ///
    /// # Errors
    /// All of them that cannot be written, or not without changing something else; nothing is edited then.
    pub fn set(&mut self, changes: &[Change]) -> Result<Vec<Place>, Vec<NotEdited>> {
        self.check(changes)?;
        let mut edited = self.clone();
        let mut order = by_turn(changes);
        if order.iter().any(|batch| edited.write(&some(changes, batch)).is_err()) {
            edited = self.clone();
            order = by_field(changes);
            let mut not_edited = Vec::new();
            for batch in &order {
                not_edited.extend(edited.write_or_tell(&some(changes, batch)));
            }
            if !not_edited.is_empty() {
                return Err(not_edited);
            }
        }
        let mut written: Vec<(usize, Place)> =
            order.into_iter().flatten().zip(edited.places(self.sites.len())).collect();
        written.sort_by_key(|(number, _)| *number);
        *self = edited;
        Ok(written.into_iter().map(|(_, place)| place).collect())
    }

    /// Makes sure that the manifest may have these values.
    fn check(&self, changes: &[Change]) -> Result<(), Vec<NotEdited>> {
        let mut expected = self.manifest.clone();
        let mut not_edited = Vec::new();
        for Change { key, setting } in changes {
            match expected.volumes.get_mut(key).map(|volume| setting.apply(volume)) {
                Some(Ok(())) => {}
                Some(Err(why)) => {
                    not_edited.push(NotEdited::Illegal { key: key.clone(), field: setting.field(), why });
                }
                None => not_edited.push(NotEdited::NotDesired { key: key.clone() }),
            }
        }
        if not_edited.is_empty() { Ok(()) } else { Err(not_edited) }
    }

    /// Writes a batch; where that cannot be, one change after the other, to find out which of them it is.
    fn write_or_tell(&mut self, batch: &[&Change]) -> Vec<NotEdited> {
        if self.write(batch).is_ok() {
            return Vec::new();
        }
        let mut not_edited = Vec::new();
        // Of volumes that share a value and are all in the batch, no single one can get another.
        let mut together = Vec::new();
        for change in batch {
            let Err(why) = self.write(&[change]) else { continue };
            let is_shared_here = matches!(&why, NotWritten::Shared(keys)
                if keys.iter().all(|key| batch.iter().any(|other| other.key == *key)));
            let Some(volume) = self.manifest.volumes.get(&change.key) else { continue };
            let (key, place, line) = (change.key.clone(), volume.place.clone(), line(&change.setting));
            let told = NotEdited::ByHand(Box::new(ByHand { key, place, line, why }));
            if is_shared_here { together.push(told) } else { not_edited.push(told) }
        }
        if not_edited.is_empty() { together } else { not_edited }
    }

    /// Tries one edit of each change after the other until they lead to the manifest that is expected.
    fn write(&mut self, batch: &[&Change]) -> Result<(), NotWritten> {
        let mut expected = self.manifest.clone();
        for Change { key, setting } in batch {
            if let Some(volume) = expected.volumes.get_mut(key) {
                setting.apply(volume).map_err(|_| NotWritten::Unsafe)?;
            }
        }
        let expected = expected.without_places();
        let keys: BTreeSet<&Key> = batch.iter().map(|change| &change.key).collect();
        let mut writes = Write::all(&self.files, batch)?;
        let mut first = None;
        loop {
            let splices: Option<Vec<(usize, &Splice)>> =
                writes.iter().map(|write| Some((write.file, write.splice()?))).collect();
            let Some(splices) = splices else { return Err(first.unwrap_or(NotWritten::Unsafe)) };
            let Otherwise { why, read } = match self.take(&splices, &expected, &keys) {
                Ok(()) => return Ok(()),
                Err(otherwise) => otherwise,
            };
            let first = first.get_or_insert(why);
            let is_only = writes.len() == 1;
            let mut goes_on = false;
            for write in &mut writes {
                // Which of several made the manifest wrong cannot be known.
                if is_only || read.as_ref().is_some_and(|read| !write.is_right(&expected, read)) {
                    write.go_on(&self.files, &expected, read.as_deref());
                    goes_on = true;
                }
            }
            if !goes_on {
                return Err(first.clone());
            }
        }
    }

    /// Writes items of `known_drift`, each in the place of one about the same field of the same volumes. Gives the place of each.
    ///
    /// # Errors
    /// All of them that cannot be written, or not without changing something else; nothing is edited then.
    pub fn know(&mut self, items: &[KnownDrift]) -> Result<Vec<Place>, Vec<NotEdited>> {
        let is_desired = |item: &&KnownDrift| self.manifest.volumes.contains_key(item.what.key());
        let not_desired = |item: &KnownDrift| NotEdited::NotDesired { key: item.what.key().clone() };
        let all: Vec<NotEdited> = items.iter().filter(|item| !is_desired(item)).map(not_desired).collect();
        if !all.is_empty() {
            return Err(all);
        }
        let mut edited = self.clone();
        if edited.write_known(items).is_err() {
            let not_edited: Vec<NotEdited> = items
                .iter()
                .filter_map(|item| {
                    let why = edited.write_known(std::slice::from_ref(item)).err()?;
                    let key = item.what.key().clone();
                    let place = self.manifest.volumes.get(&key)?.place.clone();
                    let line = know::in_braces(item, Quotes::Plain);
                    Some(NotEdited::ByHand(Box::new(ByHand { key, place, line, why })))
                })
                .collect();
            if !not_edited.is_empty() {
                return Err(not_edited);
            }
        }
        let places = edited.places(self.sites.len());
        *self = edited;
        Ok(places)
    }

    fn write_known(&mut self, items: &[KnownDrift]) -> Result<(), NotWritten> {
        let numbers: Vec<Option<usize>> = items.iter().map(|item| know::same(item, &self.manifest)).collect();
        let mut expected = self.manifest.clone();
        for (item, number) in items.iter().zip(&numbers) {
            match number.and_then(|number| expected.known_drift.get_mut(number)) {
                // It may be about the key whose only volume this is: later that would mean more volumes than this one.
                Some(before) => *before = item.clone(),
                None => expected.known_drift.push(item.clone()),
            }
        }
        let numbered: Vec<(&KnownDrift, Option<usize>)> = items.iter().zip(numbers).collect();
        let know::Edits { file, splices, begins } = know::edits(&self.files, &numbered).ok_or(NotWritten::Unsafe)?;
        let keys = items.iter().map(|item| item.what.key()).collect();
        let all: Vec<(usize, &Splice)> = splices.iter().map(|splice| (file, splice)).collect();
        let before = self.sites.len();
        self.take(&all, &expected.without_places(), &keys).map_err(|otherwise| otherwise.why)?;
        // A splice may hold several items, and an item of old takes several splices.
        let sites = self.sites.split_off(before);
        let site = |(number, behind): (usize, usize)| sites.get(number).map(|it| Site { at: it.at + behind, ..*it });
        self.sites.extend(begins.into_iter().filter_map(site));
        Ok(())
    }

    /// Takes the texts with these splices, where they lead to the manifest that is expected, which has no places.
    fn take(
        &mut self,
        splices: &[(usize, &Splice)],
        expected: &Manifest,
        keys: &BTreeSet<&Key>,
    ) -> Result<(), Otherwise> {
        let mut by_file: BTreeMap<usize, Vec<&Splice>> = BTreeMap::new();
        for (file, splice) in splices {
            by_file.entry(*file).or_default().push(splice);
        }
        let mut files = self.files.clone();
        for (number, splices) in &by_file {
            let file = files.get_mut(*number);
            let Some(file) = file else { continue };
            let unsafe_ = || Otherwise { why: NotWritten::Unsafe, read: None };
            let text = Text::of(file).ok_or_else(unsafe_)?;
            let edited = Splice::apply_all(splices, text.text).ok_or_else(unsafe_)?;
            file.bytes = text.bytes(&edited);
        }
        self.manifest = guard::check(&files, expected, keys)?;
        self.files = files;
        self.edited.extend(by_file.keys());
        let moved = |file: usize, at: usize| Splice::moved(by_file.get(&file).map_or(&[], Vec::as_slice), at);
        for site in &mut self.sites {
            site.at = moved(site.file, site.at);
        }
        let site = |(file, splice): &(usize, &Splice)| Site {
            file: *file,
            at: moved(*file, splice.range.start) + splice.line_ends_ahead(),
        };
        self.sites.extend(splices.iter().map(site));
        Ok(())
    }

    /// The places of what was written, but for that many.
    fn places(&self, but: usize) -> Vec<Place> {
        let place = |site: &Site| {
            let source = self.files.get(site.file)?;
            let line = Text::of(source)?.line_number(site.at);
            Some(Place { file: source.name.as_str().into(), line, column: 1 })
        };
        self.sites.iter().skip(but).filter_map(place).collect()
    }
}

/// The changes of these numbers.
fn some<'c>(changes: &'c [Change], numbers: &[usize]) -> Vec<&'c Change> {
    numbers.iter().filter_map(|number| changes.get(*number)).collect()
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
