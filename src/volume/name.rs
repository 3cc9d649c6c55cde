//! Cloud names and descriptions, and the suffix that the service gives to the volumes of one call.

use super::{Invalid, Slot, checked_text};

checked_text! {
    /// A volume's name in the cloud: at most 255 bytes of UTF-8, not empty. Names are not unique there.
    VolumeName, check_name
}

checked_text! {
    /// A volume's description: at most 255 bytes of UTF-8.
    Description, check_description
}

impl VolumeName {
    /// The most bytes that a name may have.
    pub const MAX: usize = 255;
    /// The most bytes that the base name of several volumes may have: the suffix takes five.
    pub const MAX_BASE: usize = 250;
}

impl Description {
    /// The most bytes that a description may have.
    pub const MAX: usize = 255;
}

fn check_name(text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::NameEmpty);
    }
    if text.len() > VolumeName::MAX {
        return Err(Invalid::NameTooLong { bytes: text.len() });
    }
    text.chars().find(|c| c.is_control()).map_or(Ok(()), |c| Err(Invalid::NameControl(c)))
}

fn check_description(text: &str) -> Result<(), Invalid> {
    if text.len() > Description::MAX {
        return Err(Invalid::DescriptionTooLong { bytes: text.len() });
    }
    Ok(())
}

/// The name that the service gives to the volume of that number (from 1) in one call for several:
/// the base, a hyphen, at least four digits.
pub fn service_name(base: &str, number: u32) -> String {
    format!("{base}-{number:04}")
}

/// The name that a slot shall have: the base itself where the key has one volume, else the base with
/// the slot's number as the service would write it.
pub fn slot_name(base: &str, count: u32, slot: Slot) -> String {
    if count == 1 { base.to_owned() } else { service_name(base, slot.number()) }
}

/// The number in a name that the service made of this base; `None` for any other name.
pub fn slot_of_service_name(base: &str, name: &str) -> Option<u32> {
    let digits = name.strip_prefix(base)?.strip_prefix('-')?;
    let number: u32 = digits.parse().ok()?;
    (service_name(base, number) == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_measured_in_bytes() {
        assert!(VolumeName::new("a".repeat(255)).is_ok());
        let error = VolumeName::new(format!("{}a", "卷".repeat(85))).unwrap_err();
        assert_eq!(error, Invalid::NameTooLong { bytes: 256 });
    }

    #[test]
    fn the_suffix_has_four_digits_or_more() {
        assert_eq!(service_name("web", 7), "web-0007");
        assert_eq!(service_name("web", 12_345), "web-12345");
        for (name, number) in [
            ("web-0007", Some(7)),
            ("web-12345", Some(12_345)),
            ("web-7", None),
            ("web-00007", None),
            ("web", None),
            ("wob-0007", None),
        ] {
            assert_eq!(slot_of_service_name("web", name), number, "{name}");
        }
    }
}
