//! Tokens and token answers of odd but legal form sign in, whatever says nothing about the person; those that
//! do not prove who it is are refused, each with a sentence and a log line that names the claim.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;
use tracing_subscriber::fmt::MakeWriter;

use super::keys::published;
use super::*;

/// Log lines as an operator reads them.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

/// One change to an honest sign-in.
type Change = Box<dyn FnOnce(&mut Draft)>;

struct Case {
    name: String,
    keys: Option<Vec<Value>>,
    change: Change,
}

fn case(name: impl Into<String>, change: impl FnOnce(&mut Draft) + 'static) -> Case {
    Case { name: name.into(), keys: None, change: Box::new(change) }
}

fn claim(name: &'static str, value: Value) -> Case {
    case(format!("{name} = {value}"), move |draft| draft.claims[name] = value)
}

fn answer(name: &'static str, value: Value) -> Case {
    case(format!("token answer: {name} = {value}"), move |draft| draft.answer[name] = value)
}

fn header(name: &'static str, value: Value) -> Case {
    case(format!("header: {name} = {value}"), move |draft| draft.header[name] = value)
}

fn without(part: fn(&mut Draft) -> &mut Value, name: &'static str) -> Case {
    case(format!("without {name}"), move |draft| {
        part(draft).as_object_mut().unwrap().remove(name);
    })
}

/// An honest sign-in with these keys published, whose token names no key.
fn nameless(name: &str, keys: Vec<Value>) -> Case {
    let change = |draft: &mut Draft| drop(draft.header.as_object_mut().unwrap().remove("kid"));
    Case { keys: Some(keys), ..case(name, change) }
}

/// The claims, with `more` written in front of them as it is.
fn written(name: &str, more: &'static str) -> Case {
    case(name, move |draft| {
        draft.written = Some(draft.claims.to_string().replacen('{', &format!("{{{more},"), 1));
    })
}

fn key(name: &str, value: Value) -> Vec<Value> {
    let mut keys = published();
    keys[0][name] = value;
    keys
}

/// What came of one sign-in, and what was logged of it.
async fn run(case: Case) -> (String, Result<Identity, OidcError>, Vec<String>) {
    let double = Double::start().await;
    if let Some(keys) = case.keys {
        double.publication().keys = keys;
    }
    let providers = double.providers(Kind::Standard);
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let done = sign_in(&double, providers.get("double").unwrap(), case.change);
    let done = done.with_subscriber(subscriber).await;
    (case.name, done, log.lines())
}

fn of_any_type() -> Vec<Case> {
    let values = [json!(1), json!("x"), json!(null), json!([{ "a": 1 }]), json!({ "b": [] })];
    let claims = [
        "updated_at",
        "auth_time",
        "amr",
        "acr",
        "address",
        "phone_number_verified",
        "birthdate",
        "roles",
        "name",
    ];
    // Every claim with one of the types in turn, and one with all of them.
    let turns =
        claims.iter().enumerate().map(|(turn, name)| claim(name, values[turn % values.len()].clone()));
    turns.chain(values.iter().map(|value| claim("zoneinfo", value.clone()))).collect()
}

fn legal() -> Vec<Case> {
    let mut cases = of_any_type();
    cases.extend([
        claim("email_verified", json!("true")),
        claim("email_verified", json!("TRUE")),
        claim("updated_at", json!("2026-11-20T09:14:07.113Z")),
        claim("auth_time", json!("1795166048")),
        claim("amr", json!("pwd")),
        claim("acr", json!(1)),
        claim("address", json!("Main St 1")),
        claim("aud", json!([CLIENT])),
        claim("azp", json!(CLIENT)),
        claim("azp", json!(null)),
        claim("at_hash", json!(null)),
        without(|draft| &mut draft.claims, "at_hash"),
        claim("exp", json!(1_790_003_600.5)),
        claim("iat", json!(1_790_000_000.25)),
        claim("nbf", json!(NOW)),
        claim("nbf", json!(NOW + 90)),
        claim("name", json!("\u{202e}evil\u{0}")),
        claim("name", json!("n".repeat(5000))),
        claim("picture", json!("p".repeat(20_000))),
        claim("email", json!("KIM@EXAMPLE.ORG")),
        written("half a surrogate", "\"nickname\":\"\\ud83c\""),
        written("a number beyond all numbers", "\"score\":1e999"),
        written("the same unknown claim twice", "\"x\":1,\"x\":2"),
        case("unknown nesting", |draft| {
            let deep = format!("{{\"deep\":{}{},", "[".repeat(400), "]".repeat(400));
            draft.written = Some(draft.claims.to_string().replacen('{', &deep, 1));
        }),
        case("a byte order mark", |draft| draft.written = Some(format!("\u{feff}{}", draft.claims))),
    ]);
    cases.extend(legal_answers());
    cases.extend(legal_keys());
    cases
}

fn legal_answers() -> Vec<Case> {
    vec![
        answer("expires_in", json!("3600")),
        answer("expires_in", json!(-1.5)),
        answer("scope", json!(["openid", "email"])),
        answer("scope", json!(null)),
        answer("token_type", json!("bearer")),
        answer("token_type", json!("BEARER")),
        answer("token_type", json!(null)),
        answer("refresh_token", json!(7)),
        answer("refresh_expires_in", json!("never")),
        answer("not-before-policy", json!(0)),
        answer("ext_expires_in", json!({ "a": [1] })),
        header("typ", json!("jwt")),
        header("typ", json!(null)),
        without(|draft| &mut draft.header, "typ"),
        header("x5t", json!(["AAAA"])),
        header("jku", json!("https://elsewhere.example/keys")),
    ]
}

fn legal_keys() -> Vec<Case> {
    let mut cases = vec![
        nameless("no kid, one key that fits", published()),
        nameless("no kid, one key at all", published()[..1].to_vec()),
        nameless("no kid, the other of its kind is for encryption", {
            let mut keys = published();
            keys.push(json!({ "kty": "RSA", "use": "enc", "n": keys[0]["n"], "e": keys[0]["e"] }));
            keys
        }),
    ];
    for (name, keys) in [
        ("a key without kid", key("kid", json!(null))),
        ("a key without use", key("use", json!(null))),
        ("a key with operations", key("key_ops", json!(["verify"]))),
        ("a padded modulus", key("n", json!(format!("{}==", published()[0]["n"].as_str().unwrap())))),
        (
            "elements that are no keys",
            [published(), vec![json!(1), json!({ "kty": 5 }), json!(null)]].concat(),
        ),
        ("certificates of any type", key("x5c", json!({ "a": 1 }))),
    ] {
        cases.push(Case { keys: Some(keys), ..case(name, |_| ()) });
    }
    cases
}

#[tokio::test]
async fn fault_08_odd_but_legal_tokens_and_answers_sign_in() {
    let mut signed_in = 0;
    for case in legal() {
        let (name, done, log) = run(case).await;
        let identity = done.unwrap_or_else(|error| panic!("{name}: {error:?} {log:?}"));
        assert!(identity.key.ends_with("|110169484474386276334"), "{name}");
        assert_eq!(identity.email.unwrap().canonical(), "kim@example.org", "{name}");
        assert!(identity.email_verified, "{name}");
        assert_eq!(log, Vec::<String>::new(), "{name}");
        signed_in += 1;
    }
    println!("fault 8: {signed_in} odd but legal sign-ins, all of them in");
    assert!(signed_in >= 60, "{signed_in}");
}

/// Each with what the log has to name.
fn illegal() -> Vec<(&'static str, Case)> {
    let other = |name: &'static str, value: Value| (name, claim(name, value));
    let mut cases: Vec<_> = ["iss", "aud", "sub", "exp", "iat", "nonce"]
        .into_iter()
        .flat_map(|name| {
            let absent = (name, without(|draft| &mut draft.claims, name));
            // Neither null nor an object is any of them.
            [absent, other(name, json!(null)), other(name, json!({ "a": 1 }))]
        })
        .collect();
    cases.extend([
        other("iss", json!("https://accounts.example")),
        other("aud", json!("another")),
        other("aud", json!([CLIENT, "another"])),
        other("aud", json!([])),
        other("azp", json!("another")),
        other("azp", json!([1])),
        other("sub", json!(110)),
        other("sub", json!("x".repeat(256))),
        other("exp", json!(NOW)),
        other("exp", json!("1795166048")),
        other("iat", json!(NOW + 3600)),
        other("nbf", json!(NOW + 3600)),
        other("nbf", json!("1790000000")),
        other("nbf", json!(null)),
        other("nbf", json!([NOW])),
        other("nonce", json!("another")),
        other("at_hash", json!("bm90IHRoaXMgb25lISEhIQ")),
        other("at_hash", json!(7)),
        ("at_hash", answer("access_token", json!(null))),
        ("id_token", answer("id_token", json!(null))),
        ("id_token", answer("id_token", json!("no token"))),
        ("id_token", answer("id_token", json!(["a.b.c"]))),
        ("alg", case("none", |draft| (draft.signature, draft.header) = sign(Signature::None))),
        ("alg", case("symmetric", |draft| (draft.signature, draft.header) = sign(Signature::Hs256(SECRET)))),
        ("signature", case("a stranger's", |draft| draft.signature = Signature::Stranger)),
        ("alg", header("alg", json!("RS512"))),
        ("alg", header("alg", json!("rs256"))),
        ("kid", header("kid", json!("../../rsa"))),
        ("kid", header("kid", json!(["rsa"]))),
        ("kid", nameless("no kid, two keys that fit", [published(), published()].concat())),
        ("typ", header("typ", json!("at+jwt"))),
        ("crit", header("crit", json!(["exp"]))),
        ("kid", Case { keys: Some(key("use", json!("enc"))), ..case("a key for encryption", |_| ()) }),
    ]);
    cases
}

fn sign(signature: Signature) -> (Signature, Value) {
    (signature, signature.header())
}

#[tokio::test]
async fn fault_08_what_does_not_prove_the_person_is_refused_with_a_sentence_and_a_line_for_the_log() {
    let mut refused = 0;
    for (decides, case) in illegal() {
        let (name, done, log) = run(case).await;
        let Err(OidcError::Refused(refusal)) = done else { panic!("{name}: {done:?}") };
        assert_eq!(refusal.claim(), decides, "{name}");
        assert!(refusal.advice().ends_with('.') && refusal.advice().contains("egin"), "{name}");
        assert_eq!(log.len(), 1, "{name}: {log:?}");
        let line = &log[0];
        assert!(line.contains("provider=\"double\"") || line.contains("provider=double"), "{line}");
        assert!(line.contains(&format!("claim=\"{decides}\"")), "{name}: {line}");
        for value in ["another", "Kim", "110169484474386276334", "accounts.example", "1790"] {
            assert!(!line.contains(value), "{name}: {line}");
        }
        refused += 1;
    }
    println!("fault 8: {refused} sign-ins that prove nobody, all of them refused");
    assert!(refused >= 40, "{refused}");
}

#[tokio::test]
async fn attack_6_an_id_token_counts_from_its_nbf_on_and_within_the_leeway() {
    for (nbf, counts) in [
        (json!(NOW - 86_400), true),
        (json!(NOW + 90), true),
        (json!(NOW + 91), false),
        (json!(NOW + 3600), false),
        (json!("soon"), false),
        (json!(true), false),
        (json!(-1), false),
        (json!(null), false),
    ] {
        let (name, done, _) = run(claim("nbf", nbf)).await;
        let refused = Err(OidcError::Refused(Refusal::Time("nbf")));
        assert!(if counts { done.is_ok() } else { done == refused }, "{name}: {done:?}");
    }
}

#[tokio::test]
async fn fault_08_discovery_documents_are_read_for_what_decides() {
    for (field, value) in [
        ("token_endpoint_auth_methods_supported", json!("client_secret_post")),
        ("token_endpoint_auth_methods_supported", json!(null)),
        ("token_endpoint_auth_methods_supported", json!([1, "client_secret_basic"])),
        ("response_types_supported", json!(7)),
        ("claims_supported", json!({ "a": [] })),
        ("id_token_signing_alg_values_supported", json!("RS256")),
        ("jwks", json!(null)),
    ] {
        let double = Double::start().await;
        double.publication().document[field] = value.clone();
        // The double takes the form only where its list says so.
        if value == "client_secret_post" {
            double.publication().document[field] = json!([value, 5]);
        }
        let providers = double.providers(Kind::Standard);
        let done = sign_in(&double, providers.get("double").unwrap(), |_| ()).await;
        assert!(done.is_ok(), "{field} {value}: {done:?}");
    }
    let double = Double::start().await;
    double.publication().status = StatusCode::NOT_FOUND;
    let providers = double.providers(Kind::Standard);
    assert!(sign_in(&double, providers.get("double").unwrap(), |_| ()).await.is_err());
}

#[tokio::test]
async fn fault_08_what_a_provider_answers_instead_of_a_code_is_told_apart() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    let attempt = provider.start(REDIRECT, &world(1)).await.unwrap().attempt;
    let told = |error: &str| provider.turned_away(&attempt, &attempt.state, error, at(30));
    let stranger = provider.turned_away(&attempt, "made-up", "invalid_scope", at(30));
    assert_eq!(stranger, OidcError::Refused(Refusal::Attempt("state")));
    for cancelled in ["access_denied", "login_required", "consent_required", "user_cancelled_authorize", "x"]
    {
        let refused = OidcError::Refused(Refusal::Cancelled);
        assert_eq!(told(cancelled), refused, "{cancelled}");
    }
    assert_eq!(told("temporarily_unavailable"), OidcError::Unavailable);
    assert!(matches!(told("invalid_scope"), OidcError::Misconfigured(_)));
}
