//! The secret that lists the providers.

use serde_json::{Value, json};

use super::*;
use crate::oidc::{Providers, ProvidersRefused, Tenants};

fn google() -> Value {
    json!({ "issuer": "https://accounts.google.com", "clientId": "x", "clientSecret": "planted" })
}

fn microsoft(tenants: &Value) -> Value {
    let issuer = "https://login.microsoftonline.com/organizations/v2.0";
    json!({ "issuer": issuer, "clientId": "x", "clientSecret": "planted", "kind": "microsoft",
            "tenants": tenants })
}

fn parse(list: &Value) -> Result<Providers, ProvidersRefused> {
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
        parse(&json!({ "google": entry })).unwrap_err().field
    };
    for (field, value) in [
        ("issuer", json!("http://accounts.google.com")),
        ("issuer", json!("https://accounts.google.com?x=1")),
        ("issuer", json!("accounts.google.com")),
        ("clientId", json!(" ")),
        ("clientSecret", json!("")),
        ("tenants", json!("any")),
    ] {
        assert_eq!(changed(field, value), field);
    }
    for (field, value) in [("kind", json!("other")), ("typo", json!(1)), ("clientSecret", json!(7))] {
        assert_eq!(changed(field, value), field);
    }
    for name in ["", "Google", "a/b", &"x".repeat(33)] {
        assert_eq!(parse(&json!({ name: google() })).unwrap_err().field, "name");
    }
    for tenants in [json!([]), json!(["contoso.com"]), Value::Null] {
        let refused = parse(&json!({ "microsoft": microsoft(&tenants) })).unwrap_err();
        assert_eq!(refused.field, "tenants");
    }
    let mut short = microsoft(&json!("any"));
    short["issuer"] = json!("https://login.microsoftonline.com");
    assert_eq!(parse(&json!({ "m": short })).unwrap_err().field, "issuer");
    assert!(Providers::parse(&"not json".into()).is_err());
}

#[test]
fn newcomer_11_a_wrong_list_names_provider_field_and_what_to_do() {
    let told = |text: &str| Providers::parse(&text.to_owned().into()).unwrap_err().to_string();
    let entry = |field: &str, value: Value| {
        let mut entry = google();
        entry[field] = value;
        told(&json!({ "google": entry }).to_string())
    };
    for (text, told) in [
        (entry("issuer", json!("accounts")), "provider `google`, field `issuer`: give the https address"),
        (entry("issuer", json!(["planted"])), "provider `google`, field `issuer`: give"),
        (
            entry("clientSecret", json!({ "planted": 1 })),
            "provider `google`, field `clientSecret`: give the secret",
        ),
        (entry("kind", json!("planted")), "provider `google`, field `kind`: give standard or microsoft"),
        (entry("trustEmail", json!("planted")), "provider `google`, field `trustEmail`: give true or false"),
        (entry("client_id", json!("planted")), "provider `google`, field `client_id`: take it out"),
        (
            told(r#"{"google":{"clientId":"x","clientSecret":"planted"}}"#),
            "provider `google`, field `issuer`: give",
        ),
        (told(r#"{"google":"planted"}"#), "provider `google`, field `issuer`: give"),
        (
            told(r#"{"My Google":{"issuer":"https://a.example","clientId":"x","clientSecret":"planted"}}"#),
            "provider `My Google`, field `name`: give 1 to 32",
        ),
        (told("[]"), "the text is no JSON object of providers; give {}"),
        (told("planted"), "the text is no JSON object of providers; give {}"),
    ] {
        assert!(text.starts_with(told) && !text.contains("planted"), "{text}");
    }
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
