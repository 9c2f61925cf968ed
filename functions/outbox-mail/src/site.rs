//! Where links lead: the deployment's own origin and the pages under it. Nothing that a request
//! said about its host gets into a mail.

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_api::settings::UNSET_SITE;
use vestibule_auth::Purpose;

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
        self.origin == UNSET_SITE
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
        purpose.link(&self.origin, token)
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
    fn people_are_led_to_pages_of_the_origin() {
        let site = Site::new("https://accounts.example:8443");
        assert_eq!(site.home(), "https://accounts.example:8443/");
        assert_eq!(site.forgotten(), "https://accounts.example:8443/auth/forgot-password");
    }
}
