//! Tokens that the product never made: any header, any claims, any signature, also by its own key.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use vestibule_tests::{Answer, App, identity::shape};

/// Somebody with the stack's own key and a valid token to start from.
pub(crate) struct Forger<'a> {
    pub(crate) app: &'a App,
    pub(crate) key: EcdsaKeyPair,
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl<'a> Forger<'a> {
    pub(crate) fn new(app: &'a App, token: &str) -> Self {
        let name = &app.stack.sample().secret_names().signing_key;
        let secret = app.stack.cloud().secrets().value(name).unwrap().unwrap();
        let key = key_of(&URL_SAFE_NO_PAD.decode(secret).unwrap());
        let (header, claims) = parts(token);
        Self { app, key, header, claims }
    }

    /// The token with these headers changed (`null` as `json!("-")` removes one), signed by our key.
    pub(crate) fn with_header(&self, changes: &Value) -> String {
        signed(&self.key, &changed(&self.header, changes).to_string(), &self.claims.to_string())
    }

    /// The token with these claims changed, signed by our key.
    pub(crate) fn with_claims(&self, changes: &Value) -> String {
        self.with_text(&changed(&self.claims, changes).to_string())
    }

    /// The token with this text as its claims, signed by our key.
    pub(crate) fn with_text(&self, claims: &str) -> String {
        signed(&self.key, &self.header.to_string(), claims)
    }

    /// Checks that the key and the way of signing are right: nothing changed is accepted.
    pub(crate) async fn works(&self) {
        let token = self.with_claims(&json!({}));
        self.app.actor(Some(token)).get("/api/v1/auth/me").await.expect(200);
    }

    /// Checks that the token is refused like no token at all, wherever one is taken.
    #[track_caller]
    pub(crate) fn refused(&self, token: String, what: &str) -> impl Future<Output = ()> {
        let (actor, anonymous, what) = (self.app.actor(Some(token)), self.app.anonymous(), what.to_owned());
        async move {
            for path in ["/api/v1/auth/me", "/api/hires"] {
                let (given, none) = (actor.get(path).await, anonymous.get(path).await);
                assert_eq!(given.status, 401, "{what} at {path}: {}", given.text);
                assert_eq!(shape(&given), shape(&none), "{what} at {path}");
            }
            let changed = actor.post("/api/v1/auth/logout", &json!({ "sessions": "all" })).await;
            assert_eq!(changed.status, 401, "{what}: {}", changed.text);
        }
    }
}

/// Header and claims of a token.
pub(crate) fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

/// The object with these fields set; a field set to `"-"` is taken away.
pub(crate) fn changed(object: &Value, changes: &Value) -> Value {
    let mut object = object.clone();
    let fields = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value == "-" {
            fields.remove(name)
        } else {
            fields.insert(name.clone(), value.clone())
        };
    }
    object
}

/// A P-256 key from its PKCS#8 form.
fn key_of(pkcs8: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap()
}

/// A P-256 key of an attacker's own.
pub(crate) fn own_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

/// What is signed: both texts in base64url.
pub(crate) fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// A token with this signature.
pub(crate) fn sealed(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token signed with a P-256 key, whatever its header says.
pub(crate) fn signed(key: &EcdsaKeyPair, header: &str, claims: &str) -> String {
    let message = message(header, claims);
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    sealed(&message, signature.as_ref())
}

/// A server that should never be asked, and how often it was.
pub(crate) async fn trap() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (url, asked) = (format!("http://{}", listener.local_addr().unwrap()), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        }
    });
    (url, asked)
}

/// The people of an answer to `who am I`.
pub(crate) fn who(answer: &Answer) -> &str {
    answer.body["id"].as_str().unwrap()
}
