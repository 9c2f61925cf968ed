//! What a directory consented to, as the application's own token tells it: application permissions are the claim `roles`
//! (<https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>).

use serde::Deserialize;

use super::super::vendors::Access;

/// Each of these allows making, changing and licensing users.
const WRITE_USERS: [&str; 2] = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
/// Only this allows setting the password of a user who is there.
const SET_PASSWORDS: [&str; 1] = ["User-PasswordProfile.ReadWrite.All"];

/// The application permissions of a token; `None` when it does not show them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Rights {
    roles: Option<Vec<String>>,
}

impl Rights {
    /// Microsoft asks nobody to rely on a claim: what is not shown is not known, and not missing.
    pub(super) fn of(access: &Access) -> Self {
        access.claims().unwrap_or_default()
    }

    /// Whether users may be made and changed.
    pub(super) fn write_users(&self) -> Option<bool> {
        self.hold(&WRITE_USERS)
    }

    /// Whether passwords may be set.
    pub(super) fn set_passwords(&self) -> Option<bool> {
        self.hold(&SET_PASSWORDS)
    }

    fn hold(&self, any: &[&str]) -> Option<bool> {
        let roles = self.roles.as_ref()?;
        Some(roles.iter().any(|role| any.contains(&role.as_str())))
    }
}
