//! Limits of names, inputs and page sizes.

use serde_json::Value;

use crate::error::ServiceError;

const LONGEST_NAME: usize = 80;
/// In bytes.
const LARGEST_INPUT: usize = 262_144;

/// An execution's name: 1 to 80 characters, none of them a space, bracket, wildcard, special or control character.
pub(super) fn check_name(name: &str) -> Result<(), ServiceError> {
    let is_refused = |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(is_refused) {
        return Err(ServiceError::refused("InvalidName", format!("Invalid Name: '{name}'")));
    }
    Ok(())
}

pub(super) fn parse_input(input: Option<&str>) -> Result<Value, ServiceError> {
    let text = input.unwrap_or("{}");
    if text.len() > LARGEST_INPUT {
        let message = format!(
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to {LARGEST_INPUT}"
        );
        return Err(ServiceError::refused("ValidationException", message));
    }
    let invalid = |_| {
        ServiceError::refused(
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: it is not JSON",
        )
    };
    serde_json::from_str(text).map_err(invalid)
}

/// A page has 1 to 1,000 elements; 0 and absent stand for 100.
pub(super) fn page_size(wanted: Option<usize>) -> Result<usize, ServiceError> {
    match wanted {
        None | Some(0) => Ok(100),
        Some(size @ 1..=1000) => Ok(size),
        Some(_) => Err(ServiceError::refused("ValidationException", "maxResults is at most 1000")),
    }
}

/// Where the page begins that `token` stands for.
pub(super) fn page_start(token: Option<&str>) -> Result<usize, ServiceError> {
    let invalid = |_| ServiceError::refused("InvalidToken", "Invalid Token");
    token.map_or(Ok(0), |token| token.parse().map_err(invalid))
}
