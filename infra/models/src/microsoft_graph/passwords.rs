//! The password profile: <https://learn.microsoft.com/graph/api/resources/passwordprofile>.

use serde_json::{Map, Value};

use super::{refused::Refused, user::GraphUser};

pub(super) fn apply(user: &mut GraphUser, profile: &Map<String, Value>) -> Result<(), Refused> {
    for (name, value) in profile {
        match (name.as_str(), value) {
            ("password", Value::String(password)) => {
                check(password)?;
                user.set_password(password);
            }
            ("forceChangePasswordNextSignIn", Value::Bool(value)) => {
                user.force_change_password_next_sign_in = *value;
            }
            // It asks for the second factor before the change; the model has none.
            ("forceChangePasswordNextSignInWithMfa", Value::Bool(_)) => {}
            _ => return Err(Refused::invalid_value("passwordProfile")),
        }
    }
    Ok(())
}

/// "A minimum of 8 characters and a maximum of 256", "three out of four of: lowercase, uppercase, numbers, symbols":
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>.
fn check(password: &str) -> Result<(), Refused> {
    let groups: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| c == ' ' || c.is_ascii_punctuation(),
    ];
    let met = groups.iter().filter(|group| password.chars().any(group)).count();
    if (8..=256).contains(&password.chars().count()) && met >= 3 {
        return Ok(());
    }
    let message = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    Err(Refused::invalid("password", message))
}
