//! Where links lead: the deployment's own origin and the pages under it. Nothing that a request
//! said about its host gets into a mail.

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_auth::Purpose;

/// What the template has for an origin when nobody gave one.
const UNSET: &str = "https://accounts.example.com";

/// The origin of the deployment's pages, such as `https://accounts.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: String,
    home: String,
    forgotten: String,
}

impl Site {
    /// The pages of this origin, which has no slash behind it.
    pub fn new(origin: &str) -> Self {
        let forgotten = format!("{origin}/auth/forgot-password");
        Self { origin: origin.to_owned(), home: format!("{origin}/"), forgotten }
    }

    /// Whether nobody said where the deployment is: a link would lead to somebody else's machine.
    pub(crate) fn is_unset(&self) -> bool {
        self.origin == UNSET
    }

    /// The page where people ask for a new password.
    pub(crate) fn forgotten(&self) -> &str {
        &self.forgotten
    }

    /// The page where people sign in.
    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    /// The page that takes a link's token.
    pub(crate) fn link(&self, purpose: Purpose, token: &SecretString) -> SecretString {
        format!("{}/auth/{}?token={}", self.origin, purpose.page(), token.expose_secret()).into()
    }
}

/// The same address for whoever never had a password: the page is worded for them.
pub(crate) fn for_the_first_password(link: &SecretString) -> SecretString {
    format!("{}&first=1", link.expose_secret()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_of_the_origin() {
        let site = Site::new("https://accounts.example:8443");
        assert_eq!(site.home(), "https://accounts.example:8443/");
        for (purpose, page) in [
            (Purpose::VerifyEmail, "verify-email"),
            (Purpose::MagicLink, "magic-link"),
            (Purpose::ResetPassword, "reset-password"),
            (Purpose::ChangeEmail, "confirm-email"),
            (Purpose::UndoEmail, "undo-email"),
            (Purpose::Invitation, "invitation"),
        ] {
            let link = site.link(purpose, &"AbC-_".into());
            let expected = format!("https://accounts.example:8443/auth/{page}?token=AbC-_");
            assert_eq!(link.expose_secret(), expected);
        }
    }
}
