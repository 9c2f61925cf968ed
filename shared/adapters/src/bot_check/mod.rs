//! Is there a person at the form? Asks a vendor about the token that its script put there.
//!
//! One question, one answer: whether to go on. Why not is for the log, and neither the token nor the address
//! of the visitor gets there.

mod answer;
mod settings;
#[cfg(test)]
mod tests;
mod vendor;

use std::net::IpAddr;

use http::Request;
use http::header::CONTENT_TYPE;
use openidconnect::url::form_urlencoded::Serializer;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::web::{NoAnswer, Web};

use self::answer::{Answer, Judgement};
use self::vendor::Vendor;

/// What the visitor wants to do. Vendors that bind a token to an action get [`Action::as_str`] from the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Make an account.
    Register,
    /// Sign in with a password.
    Login,
    /// Have a link mailed for a new password.
    ForgotPassword,
    /// Have a link mailed to sign in with.
    MagicLink,
    /// Sign up for a promotion.
    PromoSignUp,
}

impl Action {
    /// The action's name at the vendor.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::ForgotPassword => "forgot_password",
            Self::MagicLink => "magic_link",
            Self::PromoSignUp => "promo_sign_up",
        }
    }

    /// Whether it may go on while the vendor gives no answer. Signing in needs a password and is counted and
    /// locked besides; the others make accounts and mails for strangers.
    fn goes_on_without_answer(self) -> bool {
        self == Self::Login
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BotVerdict {
    /// Go on.
    Human,
    /// Do not.
    Refused,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the setting {setting} {problem}")]
pub struct BotCheckError {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong and what to do, as the end of a sentence.
    pub problem: &'static str,
}

/// The check of one deployment; can be switched off.
#[derive(Debug)]
pub struct BotCheck(Option<Check>);

#[derive(Debug)]
struct Check {
    vendor: Vendor,
    url: Url,
    secret: SecretString,
    site_key: Option<String>,
    hostnames: Vec<String>,
    least_score: f64,
    web: Web,
}

impl BotCheck {
    /// Whether the visitor with this `token` from the form may go on with `action`. `remote_ip` is the
    /// visitor's address, if known; anything else in it is left out.
    pub async fn check(&self, action: Action, token: Option<&str>, remote_ip: Option<&str>) -> BotVerdict {
        let Some(check) = &self.0 else { return BotVerdict::Human };
        let vendor = check.vendor.as_str();
        let judgement = check.judge(action, token.unwrap_or_default(), remote_ip).await;
        let action_name = action.as_str();
        match judgement {
            Judgement::Passed => BotVerdict::Human,
            Judgement::Failed(reason) => {
                tracing::info!(vendor, action = action_name, reason, "bot check refused");
                BotVerdict::Refused
            }
            Judgement::None(reason) => {
                let open = action.goes_on_without_answer();
                tracing::error!(vendor, action = action_name, reason, open, "bot check without an answer");
                if open { BotVerdict::Human } else { BotVerdict::Refused }
            }
        }
    }
}

impl Check {
    async fn judge(&self, action: Action, token: &str, remote_ip: Option<&str>) -> Judgement {
        if token.is_empty() {
            return Judgement::Failed("no token");
        }
        if token.len() > self.vendor.longest_token() {
            return Judgement::Failed("long token");
        }
        match self.ask(token, remote_ip).await {
            Ok(answer) => answer.judge(self, action),
            Err(NoAnswer(reason)) => Judgement::None(reason),
        }
    }

    async fn ask(&self, token: &str, remote_ip: Option<&str>) -> Result<Answer, NoAnswer> {
        let remote_ip = remote_ip.and_then(|text| text.parse::<IpAddr>().ok()).map(|ip| ip.to_string());
        let fields = [
            ("secret", Some(self.secret.expose_secret())),
            ("response", Some(token)),
            ("remoteip", remote_ip.as_deref()),
            ("sitekey", self.site_key.as_deref()),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form = Serializer::new(String::new()).extend_pairs(given).finish();
        let request = Request::post(self.url.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let answer = self.web.send(request.map_err(|_| NoAnswer("address"))?).await?;
        serde_json::from_slice(answer.body()).map_err(|_| NoAnswer("unreadable"))
    }
}
