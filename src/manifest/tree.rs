//! YAML text to a tree that remembers where everything stands; with `scalar`, the only user of the YAML reader.
//!
//! The tree keeps what YAML makes people lose: the text of a number as it was written, whether it
//! was quoted, and both places of a key that stands twice. Aliases and merge keys are resolved
//! here, and a value that came through one keeps the place where it is written.
//!
//! It is built from the reader's events and not through serde: serde would drop just these things,
//! and asking for each value's place through it takes twice as long.

use super::node::{Duplicate, Name, Node, Trouble, Value, trouble};
use super::scalar::{check_container, scalar};
use super::source::{At, Text, to_u32};
use super::wrong::{FileFault, YamlCause};
use crate::volume::Excerpt;
use serde_yaml::granit_parser::{ErrorKind, Event, Parser, ScanError, Span};
use std::borrow::Cow;
use std::collections::HashMap;

/// The deepest nesting; a manifest needs 5.
const MAX_DEPTH: usize = 64;
/// The most values that aliases may add, whatever the size of the file.
const MAX_COPIED: usize = 8_000_000;
/// Up to how many keys a mapping is searched one by one.
const FEW: usize = 16;
/// The most duplicate keys that are remembered.
const MAX_DUPLICATES: usize = 1000;

/// Reads one file; a file with nothing in it reads as [`Value::Null`].
///
/// # Errors
/// The first place that is no YAML, goes too deep, or grows too large through aliases.
pub(super) fn read<'s>(file: u16, text: &Text<'s>) -> Result<(Node<'s>, Vec<Duplicate>), Trouble> {
    let mut reader = Reader::new(file, text.text);
    let result = reader.run();
    match result {
        Ok(()) => {
            let nothing = || Node { value: Value::Null, at: At { file, start: 0, end: 0 } };
            Ok((reader.root.unwrap_or_else(nothing), reader.duplicates))
        }
        Err(mut trouble) => {
            let marks = ["<<<<<<< ", ">>>>>>> "];
            trouble.merge_marks = text.text.lines().any(|line| marks.iter().any(|mark| line.starts_with(mark)));
            Err(trouble)
        }
    }
}

struct Reader<'s> {
    file: u16,
    text: &'s str,
    /// The lists and mappings that are open, outermost first.
    open: Vec<Open<'s>>,
    root: Option<Node<'s>>,
    documents: usize,
    anchors: HashMap<usize, Anchored<'s>>,
    duplicates: Vec<Duplicate>,
    /// How many values there may still be in the file, and from aliases.
    room: usize,
    copies: usize,
}

struct Open<'s> {
    at: At,
    anchor: usize,
    inside: Inside<'s>,
}

enum Inside<'s> {
    List(Vec<Node<'s>>),
    Map(Vec<(Name<'s>, Node<'s>)>, Option<Name<'s>>),
}

/// A value that aliases may ask for.
struct Anchored<'s> {
    node: Node<'s>,
    values: usize,
    depth: usize,
}

impl<'s> Reader<'s> {
    /// Every limit follows the size of the file: what is legal grows with it, what is a bomb does not.
    fn new(file: u16, text: &'s str) -> Reader<'s> {
        let bytes = text.len();
        Reader {
            file,
            text,
            open: Vec::new(),
            root: None,
            documents: 0,
            anchors: HashMap::new(),
            duplicates: Vec::new(),
            // 200,000 volumes of a dozen fields have 5 million nodes; a text made of `{}` alone would have more.
            room: (1024 + bytes / 2).min(6_000_000),
            copies: (100_000 + bytes.saturating_mul(4)).min(MAX_COPIED),
        }
    }

    fn run(&mut self) -> Result<(), Trouble> {
        for event in Parser::new_from_str(self.text) {
            let (event, span) = event.map_err(|error| self.not_yaml(&error))?;
            let at = self.at(&span);
            let tag_at = span.tag_start.and_then(|mark| mark.byte_offset());
            let tag_at = tag_at.map_or(at, |start| At { start: to_u32(start), ..at });
            match event {
                Event::DocumentStart(..) => {
                    self.documents += 1;
                    if self.documents > 1 {
                        return Err(trouble(at, FileFault::SecondDocument));
                    }
                }
                Event::Scalar(value, style, anchor, tag) => {
                    let value = scalar(value, self.written(at), style, tag.as_deref(), tag_at)?;
                    self.put(Node { value, at }, anchor)?;
                }
                Event::SequenceStart(_, anchor, tag) => {
                    check_container(tag.as_deref(), "seq", tag_at)?;
                    self.begin(at, anchor, Inside::List(Vec::new()))?;
                }
                Event::MappingStart(_, anchor, tag) => {
                    check_container(tag.as_deref(), "map", tag_at)?;
                    self.begin(at, anchor, Inside::Map(Vec::new(), None))?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end()?,
                Event::Alias(anchor) => self.alias(at, anchor)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn at(&self, span: &Span) -> At {
        let end_of_text = self.text.len();
        let start = span.start.byte_offset().unwrap_or(end_of_text).min(end_of_text);
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, end_of_text);
        At { file: self.file, start: to_u32(start), end: to_u32(end) }
    }

    fn written(&self, at: At) -> &'s str {
        self.text.get(at.start as usize..at.end as usize).unwrap_or_default()
    }

    fn not_yaml(&self, error: &ScanError) -> Trouble {
        let start = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let at = At { file: self.file, start: to_u32(start), end: to_u32(start + 1) };
        if let ErrorKind::RecursionLimitExceeded = error.kind() {
            return too_deep(at);
        }
        let tab = self.text.as_bytes().get(start) == Some(&b'\t') || error.info().contains("tab");
        let line = self.text.get(..=start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let cause = match (tab, line.contains("${")) {
            (true, _) => Some(YamlCause::Tab),
            (false, true) => Some(YamlCause::Variable),
            (false, false) => None,
        };
        trouble(at, FileFault::NotYaml { foreign: Excerpt::of(&error.info()), cause })
    }

    fn begin(&mut self, at: At, anchor: usize, inside: Inside<'s>) -> Result<(), Trouble> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(at));
        }
        self.open.push(Open { at, anchor, inside });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Trouble> {
        let Some(Open { at, anchor, inside }) = self.open.pop() else { return Ok(()) };
        let value = match inside {
            Inside::List(nodes) => Value::List(nodes),
            Inside::Map(entries, _) => self.settle(entries)?,
        };
        self.put(Node { value, at }, anchor)
    }

    /// Gives a finished value to what it stands in.
    fn put(&mut self, node: Node<'s>, anchor: usize) -> Result<(), Trouble> {
        self.room = self.room.checked_sub(1).ok_or_else(|| trouble(node.at, FileFault::TooManyValues))?;
        if anchor != 0 {
            let (values, depth) = measure(&node);
            self.pay(values, node.at)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), values, depth });
        }
        self.place(node)
    }

    fn place(&mut self, node: Node<'s>) -> Result<(), Trouble> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { inside: Inside::List(nodes), .. }) => nodes.push(node),
            Some(Open { inside: Inside::Map(entries, key), .. }) => match key.take() {
                Some(name) => entries.push((name, node)),
                None => *key = Some(name_of(node)?),
            },
        }
        Ok(())
    }

    fn alias(&mut self, at: At, anchor: usize) -> Result<(), Trouble> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(trouble(at, FileFault::AliasInItself));
        };
        if self.open.len() + anchored.depth > MAX_DEPTH {
            return Err(trouble(at, FileFault::AliasTooDeep { most: MAX_DEPTH }));
        }
        let (node, values) = (anchored.node.clone(), anchored.values);
        self.pay(values, at)?;
        self.place(node)
    }

    fn pay(&mut self, values: usize, at: At) -> Result<(), Trouble> {
        match self.copies.checked_sub(values) {
            Some(rest) => {
                self.copies = rest;
                Ok(())
            }
            None => Err(trouble(at, FileFault::AliasesGrow)),
        }
    }

    /// Takes duplicates out, and puts in what `<<` names.
    fn settle(&mut self, mut entries: Vec<(Name<'s>, Node<'s>)>) -> Result<Value<'s>, Trouble> {
        // A quoted "<<" is an ordinary key.
        let text = self.text;
        let is_merge =
            |name: &Name<'s>| name.text == "<<" && text.get(name.at.start as usize..name.at.end as usize) == Some("<<");
        let mut merged = Vec::new();
        if entries.iter().any(|(name, _)| is_merge(name)) {
            let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(name, _)| is_merge(name));
            entries = own;
            for (_, node) in merges {
                let nodes = if let Value::List(nodes) = node.value { nodes } else { vec![node] };
                for Node { value, at } in nodes {
                    match value {
                        Value::Map(more) => merged.push(more),
                        _ => return Err(trouble(at, FileFault::MergeOfNoMapping)),
                    }
                }
            }
        }
        let again = repeated(&entries);
        for &(first, second) in again.iter().take(MAX_DUPLICATES.saturating_sub(self.duplicates.len())) {
            let key = entries[second].0.text.clone().into_owned();
            self.duplicates.push(Duplicate { key, first: entries[first].0.at, second: entries[second].0.at });
        }
        drop_repeated(&mut entries, &again);
        if !merged.is_empty() {
            // All at once: a list of many merges would otherwise be many looks at the keys before it.
            entries.extend(merged.into_iter().flatten());
            let again = repeated(&entries);
            drop_repeated(&mut entries, &again);
        }
        Ok(Value::Map(entries))
    }
}

/// The entries whose key stood before, each behind the one that it repeats.
fn repeated(entries: &[(Name<'_>, Node<'_>)]) -> Vec<(usize, usize)> {
    let mut again: Vec<(usize, usize)> = Vec::new();
    if entries.len() <= FEW {
        for second in 1..entries.len() {
            let same = |(name, _): &(Name<'_>, Node<'_>)| name.text == entries[second].0.text;
            if let Some(first) = entries[..second].iter().position(same) {
                again.push((first, second));
            }
        }
    } else {
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
        for (second, (name, _)) in entries.iter().enumerate() {
            let first = *seen.entry(name.text.as_ref()).or_insert(second);
            if first != second {
                again.push((first, second));
            }
        }
    }
    again
}

fn drop_repeated(entries: &mut Vec<(Name<'_>, Node<'_>)>, again: &[(usize, usize)]) {
    if again.is_empty() {
        return;
    }
    let mut again = again.iter().map(|(_, second)| *second).peekable();
    let mut index = 0;
    entries.retain(|_| {
        let drop = again.next_if_eq(&index).is_some();
        index += 1;
        !drop
    });
}

fn too_deep(at: At) -> Trouble {
    trouble(at, FileFault::TooDeep { most: MAX_DEPTH })
}

fn name_of(node: Node<'_>) -> Result<Name<'_>, Trouble> {
    let text = match node.value {
        Value::Text(text) => text,
        Value::Number(text) | Value::Bool(_, text) => Cow::Borrowed(text),
        Value::Null => return Err(trouble(node.at, FileFault::NoKey)),
        Value::List(_) | Value::Map(_) => {
            return Err(trouble(node.at, FileFault::KeyNotText));
        }
    };
    Ok(Name { text, at: node.at })
}

/// How many values there are, and how deep they are nested; the depth is bounded by [`MAX_DEPTH`].
fn measure(node: &Node<'_>) -> (usize, usize) {
    let inner = |(values, depth): (usize, usize), node: &Node<'_>| {
        let (more, deep) = measure(node);
        (values + more, depth.max(deep + 1))
    };
    match &node.value {
        Value::List(nodes) => nodes.iter().fold((1, 1), inner),
        Value::Map(entries) => entries.iter().map(|(_, node)| node).fold((1 + entries.len(), 1), inner),
        _ => (1, 0),
    }
}
