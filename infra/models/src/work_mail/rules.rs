//! Field limits and the password policy of the `WorkMail` API.

use crate::error::ServiceError;

use super::entity::Organization;

/// Names the directory keeps for itself.
const RESERVED_NAMES: [&str; 8] =
    ["admin", "administrator", "awsadmin", "guest", "krbtgt", "root", "system", "workmail"];

fn invalid(message: &str) -> ServiceError {
    ServiceError::refused("InvalidParameterException", message)
}

pub(super) fn is_organization_id(id: &str) -> bool {
    id.strip_prefix("m-").is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// A user name: `[\w\-.]+(@domain)?`, at most 64 characters, not reserved.
pub(super) fn check_user_name(name: &str) -> Result<(), ServiceError> {
    let (local, domain) = name.split_once('@').map_or((name, None), |(local, domain)| (local, Some(domain)));
    let local_fits =
        !local.is_empty() && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if name.len() > 64 || !local_fits || domain.is_some_and(|domain| !is_domain(domain)) {
        return Err(invalid("The user name is not valid."));
    }
    if RESERVED_NAMES.contains(&local.to_ascii_lowercase().as_str()) {
        return Err(ServiceError::refused(
            "ReservedNameException",
            "This user name is not allowed in WorkMail.",
        ));
    }
    Ok(())
}

/// A display, given or family name: at most 256 characters.
pub(super) fn check_text(field: &str, text: &str) -> Result<(), ServiceError> {
    if text.chars().count() > 256 {
        return Err(invalid(&format!("{field} is longer than 256 characters.")));
    }
    Ok(())
}

/// 8 to 63 characters of U+0020 to U+00FF from at least three of the five groups.
pub(super) fn check_password(password: &str) -> Result<(), ServiceError> {
    let length = password.chars().count();
    if length > 256 || !password.chars().all(|c| matches!(c, '\u{20}'..='\u{ff}')) {
        return Err(invalid(
            "The password is longer than 256 characters or has characters that are not allowed.",
        ));
    }
    let groups: [fn(char) -> bool; 5] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| c == ' ' || c.is_ascii_punctuation(),
        |c| c >= '\u{80}',
    ];
    let met = groups.iter().filter(|group| password.chars().any(group)).count();
    if !(8..=63).contains(&length) || met < 3 {
        let message = "The supplied password doesn't match the minimum security constraints, such as length or use of special characters.";
        return Err(ServiceError::refused("InvalidPasswordException", message));
    }
    Ok(())
}

/// An address of at most 254 characters on a verified domain of the organization, in lower case.
pub(super) fn check_email(organization: &Organization, email: &str) -> Result<String, ServiceError> {
    let parts = email
        .rsplit_once('@')
        .filter(|(local, domain)| email.len() <= 254 && is_local_part(local) && is_domain(domain));
    let Some((_, domain)) = parts else {
        return Err(invalid("The e-mail address is not valid."));
    };
    match organization.domains.iter().find(|known| known.name.eq_ignore_ascii_case(domain)) {
        Some(known) if known.verified => Ok(email.to_ascii_lowercase()),
        Some(_) => Err(ServiceError::refused("MailDomainStateException", "The domain is not verified.")),
        None => Err(ServiceError::refused(
            "MailDomainNotFoundException",
            "The domain specified is not found in your organization.",
        )),
    }
}

fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b))
}

fn is_domain(domain: &str) -> bool {
    let end = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && end.len() >= 2 && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.len() <= 63 && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
