//! Entries put into the files of a manifest, of which all else stays as it is.

use super::candidate::Note;
use super::draft::{Draft, Known};
use super::drawn;
use super::entry::{Entry, Indent};
use super::spot::{InBraces, Spot, spot};
use super::yaml::{Value, inline, members, text};
use crate::manifest::{self, Import, Problems, Role, SourceFile};
use crate::volume::{Address, Key, VolumeId};
use std::collections::{BTreeMap, BTreeSet};

/// Why nothing is added to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotInserted {
    /// Its text cannot be taken apart, though it can be read.
    NoPlace {
        /// The file.
        file: String,
        /// The section that was to be added to.
        section: &'static str,
    },
    /// The section is an alias, or is merged from elsewhere.
    NoMapping {
        /// The file.
        file: String,
        /// The section.
        section: &'static str,
    },
    /// The manifest would say something else than before, beside what was added.
    OtherwiseToo {
        /// The file.
        file: String,
    },
    /// The text with the entries in it would not read: a limit of what is added to here, and no fault of the file.
    Invalid {
        /// The file.
        file: String,
        /// What would be wrong with it.
        problems: Problems,
    },
}

/// The words of a comment, which are the caller's.
type Told<'t> = &'t dyn Fn(Note) -> String;

/// Adds the entries of a draft, and the line of `import` for each of their volumes, to the files of a stack: to the first
/// that has `volumes`, or else to the one in which `stack` stands. Gives the files that change.
///
/// # Errors
/// Where the text is such that nothing can be added to it, or more than that would change.
pub fn insert(known: Known<'_>, draft: &Draft, told: Told<'_>) -> Result<Vec<SourceFile>, NotInserted> {
    // A base is other stacks' too, and nothing is added to it.
    let is_own = |file: &&SourceFile| file.role == Role::Own;
    let has = |section: &str| known.files.iter().position(|file| is_own(&file) && is_there(plain(file), section));
    let home = has("volumes").or_else(|| has("stack")).unwrap_or(0);
    let of_import = has("import").unwrap_or(home);
    let mut failed = None;
    for is_far in [false, true] {
        match edited(known, draft, told, [home, of_import], is_far) {
            Ok(edited) => return Ok(edited),
            // The nearer place is told: the other one is there for texts that end in empty lines.
            Err(why) => drop(failed.get_or_insert(why)),
        }
    }
    let file = known.files.get(home).map(|file| file.name.clone()).unwrap_or_default();
    Err(failed.unwrap_or(NotInserted::NoPlace { file, section: "volumes" }))
}

fn edited(
    known: Known<'_>,
    draft: &Draft,
    told: Told<'_>,
    [home, of_import]: [usize; 2],
    is_far: bool,
) -> Result<Vec<SourceFile>, NotInserted> {
    let mut files = known.files.to_vec();
    let parts: [(usize, Part<'_>); 3] =
        [(home, Part::Defaults(draft)), (home, Part::Volumes(draft, told)), (of_import, Part::Import(draft))];
    for (number, part) in parts {
        let Some(file) = files.get_mut(number).filter(|_| !part.is_empty()) else { continue };
        let name = || file.name.clone();
        let section = part.section();
        let text = plain(file);
        let added = match spot(text, section) {
            None => Err(NotInserted::NoPlace { file: name(), section }),
            Some(Spot::NoMapping) => Err(NotInserted::NoMapping { file: name(), section }),
            Some(spot) => Ok(add(text, spot, &part, is_far)),
        }?;
        let mark: &[u8] = if file.bytes.starts_with(MARK) { MARK } else { b"" };
        file.bytes = [mark, added.as_bytes()].concat();
    }
    check(known, draft, &files, home)?;
    let changed = known.files.iter().zip(files).filter(|(before, after)| before.bytes != after.bytes);
    Ok(changed.map(|(_, after)| after).collect())
}

/// The sections of a draft as a text by itself, for a file of its own.
pub fn fragment(draft: &Draft, told: Told<'_>) -> String {
    let parts = [Part::Defaults(draft), Part::Volumes(draft, told), Part::Import(draft)];
    let whole = |part: &Part<'_>| format!("{}:\n{}", part.section(), part.lines(&Indent::default()));
    parts.iter().filter(|part| !part.is_empty()).map(whole).collect()
}

/// The same as one more file of the stack, under that name.
///
/// # Errors
/// Where the stack would not be valid with it, or say more than what was added.
pub fn with_file(known: Known<'_>, draft: &Draft, told: Told<'_>, name: &str) -> Result<String, NotInserted> {
    let text = fragment(draft, told);
    let mut files = known.files.to_vec();
    let at = files.partition_point(|file| file.name.as_str() < name);
    files.insert(at, SourceFile::own(name, text.clone()));
    check(known, draft, &files, at)?;
    Ok(text)
}

/// What some files begin with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a valid file.
fn plain(file: &SourceFile) -> &str {
    let bytes = file.bytes.strip_prefix(MARK).unwrap_or(&file.bytes);
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn is_there(text: &str, section: &str) -> bool {
    spot(text, section).is_some_and(|spot| !matches!(spot, Spot::Absent { .. } | Spot::AbsentInBraces(_)))
}

/// What is added to one section.
enum Part<'d> {
    Defaults(&'d Draft),
    Volumes(&'d Draft, Told<'d>),
    Import(&'d Draft),
}

impl Part<'_> {
    fn section(&self) -> &'static str {
        match self {
            Part::Defaults(_) => "defaults",
            Part::Volumes(..) => "volumes",
            Part::Import(_) => "import",
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Part::Defaults(draft) => drawn::fields(&draft.defaults).is_empty(),
            Part::Volumes(draft, _) | Part::Import(draft) => draft.entries.is_empty(),
        }
    }

    /// As members on lines of their own.
    fn lines(&self, indent: &Indent) -> String {
        let line = |(key, value): (String, Value)| format!("{}{}: {}\n", indent.key, text(&key), inline(&value));
        match self {
            Part::Defaults(draft) => drawn::fields(&draft.defaults).into_iter().map(line).collect(),
            Part::Volumes(draft, told) => draft.entries.iter().map(|entry| entry.lines(indent, told)).collect(),
            // An address is plain on a line of its own, where its key is.
            Part::Import(draft) => addresses(draft)
                .map(|(key, address, id)| {
                    let is_plain = text(&key) == *key;
                    let address = if is_plain { address } else { format!("\"{address}\"") };
                    format!("{}{address}: {}\n", indent.key, text(&id))
                })
                .collect(),
        }
    }

    /// As members of a mapping in braces.
    fn members(&self) -> String {
        match self {
            Part::Defaults(draft) => members(&drawn::fields(&draft.defaults)),
            Part::Volumes(draft, _) => members(&draft.entries.iter().map(Entry::member).collect::<Vec<_>>()),
            Part::Import(draft) => {
                members(&addresses(draft).map(|(_, address, id)| (address, Value::Text(id))).collect::<Vec<_>>())
            }
        }
    }
}

/// The key, the address and the id of each volume.
fn addresses(draft: &Draft) -> impl Iterator<Item = (String, String, String)> {
    let addresses = draft.entries.iter().flat_map(Entry::addresses);
    addresses.map(|(address, id)| (address.key.to_string(), address.to_string(), id.to_string()))
}

/// The text with the part in its place.
fn add(before: &str, spot: Spot, part: &Part<'_>, is_far: bool) -> String {
    let (start, end, added) = match spot {
        Spot::Lines { end, far_end, indent } => {
            let at = if is_far { far_end.max(end) } else { end };
            (at, at, part.lines(&indent))
        }
        Spot::Empty(range) => {
            // What stands behind it on its line, such as a comment, stays there.
            let line_end = before[range.end..].find('\n').map_or(before.len(), |at| range.end + at + 1);
            let head = before[..range.start].trim_end_matches(' ').len();
            let rest = &before[range.end..line_end];
            let rest = if rest.trim().is_empty() { rest.trim_start_matches(' ').to_owned() } else { rest.to_owned() };
            let newline = if rest.ends_with('\n') { "" } else { "\n" };
            (head, line_end, format!("{rest}{newline}{}", part.lines(&Indent::default())))
        }
        Spot::Absent { end } => {
            // People look for `defaults` above the volumes, where those stand.
            let above = matches!(part, Part::Defaults(_)).then(|| line_of(before, "volumes")).flatten();
            let at = above.unwrap_or(end);
            (at, at, format!("{}:\n{}", part.section(), part.lines(&Indent::default())))
        }
        Spot::AbsentInBraces(place) => {
            another(before, place, &format!("{}: {{ {} }}", text(part.section()), part.members()))
        }
        Spot::Braces(place) => another(before, place, &part.members()),
        Spot::NoMapping => (before.len(), before.len(), String::new()),
    };
    let head = &before[..start];
    let newline =
        if start > 0 && !head.ends_with('\n') && added.contains('\n') && start == before.len() { "\n" } else { "" };
    let added = format!("{newline}{added}");
    let added = if before.contains("\r\n") { added.replace("\r\n", "\n").replace('\n', "\r\n") } else { added };
    format!("{head}{added}{}", &before[end..])
}

/// Members put into a mapping in braces, behind the last one or as the first.
fn another(before: &str, place: InBraces, members: &str) -> (usize, usize, String) {
    match place {
        InBraces::Behind(at) => (at, at, format!(", {members}")),
        InBraces::First(at) => {
            let space = if before[at..].starts_with('}') { " " } else { "" };
            (at, at, format!(" {members}{space}"))
        }
    }
}

/// Where the line of a section begins.
fn line_of(text: &str, section: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.strip_prefix(section).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Makes sure that the manifest says what it said, and beside it what was added.
fn check(known: Known<'_>, draft: &Draft, files: &[SourceFile], home: usize) -> Result<(), NotInserted> {
    let file = || files.get(home).map(|file| file.name.clone()).unwrap_or_default();
    // As it is read on any day: what is not asked for any more is there all the same. What stands below what was added has
    // moved down.
    let read = |files: &[SourceFile]| {
        let read = manifest::parse(files).map_err(|problems| NotInserted::Invalid { file: file(), problems })?;
        Ok(read.without_places())
    };
    let (mut after, before) = (read(files)?, read(known.files)?);
    let added: BTreeSet<&Key> = draft.entries.iter().map(|entry| &entry.key).collect();
    let are_there = after.volumes.keys().filter(|key| !before.volumes.contains_key(*key)).eq(added.iter().copied());
    after.volumes.retain(|key, _| !added.contains(key));
    let (lines, others): (BTreeMap<Address, Import>, _) =
        std::mem::take(&mut after.imports).into_iter().partition(|(address, _)| added.contains(&address.key));
    after.imports = others;
    if !drawn::fields(&draft.defaults).is_empty() {
        after.defaults = before.defaults.clone();
    }
    let imported: BTreeMap<Address, &VolumeId> =
        lines.iter().map(|(address, line)| (address.clone(), &line.id)).collect();
    let wanted: BTreeMap<Address, &VolumeId> = draft.entries.iter().flat_map(Entry::addresses).collect();
    if are_there && imported == wanted && after == before {
        Ok(())
    } else {
        Err(NotInserted::OtherwiseToo { file: file() })
    }
}
