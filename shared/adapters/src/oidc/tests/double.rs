//! A provider on loopback that signs real tokens and checks what a provider checks. It can be told to lie.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::url::{Url, form_urlencoded};
use serde_json::{Value, json};

use super::keys::{Signature, encoded, published};
use super::{CLIENT, NOW, REDIRECT, SECRET};
use crate::oidc::{Kind, ProviderConfig, Providers};

/// What the provider publishes, to be changed at will.
pub(super) struct Publication {
    pub(super) document: Value,
    pub(super) keys: Vec<Value>,
    pub(super) status: StatusCode,
}

/// A token before it is signed, to be changed at will.
pub(super) struct Draft {
    pub(super) signature: Signature,
    pub(super) header: Value,
    pub(super) claims: Value,
    /// What else the token answer says, over what it says otherwise.
    pub(super) answer: Value,
    /// The claims as they are written, where JSON of this program cannot write them.
    pub(super) written: Option<String>,
}

struct Grant {
    draft: Draft,
    challenge: String,
}

struct Shared {
    publication: Mutex<Publication>,
    grants: Mutex<HashMap<String, Grant>>,
    fetches: AtomicUsize,
}

pub(super) struct Double {
    pub(super) url: String,
    shared: Arc<Shared>,
}

impl Double {
    /// Its issuer is its own address.
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"),
        });
        let publication = Publication { document, keys: published(), status: StatusCode::OK };
        let shared = Arc::new(Shared {
            publication: Mutex::new(publication),
            grants: Mutex::default(),
            fetches: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document_of))
            .route("/organizations/v2.0/.well-known/openid-configuration", get(document_of))
            .route("/moved", get(moved_document_of))
            .route("/keys", get(keys_of))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(super) fn publication(&self) -> MutexGuard<'_, Publication> {
        self.shared.publication.lock().unwrap()
    }

    /// How often the discovery document was fetched.
    pub(super) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }

    /// The list of providers with this one alone, as `double`.
    pub(super) fn providers(&self, kind: Kind) -> Providers {
        let issuer = match kind {
            Kind::Standard => self.url.clone(),
            Kind::Microsoft { .. } => format!("{}/organizations/v2.0", self.url),
        };
        let (name, client_id) = ("double".to_owned(), CLIENT.to_owned());
        let client_secret = SECRET.into();
        let config = ProviderConfig { name, issuer, client_id, client_secret, kind, trust_email: true };
        Providers::new([config]).unwrap()
    }

    /// Signs a person in at the page `url`; gives the code that the browser takes back. `change` edits the
    /// honest token.
    pub(super) fn sign_in(&self, url: &str, change: impl FnOnce(&mut Draft)) -> String {
        let url = Url::parse(url).unwrap();
        assert!(url.as_str().starts_with(&format!("{}/authorize?", self.url)), "{url}");
        let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("scope", "openid email profile"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(asked[name], value, "{name}");
        }
        let signature = Signature::Rs256;
        let claims = json!({
            "iss": self.url, "aud": CLIENT, "sub": "110169484474386276334", "nonce": asked["nonce"],
            "iat": NOW, "exp": NOW + 3600, "at_hash": encoded(&digest(&SHA256, b"access").as_ref()[..16]),
            "email": "Kim@example.org", "email_verified": true, "name": " Kim Example ",
        });
        let (header, answer) = (signature.header(), json!({}));
        let mut draft = Draft { signature, header, claims, answer, written: None };
        change(&mut draft);
        let code = format!("code/{}+1", self.shared.grants.lock().unwrap().len());
        let grant = Grant { draft, challenge: asked["code_challenge"].clone() };
        self.shared.grants.lock().unwrap().insert(code.clone(), grant);
        code
    }
}

impl Shared {
    /// Without a word in the document the client has to use the header.
    fn takes_form(&self) -> bool {
        let methods = &self.publication.lock().unwrap().document["token_endpoint_auth_methods_supported"];
        methods.as_array().is_some_and(|methods| methods.contains(&json!("client_secret_post")))
    }
}

async fn document_of(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    let publication = shared.publication.lock().unwrap();
    // Where a redirect leads, if the status is one: to a document that is as it should be.
    (publication.status, [("location", "/moved")], Json(publication.document.clone()))
}

async fn moved_document_of(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.publication.lock().unwrap().document.clone())
}

async fn keys_of(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({ "keys": shared.publication.lock().unwrap().keys }))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let form: HashMap<_, _> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let says = |name: &str, value: &str| form.get(name).is_some_and(|each| each == value);
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    let proven = if shared.takes_form() {
        says("client_id", CLIENT) && says("client_secret", SECRET)
    } else {
        let quoted = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let credentials = STANDARD.encode(format!("{}:{}", quoted(CLIENT), quoted(SECRET)));
        headers.get("authorization").is_some_and(|value| value == &format!("Basic {credentials}"))
    };
    if !proven {
        return refused("invalid_client");
    }
    let grant = form.get("code").and_then(|code| shared.grants.lock().unwrap().remove(code));
    let Some(Grant { draft, challenge }) = grant else { return refused("invalid_grant") };
    let verifier = form.get("code_verifier").map(String::as_str).unwrap_or_default();
    let proven = encoded(digest(&SHA256, verifier.as_bytes())) == challenge;
    if !proven || !says("redirect_uri", REDIRECT) || !says("grant_type", "authorization_code") {
        return refused("invalid_grant");
    }
    let claims = draft.written.unwrap_or_else(|| draft.claims.to_string());
    let id_token = draft.signature.sign(&draft.header, &claims);
    let mut answer = json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token });
    for (name, value) in draft.answer.as_object().unwrap() {
        answer[name] = value.clone();
    }
    (StatusCode::OK, Json(answer))
}
