//! A vendor on loopback whose answers are as costly as it can make them: an identity provider's document, keys and
//! token answer, and the verdict of a bot check.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Result, anyhow};
use axum::{
    Router,
    body::Body,
    extract::State,
    routing::{MethodRouter, any},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use super::bodies;

/// Longer than any answer that is read to its end.
const MEGABYTES: usize = 8 << 20;
/// As long as an answer may be, or nearly.
const FITS: usize = 60_000;
/// The pause between the bytes of an answer that never ends.
const DRIP: Duration = Duration::from_millis(50);

/// One of the four things that a vendor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The provider's discovery document.
    Document,
    /// Its keys.
    Keys,
    /// What a code is exchanged for.
    Token,
    /// Whether a person is at the form.
    Person,
}

/// A costly answer.
#[derive(Debug, Clone)]
pub struct VendorAnswer {
    /// What is special about it.
    pub name: String,
    /// Its bytes; `None` is an answer that comes byte by byte and never ends.
    pub body: Option<Arc<str>>,
}

/// The vendor. Dropping it closes its port.
#[derive(Debug)]
pub struct Vendor {
    /// Its address, `http://127.0.0.1:<port>`.
    pub url: String,
    spoilt: Spoilt,
    _server: JoinSet<()>,
}

type Spoilt = Arc<Mutex<Option<(Asked, VendorAnswer)>>>;

impl Vendor {
    /// One that answers as it should.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let spoilt = Spoilt::default();
        let document = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"),
        });
        let path = "/.well-known/openid-configuration";
        let router = Router::new()
            .route(path, answering(&spoilt, Asked::Document, document))
            .route("/keys", answering(&spoilt, Asked::Keys, json!({ "keys": [] })))
            .route("/token", answering(&spoilt, Asked::Token, json!({})))
            .route("/person", answering(&spoilt, Asked::Person, json!({ "success": false })));
        let mut server = JoinSet::new();
        server.spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { url, spoilt, _server: server })
    }

    /// From now on `asked` is answered so, and everything else as it should be.
    ///
    /// # Errors
    /// A request panicked.
    pub fn spoil(&self, asked: Asked, answer: VendorAnswer) -> Result<()> {
        let kept = self.spoilt.lock();
        *kept.map_err(|_| anyhow!("a request to the vendor panicked"))? = Some((asked, answer));
        Ok(())
    }

    /// The entry of the providers' secret that trusts it, as `bench`.
    pub fn provider(&self) -> String {
        json!({ "bench": { "issuer": self.url, "clientId": "bench", "clientSecret": "bench-secret" } })
            .to_string()
    }
}

fn answering(spoilt: &Spoilt, asked: Asked, honest: Value) -> MethodRouter {
    let answer = move |State(spoilt): State<Spoilt>| async move {
        let kept = spoilt.lock().ok().and_then(|kept| kept.clone());
        match kept.filter(|(spoiled, _)| *spoiled == asked) {
            None => Body::from(honest.to_string()),
            Some((_, VendorAnswer { body: Some(body), .. })) => Body::from(body.to_string()),
            Some(_) => endless(),
        }
    };
    any(answer).with_state(spoilt.clone())
}

fn endless() -> Body {
    Body::from_stream(futures::stream::unfold((), |()| async {
        tokio::time::sleep(DRIP).await;
        Some((Ok::<_, Infallible>(" "), ()))
    }))
}

/// The costly answers to `asked`.
pub fn answers(asked: Asked) -> Vec<VendorAnswer> {
    let mut all = vec![
        VendorAnswer { name: "byte by byte, without end".into(), body: None },
        answer("megabytes of blanks", " ".repeat(MEGABYTES)),
        answer("megabytes of arrays in arrays", "[".repeat(MEGABYTES)),
        answer("arrays in arrays", "[".repeat(FITS)),
        answer("objects in objects", r#"{"a":"#.repeat(FITS / 5)),
        answer("a long number", format!("{{\"keys\":{}}}", "9".repeat(FITS))),
    ];
    all.extend(bodies::values(FITS).into_iter().map(|(name, value)| answer(name, value.to_string())));
    match asked {
        Asked::Keys => all.extend(keys()),
        Asked::Token => all.extend(tokens()),
        Asked::Document | Asked::Person => (),
    }
    all
}

fn keys() -> Vec<VendorAnswer> {
    let small = json!({ "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" });
    let large = json!({ "kty": "RSA", "kid": "a", "n": "_".repeat(20_000), "e": "AQAB" });
    let many = |key: &Value, count| json!({ "keys": vec![key.clone(); count] }).to_string();
    vec![answer("1,000 keys", many(&small, 1_000)), answer("keys of 120,000 bits", many(&large, 2))]
}

fn tokens() -> Vec<VendorAnswer> {
    let token = |text: String| json!({ "access_token": "a", "id_token": text }).to_string();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(&json!({ "alg": "RS256", "kid": "a" }));
    let claims = part(&json!({ "extreme": vec![json!({}); 12_000] }));
    let nested = URL_SAFE_NO_PAD.encode("[".repeat(FITS / 2));
    vec![
        answer("a token of dots", token(".".repeat(FITS))),
        answer("a token of letters", token("A".repeat(FITS))),
        answer("claims of empty objects", token(format!("{header}.{claims}.AAAA"))),
        answer("claims of arrays in arrays", token(format!("{header}.{nested}.AAAA"))),
        answer("a header of arrays in arrays", token(format!("{nested}.{claims}.AAAA"))),
    ]
}

fn answer(name: &str, body: String) -> VendorAnswer {
    VendorAnswer { name: name.to_owned(), body: Some(body.into()) }
}
