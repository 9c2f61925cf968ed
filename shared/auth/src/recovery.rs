//! Recovery codes for a lost second factor: ten of them, 50 bits each, shown once. What is kept
//! are their hashes; 50 bits can be searched by whoever has the hashes, so keep the list sealed.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use vestibule_domain::World;

/// Crockford's alphabet: none of the look-alikes I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Codes in a set.
const CODES: usize = 10;
/// Characters in a code, without the hyphen.
const LENGTH: usize = 10;

/// Makes and finds recovery codes.
#[derive(Debug)]
pub struct RecoveryCodes;

impl RecoveryCodes {
    /// Ten new codes like `ABCDE-FGHJK` and, in the same order, what is kept of them: base64url of
    /// SHA-256.
    #[expect(clippy::new_ret_no_self, reason = "the codes are shown and forgotten, only the hashes stay")]
    pub fn new(world: &World) -> (Vec<SecretString>, Vec<String>) {
        let code = |_| {
            let bits = world.bytes::<LENGTH>();
            let code = bits.map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
            let (front, back) = code.split_at(LENGTH / 2);
            let (front, back) = (String::from_iter(front), String::from_iter(back));
            (SecretString::from(format!("{front}-{back}")), hash(&format!("{front}{back}")))
        };
        (0..CODES).map(code).unzip()
    }

    /// The place of `code` among `hashes`. Case, spaces and hyphens do not matter, and I, L and O
    /// count as the digits they look like.
    pub fn find(code: &str, hashes: &[String]) -> Option<usize> {
        let sought = hash(&plain(code)?);
        let same = |kept: &String| verify_slices_are_equal(kept.as_bytes(), sought.as_bytes()).is_ok();
        // Not `position`: how far the search goes would tell how many codes are used up.
        let places = hashes.iter().enumerate();
        places.fold(None, |found, (place, kept)| if same(kept) { Some(place) } else { found })
    }
}

/// The code in its one spelling; none if it cannot be a code.
fn plain(code: &str) -> Option<String> {
    let kept = code.chars().filter(|c| !matches!(c, ' ' | '-')).take(LENGTH + 1);
    let plain: String = kept
        .map(|c| match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        })
        .collect();
    (plain.len() == LENGTH && plain.bytes().all(|b| ALPHABET.contains(&b))).then_some(plain)
}

fn hash(plain: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, plain.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn each_code_is_found_in_any_sloppy_spelling() {
        let next = AtomicU8::new(0);
        let fill = move |buffer: &mut [u8]| buffer.fill_with(|| next.fetch_add(7, Ordering::Relaxed));
        let (codes, hashes) = RecoveryCodes::new(&World::new(|| jiff::Timestamp::UNIX_EPOCH, fill));
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        for (place, code) in codes.iter().enumerate() {
            let code = code.expose_secret();
            assert_eq!((code.len(), code.find('-')), (11, Some(5)));
            let sloppy = code.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
            for spelling in [code, &sloppy, &code.replace('-', "")] {
                assert_eq!(RecoveryCodes::find(spelling, &hashes), Some(place), "{spelling}");
            }
        }
    }

    #[test]
    fn nothing_else_is_found() {
        let hashes = [hash("0123456789"), "broken".into()];
        assert_eq!(RecoveryCodes::find("01234-56789", &hashes), Some(0));
        for wrong in ["", "01234", "01234-5678U", "01234-567890", "01234_56789", &"0".repeat(9999), "broken"]
        {
            assert_eq!(RecoveryCodes::find(wrong, &hashes), None, "{wrong}");
        }
    }
}
