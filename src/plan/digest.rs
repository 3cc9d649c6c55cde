//! The digest of a whole plan. It is of values alone: no sentence moves it.

use super::Plan;
use crate::volume::Digest;

impl Plan {
    /// SHA-256 over the whole plan.
    pub fn digest(&self) -> Digest {
        digest_of(self)
    }
}

/// Compact JSON of sorted maps and fields in their written order is canonical enough: the same value
/// gives the same bytes on every machine.
pub(super) fn digest_of(value: &impl serde::Serialize) -> Digest {
    use sha2::Digest as _;
    struct Hasher(sha2::Sha256);
    impl std::io::Write for Hasher {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut writer = std::io::BufWriter::with_capacity(1 << 16, Hasher(sha2::Sha256::new()));
    // Neither the hasher nor these types can fail; if one did, the digest would match nothing.
    let written = serde_json::to_writer(&mut writer, value).is_ok();
    match writer.into_inner() {
        Ok(hasher) if written => Digest::from_hash(&hasher.0.finalize().into()),
        _ => Digest::of(b"unwritable"),
    }
}
