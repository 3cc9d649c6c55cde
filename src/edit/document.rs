//! The text of one file, and where each value stands in it. This file alone knows `yaml-edit`.

use super::quotes::Quotes;
use crate::manifest::SourceFile;
use std::ops::Range;
use yaml_edit::{Mapping, Sequence, YamlFile, YamlNode};

/// A file's text as an editor sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    /// The text without its byte order mark.
    pub(super) text: &'t str,
    /// Whether there is a byte order mark before it.
    has_mark: bool,
}

/// The byte order mark of UTF-8.
const MARK: &str = "\u{feff}";

impl<'t> Text<'t> {
    /// Reads a file as text; `None` where it is no UTF-8.
    pub(super) fn of(file: &'t SourceFile) -> Option<Text<'t>> {
        let text = std::str::from_utf8(&file.bytes).ok()?;
        let bare = text.strip_prefix(MARK);
        Some(Text { text: bare.unwrap_or(text), has_mark: bare.is_some() })
    }

    /// The bytes of the file with another text.
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let mark = if self.has_mark { MARK } else { "" };
        [mark, text].concat().into_bytes()
    }

    /// The mapping at the top; `None` where there is none, or where the text cannot be read.
    pub(super) fn root(self) -> Option<Map> {
        let read = YamlFile::parse(self.text);
        if !read.errors().is_empty() {
            return None;
        }
        read.tree().document()?.as_mapping().map(Map)
    }

    /// The bytes of a stretch.
    pub(super) fn part(self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// What ends a line here: as the next line end does, or else the first one of the file.
    pub(super) fn line_end(self, from: usize) -> &'static str {
        let end = |text: &str| {
            let at = text.find(['\r', '\n'])?;
            let rest = text.get(at..)?;
            Some(["\r\n", "\n", "\r"].into_iter().find(|end| rest.starts_with(end)).unwrap_or("\n"))
        };
        end(self.part(from..self.text.len())).or_else(|| end(self.text)).unwrap_or("\n")
    }

    /// The end of the line in which a byte stands, before its line end.
    pub(super) fn end_of_line(self, from: usize) -> usize {
        self.part(from..self.text.len()).find(['\r', '\n']).map_or(self.text.len(), |length| from + length)
    }

    /// The start of the line in which a byte stands.
    pub(super) fn start_of_line(self, at: usize) -> usize {
        self.part(0..at).rfind(['\r', '\n']).map_or(0, |end| end + 1)
    }

    /// The start of the next line, or the end of the text.
    pub(super) fn next_line(self, from: usize) -> usize {
        let end = self.end_of_line(from);
        end + self.part(end..self.text.len()).chars().next().map_or(0, |_| self.line_end(end).len())
    }

    /// Where the document ends: before the mark that ends it, or at the end of the text.
    pub(super) fn end_of_document(self) -> usize {
        let mut at = self.text.len();
        let mut line = 0;
        while line < self.text.len() {
            if self.part(line..self.end_of_line(line)).starts_with("...") {
                at = line;
            }
            line = self.next_line(line);
        }
        at
    }

    /// The number of the line in which a byte stands, from 1.
    pub(super) fn line_number(self, at: usize) -> u32 {
        let before = self.part(0..at);
        let ends = before.matches(['\r', '\n']).count() - before.matches("\r\n").count();
        u32::try_from(ends + 1).unwrap_or(u32::MAX)
    }

    /// Whether everything from a byte to the end of its line is white space or a comment.
    pub(super) fn is_end(self, from: usize) -> bool {
        let rest = self.part(from..self.end_of_line(from));
        let bare = rest.trim_start_matches([' ', '\t']);
        bare.is_empty() || (bare.starts_with('#') && bare.len() < rest.len())
    }
}

/// A mapping as it stands in a text.
#[derive(Debug, Clone)]
pub(super) struct Map(Mapping);

/// A list as it stands in a text.
#[derive(Debug, Clone)]
pub(super) struct List(Sequence);

/// An entry of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The text of its key.
    pub(super) key: String,
    /// The first byte of the entry.
    pub(super) start: usize,
    /// The first byte behind the colon; behind the key where there is no colon.
    pub(super) behind_colon: usize,
    /// Whether there is a colon.
    pub(super) has_colon: bool,
    /// Its value.
    pub(super) value: Node,
}

/// A value and where it stands, without its anchor.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What it is.
    pub(super) kind: Kind,
    /// Its bytes. Behind a block there is no line end in it.
    pub(super) range: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Nothing is written.
    Nothing,
    /// A scalar, with its tag.
    Scalar,
    /// A scalar that begins with `|` or `>`.
    Block,
    /// An alias, as `*base`.
    Alias,
    /// A mapping.
    Map(Map),
    /// A list.
    List(List),
}

impl Map {
    /// Its entries in the order of the text; a merge key is an entry with the key `<<`.
    pub(super) fn entries(&self, text: Text<'_>) -> Vec<Entry> {
        self.0.entries().filter_map(|entry| Entry::of(&entry, text)).collect()
    }

    /// The entry of that key, if the mapping itself has one.
    pub(super) fn entry(&self, key: &str, text: Text<'_>) -> Option<Entry> {
        self.entries(text).into_iter().find(|entry| entry.key == key)
    }

    /// Whether it stands in braces.
    pub(super) fn is_flow(&self) -> bool {
        self.0.is_flow_style()
    }

    /// The quotes that its keys have, and that a new key and a new text get: JSON stays JSON.
    pub(super) fn quotes(&self, text: Text<'_>) -> Quotes {
        let first = self.entries(text).into_iter().next();
        let is_json =
            self.is_flow() && first.is_some_and(|entry| text.part(entry.start..text.text.len()).starts_with('"'));
        if is_json { Quotes::Double } else { Quotes::Plain }
    }
}

impl List {
    /// Its items in the order of the text.
    pub(super) fn items(&self, text: Text<'_>) -> Vec<Node> {
        self.0.values().map(|node| Node::of(&node, text)).collect()
    }

    /// Whether it stands in brackets.
    pub(super) fn is_flow(&self) -> bool {
        self.0.is_flow_style()
    }
}

impl Entry {
    fn of(entry: &yaml_edit::MappingEntry, text: Text<'_>) -> Option<Entry> {
        let key = entry.key_node()?;
        let end = key.byte_range().end as usize;
        let rest = text.part(end..text.text.len());
        let bare = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let has_colon = bare.starts_with(':');
        let behind_colon = if has_colon { end + (rest.len() - bare.len()) + 1 } else { end };
        let nothing = || Node { kind: Kind::Nothing, range: behind_colon..behind_colon };
        let value = entry.value_node().map_or_else(nothing, |node| Node::of(&node, text));
        let value = if value.range.is_empty() { nothing() } else { value };
        let word = match key.as_scalar() {
            Some(scalar) => scalar.as_string(),
            None => text.part(key.byte_range().start as usize..end).to_owned(),
        };
        Some(Entry { key: word, start: entry.byte_range().start as usize, behind_colon, has_colon, value })
    }

    /// The first byte behind the entry's own text, which is that of its value where it has one.
    pub(super) fn end(&self) -> usize {
        self.value.range.end.max(self.behind_colon)
    }
}

impl Node {
    fn of(node: &YamlNode, text: Text<'_>) -> Node {
        let whole = node.byte_range();
        let whole = whole.start as usize..whole.end as usize;
        let kind = match node {
            YamlNode::Scalar(scalar) if scalar.is_block() => Kind::Block,
            YamlNode::Scalar(_) => Kind::Scalar,
            YamlNode::Alias(_) => Kind::Alias,
            YamlNode::Mapping(map) => Kind::Map(Map(map.clone())),
            YamlNode::Sequence(list) => Kind::List(List(list.clone())),
            YamlNode::TaggedNode(tagged) => match (tagged.as_mapping(), tagged.as_sequence()) {
                (Some(map), _) => return Node::of(&YamlNode::Mapping(map), text),
                (_, Some(list)) => return Node::of(&YamlNode::Sequence(list), text),
                (None, None) => Kind::Scalar,
            },
        };
        // What follows a block on lines of its own is not the block's.
        let end = whole.start + text.part(whole.clone()).trim_end_matches([' ', '\t', '\r', '\n']).len();
        Node { kind, range: whole.start..end }
    }
}
