//! From the files of a stack to its manifest: reads each, merges them, and looks at every section.

use super::fields::TOP;
use super::found::Subject;
use super::model::MAX_SLOTS;
use super::node::{Duplicate, Node, Unreadable, Value};
use super::report::Report;
use super::rules::{CheckedVolume, Context};
use super::source::{At, MAX_BYTES, NoText, Text};
use super::tree;
use super::unknown::{Meant, unknown};
use super::values::{Given, checked, choice, mapping, shown, text};
use super::volume::{self, Fields};
use super::wrong::{BaseFault, FileFault, Missing, StackFault, Wrong};
use super::{
    Defaults, Lifecycle, Limits, Manifest, Naming, Problems, Role, SourceFile, base, cloud, imports, known, lifecycle,
    limits, moves, names,
};
use crate::volume::{Digest, Excerpt, Key, StackName};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Which part of a manifest is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The sections that say which stack it is, where its state lives, and in which cloud: what else is wrong does not count.
    Head,
}

/// Reads one stack; see [`super::parse`] and [`super::parse_head`].
pub(super) fn decode(files: &[SourceFile], part: Part) -> Result<Manifest, Problems> {
    let mut report = Report::new(Vec::new());
    if files.is_empty() {
        report.error(None, FileFault::NoFiles);
        return Err(report.finish());
    }
    let Ok(last) = u16::try_from(files.len() - 1) else {
        report.error(None, FileFault::TooManyFiles(files.len()));
        return Err(report.finish());
    };
    let texts: Vec<(Text<'_>, Option<NoText>)> = files.iter().map(Text::new).collect();
    let read: Vec<_> = (0..=last).zip(&texts).map(|(number, text)| read(number, text)).collect();
    let texts: Vec<Text<'_>> = texts.into_iter().map(|(text, _)| text).collect();
    // What is wrong beside the head goes into a report that nobody reads.
    let (mut report, mut beside) = (Report::new(texts), Report::new(Vec::new()));

    if let [Ok((node, _))] = read.as_slice()
        && let Some(at) = saved_plan(node)
    {
        let file = files.first().map(|file| file.name.as_str()).unwrap_or_default();
        report.error(at, FileFault::SavedPlan { file: Excerpt::of(file) });
        return Err(report.finish());
    }
    let mut sections = Sections::default();
    let mut bases: HashMap<&str, (Node<'_>, Vec<Duplicate>)> = HashMap::new();
    for ((number, result), file) in (0..=last).zip(read).zip(files) {
        match (result, &file.role) {
            (Ok((node, duplicates)), Role::Own) => {
                let report = if part == Part::Whole { &mut report } else { &mut beside };
                repeated(duplicates, report);
                sections.take(number, node, report);
            }
            (Ok(read), Role::Base(path)) => drop(bases.insert(path, read)),
            (Err((at, wrong)), Role::Own) => {
                sections.incomplete = true;
                report.error(at, wrong);
            }
            (Err((at, wrong)), Role::Base(_)) => {
                sections.incomplete = true;
                report.conceal(number);
                report.error(at, base::unreadable(wrong));
                sections.unread.insert(number);
            }
        }
    }
    let duplicates = sections.put_over_bases(bases, files, &mut report);
    repeated(duplicates, if part == Part::Whole { &mut report } else { &mut beside });
    let manifest = match part {
        Part::Whole => sections.decode(digest(files), &mut report),
        Part::Head => sections.head(digest(files), &mut report),
    };
    let failed = report.errors() > 0;
    let problems = report.finish();
    match manifest {
        Some(manifest) if !failed => Ok(Manifest { warnings: problems.0, ..manifest }),
        _ => Err(problems),
    }
}

/// Reports the keys that stand twice in one mapping.
fn repeated(duplicates: Vec<Duplicate>, report: &mut Report<'_>) {
    for duplicate in duplicates {
        let (key, first) = (Excerpt::of(&duplicate.key), report.place(duplicate.first));
        report.error(duplicate.second, StackFault::DuplicateKey { key, first });
    }
}

/// Where a saved plan's first key stands, if the file is one: `terraform apply FILE` takes one as PATH.
fn saved_plan(node: &Node<'_>) -> Option<At> {
    let Value::Map(entries) = &node.value else { return None };
    let has = |key: &str| entries.iter().any(|(name, _)| name.text == key);
    let first = entries.first().map(|(name, _)| name.at);
    first.filter(|_| ["digest", "changes", "plan"].into_iter().all(has))
}

type Read<'s> = Result<(Node<'s>, Vec<Duplicate>), (At, Wrong)>;

fn read<'s>(number: u16, (text, trouble): &(Text<'s>, Option<NoText>)) -> Read<'s> {
    let start = At { file: number, start: 0, end: 0 };
    match *trouble {
        Some(NoText::TooLarge) => {
            return Err((start, FileFault::TooLarge { most_mib: MAX_BYTES >> 20 }.into()));
        }
        Some(NoText::NotUtf8(byte)) => {
            return Err((At { start: byte, end: byte, ..start }, FileFault::NotUtf8.into()));
        }
        None => {}
    }
    let (node, duplicates) = tree::read(number, text).map_err(|trouble| {
        let Unreadable { at, fault, merge_marks } = *trouble;
        (at, Wrong::File { fault, merge_marks })
    })?;
    match node.value {
        Value::Map(_) => Ok((node, duplicates)),
        // A file that lost its content must not read as "no volumes".
        Value::Null => Err((start, FileFault::Nothing.into())),
        other => Err((node.at, FileFault::NotManifest(shown(&other)).into())),
    }
}

/// SHA-256 over the names and bytes of the files, each with its length before it, so that no two
/// sets of files share one. The folder does not count: it is one stack however its PATH is typed. A base has the name that the
/// manifest gives it.
fn digest(files: &[SourceFile]) -> Digest {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for file in files {
        let name = match &file.role {
            Role::Own => file.name.rsplit(['/', '\\']).next().unwrap_or_default(),
            Role::Base(path) => {
                // No part is that long.
                hash.update(u64::MAX.to_le_bytes());
                path
            }
        };
        for part in [name.as_bytes(), &file.bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    Digest::from_hash(&hash.finalize().into())
}

/// The top-level keys of all files together.
#[derive(Default)]
struct Sections<'s> {
    /// A file could not be read, so what seems to be missing may stand there.
    incomplete: bool,
    single: HashMap<&'static str, (At, Node<'s>)>,
    volumes: Vec<(At, Node<'s>)>,
    several_files: bool,
    /// The first key of all: where something is missing from the whole.
    first: Option<At>,
    /// The bases that could not be read, which has been reported.
    unread: HashSet<u16>,
}

impl<'s> Sections<'s> {
    fn take(&mut self, number: u16, node: Node<'s>, report: &mut Report<'_>) {
        self.several_files |= number > 0;
        let Value::Map(entries) = node.value else { return };
        for (name, node) in entries {
            self.first.get_or_insert(name.at);
            let Some(section) = TOP.iter().find(|section| **section == name.text) else {
                if !name.text.starts_with("x-") {
                    let _ = unknown(&name, &node, Subject::Manifest, &TOP, report);
                }
                continue;
            };
            if *section == "volumes" {
                self.volumes.push((name.at, node));
            } else if let Some((first, _)) = self.single.get(section) {
                let first = report.place(*first);
                report.error(name.at, StackFault::DuplicateSection { section, first });
            } else {
                self.single.insert(section, (name.at, node));
            }
        }
    }

    /// Merges what this stack's own sections say over those of its bases, of which a later one wins over an earlier one. Gives
    /// the keys that stand twice in one mapping of a base.
    fn put_over_bases(
        &mut self,
        mut bases: HashMap<&str, (Node<'s>, Vec<Duplicate>)>,
        files: &[SourceFile],
        report: &mut Report<'_>,
    ) -> Vec<Duplicate> {
        let Some((_, list)) = self.section("base") else { return Vec::new() };
        let mut repeated = Vec::new();
        let mut under: HashMap<&'static str, (At, Node<'s>)> = HashMap::new();
        for (path, at) in base::decode(list, report) {
            let Some((node, duplicates)) = bases.remove(path.as_str()) else {
                let is_it = |file: &SourceFile| file.role == Role::Base(path.clone());
                let is_reported = |number: &u16| files.get(usize::from(*number)).is_some_and(is_it);
                self.incomplete = true;
                if !self.unread.iter().any(is_reported) {
                    report.error(at, BaseFault::NotRead(Excerpt::of(&path)));
                }
                continue;
            };
            let Some(sections) = base::sections(node, report) else {
                self.incomplete = true;
                continue;
            };
            repeated.extend(duplicates);
            for (section, at, node) in sections {
                let node = match under.remove(section) {
                    Some((_, earlier)) => base::merge(section, node, earlier, report),
                    None => node,
                };
                under.insert(section, (at, node));
            }
        }
        for (section, (at, node)) in under {
            let over = match self.single.remove(section) {
                Some((own_at, own)) => (own_at, base::merge(section, own, node, report)),
                None => (at, node),
            };
            self.single.insert(section, over);
        }
        repeated
    }

    /// A section; `null` is as good as none.
    fn section(&mut self, section: &str) -> Option<(At, Node<'s>)> {
        self.single.remove(section).filter(|(_, node)| !matches!(node.value, Value::Null))
    }

    /// The head, as a manifest that asks for nothing, and what `cloud` means for the volumes.
    fn head_and_facts(&mut self, digest: Digest, report: &mut Report<'_>) -> (Option<Manifest>, cloud::CloudFacts) {
        let stack = self.stack(report);
        let state = self.section("state").map(|(_, node)| state(node, report));
        let naming = self.section("naming").map(|(_, node)| {
            choice(&node, Subject::Field("naming"), &[("slot", Naming::Slot), ("service", Naming::Service)], report)
        });
        let (cloud, facts) = match self.section("cloud") {
            Some((at, node)) => cloud::decode(node, at, report),
            None => {
                self.missing(Missing::Cloud, report);
                (None, cloud::CloudFacts::default())
            }
        };
        let made = || {
            Some(Manifest {
                stack: stack?,
                state: state.unwrap_or_else(|| Some("state".to_owned()))?,
                cloud: cloud?,
                naming: naming.unwrap_or_else(|| Some(Naming::default()))?,
                limits: Limits::default(),
                defaults: Defaults::default(),
                default_lifecycle: Lifecycle::default(),
                volumes: BTreeMap::new(),
                moved: Vec::new(),
                removed: Vec::new(),
                imports: BTreeMap::new(),
                known_drift: Vec::new(),
                destroys: false,
                digest,
                warnings: Vec::new(),
            })
        };
        (made(), facts)
    }

    fn head(mut self, digest: Digest, report: &mut Report<'_>) -> Option<Manifest> {
        self.head_and_facts(digest, report).0
    }

    fn decode(mut self, digest: Digest, report: &mut Report<'_>) -> Option<Manifest> {
        let (head, facts) = self.head_and_facts(digest, report);
        let defaults = self.section("defaults").and_then(|(_, node)| volume::decode(node, true, report));
        let mut defaults = defaults.unwrap_or_default();
        if self.incomplete {
            defaults.excuse(Meant::Volume);
        }
        if self.volumes.is_empty() {
            self.missing(Missing::Volumes, report);
        }
        let (limits, allowed) =
            self.section("limits").map(|(_, node)| limits::decode(node, report)).unwrap_or_default();
        let context = Context { defaults: &defaults, facts: &facts, allowed: &allowed };
        let [moved, removed, import, known] =
            ["moved", "removed", "import", "known_drift"].map(|name| self.section(name).map(|(_, node)| node));
        let volumes = volumes(self.volumes, self.several_files, &context, report);
        let lines = moves::decode(moved, removed, report);
        let (imports, known) = (imports::decode(import, report), known::decode(known, report));
        // A volume that is wrong is none that could be compared.
        let (moved, removed, imports, known_drift) = match report.errors() {
            0 => {
                let (moved, removed) = lines.check(&volumes, report);
                let imports = imports::check(imports, &volumes, report);
                (moved, removed, imports, known::check(known, &volumes, report))
            }
            _ => Default::default(),
        };
        let default_lifecycle = lifecycle::resolve(Given::Absent, &defaults.lifecycle, None, report);
        let defaults = defaults.stated();
        Some(Manifest { limits, defaults, default_lifecycle, volumes, moved, removed, imports, known_drift, ..head? })
    }

    fn stack(&mut self, report: &mut Report<'_>) -> Option<StackName> {
        let Some((_, node)) = self.section("stack") else {
            self.missing(Missing::Stack { several_files: self.several_files }, report);
            return None;
        };
        let at = node.at;
        checked(text(node, Subject::Field("stack"), report)?, at, Subject::Field("stack"), StackName::new, report)
    }

    fn missing(&self, section: Missing, report: &mut Report<'_>) {
        if !self.incomplete {
            let at = self.first.unwrap_or(At { file: 0, start: 0, end: 0 });
            report.error(at, section);
        }
    }
}

fn state(node: Node<'_>, report: &mut Report<'_>) -> Option<String> {
    let at = node.at;
    let path = text(node, Subject::Field("state"), report)?;
    if path.is_empty() || path.chars().any(char::is_control) {
        report.error(at, StackFault::StateNoPath(Excerpt::of(&path)));
        return None;
    }
    // Kept beside the manifest or above it, but never at a place that only one machine has.
    if path.starts_with('/') {
        report.error(at, StackFault::StateNotRelative(Excerpt::of(&path)));
        return None;
    }
    Some(path.into_owned())
}

fn volumes<'s>(
    sections: Vec<(At, Node<'s>)>,
    several_files: bool,
    context: &Context<'_, 's>,
    report: &mut Report<'_>,
) -> BTreeMap<Key, super::DesiredVolume> {
    let mut checked_volumes: Vec<(Key, CheckedVolume)> = Vec::new();
    let mut known: HashMap<String, At> = HashMap::new();
    let mut slots: u64 = 0;
    for (at, node) in sections {
        if let Value::Null = node.value {
            report.error(at, StackFault::VolumesNothing);
            continue;
        }
        if let Value::List(_) = node.value {
            report.error(node.at, StackFault::VolumesList);
            continue;
        }
        for (name, node) in mapping(node, Subject::Field("volumes"), report).unwrap_or_default() {
            if several_files && let Some(first) = known.insert(name.text.clone().into_owned(), name.at) {
                let (key, first) = (Excerpt::of(&name.text), report.place(first));
                report.error(name.at, StackFault::DuplicateVolume { key, first });
                continue;
            }
            if !matches!(node.value, Value::Map(_)) {
                volume::refuse(&name, &node, report);
                continue;
            }
            let key = checked(name.text, name.at, Subject::Key, Key::new, report);
            let Some(fields) = volume::decode(node, false, report) else { continue };
            let before = slots;
            slots += count(&fields);
            if before <= MAX_SLOTS.into() && slots > MAX_SLOTS.into() {
                report.error(name.at, StackFault::TooManyVolumes { volumes: slots, most: MAX_SLOTS });
            }
            if let Some(key) = key
                && let Some(volume) = context.check(&key, name.at, fields, report)
            {
                checked_volumes.push((key, volume));
            }
        }
    }
    if slots <= MAX_SLOTS.into() {
        names::check(&checked_volumes, report);
    }
    checked_volumes.into_iter().map(|(key, checked)| (key, checked.volume)).collect()
}

fn count(fields: &Fields<'_>) -> u64 {
    match &fields.count {
        Given::Set(count, _) => u64::from(*count),
        _ => 1,
    }
}
