//! An index of all parts of all secrets: each text is searched for them in one pass, however many and however long the
//! secrets are.

use super::decoded::Piece;
use std::collections::HashMap;
use std::ops::Range;

/// From so many characters on a part of a secret counts. As many bytes are one number.
pub(super) const PART: usize = 8;
/// The longest of the short forms, in bytes: as many are one large number.
const HISTORY: usize = 16;
/// Whatever is shorter is looked for nowhere.
const SHORTEST: usize = 6;

/// How the characters of a secret are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Plain,
    Hex,
    Base64,
    Base32,
}

impl Coding {
    const ALL: [Coding; 4] = [Coding::Plain, Coding::Hex, Coding::Base64, Coding::Base32];

    /// How many characters of a longer text stand for a part of the secret and nothing else, at the least.
    fn characters(self) -> usize {
        match self {
            Coding::Plain => PART,
            Coding::Hex => PART * 2,
            Coding::Base64 => (PART * 8 - 5) / 6,
            Coding::Base32 => (PART * 8 - 4) / 5,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What was found in a text.
#[derive(Debug)]
pub(super) struct Found<'t> {
    /// Where, in the source.
    pub(super) range: Range<usize>,
    /// The characters of the secret in lower case; `None` where they are encoded in another alphabet.
    pub(super) said: Option<&'t [u8]>,
    /// Whether it is a whole secret for certain.
    pub(super) whole: bool,
}

/// The parts of all secrets, in lower case.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// All sequences of eight bytes, with the codings in which they occur.
    grams: HashMap<u64, u8>,
    filter: Filter,
    /// Forms of secrets that are too short to have parts: value, mask, and whether the secret is written plainly.
    short: Vec<(u128, u128, bool)>,
    short_filter: Filter,
}

impl Index {
    /// Takes in forms of a secret, all in lower case: as long as the coding needs for a part, or whole short secrets.
    pub(super) fn add(&mut self, forms: &[(Coding, Vec<u8>)]) {
        for (coding, form) in forms {
            if form.len() >= coding.characters() {
                for gram in form.windows(PART) {
                    let gram = gram.iter().fold(0, |gram, byte| gram << 8 | u64::from(*byte));
                    *self.grams.entry(gram).or_default() |= coding.bit();
                }
            } else if (SHORTEST..=HISTORY).contains(&form.len()) {
                let value = form.iter().fold(0, |value, byte| value << 8 | u128::from(*byte));
                self.short.push((value, u128::MAX >> (8 * (HISTORY - form.len())), *coding == Coding::Plain));
            }
        }
        self.filter = Filter::of(self.grams.keys().copied());
        self.short_filter = Filter::of(self.short.iter().map(|(value, _, _)| ending(*value)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.grams.is_empty() && self.short.is_empty()
    }

    fn codings(&self, gram: u64) -> u8 {
        if self.filter.may_have(gram) { self.grams.get(&gram).copied().unwrap_or_default() } else { 0 }
    }

    /// Tells every part of a secret in a text, as long as it goes on.
    pub(super) fn search(&self, pieces: impl Iterator<Item = Piece>, tell: &mut dyn FnMut(Found<'_>)) {
        let (mut history, mut seen) = (0u128, 0usize);
        let mut starts = [0; HISTORY];
        let mut runs = Runs::default();
        for piece in pieces {
            history = history << 8 | u128::from(piece.byte.to_ascii_lowercase());
            starts[seen % HISTORY] = piece.start;
            seen += 1;
            let start_of = |length: usize| starts[(seen - length) % HISTORY];
            if seen >= PART {
                let gram = history as u64;
                let codings = self.codings(gram);
                if codings != 0 || runs.any {
                    runs.step(codings, gram, start_of(PART), piece, tell);
                }
            }
            if seen >= SHORTEST && !self.short.is_empty() && self.short_filter.may_have(ending(history)) {
                for (value, mask, plain) in &self.short {
                    let length = (mask.count_ones() / 8) as usize;
                    if history & mask == *value && seen >= length {
                        let bytes = value.to_be_bytes();
                        let said = plain.then_some(&bytes[HISTORY - length..]);
                        tell(Found { range: start_of(length)..piece.end, said, whole: true });
                    }
                }
            }
        }
        runs.end(tell);
    }
}

/// The last bytes that every short form has.
fn ending(history: u128) -> u64 {
    history as u64 & (u64::MAX >> (8 * (8 - SHORTEST)))
}

/// Parts that are being read, by their coding.
#[derive(Default)]
struct Runs {
    any: bool,
    runs: [Run; Coding::ALL.len()],
    said: Vec<u8>,
}

#[derive(Default, Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    characters: usize,
}

impl Runs {
    fn step(&mut self, codings: u8, gram: u64, start: usize, piece: Piece, tell: &mut dyn FnMut(Found<'_>)) {
        for coding in Coding::ALL {
            let run = &mut self.runs[coding as usize];
            if codings & coding.bit() == 0 {
                self.close(coding, tell);
                continue;
            }
            let plain = coding == Coding::Plain;
            if run.characters == 0 {
                *run = Run { start, end: piece.end, characters: PART };
                if plain {
                    self.said.clear();
                    self.said.extend(gram.to_be_bytes());
                }
            } else {
                run.characters += 1;
                run.end = piece.end;
                if plain {
                    self.said.push(piece.byte.to_ascii_lowercase());
                }
            }
        }
        self.any = codings != 0;
    }

    fn close(&mut self, coding: Coding, tell: &mut dyn FnMut(Found<'_>)) {
        let run = std::mem::take(&mut self.runs[coding as usize]);
        if run.characters >= coding.characters() {
            let said = (coding == Coding::Plain).then_some(self.said.as_slice());
            tell(Found { range: run.start..run.end, said, whole: false });
        }
    }

    fn end(mut self, tell: &mut dyn FnMut(Found<'_>)) {
        Coding::ALL.into_iter().for_each(|coding| self.close(coding, tell));
    }
}

/// Says quickly of most numbers that they are not in a set.
#[derive(Debug)]
struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter::of(std::iter::empty())
    }
}

impl Filter {
    /// Has sixteen bits for each number, so that of others one in sixteen is looked up in vain.
    fn of(numbers: impl ExactSizeIterator<Item = u64>) -> Filter {
        let bits = (numbers.len() * 16).next_power_of_two().max(64);
        let mut filter = Filter { bits: vec![0; bits / 64], shift: 64 - bits.ilog2() };
        for number in numbers {
            let at = filter.place(number);
            filter.bits[at / 64] |= 1 << (at % 64);
        }
        filter
    }

    fn place(&self, number: u64) -> usize {
        (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    fn may_have(&self, number: u64) -> bool {
        let at = self.place(number);
        self.bits[at / 64] >> (at % 64) & 1 == 1
    }
}
