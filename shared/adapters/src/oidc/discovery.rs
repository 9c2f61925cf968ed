//! A provider's published addresses and keys, fetched and checked.

use http::header::ACCEPT;
use http::{Request, StatusCode};
use jiff::Timestamp;
use openidconnect::core::CoreJsonWebKey;
use openidconnect::{AuthType, AuthUrl, JsonWebKey, TokenUrl};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Kind, OidcError, ProviderConfig, microsoft};
use crate::web::{NoAnswer, Web, safe_url};

const PATH: &str = "/.well-known/openid-configuration";

/// Where a provider's document is and which issuers it may name.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) web: Web,
    url: String,
    issuers: Vec<String>,
}

/// What the provider published.
#[derive(Debug)]
pub(super) struct Published {
    /// The issuer; Microsoft's can have a blank.
    pub(super) issuer: String,
    pub(super) authorization: AuthUrl,
    pub(super) token: TokenUrl,
    pub(super) auth_type: AuthType,
    keys: Vec<Key>,
    pub(super) fetched_at: Timestamp,
}

/// One key that tokens can be signed with.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) jwk: CoreJsonWebKey,
    /// The issuer that it is for; only Microsoft says so.
    pub(super) issuer: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Source {
    pub(super) fn new(config: &ProviderConfig, web: Web) -> Result<Self, OidcError> {
        let mut issuers = vec![config.issuer.clone()];
        if let Kind::Microsoft { .. } = config.kind {
            issuers.push(microsoft::template(&config.issuer)?);
        }
        let url = format!("{}{PATH}", config.issuer.trim_end_matches('/'));
        Ok(Self { web, url, issuers })
    }

    /// Fetches the document and the keys that it points to.
    pub(super) async fn fetch(&self, now: Timestamp) -> Result<Published, OidcError> {
        let document: Document = self.get(&self.url).await?;
        if !self.issuers.contains(&document.issuer) {
            return Err(OidcError::Misconfigured("the discovery document is another issuer's"));
        }
        let key_set: KeySet = self.get(&document.jwks_uri).await?;
        let authorization = endpoint(document.authorization_endpoint)?;
        let token = endpoint(document.token_endpoint)?;
        Ok(Published {
            issuer: document.issuer,
            authorization: AuthUrl::new(authorization).map_err(|_| UNUSABLE)?,
            token: TokenUrl::new(token).map_err(|_| UNUSABLE)?,
            auth_type: auth_type(document.token_endpoint_auth_methods_supported.as_deref())?,
            keys: key_set.keys.iter().filter_map(Key::read).collect(),
            fetched_at: now,
        })
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, OidcError> {
        let url = endpoint(url.to_owned())?;
        let request = Request::get(url).header(ACCEPT, "application/json").body(Vec::new());
        let answer = self.web.send(request.map_err(|_| UNUSABLE)?).await.map_err(|NoAnswer(reason)| {
            tracing::warn!(reason, "the identity provider did not answer");
            OidcError::Unavailable
        })?;
        if answer.status() != StatusCode::OK {
            return Err(OidcError::Misconfigured("there is no discovery document or key set"));
        }
        serde_json::from_slice(answer.body()).map_err(|_| UNUSABLE)
    }
}

const UNUSABLE: OidcError = OidcError::Misconfigured("the discovery document or key set cannot be used");

fn endpoint(address: String) -> Result<String, OidcError> {
    safe_url(&address).map(|_| address).ok_or(UNUSABLE)
}

/// The form before the header: some providers do not undo the header's URL encoding.
fn auth_type(methods: Option<&[String]>) -> Result<AuthType, OidcError> {
    let offers = |method: &str| methods.is_some_and(|methods| methods.iter().any(|each| each == method));
    if offers("client_secret_post") {
        Ok(AuthType::RequestBody)
    } else if methods.is_none() || offers("client_secret_basic") {
        Ok(AuthType::BasicAuth)
    } else {
        Err(OidcError::Misconfigured("the provider takes no client secret"))
    }
}

impl Key {
    /// Kinds of keys that are unknown are passed over.
    fn read(value: &Value) -> Option<Self> {
        let jwk = CoreJsonWebKey::deserialize(value).ok()?;
        let issuer = value.get("issuer").and_then(Value::as_str).map(str::to_owned);
        Some(Self { jwk, issuer })
    }
}

impl Published {
    /// The keys with this id: one, unless the provider made a mistake.
    pub(super) fn keys_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Key> {
        self.keys.iter().filter(move |key| key.jwk.key_id().is_some_and(|each| each.as_str() == id))
    }
}
