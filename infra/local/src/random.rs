//! The stack's own randomness: request ids and first secrets.

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// An id in the form of a UUID.
#[expect(clippy::disallowed_methods, reason = "the one seam of the stack to randomness")]
pub(crate) fn request_id() -> String {
    let hex = format!("{:032x}", rand::random::<u128>());
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}

/// Random letters and digits.
#[expect(clippy::disallowed_methods, reason = "the one seam of the stack to randomness")]
pub(crate) fn letters(length: usize) -> String {
    (0..length).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect()
}
