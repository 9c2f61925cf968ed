//! Random identifiers in the shapes the services use.

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

/// A random number of so many digits, the first of which is not zero.
#[expect(clippy::disallowed_methods, reason = "the models' ids are the one place that draws randomness")]
pub(crate) fn digits(count: usize) -> String {
    let digit = |place| char::from(if place == 0 { b'1' } else { b'0' + rand::random::<u8>() % 10 });
    (0..count).map(digit).collect()
}
