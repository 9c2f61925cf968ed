//! The vendors and what differs between them.

/// A vendor of bot checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vendor {
    /// Google reCAPTCHA v3.
    Recaptcha,
    /// Cloudflare Turnstile.
    Turnstile,
    /// hCaptcha.
    Hcaptcha,
}

impl Vendor {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Recaptcha => "recaptcha",
            Self::Turnstile => "turnstile",
            Self::Hcaptcha => "hcaptcha",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Recaptcha, Self::Turnstile, Self::Hcaptcha].into_iter().find(|each| each.as_str() == name)
    }

    pub(super) fn url(self) -> &'static str {
        match self {
            Self::Recaptcha => "https://www.google.com/recaptcha/api/siteverify",
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            Self::Hcaptcha => "https://api.hcaptcha.com/siteverify",
        }
    }

    /// In bytes.
    pub(super) fn longest_token(self) -> usize {
        if self == Self::Hcaptcha { 4096 } else { 2048 }
    }

    /// Whether a token is bound to the action that the form named.
    pub(super) fn binds_action(self) -> bool {
        self != Self::Hcaptcha
    }

    /// Whether every answer has a score where 1.0 is surely a person. hCaptcha's goes the other way and is
    /// not in every plan.
    pub(super) fn scores(self) -> bool {
        self == Self::Recaptcha
    }
}
