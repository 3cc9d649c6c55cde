//! Manifests that are put together as text at random: comments, anchors, aliases, merge keys, braces, blocks, quotes, odd
//! indentation, line ends, several files. One value of one volume becomes another one, and nothing else may change: not a byte
//! of the text, and not a word of what it asks for.
//!
//! More cases: `EVSCTL_CASES=10 cargo test --lib -- edit::tests::random`.

use super::*;
use crate::manifest::{self, Manifest};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use std::fmt::Write as _;
use std::ops::Range;

/// How a file is written.
#[derive(Debug, Clone)]
struct Style {
    end: &'static str,
    has_mark: bool,
    has_last_end: bool,
    /// The width of an indentation.
    indent: usize,
    /// Stands between a value and its comment.
    gap: &'static str,
}

/// How the fields of a volume are written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Block,
    Braces,
    BracesOverLines,
    Json,
    AliasOfBase,
}

/// A field of a volume as text: the value in braces, and the value in a block.
#[derive(Debug, Clone)]
struct FieldText {
    word: &'static str,
    flow: String,
    /// Lines; those behind the first are indented below the field.
    block: Vec<String>,
}

#[derive(Debug, Clone)]
struct VolumeText {
    form: Form,
    fields: Vec<FieldText>,
    /// Whether a comment stands above a field, and one behind it.
    comments: Vec<(bool, bool)>,
    is_merged: bool,
    is_anchored: bool,
    is_quoted: bool,
    /// A line behind the volume.
    behind: &'static str,
}

#[derive(Debug, Clone)]
struct FileText {
    style: Style,
    volumes: Vec<VolumeText>,
}

/// What a text has of a volume: where it stands, and where each of its fields does, key and value.
#[derive(Debug, Clone)]
struct Spans {
    file: usize,
    volume: Range<usize>,
    fields: Vec<(&'static str, Range<usize>)>,
}

fn field(word: &'static str, flow: impl Into<String>) -> FieldText {
    let flow = flow.into();
    FieldText { word, block: vec![flow.clone()], flow }
}

fn sizes() -> impl Strategy<Value = Vec<FieldText>> {
    let written = select(vec!["40", "!!int 40", "*size", "  40", "40.0"]);
    prop_oneof![1 => Just(vec![]), 4 => written.prop_map(|text| vec![field("size", text)])]
}

fn descriptions() -> impl Strategy<Value = Vec<FieldText>> {
    let plain = select(vec![
        "data",
        "'single: it''s'",
        "\"double \\\" # no\"",
        "a  b",
        "\"\"",
        "null",
        "!!str 12",
        "*text",
        "数据",
        "a#b",
        "http://x/y",
    ]);
    let lines = select(vec![
        vec!["|", "size: 1", "# no comment", "", "  more"],
        vec!["|-", "web:", "  size: 3"],
        vec![">-", "folded", "text", "", "{a: b}"],
        vec!["|+", "kept", ""],
        vec!["plain", "over lines"],
        vec!["\"double", "over lines\""],
        vec!["'single", "over lines'"],
    ]);
    prop_oneof![
        2 => Just(vec![]),
        4 => plain.prop_map(|text| vec![field("description", text)]),
        3 => lines.prop_map(|lines| {
            let block = lines.into_iter().map(str::to_owned).collect();
            vec![FieldText { word: "description", flow: "'in braces'".to_owned(), block }]
        }),
    ]
}

fn tags() -> impl Strategy<Value = Vec<FieldText>> {
    let values = select(vec!["x", "'1.10'", "\"007\"", "1.10", "true", "*word", "!!str 7"]);
    let pairs = proptest::collection::vec((select(vec!["team", "env", "own", "\"quoted\"", "环境"]), values), 1..4);
    let written = (pairs, 0..3_usize, any::<bool>()).prop_map(|(mut pairs, form, is_merged)| {
        pairs.sort();
        pairs.dedup_by_key(|(key, _)| *key);
        let mut flow: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let mut block = vec![String::new()];
        block.extend(flow.clone());
        let mut over_lines = vec!["{ # tags".to_owned(), "# first".to_owned()];
        over_lines.extend(flow.iter().map(|pair| format!("{pair}, # behind")));
        over_lines.push("}".to_owned());
        if is_merged {
            flow.insert(0, "<<: *tags".to_owned());
        }
        let flow = format!("{{{}}}", flow.join(", "));
        let block = [block, over_lines, vec![flow.clone()]][form].clone();
        vec![FieldText { word: "tags", block, flow }]
    });
    prop_oneof![2 => Just(vec![]), 1 => Just(vec![field("tags", "*tags")]), 1 => Just(vec![field("tags", "{}")]), 4 => written]
}

fn others() -> impl Strategy<Value = Vec<FieldText>> {
    let each = [
        ("volume_type", "SAS"),
        ("enterprise_project_id", "\"0\""),
        ("multiattach", "false"),
        ("count", "1"),
        ("metadata", "{hw:passthrough: 'true'}"),
    ];
    proptest::sample::subsequence(each.to_vec(), 0..=each.len())
        .prop_map(|some| some.into_iter().map(|(word, text)| field(word, text)).collect())
}

fn volumes() -> impl Strategy<Value = VolumeText> {
    let forms = prop_oneof![
        5 => Just(Form::Block), 3 => Just(Form::Braces), 2 => Just(Form::BracesOverLines), 1 => Just(Form::Json),
        1 => Just(Form::AliasOfBase),
    ];
    let fields = (sizes(), descriptions(), tags(), others())
        .prop_map(|(sizes, descriptions, tags, others)| [sizes, descriptions, tags, others].concat())
        .prop_shuffle();
    let comments = proptest::collection::vec(any::<(bool, bool)>(), 10);
    let behind = select(vec!["", "\n", "# at the margin\n", "\n  # indented\n\n", "            # deep\n"]);
    (forms, fields, comments, any::<[bool; 3]>(), behind).prop_map(
        |(form, fields, comments, [is_merged, is_anchored, is_quoted], behind)| {
            // In a scalar over lines a deep comment would be its text.
            let behind = if form == Form::Block { behind.trim_start_matches("            ") } else { behind };
            VolumeText { form, fields, comments, is_merged, is_anchored, is_quoted, behind }
        },
    )
}

fn files() -> impl Strategy<Value = Vec<FileText>> {
    let style =
        (select(vec!["\n", "\n", "\r\n"]), any::<bool>(), any::<bool>(), 1..6_usize, select(vec![" ", "   ", "\t"]))
            .prop_map(|(end, has_mark, has_last_end, indent, gap)| Style { end, has_mark, has_last_end, indent, gap });
    let file = (style, proptest::collection::vec(volumes(), 1..5));
    proptest::collection::vec(file.prop_map(|(style, volumes)| FileText { style, volumes }), 1..4)
}

/// The text of a file, and where its volumes stand in it.
fn write(number: usize, of: &FileText, spans: &mut Vec<Spans>) -> SourceFile {
    let Style { end, has_mark, has_last_end, indent, gap } = of.style.clone();
    let mut text = String::new();
    if number == 0 {
        let defaults = "availability_zone: az, volume_type: SSD, size: 50, tags: {team: d, env: e}";
        text += &format!("# head\n---\nstack: s  # name\ncloud: {{ simulator: true }}\ndefaults: {{{defaults}}}\n\n");
    }
    text += "x-shared:\n- &size 40\n- &text 'shared: text'\n- &word y\n- &tags { team: s, more: m } # tags\n- &base { size: 60, description: based, tags: {team: b, own: o} }\n";
    text += "volumes:   # all of them\n";
    let (outer, inner, deep) = (" ".repeat(indent), " ".repeat(2 * indent), " ".repeat(3 * indent + 1));
    for (index, volume) in of.volumes.iter().enumerate() {
        let mut fields = Vec::new();
        let start = text.len();
        let key = format!("v{number}-{index}");
        let quoted = if volume.is_quoted { format!("'{key}' ") } else { key.clone() };
        let anchor = if volume.is_anchored { format!(" &{key}") } else { String::new() };
        let merge = if volume.is_merged && volume.form != Form::Json { Some("<<: *base".to_owned()) } else { None };
        let comments = |field: usize| volume.comments[field % volume.comments.len()];
        match volume.form {
            Form::AliasOfBase => writeln!(text, "{outer}{quoted}: *base{gap}# alias").unwrap(),
            Form::Json | Form::Braces => {
                let is_json = volume.form == Form::Json;
                write!(text, "{outer}{quoted}:{anchor} {{").unwrap();
                let mut between = "";
                if let Some(merge) = merge {
                    write!(text, " {merge}").unwrap();
                    between = ", ";
                }
                for FieldText { word, flow, .. } in &volume.fields {
                    text += between;
                    let from = text.len();
                    if is_json { write!(text, "\"{word}\": {flow}") } else { write!(text, "{word}: {flow}") }.unwrap();
                    fields.push((*word, from..text.len()));
                    between = if is_json { "," } else { " , " };
                }
                text += if volume.is_quoted { " } # }\n" } else { "}\n" };
            }
            Form::BracesOverLines => {
                writeln!(text, "{outer}{quoted}:{anchor} {{ # {{").unwrap();
                let merge = merge.map(|merge| (None, merge));
                let lines =
                    volume.fields.iter().map(|field| (Some(field.word), format!("{}: {}", field.word, field.flow)));
                let lines: Vec<_> = merge.into_iter().chain(lines).collect();
                for (index, (word, line)) in lines.iter().enumerate() {
                    let (above, behind) = comments(index);
                    if above {
                        writeln!(text, "{inner}# above, it's").unwrap();
                    }
                    let from = text.len() + inner.len();
                    write!(text, "{inner}{line}").unwrap();
                    fields.extend(word.map(|word| (word, from..text.len())));
                    text += if index + 1 < lines.len() || volume.is_quoted { "," } else { "" };
                    text += if behind { " # behind\n" } else { "\n" };
                }
                writeln!(text, "{outer}}}").unwrap();
            }
            Form::Block => {
                writeln!(text, "{outer}{quoted}:{anchor}{gap}# in a block").unwrap();
                if let Some(merge) = &merge {
                    writeln!(text, "{inner}{merge}{gap}# merged").unwrap();
                }
                for (index, FieldText { word, block, .. }) in volume.fields.iter().enumerate() {
                    let (above, behind) = comments(index);
                    if above {
                        writeln!(text, "\n{inner}# above, it's").unwrap();
                    }
                    let from = text.len() + inner.len();
                    write!(text, "{inner}{word}: {}", block[0]).unwrap();
                    for line in &block[1..] {
                        text += "\n";
                        text += &if line.is_empty() { String::new() } else { format!("{deep}{line}") };
                    }
                    fields.push((*word, from..text.len()));
                    // Behind a scalar over lines that is a block's own text.
                    text += if behind && block.len() == 1 { " # behind\n" } else { "\n" };
                }
                if volume.fields.is_empty() && merge.is_none() {
                    writeln!(text, "{inner}{{}}").unwrap();
                }
            }
        }
        spans.push(Spans { file: number, volume: start..text.len(), fields });
        text += volume.behind;
    }
    if has_last_end && indent == 4 {
        text += "...\n";
    }
    let mut bytes = text.into_bytes();
    if !has_last_end {
        while bytes.ends_with(b"\n") {
            bytes.pop();
        }
    }
    let mut text = String::from_utf8(bytes).unwrap();
    if end != "\n" {
        // The spans move with the line ends before them.
        let moved = |at: usize| at + text.get(..at).unwrap_or(&text).matches('\n').count();
        for spans in spans.iter_mut().filter(|spans| spans.file == number) {
            spans.volume = moved(spans.volume.start)..moved(spans.volume.end);
            for (_, range) in &mut spans.fields {
                *range = moved(range.start)..moved(range.end);
            }
        }
        text = text.replace('\n', end);
    }
    let mark = if has_mark { "\u{feff}" } else { "" };
    if has_mark {
        for spans in spans.iter_mut().filter(|spans| spans.file == number) {
            let moved = |range: &Range<usize>| range.start + mark.len()..range.end + mark.len();
            spans.volume = moved(&spans.volume);
            spans.fields.iter_mut().for_each(|(_, range)| *range = moved(range));
        }
    }
    file(&format!("{number}.yaml"), &format!("{mark}{text}"))
}

const TEXTS: [&str; 18] = [
    "",
    "plain",
    "two words",
    "yes",
    "1.10",
    "007",
    "null",
    "~",
    "a: b",
    "#x",
    "a #x",
    "- a",
    "it's",
    "\"q\"",
    "line\nbreak",
    "生产",
    "tab\tand \\",
    "*alias",
];

/// A value that the volume does not have.
fn settings(manifest: &Manifest, key: &Key, kind: Index, value: Index) -> Setting {
    let volume = &manifest.volumes[key];
    let shown = volume.specs.common().shown_description().unwrap_or_default();
    let mut all = vec![size(volume.specs.common().size.unwrap().gb() + 1), name("another-name"), name("yes")];
    let texts: Vec<&str> = TEXTS.into_iter().filter(|text| *text != shown).collect();
    all.push(description(texts[value.index(texts.len())]));
    if !shown.is_empty() {
        all.push(description(""));
    }
    all.push(Setting::VolumeType(crate::volume::VolumeType::new("SATA").unwrap()));
    for (tag_key, old) in volume.specs.common().tags.pairs() {
        let values: Vec<&str> = ["new", "1.10", "007", "yes", ""].into_iter().filter(|value| value != old).collect();
        all.push(tag(tag_key, Some(values[value.index(values.len())])));
        all.push(tag(tag_key, None));
    }
    if volume.stated.multiattach {
        all.push(Setting::Multiattach(!volume.specs.common().multiattach));
    }
    if volume.specs.common().enterprise_project_id.is_some() {
        let id = crate::volume::EnterpriseProjectId::new("3f8c9a10-6b27-4d15-8a0e-94d2c7b1e833").unwrap();
        all.push(Setting::EnterpriseProjectId(id));
    }
    for (key, value) in volume.specs.common().metadata.pairs() {
        let value = if value == "true" { "false" } else { "true" };
        all.push(Setting::Metadata { key: key.clone(), value: value.to_owned() });
    }
    all[kind.index(all.len())].clone()
}

/// Whether two texts are the same before a stretch of the old one, and behind it.
fn is_same_around(stretch: &Range<usize>, old: &[u8], new: &[u8]) -> bool {
    let (head, tail) = (&old[..stretch.start], &old[stretch.end..]);
    new.starts_with(head) && new[head.len()..].ends_with(tail)
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "a test that is asked for more cases")]
    let times = std::env::var("EVSCTL_CASES").ok().map_or(1, |times| times.parse().unwrap());
    64 * times
}

proptest! {
    #![proptest_config(Config { cases: cases(), failure_persistence: None, ..Config::default() })]

    #[test]
    fn one_value_differs_and_nothing_else(texts in files(), volume: Index, kind: Index, value: Index) {
        let mut spans = Vec::new();
        let files: Vec<SourceFile> = texts.iter().enumerate().map(|(number, of)| write(number, of, &mut spans)).collect();
        let shown = || files.iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).collect::<String>();
        let before = manifest::parse(&files).map_err(|problems| TestCaseError::fail(format!("{problems}\n{}", shown())))?;
        let key = before.volumes.keys().nth(volume.index(before.volumes.len())).unwrap().clone();
        let number = |part: &str| part.parse::<usize>().unwrap();
        let (of, index) = key.as_str()[1..].split_once('-').map(|(file, index)| (number(file), number(index))).unwrap();
        let spans = spans.iter().filter(|spans| spans.file == of).nth(index).unwrap();
        let setting = settings(&before, &key, kind, value);

        let mut editor = Editor::new(files.clone()).unwrap();
        let set = editor.set(&[Change { key: key.clone(), setting: setting.clone() }]);
        prop_assert!(set.is_ok(), "{set:?}\n{key} {setting:?}\n{}", shown());
        let edited: Vec<&SourceFile> = editor.edited().collect();
        prop_assert_eq!(edited.len(), 1);
        prop_assert_eq!(&edited[0].name, &files[of].name);

        // What the text asks for: all as before, but the one field.
        let after = manifest::parse(&files.iter().map(|file| {
            if file.name == edited[0].name { edited[0].clone() } else { file.clone() }
        }).collect::<Vec<_>>()).unwrap();
        let mut expected = before.clone();
        let wanted = expected.volumes.get_mut(&key).unwrap();
        let mut spec = crate::volume::VolumeSpec::clone(wanted.specs.common());
        match &setting {
            Setting::Name(name) => wanted.name = name.clone(),
            Setting::Tag { key, value } => {
                let mut pairs = spec.tags.pairs().clone();
                match value { Some(value) => drop(pairs.insert(key.clone(), value.clone())), None => drop(pairs.remove(key)) }
                spec.tags = crate::volume::Tags::new(pairs).unwrap();
            }
            Setting::Metadata { key, value } => {
                spec.metadata = crate::volume::Metadata::new([(key.clone(), value.clone())].into()).unwrap();
            }
            Setting::Description(text) => spec.description = text.clone(),
            Setting::Size(size) => spec.size = Some(*size),
            Setting::VolumeType(word) => spec.volume_type = word.clone(),
            Setting::Multiattach(flag) => spec.multiattach = *flag,
            Setting::EnterpriseProjectId(id) => spec.enterprise_project_id = Some(id.clone()),
            other => panic!("{other:?}"),
        }
        wanted.specs = wanted.specs.with_common(spec);
        prop_assert_eq!(after.without_places(), expected.without_places());

        // The text: all bytes before and behind the field are as before.
        let (old, new) = (&files[of].bytes, &edited[0].bytes);
        let word = setting.field().word();
        // A comma or a line end before or behind a field that goes is the field's; its comment too.
        // The last field of a file without a last line end is said to end behind that.
        let clipped = |range: &Range<usize>| range.start..range.end.min(old.len());
        let fields: Vec<(&str, Range<usize>)> = spans.fields.iter().map(|(word, at)| (*word, clipped(at))).collect();
        let stretch = match fields.iter().find(|(field, _)| *field == word) {
            Some((_, range)) if matches!(setting, Setting::Description(None)) => {
                let text = std::str::from_utf8(old).unwrap();
                let behind = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
                let above = text[..range.start].trim_end_matches([' ', ',', '\n', '\r']).len();
                let next = fields.iter().map(|(_, other)| other.start).filter(|start| *start > range.start).min();
                above..behind.max(next.unwrap_or(behind))
            }
            Some((_, range)) => range.clone(),
            // What comes stands among the volume's fields, and all that stood there still does.
            None => {
                let mut rest = new.iter();
                prop_assert!(old.iter().all(|byte| rest.any(|new| new == byte)));
                spans.volume.start..spans.volume.end.min(old.len())
            }
        };
        prop_assert!(
            is_same_around(&stretch, old, new),
            "{setting:?} changed more than {stretch:?}\n{}\n{}", shown(), String::from_utf8_lossy(new)
        );
        let ends = |bytes: &[u8]| (bytes.starts_with(b"\xef\xbb\xbf"), bytes.ends_with(b"\n"), bytes.contains(&b'\r'));
        prop_assert_eq!(ends(old), ends(new));
    }
}
