//! From the files of a stack to its manifest: reads each, merges them, and looks at every section.

use super::fields::TOP;
use super::model::MAX_SLOTS;
use super::node::{Duplicate, Node, Value};
use super::report::Report;
use super::rules::{CheckedVolume, Context};
use super::source::{At, MAX_BYTES, NoText, Text};
use super::tree;
use super::unknown::{missing, unknown};
use super::values::{Given, checked, choice, mapping, quoted, shown, text};
use super::volume::{self, Fields};
use super::{Manifest, Naming, Problems, SourceFile, cloud, names};
use crate::volume::{Digest, Invalid, Key, StackName};
use std::collections::{BTreeMap, HashMap};

/// Reads one stack; see [`super::parse`].
pub(super) fn decode(files: &[SourceFile]) -> Result<Manifest, Problems> {
    let mut report = Report::new(Vec::new());
    if files.is_empty() {
        let invalid = Invalid::new("no *.yaml or *.yml in the folder");
        report.error(None, invalid.hint("write one, or name the folder of a stack; subfolders are not read"));
        return Err(report.finish());
    }
    let Ok(last) = u16::try_from(files.len() - 1) else {
        report.error(None, format!("a stack has at most 65536 files, these are {}", files.len()));
        return Err(report.finish());
    };
    let texts: Vec<(Text<'_>, Option<NoText>)> = files.iter().map(Text::new).collect();
    let read: Vec<_> = (0..=last).zip(&texts).map(|(number, text)| read(number, text)).collect();
    let mut report = Report::new(texts.into_iter().map(|(text, _)| text).collect());

    if let [Ok((node, _))] = read.as_slice()
        && let Some(at) = saved_plan(node)
    {
        let invalid = Invalid::new("this is a plan that was saved, not a manifest");
        let plan = files.first().map(|file| file.name.as_str()).unwrap_or_default();
        report.error(at, invalid.hint(format!("write evsctl apply PATH --plan {plan}, PATH being the manifest's")));
        return Err(report.finish());
    }
    let mut sections = Sections::default();
    for (number, result) in (0..=last).zip(read) {
        match result {
            Ok((node, duplicates)) => {
                for duplicate in duplicates {
                    let place = report.place(duplicate.first);
                    let reason = format!("{} stands here again, first at {place}", quoted(&duplicate.key));
                    report.error(duplicate.second, Invalid::new(reason).hint("keep one of the two"));
                }
                sections.take(number, node, &mut report);
            }
            Err((at, invalid)) => {
                sections.incomplete = true;
                report.error(at, invalid);
            }
        }
    }
    let manifest = sections.decode(digest(files), &mut report);
    let failed = report.errors() > 0;
    let problems = report.finish();
    match manifest {
        Some(manifest) if !failed => Ok(Manifest { warnings: problems.0, ..manifest }),
        _ => Err(problems),
    }
}

/// Where a saved plan's first key stands, if the file is one: `terraform apply FILE` takes one as PATH.
fn saved_plan(node: &Node<'_>) -> Option<At> {
    let Value::Map(entries) = &node.value else { return None };
    let has = |key: &str| entries.iter().any(|(name, _)| name.text == key);
    let first = entries.first().map(|(name, _)| name.at);
    first.filter(|_| ["digest", "changes", "plan"].into_iter().all(has))
}

type Read<'s> = Result<(Node<'s>, Vec<Duplicate>), (At, Invalid)>;

fn read<'s>(number: u16, (text, trouble): &(Text<'s>, Option<NoText>)) -> Read<'s> {
    let start = At { file: number, start: 0, end: 0 };
    match *trouble {
        Some(NoText::TooLarge) => {
            let invalid = Invalid::new(format!("a file has at most {} MiB", MAX_BYTES >> 20));
            return Err((start, invalid.hint("split it: all *.yaml of a folder make one stack")));
        }
        Some(NoText::NotUtf8(byte)) => {
            let invalid = Invalid::new("the file is not UTF-8 from here on").hint("save it as UTF-8");
            return Err((At { start: byte, end: byte, ..start }, invalid));
        }
        None => {}
    }
    let (node, duplicates) = tree::read(number, text).map_err(|trouble| {
        let invalid = Invalid::new(trouble.reason);
        (
            trouble.at,
            match trouble.hint {
                Some(hint) => invalid.hint(hint),
                None => invalid,
            },
        )
    })?;
    match node.value {
        Value::Map(_) => Ok((node, duplicates)),
        // A file that lost its content must not read as "no volumes".
        Value::Null => {
            Err((start, Invalid::new("there is nothing in this file").hint("delete it, or write `volumes: {}`")))
        }
        other => {
            let reason = format!("a manifest is a mapping that begins with `stack:`, not {}", shown(&other));
            Err((node.at, Invalid::new(reason)))
        }
    }
}

/// SHA-256 over the names and bytes of the files, each with its length before it, so that no two
/// sets of files share one. The folder does not count: it is one stack however its PATH is typed.
fn digest(files: &[SourceFile]) -> Digest {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for file in files {
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or_default();
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
}

impl<'s> Sections<'s> {
    fn take(&mut self, number: u16, node: Node<'s>, report: &mut Report<'_>) {
        self.several_files |= number > 0;
        let Value::Map(entries) = node.value else { return };
        for (name, node) in entries {
            self.first.get_or_insert(name.at);
            let Some(section) = TOP.iter().find(|section| **section == name.text) else {
                if !name.text.starts_with("x-") {
                    let _ = unknown(&name, &node, "a manifest", &TOP, report);
                }
                continue;
            };
            if *section == "volumes" {
                self.volumes.push((name.at, node));
            } else if let Some((first, _)) = self.single.get(section) {
                let reason = format!("`{section}` stands in one file only, and stands at {}", report.place(*first));
                report.error(name.at, Invalid::new(reason).hint("keep one of the two"));
            } else {
                self.single.insert(section, (name.at, node));
            }
        }
    }

    /// A section; `null` is as good as none.
    fn section(&mut self, section: &str) -> Option<(At, Node<'s>)> {
        self.single.remove(section).filter(|(_, node)| !matches!(node.value, Value::Null))
    }

    fn decode(mut self, digest: Digest, report: &mut Report<'_>) -> Option<Manifest> {
        let stack = self.stack(report);
        let state = self.section("state").map(|(_, node)| state(node, report));
        let naming = self.section("naming").map(|(_, node)| {
            choice(&node, "`naming`", &[("slot", Naming::Slot), ("service", Naming::Service)], report)
        });
        let (cloud, facts) = match self.section("cloud") {
            Some((at, node)) => cloud::decode(node, at, report),
            None => {
                let hint = "write `cloud: {region: cn-north-4, project_id: ...}`, or `cloud: {simulator: true}` to try \
                            it without an account";
                self.missing("cloud", hint, report);
                (None, cloud::CloudFacts::default())
            }
        };
        let defaults = self.section("defaults").and_then(|(_, node)| volume::decode(node, "`defaults`", true, report));
        let defaults = defaults.unwrap_or_default();
        if self.volumes.is_empty() {
            self.missing("volumes", "write `volumes: {}` if there shall be none", report);
        }
        let context = Context { defaults: &defaults, facts: &facts };
        let volumes = volumes(self.volumes, self.several_files, &context, report);
        Some(Manifest {
            stack: stack?,
            state: state.unwrap_or_else(|| Some("state".to_owned()))?,
            cloud: cloud?,
            naming: naming.unwrap_or_else(|| Some(Naming::default()))?,
            volumes,
            digest,
            warnings: Vec::new(),
        })
    }

    fn stack(&mut self, report: &mut Report<'_>) -> Option<StackName> {
        let Some((_, node)) = self.section("stack") else {
            let hint = if self.several_files {
                "name it, as in `stack: kafka-prod`; the name is unique in the project"
            } else {
                "name it, as in `stack: kafka-prod`; where this file is one of several, PATH is their folder"
            };
            self.missing("stack", hint, report);
            return None;
        };
        let at = node.at;
        checked(text(node, "`stack`", report)?, at, "`stack`", StackName::new, report)
    }

    fn missing(&self, section: &str, hint: &str, report: &mut Report<'_>) {
        if !self.incomplete {
            let at = self.first.unwrap_or(At { file: 0, start: 0, end: 0 });
            missing("the manifest", section, hint, at, report);
        }
    }
}

fn state(node: Node<'_>, report: &mut Report<'_>) -> Option<String> {
    let at = node.at;
    let path = text(node, "`state`", report)?;
    if path.is_empty() || path.chars().any(char::is_control) {
        report.error(at, format!("`state` is a folder's path, not {}", quoted(&path)));
        return None;
    }
    // Kept beside the manifest or above it, but never at a place that only one machine has.
    if path.starts_with('/') {
        let invalid = Invalid::new(format!("`state` is relative to this file, not {}", quoted(&path)));
        report.error(at, invalid.hint("as in `state: ../state`"));
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
            let invalid = Invalid::new("there is nothing behind `volumes:`");
            report.error(at, invalid.hint("write `volumes: {}` if there shall be none"));
            continue;
        }
        if let Value::List(_) = node.value {
            let invalid = Invalid::new("`volumes` is a mapping from keys to volumes, not a list");
            report.error(node.at, invalid.hint("write `web:` in place of `- name: web`"));
            continue;
        }
        for (name, node) in mapping(node, "`volumes`", report).unwrap_or_default() {
            if several_files && let Some(first) = known.insert(name.text.clone().into_owned(), name.at) {
                let place = report.place(first);
                let reason = format!("the volume {} stands here again, first at {place}", quoted(&name.text));
                report.error(name.at, Invalid::new(reason).hint("keep one of the two"));
                continue;
            }
            if !matches!(node.value, Value::Map(_)) {
                volume::refuse(&name, &node, report);
                continue;
            }
            let key = checked(name.text, name.at, "a volume's key", Key::new, report);
            let Some(fields) = volume::decode(node, "a volume", false, report) else { continue };
            let before = slots;
            slots += count(&fields);
            if before <= MAX_SLOTS.into() && slots > MAX_SLOTS.into() {
                let reason = format!("with this one, the stack holds {slots} volumes, more than {MAX_SLOTS}");
                report.error(name.at, Invalid::new(reason).hint("check `count`, or split the stack"));
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
