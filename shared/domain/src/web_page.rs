//! The address of a web page, as mails and pages link to it.

use url::Url;

use crate::Invalid;

/// Most characters of an address.
const LONGEST: usize = 2000;

/// `http` or `https` with a host, in plain characters; no user or password, which people take for the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage(String);

impl WebPage {
    /// Reads an address as a person typed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let plain = text.chars().all(|c| c.is_ascii_graphic() && !['<', '>', '"', '\\'].contains(&c));
        let url = Url::parse(text).ok().filter(|url| plain && text.len() <= LONGEST && leads_to_a_page(url));
        match url {
            Some(url) => Ok(Self(url.into())),
            None => Err(Invalid::new("Give a web address such as https://crm.acme.example/.")),
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn leads_to_a_page(url: &Url) -> bool {
    let is_page = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    is_page && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_can_open_is_a_page() {
        for (typed, kept) in [
            ("https://crm.acme.example", "https://crm.acme.example/"),
            (" http://localhost:3000/a?b=c#d ", "http://localhost:3000/a?b=c#d"),
        ] {
            assert_eq!(WebPage::parse(typed).unwrap().as_str(), kept);
        }
        let long = format!("https://acme.example/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "acme.example",
            "/start",
            "javascript:alert(1)",
            "ftp://acme.example/",
            "https://",
            "https://bank.example@acme.example/",
            "https://acme.example/\"onclick",
            "https://acme.example/a b",
            "https:\\\\acme.example",
            &long,
        ] {
            assert!(WebPage::parse(bad).is_err(), "{bad}");
        }
    }
}
