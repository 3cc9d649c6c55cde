//! Sizes in GB.

use super::Invalid;
use std::fmt;

/// A volume's size in GB (GiB, as the service counts): 1 to 32,768.
///
/// The floor of a data disk (10) and the ceiling of a system disk (1,024) depend on the source and
/// are checked where the source is known; see [`SizeGb::check_kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct SizeGb(u32);

impl SizeGb {
    /// The smallest and the largest system disk, which is what an image makes.
    pub const SYSTEM: (u32, u32) = (1, 1024);
    /// The smallest and the largest data disk.
    pub const DATA: (u32, u32) = (10, 32_768);

    /// A size that some disk may have.
    ///
    /// # Errors
    /// Outside 1 to 32,768.
    pub fn new(gb: u32) -> Result<SizeGb, Invalid> {
        let (least, most) = (SizeGb::SYSTEM.0, SizeGb::DATA.1);
        if (least..=most).contains(&gb) { Ok(SizeGb(gb)) } else { Err(Invalid::Size(gb)) }
    }

    /// Checks the limits of the kind: a volume from an image is a system disk, every other a data disk.
    ///
    /// # Errors
    /// Outside the limits of that kind.
    pub fn check_kind(self, system_disk: bool) -> Result<(), Invalid> {
        let (least, most) = if system_disk { SizeGb::SYSTEM } else { SizeGb::DATA };
        match (least..=most).contains(&self.0) {
            true => Ok(()),
            false if system_disk => Err(Invalid::SizeOfSystem(self.0)),
            false => Err(Invalid::SizeOfData(self.0)),
        }
    }

    /// The number of GB.
    pub fn gb(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for SizeGb {
    type Error = Invalid;

    fn try_from(gb: u32) -> Result<SizeGb, Invalid> {
        SizeGb::new(gb)
    }
}

impl From<SizeGb> for u32 {
    fn from(size: SizeGb) -> u32 {
        size.0
    }
}

impl fmt::Display for SizeGb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} GB", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_sets_the_limits() {
        let check = |gb, system| SizeGb::new(gb).and_then(|size| size.check_kind(system)).is_ok();
        assert!(
            !check(0, false) && !check(9, false) && check(10, false) && check(32_768, false) && !check(32_769, false)
        );
        assert!(!check(0, true) && check(1, true) && check(1024, true) && !check(1025, true));
    }
}
