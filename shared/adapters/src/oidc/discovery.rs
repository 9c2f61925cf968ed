//! A provider's published addresses and keys, fetched and checked.

use http::header::ACCEPT;
use http::{Request, StatusCode};
use jiff::Timestamp;
use reqwest::Url;

use super::fields::Fields;
use super::key::Key;
use super::{Kind, OidcError, ProviderConfig, microsoft};
use crate::web::{NoAnswer, Web, safe_url};

const PATH: &str = "/.well-known/openid-configuration";

/// Where a provider's document is and which issuers it may name.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) web: Web,
    provider: String,
    url: String,
    issuers: Vec<String>,
}

/// How we show the provider that we are its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientProof {
    /// Id and secret in the body.
    Form,
    /// Id and secret in the `Authorization` header.
    Header,
}

/// What the provider published.
#[derive(Debug)]
pub(super) struct Published {
    /// The issuer; Microsoft's can have a blank.
    pub(super) issuer: String,
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) proof: ClientProof,
    keys: Vec<Key>,
    pub(super) fetched_at: Timestamp,
}

impl Source {
    pub(super) fn new(config: &ProviderConfig, web: Web) -> Result<Self, OidcError> {
        let mut issuers = vec![config.issuer.clone()];
        if let Kind::Microsoft { .. } = config.kind {
            issuers.push(microsoft::template(&config.issuer)?);
        }
        let url = format!("{}{PATH}", config.issuer.trim_end_matches('/'));
        Ok(Self { web, provider: config.name.clone(), url, issuers })
    }

    /// Fetches the document and the keys that it points to.
    pub(super) async fn fetch(&self, now: Timestamp) -> Result<Published, OidcError> {
        let document = self.get(&self.url).await?;
        let issuer = document.text("issuer").filter(|issuer| self.issuers.contains(issuer));
        let issuer = issuer.ok_or(OidcError::Misconfigured("the discovery document is another issuer's"))?;
        let address = |name: &str| document.text(name).and_then(|text| safe_url(&text)).ok_or(UNUSABLE);
        let (authorization, token) = (address("authorization_endpoint")?, address("token_endpoint")?);
        let keys = self.get(address("jwks_uri")?.as_str()).await?.objects("keys").ok_or(UNUSABLE)?;
        Ok(Published {
            issuer,
            authorization,
            token,
            proof: client_proof(&document)?,
            keys: keys.iter().filter_map(Key::read).collect(),
            fetched_at: now,
        })
    }

    async fn get(&self, url: &str) -> Result<Fields, OidcError> {
        let url = safe_url(url).ok_or(UNUSABLE)?;
        let request = Request::get(url.as_str()).header(ACCEPT, "application/json").body(Vec::new());
        let answer = self.web.send(request.map_err(|_| UNUSABLE)?).await.map_err(|NoAnswer(reason)| {
            tracing::warn!(reason, provider = self.provider, "the identity provider did not answer");
            OidcError::Unavailable
        })?;
        if answer.status() != StatusCode::OK {
            return Err(OidcError::Misconfigured("there is no discovery document or key set"));
        }
        Fields::read(answer.body()).ok_or(UNUSABLE)
    }
}

const UNUSABLE: OidcError = OidcError::Misconfigured("the discovery document or key set cannot be used");

/// The form before the header: some providers do not undo the header's URL encoding.
fn client_proof(document: &Fields) -> Result<ClientProof, OidcError> {
    let methods = document.list("token_endpoint_auth_methods_supported");
    let methods = methods.map(|methods| methods.into_iter().filter(serde_json::Value::is_string).collect());
    // Without a word on it, the standard's default is the header.
    let Some(methods) = methods.filter(|methods: &Vec<_>| !methods.is_empty()) else {
        return Ok(ClientProof::Header);
    };
    let offers = |method: &str| methods.iter().any(|each| each == method);
    if offers("client_secret_post") {
        Ok(ClientProof::Form)
    } else if offers("client_secret_basic") {
        Ok(ClientProof::Header)
    } else {
        Err(OidcError::Misconfigured("the provider takes no client secret"))
    }
}

impl Published {
    /// The keys that a token may mean that names this one: those of the name, or, if there is none or no
    /// name, those that could be any.
    pub(super) fn keys_of(&self, id: Option<&str>) -> Vec<&Key> {
        let named = self.keys.iter().filter(|key| id.is_some() && key.id.as_deref() == id);
        let named: Vec<_> = named.collect();
        if !named.is_empty() {
            return named;
        }
        self.keys.iter().filter(|key| id.is_none() || key.id.is_none()).collect()
    }
}
