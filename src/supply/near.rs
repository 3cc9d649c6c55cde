//! What was probably meant by a name that is not there.

use strsim::damerau_levenshtein;

/// The one of the known names that differs from a name by the case of its letters alone, or by a letter or two. Where two are
/// equally near nothing is guessed.
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let most = if name.chars().count() > 6 { 2 } else { 1 };
    let far = known.into_iter().map(|it| (damerau_levenshtein(&it.to_lowercase(), &lower), it));
    let mut found: Vec<(usize, &str)> = far.filter(|(far, it)| *far <= most && *it != name).collect();
    found.sort_unstable();
    match found.as_slice() {
        [(_, only)] => Some(only),
        [(first, nearest), (second, _), ..] if first < second => Some(nearest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_nearest_alone_is_meant() {
        let zones = ["cn-north-4a", "cn-north-4b", "az-dc-1"];
        assert_eq!(near("cn-north-4A", zones), Some("cn-north-4a"));
        assert_eq!(near("cn-nort-4b", zones), Some("cn-north-4b"));
        assert_eq!(near("cn-north-4c", zones), None, "it is as near to the one as to the other");
        assert_eq!(near("az-dc-9", zones), Some("az-dc-1"));
        assert_eq!(near("mars", zones), None);
        assert_eq!((near("ssd", ["SSD", "ESSD"]), near("NVME", ["SSD", "SAS"])), (Some("SSD"), None));
    }
}
