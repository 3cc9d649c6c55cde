//! What stands for a long text that many lines name: the beginning of its SHA-256. A line that names one stays as it is
//! when another is added.

/// How many hexadecimal digits stand for a text at least: 48 bits, so that two of 10,000 texts hardly ever begin alike.
const LEAST: usize = 12;

/// The beginnings by which these digests are told apart: of [`LEAST`] digits, or as many more as it takes where two
/// begin alike. They are sorted, and no two are equal.
pub(super) fn beginnings<'d>(sorted: &[&'d str]) -> Vec<&'d str> {
    let alike = |one: &str, other: &str| one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let with = |digest: &str, neighbour: Option<usize>| {
        neighbour.and_then(|at| sorted.get(at)).map_or(0, |other| alike(digest, other) + 1)
    };
    let beginning = |(at, digest): (usize, &&'d str)| {
        let length = LEAST.max(with(digest, at.checked_sub(1))).max(with(digest, Some(at + 1)));
        digest.get(..length).unwrap_or(digest)
    };
    sorted.iter().enumerate().map(beginning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_alike_is_told_apart_by_more() {
        let digests = ["00000000000000", "0123456789abcd", "0123456789abce", "0123456789ff00", "ff000000000000"];
        let short = ["000000000000", "0123456789abcd", "0123456789abce", "0123456789ff", "ff0000000000"];
        assert_eq!(beginnings(&digests), short);
        assert_eq!(beginnings(&digests[..1]), short[..1]);
        assert_eq!(beginnings(&[]), Vec::<&str>::new());
    }
}
