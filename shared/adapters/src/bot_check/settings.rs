//! The settings of the check, read once.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::vendor::Vendor;
use super::{BotCheck, BotCheckError, Check};
use crate::web::{Web, safe_url};

const TIMEOUT: Duration = Duration::from_secs(3);
const USUAL_SCORE: f64 = 0.5;

impl BotCheck {
    /// No check: everybody is taken for a person.
    pub fn off() -> Self {
        Self(None)
    }

    /// Reads `BOT_CHECK` (`off`, `recaptcha`, `turnstile`, `hcaptcha`; off if missing) and, unless off,
    /// `BOT_CHECK_HOSTNAMES` (comma-separated, where our forms are), `BOT_CHECK_MIN_SCORE` (0 to 1, for
    /// `recaptcha`; 0.5 if missing), `BOT_CHECK_SITE_KEY` (for `hcaptcha`) and `BOT_CHECK_URL` (in place of the
    /// vendor's). `secret` is ours at the vendor; refused if missing and needed.
    pub fn from_settings<'a>(
        setting: impl Fn(&str) -> Option<&'a str>,
        secret: Option<SecretString>,
    ) -> Result<Self, BotCheckError> {
        let name = setting("BOT_CHECK").unwrap_or("off");
        if name == "off" {
            return Ok(Self::off());
        }
        let vendor = Vendor::of(name).ok_or(BotCheckError("BOT_CHECK"))?;
        let url = setting("BOT_CHECK_URL").unwrap_or(vendor.url());
        let secret = secret.filter(|secret| !secret.expose_secret().trim().is_empty());
        Ok(Self(Some(Check {
            vendor,
            url: safe_url(url).ok_or(BotCheckError("BOT_CHECK_URL"))?,
            secret: secret.ok_or(BotCheckError("BOT_CHECK secret"))?,
            site_key: site_key(vendor, setting("BOT_CHECK_SITE_KEY"))?,
            hostnames: hostnames(setting("BOT_CHECK_HOSTNAMES"))?,
            least_score: least_score(setting("BOT_CHECK_MIN_SCORE"))?,
            web: Web::new(TIMEOUT),
        })))
    }
}

fn site_key(vendor: Vendor, text: Option<&str>) -> Result<Option<String>, BotCheckError> {
    match text {
        _ if vendor != Vendor::Hcaptcha => Ok(None),
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(BotCheckError("BOT_CHECK_SITE_KEY")),
    }
}

fn hostnames(text: Option<&str>) -> Result<Vec<String>, BotCheckError> {
    let names = text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<_> = names.map(str::to_ascii_lowercase).collect();
    // Without the list a token from anybody's page would do.
    if names.is_empty() { Err(BotCheckError("BOT_CHECK_HOSTNAMES")) } else { Ok(names) }
}

fn least_score(text: Option<&str>) -> Result<f64, BotCheckError> {
    let score = text.map_or(Ok(USUAL_SCORE), |text| text.trim().parse());
    score.ok().filter(|score| (0.0..=1.0).contains(score)).ok_or(BotCheckError("BOT_CHECK_MIN_SCORE"))
}
