//! Which volumes are taken over, by which entries.

use super::candidate::{Candidate, Note, Owned, candidate};
use super::drawn;
use super::entry::{Entry, Indent};
use super::group::groups;
use super::keys::Keys;
use super::left::{Left, Reason};
use crate::manifest::{self, Defaults, Lifecycle, Manifest, SourceFile, What};
use crate::observed::ObservedVolume;
use crate::operation::Operation;
use crate::state::State;
use crate::volume::{Key, VolumeId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The stack that takes volumes over.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Its files, which are valid.
    pub files: &'a [SourceFile],
    /// What they ask for.
    pub manifest: &'a Manifest,
    /// What it records.
    pub state: Option<&'a State>,
}

/// What is written, and what is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The entries, in the order in which they are written.
    pub entries: Vec<Entry>,
    /// The volumes that are not taken over.
    pub left: Vec<Left>,
    /// The `defaults` of a manifest that had none and asked for nothing.
    pub(super) defaults: Defaults,
}

impl Draft {
    /// One that takes nothing over.
    pub fn nothing(left: Vec<Left>) -> Draft {
        Draft { entries: Vec::new(), left, defaults: Defaults::default() }
    }

    /// The entries whose volumes have no room for the ownership tag.
    pub fn unmarked(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.notes.contains(&Note::TagsFull))
    }

    /// How many volumes are taken over.
    pub fn volumes(&self) -> usize {
        self.entries.iter().map(|entry| entry.volumes.len()).sum()
    }

    /// All of it that belongs into `volumes`, as a file of its own, and the lines of each entry in it, from 1.
    fn as_file(&self) -> (String, Vec<Range<u32>>) {
        let mut text = String::new();
        let defaults = drawn::fields(&self.defaults);
        if !defaults.is_empty() {
            text = format!("defaults: {{ {} }}\n", super::yaml::members(&defaults));
        }
        text.push_str("volumes:\n");
        let mut line = 1 + text.lines().count() as u32;
        let mut places = Vec::new();
        for entry in &self.entries {
            let lines = entry.lines(&Indent::default(), &|_| String::new());
            let end = line + lines.lines().count() as u32;
            text.push_str(&lines);
            places.push(line..end);
            line = end;
        }
        (text, places)
    }

    /// The entries that the rules of the manifest refuse, each with the first rule, and whether something else is refused.
    fn refused(&self, files: &[SourceFile]) -> (BTreeMap<usize, What>, bool) {
        let (mut refused, elsewhere) = self.refused_there(files);
        let Some(what) = elsewhere else { return (refused, false) };
        if refused.is_empty() {
            // A value that comes from `defaults` is told where it stands: which entries it does not fit, each shows by itself.
            for (number, entry) in self.entries.iter().enumerate() {
                let one = Draft { entries: vec![entry.clone()], left: Vec::new(), defaults: self.defaults.clone() };
                let (here, elsewhere) = one.refused_there(files);
                refused.extend(here.into_values().next().or(elsewhere).map(|what| (number, what)));
            }
        }
        // What is wrong with all of them is none of theirs.
        let is_of_all = !drawn::fields(&self.defaults).is_empty() && refused.values().all(|it| *it == what);
        if is_of_all && refused.len() == self.entries.len() { (BTreeMap::new(), true) } else { (refused, false) }
    }

    /// The entries in whose lines a problem stands, and the first problem that stands elsewhere.
    fn refused_there(&self, files: &[SourceFile]) -> (BTreeMap<usize, What>, Option<What>) {
        const NAME: &str = "<import>";
        let (text, places) = self.as_file();
        let mut files = files.to_vec();
        files.push(SourceFile::own(NAME, text));
        let Err(problems) = manifest::parse(&files) else { return Default::default() };
        let (mut refused, mut elsewhere) = (BTreeMap::new(), None);
        for problem in problems.errors() {
            let line = problem.place.as_ref().filter(|place| &*place.file == NAME).map(|place| place.line);
            // Each entry stands behind the one before it.
            let entry = line.map(|line| places.partition_point(|lines| lines.end <= line));
            match entry.filter(|entry| places.get(*entry).zip(line).is_some_and(|(lines, line)| lines.contains(&line)))
            {
                Some(entry) => drop(refused.entry(entry).or_insert_with(|| problem.what.clone())),
                None => drop(elsewhere.get_or_insert_with(|| problem.what.clone())),
            }
        }
        (refused, elsewhere)
    }
}

/// Decides about these volumes of the cloud.
pub fn draft<'v>(known: Known<'_>, chosen: impl Iterator<Item = &'v ObservedVolume>) -> Draft {
    let owned = Owned::of(known.manifest, known.state);
    let ownership = &known.manifest.cloud.ownership_tag;
    let (mut candidates, mut left) = (Vec::new(), Vec::new());
    let mut volumes: BTreeMap<VolumeId, &ObservedVolume> = BTreeMap::new();
    for volume in chosen {
        if volumes.insert(volume.id.clone(), volume).is_some() {
            continue;
        }
        match candidate(volume, &owned, ownership) {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => left.push(Left::of(volume, reason)),
        }
    }
    let mut leave = |id: &VolumeId, reason: Reason, out: &mut BTreeSet<VolumeId>| {
        out.insert(id.clone());
        left.extend(volumes.get(id).map(|volume| Left::of(volume, reason)));
    };
    let (taken, mut draws) = (taken(known), is_new(known.manifest));
    let mut alone: BTreeSet<VolumeId> = BTreeSet::new();
    let (entries, defaults) = loop {
        let own_defaults = (!draws).then_some(&known.manifest.defaults);
        let (made, defaults) = entries(&taken, own_defaults, &candidates, &alone);
        let (mut again, mut out) = (false, BTreeSet::new());
        let mut entries = Vec::new();
        for made in made {
            match made {
                Ok(entry) => entries.push(entry),
                Err((ids, reason)) => {
                    again = true;
                    ids.iter().for_each(|id| leave(id, reason.clone(), &mut out));
                }
            }
        }
        let draft = Draft { entries, left: Vec::new(), defaults };
        if !again && draft.entries.is_empty() {
            break (draft.entries, Defaults::default());
        }
        let (refused, elsewhere) = if again { Default::default() } else { draft.refused(known.files) };
        for (entry, what) in &refused {
            let ids: Vec<VolumeId> = draft.entries[*entry].volumes.values().cloned().collect();
            match ids.as_slice() {
                [id] => leave(id, Reason::Refused { what: what.clone() }, &mut out),
                // Each by itself may do, and one of them may be all that is wrong.
                ids => alone.extend(ids.iter().cloned()),
            }
        }
        candidates.retain(|candidate| !out.contains(&candidate.id));
        let has_defaults = draws && elsewhere && refused.is_empty();
        draws &= !has_defaults;
        if !again && refused.is_empty() && !has_defaults {
            break (draft.entries, draft.defaults);
        }
    };
    left.sort_by(|a, b| (a.reason.code(), &a.name, &a.id).cmp(&(b.reason.code(), &b.name, &b.id)));
    Draft { entries, left, defaults }
}

/// Whether the manifest says nothing yet of any volume.
fn is_new(manifest: &Manifest) -> bool {
    let says_nothing = manifest.defaults == Defaults::default() && manifest.default_lifecycle == Lifecycle::default();
    manifest.volumes.is_empty() && says_nothing
}

/// An entry, or the volumes that cannot have one and why.
type Made = Result<Entry, (Vec<VolumeId>, Reason)>;

/// The entries under keys that are not taken, and the `defaults` that are drawn from them where there are no own ones.
fn entries(
    taken: &BTreeSet<Key>,
    own_defaults: Option<&Defaults>,
    candidates: &[Candidate],
    alone: &BTreeSet<VolumeId>,
) -> (Vec<Made>, Defaults) {
    let groups = groups(candidates, alone);
    let drawn = if own_defaults.is_none() { drawn::drawn(&groups) } else { Defaults::default() };
    let defaults = own_defaults.unwrap_or(&drawn);
    let mut keys = Keys::beside(taken.iter());
    let made = groups.into_iter().map(|group| {
        let ids = || group.volumes.values().cloned().collect();
        let key = keys.give(group.name.as_str());
        Entry::new(key, group.clone(), defaults).map_err(|reason| (ids(), reason))
    });
    let mut made: Vec<Made> = made.collect();
    made.sort_by(|a, b| match (a, b) {
        (Ok(a), Ok(b)) => a.key.cmp(&b.key),
        (a, b) => a.is_err().cmp(&b.is_err()),
    });
    (made, drawn)
}

/// The keys that stand for something: in the manifest, in what is recorded, and in calls that are not over.
fn taken(known: Known<'_>) -> BTreeSet<Key> {
    let Manifest { volumes, moved, removed, imports, .. } = known.manifest;
    let moved = moved.iter().flat_map(|moved| [moved.from.key(), moved.to.key()]);
    // Of a line of `import` that nothing asks for, too: an entry of its key would bring it to life.
    let imported = imports.keys().map(|address| &address.key);
    let declared = volumes.keys().chain(imported).chain(moved).chain(removed.iter().map(|it| it.what.key()));
    let mut taken: BTreeSet<Key> = declared.cloned().collect();
    if let Some(State { volumes, operations, ended, .. }) = known.state {
        let open = operations.values().flat_map(Operation::addresses);
        taken.extend(volumes.keys().cloned().chain(open).map(|address| address.key));
        taken.extend(ended.values().map(|call| call.key.clone()));
    }
    taken
}
