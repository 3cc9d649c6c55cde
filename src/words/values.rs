//! Values of arguments.

/// What is wrong with the value of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// It is no duration.
    Duration,
    /// It is a duration below zero.
    Negative,
    /// It is a duration of more than a year.
    TooLong,
    /// It is no rate.
    Rate,
    /// It is no day.
    Day,
    /// It is a reason that says nothing.
    Reason,
    /// It is no digest.
    Digest,
    /// It is no lineage.
    Lineage,
    /// It is no id of a create call.
    Call,
    /// It is neither a key nor an address.
    KeyOrAddress,
    /// It is no stack's name.
    Stack,
    /// It is no id of a lock's holder.
    Lease,
    /// It is no number of volumes.
    Volumes,
    /// It is no tag.
    Tag,
    /// It is no id of a volume.
    VolumeId,
}

/// How such a value is written.
pub fn form(of: NoValue) -> &'static str {
    match of {
        NoValue::Duration => "a duration is written as in 30m, 1h 30m, 2s or 50ms",
        NoValue::Negative => "a duration may not be negative",
        NoValue::TooLong => "a duration is a year at most",
        NoValue::Rate => "a rate is a number from 1 and /s, as in 20/s",
        NoValue::Day => "a day is written as in 2027-01-31",
        NoValue::Reason => "a reason says why the drift is left so, as in 'ticket 7', and is not blank",
        NoValue::Digest => "a digest is `sha256:` and 64 hex digits, as `evsctl plan` shows it",
        NoValue::Lineage => "a lineage is 8 of a-z and 2-7, as in the tags of the volumes",
        NoValue::Call => "the id of a create call is 10 of a-z and 2-7, as `evsctl apply` names it",
        NoValue::KeyOrAddress => "an address is a key, which means all its slots, or one slot of it, as in web[3]",
        NoValue::Stack => "a stack's name is 1 to 22 of a-z, 0-9 and -, and does not begin with -",
        NoValue::Lease => "the id of a lock's holder has 8 of 0-9 and a-f, as `evsctl lock status` shows it",
        NoValue::Tag => "a tag is KEY or KEY=VALUE, with * for any text",
        NoValue::VolumeId => "the id of a volume is 1 to 64 letters, digits, _ and -",
        NoValue::Volumes => "a number of volumes, as the plan says it, as in 2",
    }
}
