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
        let vendor = Vendor::of(name)
            .ok_or(refused("BOT_CHECK", "is no vendor; give off, recaptcha, turnstile or hcaptcha"))?;
        let url = setting("BOT_CHECK_URL").unwrap_or(vendor.url());
        let secret = secret.filter(|secret| !secret.expose_secret().trim().is_empty());
        Ok(Self(Some(Check {
            vendor,
            url: safe_url(url).ok_or(refused("BOT_CHECK_URL", "is no https address"))?,
            secret: secret.ok_or(refused(
                "BOT_CHECK_SECRET",
                "names a secret that is not filled in; put the vendor's secret there, or set BotCheck to off",
            ))?,
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
        None => Err(refused("BOT_CHECK_SITE_KEY", "is missing; hcaptcha needs the site key of your forms")),
    }
}

fn hostnames(text: Option<&str>) -> Result<Vec<String>, BotCheckError> {
    let names = text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<_> = names.map(str::to_ascii_lowercase).collect();
    // Without the list a token from anybody's page would do, and a name that no form can have shuts everybody out.
    if !names.is_empty() && names.iter().all(|name| is_host(name)) {
        return Ok(names);
    }
    let problem = "is no list of hosts; give those of your forms, such as www.example.com,example.com";
    Err(refused("BOT_CHECK_HOSTNAMES", problem))
}

fn is_host(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    name.len() <= 253
        && name.split('.').all(|label| (1..=63).contains(&label.len()) && label.bytes().all(letter))
}

fn refused(setting: &'static str, problem: &'static str) -> BotCheckError {
    BotCheckError { setting, problem }
}

fn least_score(text: Option<&str>) -> Result<f64, BotCheckError> {
    let score = text.map_or(Ok(USUAL_SCORE), |text| text.trim().parse());
    score
        .ok()
        .filter(|score| (0.0..=1.0).contains(score))
        .ok_or(refused("BOT_CHECK_MIN_SCORE", "is not a number from 0 to 1"))
}
