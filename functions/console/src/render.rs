//! The templates, with what they can call beside their values.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use minijinja::{
    Environment, Error, ErrorKind, State, UndefinedBehavior, Value,
    syntax::SyntaxConfig,
    value::{Kwargs, Serde},
};
use serde::Serialize;
use serde_json::json;
use vestibule_pages::kit;

use crate::{facts, recorded};

/// All templates, compiled.
#[derive(Debug)]
pub(crate) struct Renderer {
    environment: Environment<'static>,
}

macro_rules! templates {
    ($($name:literal)+) => {
        const SOURCES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/", $name)))),+];
    };
}

templates! {
    "account.html" "account_job.html" "account_jobs.html" "accounts.html" "audit.html" "audit_record.html" "audit_verify.html" "components.html"
    "connections.html" "domain.html" "endpoint.html" "endpoints.html" "esign.html" "found.html" "groups.html" "hire.html" "hires.html" "home.html" "import.html" "imported.html" "imports.html" "invitation.html"
    "invitations.html" "invite.html" "job.html" "jobs.html" "mail_sent.html" "mailbox_check.html" "mailboxes.html" "matrix.html" "member.html" "message.html" "new_account.html" "new_hire.html" "notifications.html"
    "organization.html" "parts.html" "portal.html" "profile.html" "promo_signups.html" "recovery_codes.html" "role.html" "roles.html" "security.html"
    "sessions.html" "setup.html" "subscription.html" "team.html" "tenants.html" "totp.html" "why.html" "workspace.html"
}

impl Renderer {
    /// The pages of a deployment called `product`.
    pub(crate) fn new(product: &str, local: Option<&str>, debug: bool) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        for (name, source) in kit::TEMPLATES.iter().chain(SOURCES) {
            environment.add_template(name, source)?;
        }
        environment.add_global("product", product);
        environment.add_global("debug", debug);
        environment.add_global("local", local);
        environment.add_global("icon_href", kit::ICON);
        environment.add_global("js", kit::script_path());
        let words =
            facts::words().map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
        environment.add_global("words", Value::from(Serde(&words)));
        environment.add_function("can", can);
        environment.add_function("device", facts::device);
        environment.add_function("initials", |text: &str| initials(text));
        environment.add_filter("human", |text: &str| human(text));
        environment.add_function("picture", |svg: &str| {
            format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
        });
        environment.add_function("query", query);
        environment.add_function("narrowed", narrowed);
        environment.add_function("day", recorded::day);
        environment.add_function("began", recorded::began);
        environment.add_function("changes", recorded::changes);
        environment.add_function("thing", |action: &str, resource: &str, platform: bool| {
            let thing = if platform { recorded::thing_of_platform } else { recorded::thing };
            Value::from(Serde(thing(action, resource)))
        });
        environment.add_function("word", move |kind: &str, value: &str| facts::word(&words, kind, value));
        environment.add_function("tone", |value: &str| facts::tone(value));
        Ok(Self { environment })
    }

    /// A page of values.
    pub(crate) fn render(&self, template: &str, values: &impl Serialize) -> Result<String, Error> {
        self.environment.get_template(template)?.render(Value::from(Serde(values)))
    }
}

/// Whether the caller has a permission in the tenant of the page, or this grant on the platform.
fn can(state: &State<'_, '_>, permission: &str) -> bool {
    let of = |name: &str, field: &str| state.lookup(name).and_then(|value| value.get_attr(field).ok());
    let held = of("tenant", "permissions").and_then(|held| held.try_iter().ok());
    held.is_some_and(|mut held| held.any(|it| it.as_str() == Some(permission)))
        || of("platform", "grant").is_some_and(|grant| grant.as_str() == Some(permission))
}

/// The page's query with one parameter replaced, and without the message of what was done.
fn query(state: &State<'_, '_>, name: &str, value: &str) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let query = state.lookup("q").and_then(|query| serde_json::to_value(query).ok()).unwrap_or(json!({}));
    for (known, kept) in query.as_object().into_iter().flatten() {
        let kept = kept.as_str().unwrap_or_default();
        if known != name && known != "done" && known != "ask" && !kept.is_empty() {
            pairs.append_pair(known, kept);
        }
    }
    if !value.is_empty() {
        pairs.append_pair(name, value);
    }
    let text = pairs.finish();
    if text.is_empty() { text } else { format!("?{text}") }
}

/// The page's query with these parameters in place of its own, from the beginning of the list; empty ones are left out.
#[expect(clippy::needless_pass_by_value, reason = "this is how templates give named arguments")]
fn narrowed(state: &State<'_, '_>, given: Kwargs) -> Result<String, Error> {
    let query = state.lookup("q").and_then(|query| serde_json::to_value(query).ok()).unwrap_or(json!({}));
    let mut pairs: BTreeMap<String, String> = serde_json::from_value(query).unwrap_or_default();
    for passing in ["cursor", "done", "ask"] {
        pairs.remove(passing);
    }
    for name in given.args() {
        pairs.insert(name.to_owned(), given.get::<Option<String>>(name)?.unwrap_or_default());
    }
    pairs.retain(|_, value| !value.is_empty());
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    Ok(if text.is_empty() { text } else { format!("?{text}") })
}

/// The first letters of a name's first two words, or of an address.
fn initials(text: &str) -> String {
    let words = text.split('@').next().unwrap_or_default().split([' ', '.', '-', '_']);
    let letters = words.filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    letters.take(2).flat_map(char::to_uppercase).collect()
}

/// A code name as people write it: `creator_manager` is read as "Creator manager"; what has capitals stays.
fn human(text: &str) -> String {
    if text.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    let text = text.replace(['_', '.'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_by_its_first_letters() {
        assert_eq!(initials("Test Brand"), "TB");
        assert_eq!(initials("anna.berg@example.org"), "AB");
        assert_eq!(initials("école"), "É");
        assert_eq!(initials("…"), "");
    }
}
