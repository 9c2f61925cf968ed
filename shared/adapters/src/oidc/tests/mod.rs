//! The whole flow against a provider on loopback.

mod cache;
mod config;
mod double;
mod fault_08;
mod keys;
mod microsoft;
mod refusals;

use std::sync::atomic::{AtomicU8, Ordering};

use jiff::Timestamp;
use openidconnect::url::Url;
use vestibule_domain::World;

use self::double::{Double, Draft};
use self::keys::Signature;
use super::{Identity, Kind, OidcError, Provider, Refusal};

const NOW: i64 = 1_790_000_000;
const CLIENT: &str = "our client";
const SECRET: &str = "planted:secret&of+the/client";
const REDIRECT: &str = "https://app.example/api/auth/oidc/double/callback";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOW + second).unwrap()
}

/// A world whose bytes count up from `seed`, on and on.
fn world(seed: u8) -> World {
    let next = AtomicU8::new(seed);
    World::new(|| at(0), move |buffer| buffer.fill_with(|| next.fetch_add(1, Ordering::SeqCst)))
}

/// One sign-in from start to end, the token changed by `change`.
async fn sign_in(
    double: &Double,
    provider: &Provider,
    change: impl FnOnce(&mut Draft),
) -> Result<Identity, OidcError> {
    let start = provider.start(REDIRECT, &world(1)).await?;
    let code = double.sign_in(&start.url, change);
    provider.finish(REDIRECT, &start.attempt, &start.attempt.state, &code, at(30)).await
}

#[tokio::test]
async fn a_person_signs_in_with_either_algorithm() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    for signature in [Signature::Rs256, Signature::Es256] {
        let change = |draft: &mut Draft| (draft.signature, draft.header) = (signature, signature.header());
        let identity = sign_in(&double, provider, change).await.unwrap();
        assert_eq!(identity.provider, "double");
        assert_eq!(identity.key, format!("{}|110169484474386276334", double.url));
        assert_eq!(identity.email.unwrap().as_str(), "Kim@example.org");
        assert!(identity.email_verified);
        assert_eq!(identity.name.as_deref(), Some("Kim Example"));
    }
    assert_eq!(double.fetches(), 1);
}

#[tokio::test]
async fn the_client_proves_itself_in_the_way_that_the_provider_offers() {
    for methods in [["client_secret_post", "private_key_jwt"], ["client_secret_basic", "private_key_jwt"]] {
        let double = Double::start().await;
        double.publication().document["token_endpoint_auth_methods_supported"] = methods.into();
        let providers = double.providers(Kind::Standard);
        assert!(sign_in(&double, providers.get("double").unwrap(), |_| ()).await.is_ok(), "{methods:?}");
    }
    let double = Double::start().await;
    double.publication().document["token_endpoint_auth_methods_supported"] = ["private_key_jwt"].into();
    let providers = double.providers(Kind::Standard);
    let refused = sign_in(&double, providers.get("double").unwrap(), |_| ()).await;
    assert_eq!(refused, Err(OidcError::Misconfigured("the provider takes no client secret")));
}

#[tokio::test]
async fn what_is_drawn_for_a_sign_in_differs_each_time_and_shows_nowhere() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    let first = provider.start(REDIRECT, &world(1)).await.unwrap();
    let second = provider.start(REDIRECT, &world(2)).await.unwrap();
    let sealed = serde_json::to_value(&first.attempt).unwrap();
    let other = serde_json::to_value(&second.attempt).unwrap();
    let query = Url::parse(&first.url).unwrap().query_pairs().into_owned().collect::<Vec<_>>();
    for drawn in ["state", "nonce", "verifier"] {
        let secret = sealed[drawn].as_str().unwrap();
        assert_eq!(secret.len(), 43);
        assert_ne!(sealed[drawn], other[drawn]);
        assert!(!format!("{:?} {provider:?}", first.attempt).contains(secret));
    }
    let verifier = sealed["verifier"].as_str().unwrap();
    assert!(query.iter().all(|(_, value)| !value.contains(verifier) && !value.contains(SECRET)));
}
