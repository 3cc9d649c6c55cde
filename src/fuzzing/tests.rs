//! The corpus of the fuzz targets, and what comes of damaging it, for as long as a gate may take.

use super::{READERS, check};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// For how long each reader is handed damaged seeds.
const DAMAGED_FOR: Duration = Duration::from_millis(100);
/// Far above what any input takes, and below what a hang would.
const HANGS: Duration = Duration::from_secs(10);

/// What means something to some reader, to be put where it does not belong.
const TOKENS: [&[u8]; 46] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b"  ",
    b": ",
    b"- ",
    b",",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"{}",
    b"[]",
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!str ",
    b"|",
    b"%00",
    b"%zz",
    b"?",
    b"&",
    b"=",
    b";",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e999",
    b"0x1f",
    b"99999999999999999999",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"4294967295",
    b"\\ud800",
    b"\\u202e",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"##[x]",
    b"::error",
];

/// Splitmix64: the same numbers everywhere and for ever.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % most.max(1)
    }

    /// A seed that was damaged once more.
    fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len() + 1);
        let end = (at + self.below(16)).min(bytes.len());
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            4 => {
                let part = bytes[at..end].repeat(1 + self.below(8));
                bytes.splice(at..at, part);
            }
            // Deeper than anything goes.
            5 => {
                let open = [b"[".as_slice(), b"{\"a\":", b"(", b"- "][self.below(4)];
                bytes.splice(at..at, open.repeat(1 << self.below(9)));
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..end, token.iter().copied());
            }
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

fn entries(path: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn seeds(reader: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder().join("corpus").join(reader);
    entries(&folder).into_iter().map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap())).collect()
}

/// Hands it over; which bytes they were, where something does not hold.
fn is_answered(reader: &str, bytes: &[u8], what: &str) -> Result<(), String> {
    let begun = Instant::now();
    let answered = std::panic::catch_unwind(|| check(reader, bytes));
    if answered.is_ok() && begun.elapsed() < HANGS {
        return Ok(());
    }
    let text: String = String::from_utf8_lossy(bytes).chars().take(4000).collect();
    Err(format!("{reader}, {what}, after {:?}: {text:?}", begun.elapsed()))
}

/// Each reader by itself, so that one that fails hides no other.
fn each(answer: impl Fn(&str, &[(String, Vec<u8>)]) -> Result<(), String>) {
    let failed: Vec<String> = READERS.iter().filter_map(|(name, _)| answer(name, &seeds(name)).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_seed_is_answered() {
    each(|reader, seeds| {
        assert!(!seeds.is_empty(), "{reader} has no seeds");
        seeds.iter().try_for_each(|(name, bytes)| is_answered(reader, bytes, name))
    });
}

#[test]
fn every_damaged_seed_is_answered() {
    each(|reader, seeds| {
        let (begun, mut chance, mut number) = (Instant::now(), Chance(7), 0);
        while begun.elapsed() < DAMAGED_FOR {
            let (name, seed) = &seeds[chance.below(seeds.len())];
            let other = &seeds[chance.below(seeds.len())].1;
            let mut bytes = seed.clone();
            for _ in 0..=chance.below(4) {
                chance.damage(&mut bytes, other);
            }
            number += 1;
            is_answered(reader, &bytes, &format!("damage {number}, of {name}"))?;
        }
        Ok(())
    });
}

/// The seeds are read as what they are: else their damage would prove little.
#[test]
fn the_seeds_are_what_they_say() {
    use crate::document::from_json;
    use crate::manifest::{SourceFile, parse};
    use crate::state::format;
    use crate::volume::StackName;
    let seed = |reader: &str, name: &str| std::fs::read(folder().join("corpus").join(reader).join(name)).unwrap();
    for name in ["whole", "sources", "plannable"] {
        let file = SourceFile::own(name, seed("manifest", name));
        assert!(parse(&[file]).is_ok(), "{name}");
    }
    for name in ["applied", "open-calls", "format-2-applied", "format-2-open-calls", "format-2-everything"] {
        format::read(&seed("snapshot", name), &StackName::new("kafka").unwrap()).unwrap();
    }
    for name in ["creations", "adoption", "resumption", "cleaning", "hostile-texts", "refusals", "warning"] {
        from_json(&seed("plan", name)).unwrap();
    }
    assert!(crate::store::fuzzing::lock(&seed("lock", "holder")).is_some());
    for name in ["ours", "hostile", "other-types"] {
        crate::evs::fuzzing::volume(&seed("volume", name)).unwrap();
    }
    assert_eq!(crate::evs::fuzzing::volumes(&seed("volumes", "recorded")).unwrap().len(), 5);
    assert_eq!(crate::evs::fuzzing::snapshots(&seed("snapshots", "one")).unwrap().len(), 1);
    assert_eq!(crate::evs::fuzzing::recycled(&seed("recycled", "one")).unwrap().len(), 1);
    crate::evs::fuzzing::one_snapshot(&seed("one_snapshot", "whole")).unwrap();
    assert!(crate::evs::fuzzing::images(&seed("images", "whole")).unwrap().is_some());
    crate::evs::fuzzing::backup(&seed("backup", "whole")).unwrap();
    for name in ["job", "order", "both"] {
        crate::evs::fuzzing::started(&seed("started", name)).unwrap();
    }
    crate::simulator::fuzzing::data(&seed("sim_data", "created")).unwrap();
}

/// Each reader has a target, a folder of seeds and a line in the manifest of the targets, and there are no others.
#[test]
fn every_reader_has_a_target() {
    let readers: BTreeSet<String> = READERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let targets: BTreeSet<String> = readers.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(entries(&folder().join("corpus")), readers);
    assert_eq!(entries(&folder().join("fuzz_targets")), targets);
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let named: BTreeSet<String> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\"").map(str::to_owned))
        .collect();
    assert_eq!(named, readers);
}
