//! Which volumes a text means.

use crate::plan::InvalidPattern;
use std::fmt;

impl fmt::Display for InvalidPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an address is written key, key[3], key[1..3,7] (slots begin at 1), or with `*` in it, as in 'web*'",
        )
    }
}
