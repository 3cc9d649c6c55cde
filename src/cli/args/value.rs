//! Values that are more than text: durations, digests, lineages.

use crate::volume::{CallId, Digest, LeaseId, Lineage};
use secrecy::SecretString;
use std::ffi::OsString;
use std::fmt;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

/// Longer than anybody waits, and short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A file of accounts, or one key as `AK:SK`. Which of them it is only the files tell; until then all of it may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct FileOrKey(OsString);

impl FileOrKey {
    /// As a file.
    pub(in crate::cli) fn path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// As a key: its name, of letters and digits, and what it signs with.
    pub(in crate::cli) fn key(&self) -> Option<(String, SecretString)> {
        let (access, secret) = self.0.to_str()?.split_once(':')?;
        let sound = !access.is_empty() && access.bytes().all(|it| it.is_ascii_alphanumeric()) && !secret.is_empty();
        sound.then(|| (access.to_owned(), SecretString::from(secret)))
    }

    /// Whether a secret may stand in it.
    pub(in crate::cli) fn may_be_secret(&self) -> bool {
        self.0.as_encoded_bytes().contains(&b':')
    }
}

impl From<OsString> for FileOrKey {
    fn from(typed: OsString) -> FileOrKey {
        FileOrKey(typed)
    }
}

impl fmt::Debug for FileOrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileOrKey(..)")
    }
}

/// A duration as people write it: `30m`, `1h 30m`, `2s`, `50ms`, or `0`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if text.trim() == "0" {
        return Ok(Duration::ZERO);
    }
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| "a duration is written as in 30m, 1h 30m, 2s or 50ms".to_owned())?;
    let duration = Duration::try_from(parsed).map_err(|_| "a duration may not be negative".to_owned())?;
    if duration > LONGEST {
        return Err("a duration is a year at most".to_owned());
    }
    Ok(duration)
}

/// So many a second: `20/s`.
pub(super) fn rate(text: &str) -> Result<NonZeroU32, String> {
    let number = text.strip_suffix("/s").and_then(|it| it.parse().ok());
    number.ok_or_else(|| "a rate is a number from 1 and /s, as in 20/s".to_owned())
}

/// A digest as a plan shows it.
pub(super) fn digest(text: &str) -> Result<Digest, String> {
    Digest::new(text).map_err(|_| "a digest is `sha256:` and 64 hex digits, as `evsctl plan` shows it".to_owned())
}

/// A lineage as messages show it.
pub(super) fn lineage(text: &str) -> Result<Lineage, String> {
    Lineage::new(text).map_err(|_| "a lineage is 8 of a-z and 2-7, as in the tags of the volumes".to_owned())
}

/// The id of a create call as messages show it.
pub(super) fn call(text: &str) -> Result<CallId, String> {
    CallId::new(text).map_err(|_| "the id of a create call is 10 of a-z and 2-7, as `evsctl apply` names it".to_owned())
}

/// The id of a lock's holder as `lock status` shows it.
pub(super) fn lease(text: &str) -> Result<LeaseId, String> {
    LeaseId::new(text)
        .map_err(|_| "the id of a lock's holder has 8 of 0-9 and a-f, as `evsctl lock status` shows it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, millis) in [
            ("30m", 1_800_000),
            ("1h 30m", 5_400_000),
            ("1h30m", 5_400_000),
            ("2s", 2_000),
            ("50ms", 50),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "30", "-5s", "soon", "1x"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_has_a_name_and_a_secret_and_is_never_shown() {
        use secrecy::ExposeSecret as _;
        let typed = |text: &str| FileOrKey::from(OsString::from(text));
        for (text, access, secret) in [("AK1:a secret", "AK1", "a secret"), ("ak:a:b/c", "ak", "a:b/c")] {
            let (found, hidden) = typed(text).key().unwrap();
            assert_eq!((found.as_str(), hidden.expose_secret()), (access, secret));
            assert!(typed(text).may_be_secret() && !format!("{:?}", typed(text)).contains(secret));
        }
        for text in ["accounts.json", "", ":", "AK:", ":SK", "../a:b", "A K:SK"] {
            assert!(typed(text).key().is_none(), "{text}");
        }
        assert!(!typed("accounts.json").may_be_secret());
    }

    #[test]
    fn a_rate_is_so_many_a_second() {
        assert_eq!(rate("20/s").map(NonZeroU32::get), Ok(20));
        for text in ["", "20", "0/s", "-1/s", "20/m", "20 /s", "4294967296/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
