//! Trading the code for tokens (RFC 6749, 4.1.3). Of the answer only what the sign-in needs is read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use openidconnect::url::form_urlencoded::{Serializer, byte_serialize};
use secrecy::{ExposeSecret, SecretString};

use super::discovery::{ClientProof, Published};
use super::fields::Fields;
use super::{OidcError, ProviderConfig, Refusal};
use crate::web::{NoAnswer, Web};

/// Longest code that is sent on.
const LONGEST_CODE: usize = 4096;

/// What the provider gave for a code.
pub(super) struct Tokens {
    pub(super) id_token: SecretString,
    pub(super) access_token: Option<SecretString>,
}

/// The code and what proves that it is ours.
pub(super) struct TokenRequest<'a> {
    pub(super) code: &'a str,
    pub(super) verifier: &'a str,
    pub(super) redirect: &'a str,
}

impl TokenRequest<'_> {
    /// Asks the provider.
    pub(super) async fn send(
        &self,
        web: &Web,
        config: &ProviderConfig,
        published: &Published,
    ) -> Result<Tokens, OidcError> {
        if self.code.is_empty() || self.code.len() > LONGEST_CODE {
            return Err(Refusal::Code.into());
        }
        let answer = web.send(self.request(config, published)?).await.map_err(|NoAnswer(reason)| {
            tracing::warn!(reason, provider = config.name, "the identity provider did not answer");
            OidcError::Unavailable
        })?;
        let fields = Fields::read(answer.body());
        if answer.status() != StatusCode::OK {
            return Err(meaning(fields.and_then(|fields| fields.text("error")).as_deref()));
        }
        let fields = fields.ok_or(Refusal::Answer("token_answer"))?;
        let id_token = fields.text("id_token").ok_or(Refusal::Answer("id_token"))?;
        Ok(Tokens { id_token: id_token.into(), access_token: fields.text("access_token").map(Into::into) })
    }

    fn request(&self, config: &ProviderConfig, published: &Published) -> Result<Request<Vec<u8>>, OidcError> {
        let secret = config.client_secret.expose_secret();
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code)
            .append_pair("redirect_uri", self.redirect)
            .append_pair("code_verifier", self.verifier);
        let mut request = Request::post(published.token.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match published.proof {
            ClientProof::Form => {
                form.append_pair("client_id", &config.client_id).append_pair("client_secret", secret);
            }
            ClientProof::Header => {
                let quoted = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", quoted(&config.client_id), quoted(secret)));
                let value = HeaderValue::try_from(format!("Basic {pair}"));
                let mut value = value.map_err(|_| OidcError::Misconfigured("clientId or clientSecret"))?;
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
        }
        let body = form.finish().into_bytes();
        request.body(body).map_err(|_| OidcError::Misconfigured("the token endpoint"))
    }
}

/// What an error of the token endpoint says (RFC 6749, 5.2).
fn meaning(error: Option<&str>) -> OidcError {
    match error {
        Some("invalid_grant") => Refusal::Code.into(),
        Some("invalid_client" | "unauthorized_client") => {
            OidcError::Misconfigured("clientId or clientSecret")
        }
        Some(_) => OidcError::Misconfigured("the provider refused the request for tokens"),
        None => Refusal::Answer("token_answer").into(),
    }
}
