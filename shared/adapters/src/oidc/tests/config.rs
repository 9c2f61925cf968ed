//! The secret that lists the providers.

use serde_json::{Value, json};

use super::*;
use crate::oidc::{Providers, Tenants};

fn google() -> Value {
    json!({ "issuer": "https://accounts.google.com", "clientId": "x", "clientSecret": "planted" })
}

fn microsoft(tenants: &Value) -> Value {
    let issuer = "https://login.microsoftonline.com/organizations/v2.0";
    json!({ "issuer": issuer, "clientId": "x", "clientSecret": "planted", "kind": "microsoft",
            "tenants": tenants })
}

fn parse(list: &Value) -> Result<Providers, OidcError> {
    Providers::parse(&list.to_string().into())
}

#[test]
fn providers_are_found_by_name() {
    let only = json!(["9e107d9d-372b-4b68-a1d8-3542a419d6aa"]);
    let providers = parse(
        &json!({ "microsoft": microsoft(&only), "google": google(), "any-1": microsoft(&json!("any")) }),
    )
    .unwrap();
    assert_eq!(providers.names().collect::<Vec<_>>(), ["any-1", "google", "microsoft"]);
    assert!(providers.get("google").is_some());
    assert!(providers.get("Google").is_none());
    assert!(!format!("{providers:?}").contains("planted"));
    assert_eq!(parse(&json!({})).unwrap().names().count(), 0);
}

#[test]
fn what_would_not_be_safe_is_refused() {
    let changed = |field: &str, value: Value| {
        let mut entry = google();
        entry[field] = value;
        parse(&json!({ "google": entry })).unwrap_err()
    };
    for (field, value) in [
        ("issuer", json!("http://accounts.google.com")),
        ("issuer", json!("https://accounts.google.com?x=1")),
        ("issuer", json!("accounts.google.com")),
        ("clientId", json!(" ")),
        ("clientSecret", json!("")),
        ("tenants", json!("any")),
    ] {
        assert_eq!(changed(field, value), OidcError::Misconfigured(field));
    }
    for (field, value) in [("kind", json!("other")), ("typo", json!(1)), ("clientSecret", json!(7))] {
        assert_eq!(changed(field, value), OidcError::Misconfigured("the list of providers"));
    }
    for name in ["", "Google", "a/b", &"x".repeat(33)] {
        assert_eq!(parse(&json!({ name: google() })).unwrap_err(), OidcError::Misconfigured("name"));
    }
    for tenants in [json!([]), json!(["contoso.com"]), Value::Null] {
        let refused = parse(&json!({ "microsoft": microsoft(&tenants) })).unwrap_err();
        assert_eq!(refused, OidcError::Misconfigured("tenants"));
    }
    let mut short = microsoft(&json!("any"));
    short["issuer"] = json!("https://login.microsoftonline.com");
    assert_eq!(parse(&json!({ "m": short })).unwrap_err(), OidcError::Misconfigured("issuer"));
    assert!(Providers::parse(&"not json".into()).is_err());
}

#[test]
fn debug_output_of_a_config_shows_no_secret() {
    let kind = Kind::Microsoft { tenants: Tenants::Any };
    let config = crate::oidc::ProviderConfig {
        name: "m".into(),
        issuer: "https://a.example/b/v2.0".into(),
        client_id: "x".into(),
        client_secret: "planted".into(),
        kind,
        trust_email: false,
    };
    assert!(!format!("{config:?}").contains("planted"));
}
