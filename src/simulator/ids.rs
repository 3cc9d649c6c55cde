//! Ids that follow from a seed, so that a run can be repeated to the byte.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The id of that number: a version 4 UUID cut from SHA-256 over seed and number.
pub(super) fn uuid(seed: u64, number: u64) -> Uuid {
    let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(number.to_be_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// The id that follows from these parts: a version 4 UUID cut from SHA-256 over them, each ended by a zero byte.
pub(super) fn derived(parts: &[&[u8]]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(parts)[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// SHA-256 over the parts, each ended by a zero byte, in hexadecimal digits.
pub(super) fn fingerprint(parts: &[&[u8]]) -> String {
    digest(parts).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part).chain_update([0]));
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        assert_eq!(uuid(1, 1), uuid(1, 1));
        assert_ne!(uuid(1, 1), uuid(1, 2));
        assert_ne!(uuid(1, 1), uuid(2, 1));
        assert_eq!(uuid(7, 9).get_version_num(), 4);
    }
}
