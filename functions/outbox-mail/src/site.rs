//! Where links lead: the deployment's own origin and the pages under it. Nothing that a request
//! said about its host gets into a mail.

use http::Uri;
use secrecy::{ExposeSecret as _, SecretString};
use vestibule_api::SettingError;
use vestibule_auth::Purpose;

/// The origin of the deployment's pages, such as `https://accounts.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    origin: String,
    home: String,
}

impl Site {
    /// Reads `SITE_URL`: scheme `http` or `https`, host and port; no slash behind it, no path,
    /// query or user.
    pub fn read(text: &str) -> Result<Self, SettingError> {
        let refused =
            || SettingError { name: "SITE_URL".into(), problem: "is not an origin, https://host".into() };
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or_else(refused)?;
        let plain = matches!(scheme, "http" | "https")
            && !authority.host().is_empty()
            && !authority.as_str().contains('@')
            && text == format!("{scheme}://{authority}");
        if plain { Ok(Self { origin: text.to_owned(), home: format!("{text}/") }) } else { Err(refused()) }
    }

    /// The page where people sign in and ask for a new password.
    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    /// The page that takes a link's token.
    pub(crate) fn link(&self, purpose: Purpose, token: &SecretString) -> SecretString {
        let page = match purpose {
            Purpose::VerifyEmail => "verify-email",
            Purpose::MagicLink => "magic-link",
            Purpose::ResetPassword => "reset-password",
            Purpose::ChangeEmail => "confirm-email",
            Purpose::UndoEmail => "undo-email",
        };
        format!("{}/auth/{page}?token={}", self.origin, token.expose_secret()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_of_the_origin() {
        let site = Site::read("https://accounts.example:8443").unwrap();
        assert_eq!(site.home(), "https://accounts.example:8443/");
        for (purpose, page) in [
            (Purpose::VerifyEmail, "verify-email"),
            (Purpose::MagicLink, "magic-link"),
            (Purpose::ResetPassword, "reset-password"),
            (Purpose::ChangeEmail, "confirm-email"),
            (Purpose::UndoEmail, "undo-email"),
        ] {
            let link = site.link(purpose, &"AbC-_".into());
            let expected = format!("https://accounts.example:8443/auth/{page}?token=AbC-_");
            assert_eq!(link.expose_secret(), expected);
        }
    }

    #[test]
    fn only_an_origin_is_taken() {
        for origin in ["https://accounts.example", "http://127.0.0.1:4000", "http://localhost:4000"] {
            assert!(Site::read(origin).is_ok(), "{origin}");
        }
        for other in [
            "",
            "/",
            "accounts.example",
            "https://",
            "https:///auth",
            "https://accounts.example/",
            "https://accounts.example/app",
            "https://accounts.example?x",
            "https://accounts.example#x",
            "https://kim@accounts.example",
            "https://accounts.example@evil.example",
            "HTTPS://accounts.example",
            "ftp://accounts.example",
            "javascript:alert(1)",
            " https://accounts.example",
            "https://accounts.example\n",
        ] {
            assert_eq!(Site::read(other).unwrap_err().name, "SITE_URL", "{other}");
        }
    }
}
