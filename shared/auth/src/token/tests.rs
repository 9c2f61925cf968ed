use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use vestibule_domain::Id;

use super::*;
use crate::VerificationKeys;

const ISSUER: &str = "https://a.example";

fn setting() -> (SigningKey, Verifier, String, Timestamp) {
    let key = SigningKey::generate().unwrap();
    let verifier = Verifier::new(VerificationKeys { keys: vec![key.public().clone()] }, ISSUER);
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let who = (Id::from_parts(1, 1), Id::from_parts(1, 2), Some(Id::from_parts(1, 3)));
    let token = AccessToken::issue(&key, ISSUER, who, now).unwrap();
    (key, verifier, token.0.expose_secret().to_owned(), now)
}

fn encoding(key: &SigningKey) -> EncodingKey {
    EncodingKey::from_ec_der(&URL_SAFE_NO_PAD.decode(key.to_secret().expose_secret()).unwrap())
}

fn forged(key: &SigningKey, claims: &Value) -> String {
    let header = Header {
        typ: Some("at+jwt".into()),
        kid: Some(key.public().kid.clone()),
        ..Header::new(Algorithm::ES256)
    };
    encode(&header, claims, &encoding(key)).unwrap()
}

#[test]
fn a_token_lives_fifteen_minutes() {
    let (_, verifier, token, now) = setting();
    assert!(verifier.verify(&token, now).is_ok());
    assert!(verifier.verify(&token, now + SignedDuration::from_mins(14)).is_ok());
    assert_eq!(verifier.verify(&token, now + SignedDuration::from_mins(16)), Err(TokenError));
    assert_eq!(verifier.verify(&token, now - SignedDuration::from_mins(1)), Err(TokenError));
}

#[test]
fn a_token_without_a_tenant_has_no_such_claim() {
    let (key, verifier, _, now) = setting();
    let token = AccessToken::issue(&key, ISSUER, (Id::from_parts(1, 1), Id::from_parts(1, 2), None), now);
    let token = token.unwrap();
    assert_eq!(verifier.verify(token.0.expose_secret(), now).unwrap().tenant, None);
    let body = URL_SAFE_NO_PAD.decode(token.0.expose_secret().split('.').nth(1).unwrap()).unwrap();
    assert!(!String::from_utf8(body).unwrap().contains("tenant"));
}

#[test]
fn tokens_of_other_keys_issuers_and_spellings_are_refused() {
    let (key, verifier, token, now) = setting();
    let other = Verifier::new(verifier.keys(), "https://b.example");
    assert_eq!(other.verify(&token, now), Err(TokenError));
    let [header, body, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let head = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let kid = &key.public().kid;
    for wrong in [
        format!("{header}.{body}."),
        format!("eyJhbGciOiJub25lIn0.{body}."),
        format!("{header}.{body}.{signature}A"),
        format!("{header}.{body}.{signature}."),
        format!("{header}.{}.{signature}", body.replacen('e', "f", 1)),
        format!("{}.{body}.{signature}", head(json!({"typ": "at+jwt", "alg": "HS256", "kid": kid}))),
        format!("{}.{body}.{signature}", head(json!({"typ": "at+jwt", "alg": "ES256", "kid": "../x"}))),
        String::new(),
        "x".repeat(5000),
    ] {
        assert_eq!(verifier.verify(&wrong, now), Err(TokenError), "{wrong}");
    }
    let secret = key.to_secret();
    assert_eq!(SigningKey::from_secret(&secret).unwrap().public(), key.public());
}

#[test]
fn headers_that_say_more_or_other_than_ours_are_refused_though_signed() {
    let (key, verifier, token, now) = setting();
    let claims = verifier.verify(&token, now).unwrap();
    let ours = Header {
        typ: Some("at+jwt".into()),
        kid: Some(key.public().kid.clone()),
        ..Header::new(Algorithm::ES256)
    };
    let signed = |header: Header| encode(&header, &claims, &encoding(&key)).unwrap();
    assert!(verifier.verify(&signed(ours.clone()), now).is_ok());
    for header in [
        Header { jku: Some("https://evil.example/keys".into()), ..ours.clone() },
        Header { x5u: Some("https://evil.example/keys".into()), ..ours.clone() },
        Header { crit: Some(vec!["b64".into()]), ..ours.clone() },
        Header { typ: Some("JWT".into()), ..ours.clone() },
        Header { typ: None, ..ours.clone() },
        Header { kid: None, ..ours },
    ] {
        assert_eq!(verifier.verify(&signed(header.clone()), now), Err(TokenError), "{header:?}");
    }
}

fn setting_token(key: &SigningKey, now: Timestamp) -> String {
    let who = (Id::from_parts(1, 1), Id::from_parts(1, 2), None);
    AccessToken::issue(key, ISSUER, who, now).unwrap().0.expose_secret().to_owned()
}

#[test]
fn signed_claims_that_are_missing_or_of_another_type_are_refused() {
    let (key, verifier, token, now) = setting();
    let good = serde_json::to_value(verifier.verify(&token, now).unwrap()).unwrap();
    assert!(verifier.verify(&forged(&key, &good), now).is_ok());
    let changes = [
        ("exp", json!(null)),
        ("exp", json!("1790000900")),
        ("exp", json!(1_790_000_900.5)),
        ("exp", json!(1_790_009_999)),
        ("exp", json!(i64::MAX)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(true)),
        ("aud", json!(["vestibule"])),
        ("aud", json!("vestibule:second-factor")),
        ("iss", json!([ISSUER])),
        ("sub", json!(7)),
        ("sub", json!("ses_00000000010000000000000001")),
        ("sid", json!({})),
        ("tenant", json!("usr_00000000010000000000000001")),
    ];
    for (name, value) in changes {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(verifier.verify(&forged(&key, &claims), now), Err(TokenError), "{claims}");
    }
    for name in ["exp", "iat", "aud", "iss", "sub", "sid"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(verifier.verify(&forged(&key, &claims), now), Err(TokenError), "{claims}");
    }
}

#[test]
fn keys_can_be_replaced_while_in_use() {
    let (key, verifier, token, now) = setting();
    let (next, shared) = (SigningKey::generate().unwrap(), verifier.clone());
    let later = setting_token(&next, now);
    assert!(verifier.knows(&token) && !verifier.knows(&later));
    assert!(verifier.knows("no token at all"), "reading keys anew would not help");
    shared.replace(VerificationKeys { keys: vec![next.public().clone(), key.public().clone()] });
    assert!(verifier.verify(&token, now).is_ok() && verifier.verify(&later, now).is_ok());
    shared.replace(VerificationKeys { keys: vec![next.public().clone()] });
    assert_eq!(verifier.verify(&token, now), Err(TokenError));
}

#[test]
fn attack_6_claims_that_we_do_not_write_are_still_looked_at() {
    let (key, verifier, token, now) = setting();
    let good = serde_json::to_value(verifier.verify(&token, now).unwrap()).unwrap();
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        forged(&key, &claims)
    };
    let second = now.as_second();
    for (name, value) in [
        ("nbf", json!(second - 3600)),
        ("nbf", json!(second)),
        ("nbf", json!(second + 5)),
        ("nbf", json!(0)),
        ("jti", json!("a")),
        ("client_id", json!("an application's own claim")),
    ] {
        assert!(verifier.verify(&with(name, value.clone()), now).is_ok(), "{name} {value}");
    }
    for (name, value) in [
        ("nbf", json!(second + 6)),
        ("nbf", json!(second + 3600)),
        ("nbf", json!(i64::MAX)),
        ("nbf", json!(u64::MAX)),
        ("nbf", json!(second.to_string())),
        ("nbf", json!(1.5)),
        ("nbf", json!(true)),
        ("nbf", json!(null)),
        ("nbf", json!([second])),
        ("nbf", json!({})),
        ("jti", json!(7)),
        ("jti", json!(null)),
        ("jti", json!(["a"])),
    ] {
        assert_eq!(verifier.verify(&with(name, value.clone()), now), Err(TokenError), "{name} {value}");
    }
}

#[test]
fn fault_04_a_token_that_has_ended_still_says_whose_it_was() {
    let (key, verifier, token, now) = setting();
    let later = now + SignedDuration::from_hours(24);
    assert_eq!(verifier.verify(&token, later), Err(TokenError));
    assert_eq!(verifier.verify_past(&token, later).unwrap().sid, verifier.verify(&token, now).unwrap().sid);
    assert_eq!(verifier.verify_past(&token, now - SignedDuration::from_mins(1)), Err(TokenError));
    let other = Verifier::new(
        VerificationKeys { keys: vec![SigningKey::generate().unwrap().public().clone()] },
        ISSUER,
    );
    assert_eq!(other.verify_past(&token, later), Err(TokenError));
    let mut claims = serde_json::to_value(verifier.verify(&token, now).unwrap()).unwrap();
    claims["aud"] = json!("vestibule:second-factor");
    assert_eq!(verifier.verify_past(&forged(&key, &claims), later), Err(TokenError));
}
