//! The address of a web page, as mails and pages link to it.

use url::{Host, Url};

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
        let url = Url::parse(text).ok().filter(|url| plain && leads_to_a_page(text, url));
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

/// Judges the address as it is kept: what was read once can be read again.
fn leads_to_a_page(typed: &str, url: &Url) -> bool {
    let Some((scheme, rest)) = typed.split_once("://") else { return false };
    let is_page = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match url.host() {
        Some(Host::Domain(name)) => is_host_name(name),
        Some(_) => true,
        None => false,
    };
    is_page && host && !authority.contains('@') && url.port() != Some(0) && url.as_str().len() <= LONGEST
}

fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
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
            assert_eq!(WebPage::parse(kept).unwrap().as_str(), kept);
        }
        let long = format!("https://acme.example/{}", "a".repeat(LONGEST));
        // Each is kept as three.
        let grows = format!("https://acme.example/{}", "`".repeat(LONGEST / 2));
        let label = format!("https://{}.example/", "a".repeat(64));
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
            "https:acme.example",
            "https://@acme.example/",
            "https://./",
            "https://a..b/",
            "https://acme.example:0/",
            &long,
            &grows,
            &label,
        ] {
            assert!(WebPage::parse(bad).is_err(), "{bad}");
        }
    }
}
