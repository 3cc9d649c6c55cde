//! Why a file is no plan that may be carried out.

use crate::plan::FORMAT;
use crate::volume::Digest;

/// That it is none of this version's.
pub const SHAPE: &str = "it is not a plan of this version of evsctl";

/// That it is whole, but not all around the plan is.
pub const BYTES: &str =
    "it is not the bytes that were written: something beside the plan itself was changed after it was made";

/// That it has that format.
pub fn format(found: u64) -> String {
    format!("it has format {found}, this version of evsctl knows format {FORMAT}")
}

/// That its digest is not that of its content.
pub fn digest(said: &Digest, found: &Digest) -> String {
    format!("its digest says {said}, its content is {found}: it was changed after it was made")
}
