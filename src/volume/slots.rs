//! Sets of slots.

use super::{Invalid, Slot};
use std::fmt;

/// Slots in order, written shortly: `1..12` for a run, `1..3,7` for more.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotSet(Vec<Slot>);

impl SlotSet {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what [`SlotSet`]'s `Display` writes, in order and without overlaps; `None` for anything else.
    pub fn parse(text: &str) -> Option<SlotSet> {
        let number = |text: &str| text.parse().ok().and_then(Slot::new);
        let mut slots: Vec<Slot> = Vec::new();
        // More slots than any stack has: a short text must not take all memory.
        const MOST: u32 = 1_000_000;
        for run in text.split(',').filter(|run| !run.is_empty()) {
            let (first, last) = run.split_once("..").unwrap_or((run, run));
            let (first, last) = (number(first)?, number(last)?);
            if last < first
                || last.number() - first.number() >= MOST
                || slots.last().is_some_and(|before| *before >= first)
            {
                return None;
            }
            slots.extend((first.number()..=last.number()).filter_map(Slot::new));
        }
        Some(SlotSet(slots))
    }

    /// The slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> SlotSet {
        let mut slots: Vec<Slot> = slots.into_iter().collect();
        slots.sort_unstable();
        slots.dedup();
        SlotSet(slots)
    }
}

impl TryFrom<String> for SlotSet {
    type Error = Invalid;

    fn try_from(text: String) -> Result<SlotSet, Invalid> {
        SlotSet::parse(&text).ok_or_else(|| Invalid::new(format!("{text:?} is not a set of slots such as 1..3,7")))
    }
}

impl From<SlotSet> for String {
    fn from(slots: SlotSet) -> String {
        slots.to_string()
    }
}

impl fmt::Display for SlotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let follows = |pair: &[Slot]| pair[0].number() + 1 == pair[1].number();
        let mut runs = self.0.chunk_by(|a, b| follows(&[*a, *b])).peekable();
        while let Some(run) = runs.next() {
            match run {
                [] => {}
                [one] => write!(f, "{one}")?,
                [first, .., last] => write!(f, "{first}..{last}")?,
            }
            if runs.peek().is_some() {
                f.write_str(",")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_written_as_runs() {
        let set = |numbers: &[u32]| numbers.iter().filter_map(|&n| Slot::new(n)).collect::<SlotSet>().to_string();
        assert_eq!(set(&[]), "");
        assert_eq!(set(&[3]), "3");
        assert_eq!(set(&[2, 1, 3, 7, 9, 10]), "1..3,7,9..10");
        for text in ["", "3", "1..3,7,9..10"] {
            assert_eq!(SlotSet::parse(text).unwrap().to_string(), text);
        }
        for text in ["0", "3..1", "5,4", "1..3,3", "x"] {
            assert_eq!(SlotSet::parse(text), None, "{text}");
        }
    }
}
