//! What a file says, value by value, each with its place; and why one is not read.
//!
//! The tree keeps what YAML makes people lose: the text of a number as it was written, whether it
//! was quoted, and both places of a key that stands twice.

use super::source::At;
use super::wrong::FileFault;
use std::borrow::Cow;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node<'s> {
    /// What it is.
    pub(super) value: Value<'s>,
    /// Where it is written; for an alias, where the anchor is.
    pub(super) at: At,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Value<'s> {
    /// Nothing, `null` or `~`.
    Null,
    /// `true` or `false`, and how it is written.
    Bool(bool, &'s str),
    /// A number, as it is written.
    Number(&'s str),
    /// Text, quoted or not.
    Text(Cow<'s, str>),
    /// A list.
    List(Vec<Node<'s>>),
    /// A mapping without duplicate keys, in the order of the file; what was merged in comes last.
    Map(Vec<(Name<'s>, Node<'s>)>),
}

/// A key of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Name<'s> {
    /// Its text; that of a number or a boolean is as it is written.
    pub(super) text: Cow<'s, str>,
    /// Where it stands.
    pub(super) at: At,
}

/// A key that stands twice in one mapping.
#[derive(Debug)]
pub(super) struct Duplicate {
    /// The key.
    pub(super) key: String,
    /// Where it stands first: that entry is kept.
    pub(super) first: At,
    /// Where it stands again.
    pub(super) second: At,
}

/// Why a text is not YAML that is read here.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// Where the reader gave up.
    pub(super) at: At,
    /// Why.
    pub(super) fault: FileFault,
    /// Whether the file holds the marks of an unfinished merge.
    pub(super) merge_marks: bool,
}

/// [`Unreadable`] behind a pointer, which keeps the results of what is read well small.
pub(super) type Trouble = Box<Unreadable>;

/// Says where the reader gave up, and why.
pub(super) fn trouble(at: At, fault: FileFault) -> Trouble {
    Box::new(Unreadable { at, fault, merge_marks: false })
}
