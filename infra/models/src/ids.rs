//! Random identifiers in the shapes AWS uses.

use std::fmt::Write as _;

/// `bytes` random bytes in lower-case hexadecimal.
#[expect(clippy::disallowed_methods, reason = "the models' ids are the one place that draws randomness")]
pub(crate) fn hex(bytes: usize) -> String {
    (0..bytes).fold(String::with_capacity(bytes * 2), |mut text, _| {
        let byte: u8 = rand::random();
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A random identifier in UUID form.
pub(crate) fn uuid() -> String {
    let digits = hex(16);
    format!("{}-{}-4{}-a{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..])
}
