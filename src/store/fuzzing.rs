//! The lock file as it is read, for the proof in `fuzzing`.

use super::Claimant;
use super::claim::read;

/// Whose words they are. Whether its process lives is not looked at.
pub(crate) fn lock(bytes: &[u8]) -> Option<Claimant> {
    let claim = read(bytes)?;
    // What is read and written again reads the same.
    let again = serde_json::to_vec(&claim).ok().and_then(|text| read(&text));
    assert!(again.is_some_and(|again| again.holder == claim.holder));
    Some(Claimant { holder: claim.holder, alive: None })
}
