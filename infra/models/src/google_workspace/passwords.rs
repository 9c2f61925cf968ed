//! Which passwords Google takes: member `password` of
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>.

use serde_json::Value;

use crate::error::ServiceError;

/// "between 8-100 ASCII characters"; with `hashFunction` a hash of the form that it names.
pub(super) fn check(password: &str, hash_function: Option<&Value>) -> Result<(), ServiceError> {
    let fits = match hash_function {
        None | Some(Value::Null) => (8..=100).contains(&password.len()) && password.is_ascii(),
        Some(Value::String(name)) if name == "MD5" => is_hex(password, 32),
        Some(Value::String(name)) if name == "SHA-1" => is_hex(password, 40),
        Some(Value::String(name)) if name == "crypt" => is_crypt(password),
        Some(_) => return Err(ServiceError::refused("invalid", "Invalid Input: hashFunction")),
    };
    if fits { Ok(()) } else { Err(ServiceError::refused("invalid", "Invalid Password")) }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// "DES, MD5 (hash prefix $1$), SHA-256 (hash prefix $5$), and SHA-512 (hash prefix $6$)", with at most 10,000 rounds.
fn is_crypt(text: &str) -> bool {
    let parts: Vec<_> = text.split('$').collect();
    match parts.as_slice() {
        [des] => des.len() == 13,
        ["", "1" | "5" | "6", _, hash] => !hash.is_empty(),
        ["", "5" | "6", rounds, _, hash] => {
            let rounds = rounds.strip_prefix("rounds=").and_then(|rounds| rounds.parse::<u32>().ok());
            !hash.is_empty() && rounds.is_some_and(|rounds| rounds <= 10_000)
        }
        _ => false,
    }
}
