//! Why a volume is not what a call made or left, or is not as it was asked for.

use super::number::{either, it, its, them};
use crate::operation::{Misfit, NotOurs};
use crate::plan::NotOwn;
use std::fmt;

/// Why volumes are not a call's own.
pub fn not_ours(why: &NotOurs, volumes: usize) -> String {
    let (it, them, was) = (it(volumes), them(volumes), either(volumes, "was", "were"));
    let carry = either(volumes, "carries", "carry");
    match why {
        NotOurs::Anothers => format!("{it} {carry} the ownership tag of another call"),
        NotOurs::Unmarked => {
            format!("{it} {carry} no ownership tag, and the call's job does not name {them}")
        }
        NotOurs::Older(made) => format!("{it} {was} made at {made}, before the call was sent"),
        NotOurs::Younger(made) => format!("{it} {was} made at {made}, long after the call was over"),
        NotOurs::StoodThere => format!("{it} stood in the list before the call was sent"),
        NotOurs::Undated => format!("{it} {carry} no ownership tag, and nothing tells when {it} {was} made"),
    }
}

/// Why recorded volumes are not what their call made or left.
pub fn not_own(why: &NotOwn, volumes: usize) -> String {
    let (it, its, them) = (it(volumes), its(volumes), them(volumes));
    let carry = either(volumes, "carries", "carry");
    match why {
        NotOwn::NoCall => format!("nothing records which call made {them}"),
        NotOwn::LongAgo => {
            let call = either(volumes, "call was", "calls were");
            let no_tag = either(volumes, "no tag of it", "no tags of them");
            format!("{its} {call} so long ago that nothing is known of {them}, and {it} {carry} {no_tag}")
        }
        NotOwn::OtherSizeOrZone => {
            format!("{it} {carry} no tag, and {its} size or zone is not the recorded one")
        }
        NotOwn::Evidence(why) => not_ours(why, volumes),
    }
}

/// As in `size is 10 GB, not 40 GB`.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, not {}", self.field.word(), self.seen, self.wanted)
    }
}

/// In what a volume is not as it was asked for, as in `size is 10 GB, not 40 GB; volume_type is SAS, not SSD`.
pub fn misfits(misfits: &[Misfit]) -> String {
    misfits.iter().map(Misfit::to_string).collect::<Vec<_>>().join("; ")
}
