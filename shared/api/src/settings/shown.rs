//! Settings that people meet in mails, on pages, in authenticators and in tokens. What is taken here is good for
//! all of these; anything else keeps the function from starting.

use http::Uri;
use vestibule_domain::{LONGEST_COMPANY_NAME, is_disguised};

use super::{SettingError, Settings};

/// What the template has for an origin when nobody gave one: a link would lead to somebody else's machine.
pub const UNSET_SITE: &str = "https://accounts.example.com";
/// Most characters of an address.
const LONGEST_ADDRESS: usize = 300;

impl Settings {
    /// `PRODUCT_NAME`: one line of 1 to 80 characters with a letter or digit among them; `Vestibule` if missing.
    pub fn product(&self) -> Result<&str, SettingError> {
        let name = self.find("PRODUCT_NAME").unwrap_or("Vestibule");
        let problem = if name.trim() != name || !name.contains(char::is_alphanumeric) {
            "must begin and end with a visible character and have a letter or digit"
        } else if is_disguised(name) {
            "has a line break or a hidden character; give it as one plain line"
        } else if name.chars().count() > LONGEST_COMPANY_NAME {
            "is too long; give at most 80 characters"
        } else {
            return Ok(name);
        };
        Err(SettingError::new("PRODUCT_NAME", problem))
    }

    /// `SITE_URL`: an origin, scheme `http` or `https` with host and port; no slash behind it, no path, query or user.
    pub fn site(&self) -> Result<&str, SettingError> {
        let text = self.get("SITE_URL")?;
        let problem = "is not an origin; give scheme and host, such as https://accounts.example.com, and no slash behind";
        if is_origin(text) { Ok(text) } else { Err(SettingError::new("SITE_URL", problem)) }
    }

    /// `HOME_URL`: a web address or a path of this site; the site itself if missing.
    pub fn home(&self) -> Result<&str, SettingError> {
        let Some(text) = self.find("HOME_URL") else { return self.site() };
        let path = text.starts_with('/') && !text.starts_with("//") && is_plain(text);
        let problem =
            "is not a web address; give one such as https://app.example.com/start, or leave it empty";
        if path || is_web_address(text) { Ok(text) } else { Err(SettingError::new("HOME_URL", problem)) }
    }

    /// `ISSUER`: a web address without query and fragment, as tokens name it.
    pub fn issuer(&self) -> Result<&str, SettingError> {
        let text = self.get("ISSUER")?;
        let problem =
            "is not an issuer; give a web address such as https://accounts.example.com, without ? and #";
        let fits = is_web_address(text) && !text.contains(['?', '#']);
        if fits { Ok(text) } else { Err(SettingError::new("ISSUER", problem)) }
    }
}

fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let Some((scheme, authority)) = uri.scheme_str().zip(uri.authority()) else { return false };
    matches!(scheme, "http" | "https")
        && text.len() <= LONGEST_ADDRESS
        && !authority.host().is_empty()
        && !authority.as_str().contains('@')
        && authority.as_str().ends_with(':') == authority.port().is_some_and(|port| port.as_str().is_empty())
        && (authority.as_str() == authority.host() || authority.port_u16().is_some_and(|port| port > 0))
        && text == format!("{scheme}://{authority}")
}

fn is_web_address(text: &str) -> bool {
    let origin = text.split_once("://").map(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        format!("{scheme}://{host}")
    });
    is_plain(text) && text.len() <= LONGEST_ADDRESS && origin.is_some_and(|origin| is_origin(&origin))
}

/// Printable ASCII without a backslash, which browsers read as a slash.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Settings {
        Settings::new(
            [("SITE_URL", "https://accounts.example"), (name, value)].map(|(n, v)| (n.into(), v.into())),
        )
        .unwrap()
    }

    #[test]
    fn only_an_origin_is_taken_as_the_site() {
        for origin in
            ["https://accounts.example:8443", "http://127.0.0.1:4000", "http://localhost", "https://[::1]:4"]
        {
            assert_eq!(with("SITE_URL", origin).site(), Ok(origin));
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
            "https://accounts.example:",
            "https://accounts.example:0",
            "https://accounts.example:99999",
        ] {
            assert_eq!(with("SITE_URL", other).site().unwrap_err().name, "SITE_URL", "{other}");
        }
    }

    #[test]
    fn fault_10_a_name_that_mails_pages_or_authenticators_cannot_show_is_refused_at_the_start() {
        for name in ["Vestibule", "Acme: Portal", "\"Acme\" & <Söhne>", "社内ポータル", "7", &"x".repeat(80)]
        {
            assert_eq!(with("PRODUCT_NAME", name).product(), Ok(name));
        }
        for name in [
            " ",
            ":",
            "--",
            " Acme",
            "Acme\r\nBcc: a@example.org",
            "Acme\u{2028}Portal",
            "Acme\u{202e}Portal",
            "Acme\0",
            &"x".repeat(81),
        ] {
            let refused = with("PRODUCT_NAME", name).product().unwrap_err().to_string();
            assert!(refused.starts_with("the setting PRODUCT_NAME (parameter ProductName) "), "{refused}");
        }
    }

    #[test]
    fn fault_10_addresses_that_lead_nowhere_are_refused_at_the_start() {
        for home in ["https://app.example/start?x=1#y", "http://localhost:3000", "/welcome"] {
            assert_eq!(with("HOME_URL", home).home(), Ok(home));
        }
        assert_eq!(with("HOME_URL", "").home(), Ok("https://accounts.example"));
        for home in [
            "app.example",
            "//app.example",
            "/\\app.example",
            "javascript:alert(1)",
            "https://a b",
            "https://a\r\nX: y",
        ] {
            let refused = with("HOME_URL", home).home().unwrap_err().to_string();
            assert!(
                refused.starts_with("the setting HOME_URL (parameter HomeUrl) is not a web address"),
                "{refused}"
            );
        }
        for issuer in ["https://accounts.example", "https://accounts.example/tenant/7"] {
            assert_eq!(with("ISSUER", issuer).issuer(), Ok(issuer));
        }
        for issuer in [
            "accounts",
            "https://",
            "https://accounts.example?x",
            "https://accounts.example#x",
            "https://a\n",
        ] {
            let refused = with("ISSUER", issuer).issuer().unwrap_err().to_string();
            assert!(
                refused.starts_with("the setting ISSUER (parameter Issuer) is not an issuer"),
                "{refused}"
            );
        }
    }
}
