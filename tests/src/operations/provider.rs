//! A provider of identities on loopback: publishes its key, checks what a provider checks, and signs real tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

const CLIENT: &str = "vestibule";
const SECRET: &str = "planted-secret-of-the-client";

/// Somebody who said yes at the provider: what their token will say, and what the client must prove.
struct Consent {
    claims: Value,
    challenge: String,
    redirect: String,
}

/// The provider.
pub(super) struct IdentityProvider {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    key: EcdsaKeyPair,
    consents: Mutex<HashMap<String, Consent>>,
}

impl IdentityProvider {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let shared = Arc::new(Shared { url, key, consents: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared }
    }

    /// The deployment's setting that names it `double`.
    pub(super) fn configured(&self) -> String {
        let provider = json!({ "issuer": self.shared.url, "clientId": CLIENT, "clientSecret": SECRET });
        json!({ "double": provider }).to_string()
    }

    /// Somebody with this address says yes at the page that `started` names; what the client sends then.
    pub(super) fn come_back(&self, started: &Value, email: &str, now: Timestamp) -> Value {
        let page = Url::parse(started["authorizationUrl"].as_str().expect("a page")).expect("an address");
        assert!(page.as_str().starts_with(&format!("{}/authorize?", self.shared.url)), "{page}");
        let asked: HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!((asked["client_id"].as_str(), asked["response_type"].as_str()), (CLIENT, "code"));
        let (seconds, mut consents) = (now.as_second(), self.shared.consents.lock().expect("the consents"));
        let code = format!("code-{}", consents.len());
        let claims = json!({
            "iss": self.shared.url, "aud": CLIENT, "sub": format!("subject of {email}"), "nonce": asked["nonce"],
            "iat": seconds, "exp": seconds + 600, "email": email, "email_verified": true, "name": "Kim Example",
        });
        let (challenge, redirect) = (asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        consents.insert(code.clone(), Consent { claims, challenge, redirect });
        json!({ "provider": "double", "code": code, "state": asked["state"], "attempt": started["attempt"] })
    }
}

impl Shared {
    fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "kid": "one", "typ": "JWT" });
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
        format!("{message}.{}", encoded(signature))
    }
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let url = &shared.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    // An uncompressed point: a mark, then both coordinates.
    let point = shared.key.public_key().as_ref();
    let (x, y) = (encoded(&point[1..33]), encoded(&point[33..]));
    Json(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "one", "x": x, "y": y }] }))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let says = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if (says("client_id"), says("client_secret")) != (CLIENT, SECRET) {
        return refused("invalid_client");
    }
    // Each code works once.
    let consent = shared.consents.lock().expect("the consents").remove(says("code"));
    let Some(Consent { claims, challenge, redirect }) = consent else { return refused("invalid_grant") };
    let proven = encoded(digest(&SHA256, says("code_verifier").as_bytes())) == challenge;
    if !proven || says("redirect_uri") != redirect {
        return refused("invalid_grant");
    }
    let id_token = shared.sign(&claims);
    (StatusCode::OK, Json(json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token })))
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
