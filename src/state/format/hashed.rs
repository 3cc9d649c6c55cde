//! What the digest of a snapshot covers, on its way to the file.

use crate::volume::Digest;
use sha2::Digest as _;
use std::io::{self, Write};

/// Passes bytes on and digests them on the way.
pub(super) struct Hashed<'a, W> {
    out: &'a mut W,
    hash: sha2::Sha256,
}

impl<'a, W: Write> Hashed<'a, W> {
    pub(super) fn new(out: &'a mut W) -> Hashed<'a, W> {
        Hashed { out, hash: sha2::Sha256::new() }
    }

    /// The digest of all that was passed on.
    pub(super) fn digest(self) -> Digest {
        Digest::from_hash(&self.hash.finalize().into())
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}
