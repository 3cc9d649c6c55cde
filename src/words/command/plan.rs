//! What `plan` says beside the plan itself.

/// What stands above the two texts of `--manifest-diff`.
pub const DIFF_HEADS: [&str; 2] = ["--- last applied", "+++ now"];
