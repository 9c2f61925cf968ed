//! The check for programs, as its vendor shows it in a form.

use serde::Serialize;
use vestibule_api::Settings;

/// What a vendor puts into a form. Its script is the only one that a page ever runs.
#[derive(Debug, Clone, Serialize)]
pub struct BotWidget {
    /// Address of the vendor's script.
    pub script: &'static str,
    /// The class of the element that the script fills.
    pub class: &'static str,
    /// The deployment's key at the vendor, which is no secret.
    pub site_key: String,
    /// The hosts that the script, its frame and its style come from.
    pub hosts: &'static str,
}

impl BotWidget {
    /// What the settings ask for, if the vendor's check can stand in a page of ours; the forms of others have their own.
    pub fn from_settings(settings: &Settings) -> Option<Self> {
        let site_key = settings.find("BOT_CHECK_SITE_KEY")?.to_owned();
        let (script, class, hosts) = match settings.find("BOT_CHECK")? {
            "turnstile" => (
                "https://challenges.cloudflare.com/turnstile/v0/api.js",
                "cf-turnstile",
                "https://challenges.cloudflare.com",
            ),
            "hcaptcha" => (
                "https://js.hcaptcha.com/1/api.js",
                "h-captcha",
                "https://hcaptcha.com https://*.hcaptcha.com",
            ),
            _ => return None,
        };
        Some(Self { script, class, site_key, hosts })
    }

    /// What the content policy allows for it.
    pub(crate) fn policy(&self) -> String {
        let hosts = self.hosts;
        format!("; script-src {hosts}; frame-src {hosts}; connect-src {hosts}")
    }
}
