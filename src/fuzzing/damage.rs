//! Damage to what a reader is given: where, and how, follows from the bytes of the input, so that it is the same each time.

/// A number below `most` that follows from the bytes: where to damage what was made of them.
pub(super) fn below(bytes: &[u8], most: usize) -> usize {
    let mixed = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    usize::try_from(mixed >> 16).unwrap_or_default().checked_rem(most).unwrap_or_default()
}

/// Flips one bit of the text; says in which byte.
pub(super) fn flip(text: &mut [u8], bytes: &[u8]) -> usize {
    let at = below(bytes, text.len());
    text[at] ^= 1 << below(bytes, 7);
    at
}
