//! Whether a deployed stack can be used: what is missing, and how to mend it.

use serde_json::Value;
use vestibule_adapters::{mail::Sending, web::get_json};
use vestibule_auth::VerificationKeys;

use crate::{KeyPair, OpsError, Vault};

/// The origin that the template has when nobody gave one.
const DEFAULT_SITE: &str = "https://accounts.example.com";

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: &'static str,
    /// What is wrong and how to mend it; `None` when all is well.
    pub problem: Option<String>,
}

fn finding(what: &'static str, problem: Option<String>) -> Finding {
    Finding { what, problem }
}

/// Looks at the keys of the stack `stack`.
pub async fn check_keys(vault: &Vault, stack: &str) -> Vec<Finding> {
    let names = KeyPair {
        signing: format!("{stack}/signing-key"),
        verification: format!("{stack}/verification-keys"),
    };
    let ring = format!("{stack}/field-keys");
    let absent = |name: &str| format!("{name} holds no key yet: run `vestibule-ops init-keys`.");
    let told = |name: &str, found: Result<bool, OpsError>| match found {
        Ok(true) => None,
        Ok(false) => Some(absent(name)),
        Err(error) => Some(format!("{error}.")),
    };
    let signing =
        vault.signing(&names.signing).await.map(|held| held.is_some_and(|held| held.keys.is_some()));
    let published = vault.published(&names.verification).await;
    let published =
        published.map(|held| held.and_then(|held| held.keys).is_some_and(|keys| !keys.keys.is_empty()));
    let sealing = vault.ring(&ring).await.map(|held| held.is_some_and(|held| held.keys.is_some()));
    let audit = format!("{stack}/audit-key");
    let chained = vault.audit(&audit).await.map(|held| held.is_some_and(|held| held.keys.is_some()));
    vec![
        finding("signing key", told(&names.signing, signing)),
        finding("published keys", told(&names.verification, published)),
        finding("field keys", told(&ring, sealing)),
        finding("audit key", told(&audit, chained)),
    ]
}

/// Looks at the site: what its discovery document says of itself must be where it was found, and its keys must be those of
/// the stack.
pub async fn check_site(vault: &Vault, stack: &str, site: &str) -> Finding {
    let at = |path: &str| format!("{site}/.well-known/{path}");
    let (document, keys) = (get_json(&at("openid-configuration")).await, get_json(&at("jwks.json")).await);
    let (Some(document), Some(keys)) = (document, keys) else {
        let problem =
            format!("{site} does not answer: check the domain, its certificate and the mapping of the API.");
        return finding("site", Some(problem));
    };
    let own = vault.published(&format!("{stack}/verification-keys")).await;
    let own = own.ok().flatten().and_then(|held| held.keys).is_some_and(|own| serves(&keys, &own));
    finding("site", misplaced(&document, site).or_else(|| (!own).then(|| foreign(stack, site))))
}

fn foreign(stack: &str, site: &str) -> String {
    format!(
        "{site} shows other keys than {stack}/verification-keys holds: check that it is the site of this stack; after a change of \
         keys wait five minutes."
    )
}

/// What is wrong with the address that a site takes for its own.
fn misplaced(document: &Value, site: &str) -> Option<String> {
    let keys = document["jwks_uri"].as_str().unwrap_or_default();
    if keys.starts_with(DEFAULT_SITE) {
        let problem = "the parameter SiteUrl still has its default, so no mail is sent: deploy with SiteUrl and Issuer set to \
                       your own origin.";
        return Some(problem.to_owned());
    }
    let here = keys.starts_with(&format!("{site}/"));
    (!here).then(|| {
        format!("the stack takes {keys} for its own address and is at {site}: deploy with SiteUrl={site}.")
    })
}

/// Whether a site shows any of the stack's own keys.
fn serves(shown: &Value, own: &VerificationKeys) -> bool {
    let shown = shown["keys"].as_array().into_iter().flatten();
    let shown: Vec<_> = shown.filter_map(|key| key["kid"].as_str()).collect();
    own.keys.iter().any(|key| shown.contains(&key.kid.as_str()))
}

/// Looks at the mail service.
pub fn judge_sending(sending: Option<&Sending>, domain: &str) -> Vec<Finding> {
    let Some(sending) = sending else {
        let problem =
            "SES cannot be asked: the credentials must allow ses:GetAccount and ses:GetEmailIdentity.";
        return vec![finding("mail", Some(problem.to_owned()))];
    };
    let unverified =
        format!("SES has no verified identity for {domain}: verify the domain there (see docs/ses.md).");
    let sandbox = "SES is in its sandbox and sends to verified addresses only: ask for production access (see docs/ses.md).";
    vec![
        finding("mail identity", (!sending.verified).then_some(unverified)),
        finding("mail sandbox", (!sending.production).then(|| sandbox.to_owned())),
    ]
}
