//! Everything that a provider, a browser or somebody between them can get wrong.

use serde_json::{Value, json};

use super::*;

async fn outcome(change: impl FnOnce(&mut Draft)) -> Result<Identity, OidcError> {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    sign_in(&double, providers.get("double").unwrap(), change).await
}

fn sign_with(signature: Signature) -> impl FnOnce(&mut Draft) {
    move |draft| (draft.signature, draft.header) = (signature, signature.header())
}

fn claim(name: &'static str, value: Value) -> impl FnOnce(&mut Draft) {
    move |draft| draft.claims[name] = value
}

fn without(name: &'static str) -> impl FnOnce(&mut Draft) {
    move |draft| assert!(draft.claims.as_object_mut().unwrap().remove(name).is_some())
}

#[tokio::test]
async fn only_the_providers_own_signature_counts() {
    let refused = |part| Err(OidcError::Refused(Refusal::Signature(part)));
    assert_eq!(outcome(sign_with(Signature::None)).await, refused("alg"));
    assert_eq!(outcome(sign_with(Signature::Hs256(SECRET))).await, refused("alg"));
    assert_eq!(outcome(sign_with(Signature::Stranger)).await, refused("signature"));
    let swapped = |draft: &mut Draft| draft.header = Signature::Es256.header();
    assert_eq!(outcome(swapped).await, refused("signature"));
    let other_hash = |draft: &mut Draft| draft.header["alg"] = "RS512".into();
    assert_eq!(outcome(other_hash).await, refused("alg"));
    let not_an_id_token = |draft: &mut Draft| draft.header["typ"] = "at+jwt".into();
    assert_eq!(outcome(not_an_id_token).await, Err(OidcError::Refused(Refusal::Signature("typ"))));
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    for (name, value, reason) in [
        ("iss", json!("https://accounts.example"), "iss"),
        ("nonce", json!("another"), "nonce"),
        ("aud", json!("another"), "aud"),
        ("aud", json!([CLIENT, "another"]), "aud"),
        ("azp", json!("another"), "azp"),
        ("at_hash", json!("bm90IHRoaXMgb25lISEhIQ"), "at_hash"),
        ("sub", json!(""), "sub"),
        ("sub", json!("x".repeat(256)), "sub"),
        ("sub", json!("line\nbreak"), "sub"),
    ] {
        assert_eq!(
            outcome(claim(name, value)).await,
            Err(OidcError::Refused(Refusal::Claim(reason))),
            "{name}"
        );
    }
    assert_eq!(outcome(without("nonce")).await, Err(OidcError::Refused(Refusal::Claim("nonce"))));
    assert_eq!(outcome(without("aud")).await, Err(OidcError::Refused(Refusal::Claim("aud"))));
    for required in ["iss", "sub"] {
        let refused = Err(OidcError::Refused(Refusal::Claim(required)));
        assert_eq!(outcome(without(required)).await, refused, "{required}");
    }
    for required in ["exp", "iat"] {
        let refused = Err(OidcError::Refused(Refusal::Time(required)));
        assert_eq!(outcome(without(required)).await, refused, "{required}");
    }
    assert!(outcome(claim("azp", json!(CLIENT))).await.is_ok());
    assert!(outcome(without("at_hash")).await.is_ok());
}

#[tokio::test]
async fn a_token_is_good_from_its_first_second_to_its_last() {
    let refused = |claim| Err(OidcError::Refused(Refusal::Time(claim)));
    // The way back is 30 seconds after `NOW`.
    assert_eq!(outcome(claim("exp", json!(NOW + 30))).await, refused("exp"));
    assert!(outcome(claim("exp", json!(NOW + 31))).await.is_ok());
    assert!(outcome(claim("iat", json!(NOW + 90))).await.is_ok());
    assert_eq!(outcome(claim("iat", json!(NOW + 91))).await, refused("iat"));
}

#[tokio::test]
async fn an_address_is_verified_only_if_the_provider_says_so_and_is_believed() {
    for change in [json!(false), Value::Null] {
        let identity = outcome(claim("email_verified", change)).await.unwrap();
        assert!(identity.email.is_some() && !identity.email_verified);
    }
    let identity = outcome(without("email_verified")).await.unwrap();
    assert!(!identity.email_verified);
    for unreadable in ["kim", "a@x.org,b@x.org", ""] {
        let identity = outcome(claim("email", json!(unreadable))).await.unwrap();
        assert!(identity.email.is_none() && !identity.email_verified, "{unreadable}");
    }
    assert_eq!(outcome(claim("name", json!(" "))).await.unwrap().name, None);
    let double = Double::start().await;
    let text = json!({ "double": { "issuer": double.url, "clientId": CLIENT, "clientSecret": SECRET,
                                   "trustEmail": false } });
    let providers = crate::oidc::Providers::parse(&text.to_string().into()).unwrap();
    let identity = sign_in(&double, providers.get("double").unwrap(), |_| ()).await.unwrap();
    assert!(identity.email.is_some() && !identity.email_verified);
}

#[tokio::test]
async fn a_sign_in_ends_where_it_began_once_and_in_time() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    let mine = provider.start(REDIRECT, &world(1)).await.unwrap().attempt;
    let theirs = provider.start(REDIRECT, &world(2)).await.unwrap();
    let code = double.sign_in(&theirs.url, |_| ());
    let finish = async |attempt, state, code, second| {
        provider.finish(REDIRECT, attempt, state, code, at(second)).await.unwrap_err()
    };
    // Another person's code and state, brought to this browser.
    assert_eq!(
        finish(&mine, &theirs.attempt.state, &code, 1).await,
        OidcError::Refused(Refusal::Attempt("state"))
    );
    assert_eq!(finish(&mine, "", &code, 1).await, OidcError::Refused(Refusal::Attempt("state")));
    assert_eq!(
        finish(&theirs.attempt, &theirs.attempt.state, &code, 601).await,
        OidcError::Refused(Refusal::Late)
    );
    let mut elsewhere = theirs.attempt.clone();
    elsewhere.provider = "another".into();
    assert_eq!(
        finish(&elsewhere, &elsewhere.state, &code, 1).await,
        OidcError::Refused(Refusal::Attempt("provider"))
    );
    let endless = "x".repeat(5000);
    for no_code in ["", "made up", &endless] {
        assert_eq!(finish(&mine, &mine.state, no_code, 1).await, OidcError::Refused(Refusal::Code));
    }
    // The provider sees that the proof is another attempt's; the code is spent by that.
    assert_eq!(finish(&mine, &mine.state, &code, 1).await, OidcError::Refused(Refusal::Code));
    assert_eq!(
        finish(&theirs.attempt, &theirs.attempt.state, &code, 1).await,
        OidcError::Refused(Refusal::Code)
    );
}
