//! Singular and plural, and how exact a time is told.

/// A time as it is told: to the second. No clock that evsctl reads is worth more digits.
pub fn second(at: jiff::Timestamp) -> jiff::Timestamp {
    at.round(jiff::Unit::Second).unwrap_or(at)
}

/// `1 call`, `3 calls`.
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// The words for one, or those for any other number.
pub(super) fn either<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

/// `it`, `they`.
pub(super) fn it(n: usize) -> &'static str {
    either(n, "it", "they")
}

/// `it`, `them`, where something is done to it.
pub(super) fn them(n: usize) -> &'static str {
    either(n, "it", "them")
}

/// `it is`, `they are`.
pub(super) fn it_is(n: usize) -> &'static str {
    either(n, "it is", "they are")
}

/// `its`, `their`.
pub(super) fn its(n: usize) -> &'static str {
    either(n, "its", "their")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_everything_else_is_several() {
        assert_eq!([0, 1, 2].map(|n| count(n, "call")), ["0 calls", "1 call", "2 calls"]);
    }
}
