//! A tenant's name in addresses of pages.

use crate::Invalid;

/// Names that addresses of the product itself use, or that would be taken for it.
const RESERVED: [&str; 83] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "audit",
    "auth",
    "autodiscover",
    "billing",
    "blog",
    "console",
    "customers",
    "dashboard",
    "docs",
    "favicon",
    "health",
    "help",
    "hires",
    "hostmaster",
    "internal",
    "invitations",
    "invite",
    "invites",
    "jobs",
    "local",
    "log-in",
    "log-out",
    "login",
    "logout",
    "magic-link",
    "mail",
    "new",
    "noreply",
    "null",
    "oauth",
    "onboarding",
    "openapi",
    "organization",
    "organizations",
    "password",
    "platform",
    "portal",
    "postmaster",
    "privacy",
    "public",
    "public-api",
    "register",
    "robots",
    "root",
    "security",
    "settings",
    "sign-in",
    "sign-out",
    "sign-up",
    "signin",
    "signout",
    "signup",
    "social",
    "static",
    "status",
    "super-admin",
    "support",
    "system",
    "team",
    "teams",
    "tenant",
    "tenants",
    "terms",
    "undefined",
    "user",
    "users",
    "verify-email",
    "vestibule",
    "vestibule-support",
    "webhook",
    "webhooks",
    "webmaster",
    "well-known",
    "workspace",
    "www",
];

/// 3 to 40 lower-case letters, digits and single hyphens, a letter first; no reserved name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug as a person typed it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let whole = (3..=40).contains(&text.len()) && text.bytes().all(plain);
        let ends = text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-');
        if !whole || !ends || text.contains("--") {
            return Err(Invalid::new(
                "Use 3 to 40 lower-case letters, digits and single hyphens, a letter first and no hyphen at the end.",
            ));
        }
        if RESERVED.contains(&text) {
            return Err(Invalid::new("This name is reserved; choose another one."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_stand_in_an_address_is_a_slug() {
        for good in ["acme", "a1-b2", "abc", &"a".repeat(40)] {
            assert_eq!(Slug::parse(good).map(|slug| slug.as_str().to_owned()), Ok(good.to_owned()));
        }
        for bad in
            ["", "ab", "Acme", "1st", "-acme", "acme-", "ac--me", "ac_me", "acmé", "api", &"a".repeat(41)]
        {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
    }
}
