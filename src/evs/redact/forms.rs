//! What a secret looks like where it is written in another way. Escapes are resolved in the text that is searched
//! instead: see `decoded`.

use super::decoded::{Decoded, Piece, pieces};
use super::index::Coding;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A longer secret is looked for in other alphabets up to here: a header does not hold more.
const MOST_ENCODED: usize = 64 << 10;
/// The alphabet of base32 (RFC 4648), in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A secret forwards and backwards, in lower case: as it is, with a space as forms write it, and with the escapes
/// resolved that it may seem to hold, since they are resolved in the text too.
pub(super) fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let bytes = |pieces: &mut dyn Iterator<Item = Piece>| pieces.map(|piece| piece.byte).collect::<Vec<u8>>();
    let once = bytes(&mut Decoded::new(pieces(secret.as_bytes())));
    let twice = bytes(&mut Decoded::new(pieces(&once)));
    // ASCII alone is compared without case: of other characters both cases are looked for.
    let mut spellings = vec![secret.to_owned(), secret.to_lowercase(), secret.to_uppercase(), secret.replace(' ', "+")];
    spellings.extend([once, twice].into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()));
    let backwards: Vec<String> = spellings.iter().map(|spelling| spelling.chars().rev().collect()).collect();
    spellings.extend(backwards);
    let mut spellings: Vec<Vec<u8>> =
        spellings.into_iter().map(|spelling| spelling.to_ascii_lowercase().into_bytes()).collect();
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// A secret in hexadecimal, in base64 and in base32: there also within a longer text, whose beginning moves what it looks
/// like. All in lower case.
pub(super) fn encoded(secret: &str) -> Vec<(Coding, Vec<u8>)> {
    let secret = &secret.as_bytes()[..secret.len().min(MOST_ENCODED)];
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![(Coding::Hex, hex.into_bytes())];
    let within = |before: usize| [&[0; 4][..before], secret].concat();
    // Characters that what stands before or behind it has a share in are not its own.
    let own = |text: &[u8], before: usize, bits: usize| {
        let own = text.get((before * 8).div_ceil(bits)..(before + secret.len()) * 8 / bits);
        own.unwrap_or_default().to_ascii_lowercase()
    };
    for before in 0..3 {
        for text in [STANDARD_NO_PAD.encode(within(before)), URL_SAFE_NO_PAD.encode(within(before))] {
            forms.push((Coding::Base64, own(text.as_bytes(), before, 6)));
        }
    }
    for before in 0..5 {
        forms.push((Coding::Base32, own(&base32(&within(before)), before, 5)));
    }
    forms
}

fn base32(bytes: &[u8]) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let digit = |at: usize| (at..at + 5).fold(0, |digit, at| digit << 1 | usize::from(bit(at)));
    (0..bytes.len() * 8).step_by(5).map(|at| BASE32[digit(at)]).collect()
}
