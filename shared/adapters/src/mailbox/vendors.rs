//! Vendors that are called over plain HTTPS: their addresses, the exchange of a request, the tokens it carries.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Request};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::MailboxError;
use crate::web::{Sent, Web, safe_url};

/// A step makes up to four calls, and its function ends after 15 seconds.
const TIMEOUT: Duration = Duration::from_millis(3_500);
/// A token is renewed this long before its end, so that none ends under way.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// A vendor's hint is honoured up to this; a longer one would park a job on a typing mistake.
const LONGEST_HINT: Duration = Duration::from_mins(15);
/// Tokens kept at once; each business that a function works for needs one.
const MOST_TOKENS: usize = 200;

/// Where the vendors are, and the tokens that were had from them. Clones share both.
#[derive(Debug, Clone)]
pub struct Vendors {
    web: Web,
    base: Option<Url>,
    tokens: Arc<Tokens>,
}

/// The address in place of the vendors' own cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an address that secrets may be sent to")]
pub struct UnsafeAddress;

impl Vendors {
    /// The vendors; with `base` not at their own hosts but at paths of it that are named like their hosts.
    ///
    /// # Errors
    /// `base` is neither `https` nor on this machine.
    pub fn new(base: Option<&str>) -> Result<Self, UnsafeAddress> {
        let base = base.map(|base| safe_url(base).ok_or(UnsafeAddress)).transpose()?;
        Ok(Self { web: Web::new(TIMEOUT), base, tokens: Arc::default() })
    }

    /// The address of `host` with these path segments, each encoded.
    fn url(&self, host: &str, segments: &[&str]) -> Result<Url, MailboxError> {
        let own = Url::parse(&format!("https://{host}/")).map_err(|_| UNSENDABLE)?;
        let mut url = match &self.base {
            Some(base) => base.join(&format!("{host}/")).map_err(|_| UNSENDABLE)?,
            None => own,
        };
        url.path_segments_mut().map_err(|()| UNSENDABLE)?.pop_if_empty().extend(segments);
        Ok(url)
    }

    /// Posts a form, such as one that asks for a token.
    pub(super) async fn post_form(
        &self,
        host: &str,
        segments: &[&str],
        form: String,
    ) -> Result<Answer, MailboxError> {
        let url = self.url(host, segments)?;
        let request = Request::post(url.as_str()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.exchange(request.body(form.into_bytes()).map_err(|_| UNSENDABLE)?).await
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Answer, MailboxError> {
        let answer = self.web.exchange(request).await.map_err(|(sent, reason)| match sent {
            Sent::No => MailboxError::Retry { code: "unreachable", after: None },
            Sent::Perhaps => MailboxError::Unknown { code: reason },
        })?;
        let (head, body) = answer.into_parts();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Answer { status: head.status.as_u16(), after: hint(&head.headers), body })
    }
}

/// The request could not even be written.
const UNSENDABLE: MailboxError = MailboxError::Permanent { code: "request_invalid" };

fn hint(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_HINT))
}

/// What a vendor answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) after: Option<Duration>,
    /// `null` when it was no JSON.
    pub(super) body: Value,
}

impl Answer {
    /// Whether the vendor did what was asked.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of an answer that has one.
    pub(super) fn object(self) -> Result<Value, MailboxError> {
        if self.body.is_object() {
            Ok(self.body)
        } else {
            Err(MailboxError::Unknown { code: "answer_unreadable" })
        }
    }

    /// The text at this JSON pointer.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer)?.as_str()
    }
}

/// Calls with a token, as one administrator or application of one business.
#[derive(Debug, Clone)]
pub(super) struct Access {
    vendors: Vendors,
    key: TokenKey,
    token: SecretString,
}

/// One call.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) host: &'static str,
    pub(super) segments: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn new(method: Method, host: &'static str, segments: &'a [&'a str]) -> Self {
        Self { method, host, segments, query: &[], body: None }
    }

    pub(super) fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Access {
    /// The claims of a token that is a JWT. Nobody proves them: they come from the vendor itself, and decide nothing.
    pub(super) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        jsonwebtoken::dangerous::insecure_decode_claims(self.token.expose_secret()).ok()
    }

    /// Makes the next user of the token ask for a new one.
    pub(super) fn forget(&self) {
        self.vendors.tokens.forget(&self.key);
    }

    /// Sends the call. After an answer of 401 or 403 the next user of the token asks for a new one: rights that were given since then
    /// may stand in new tokens only.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer, MailboxError> {
        let mut url = self.vendors.url(call.host, call.segments)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", self.token.expose_secret()))
            .map_err(|_| MailboxError::Retry { code: "token_unreadable", after: None })?;
        bearer.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method)
            .uri(url.as_str())
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json");
        let body = call.body.map(|body| body.to_string().into_bytes());
        request = match &body {
            Some(_) => request.header(CONTENT_TYPE, "application/json"),
            None => request.header(CONTENT_LENGTH, 0),
        };
        let request = request.body(body.unwrap_or_default()).map_err(|_| UNSENDABLE)?;
        let answer = self.vendors.exchange(request).await?;
        if matches!(answer.status, 401 | 403) {
            self.forget();
        }
        Ok(answer)
    }
}

/// Which token: the digest of what it was asked with, so that a rotated key gets a token of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) fn of(parts: &[&str], secret: &SecretString) -> Self {
        let text = parts.join("\0") + "\0" + secret.expose_secret();
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        Self(key)
    }
}

/// An access token and its end.
pub(super) struct Token {
    pub(super) value: SecretString,
    pub(super) until: Timestamp,
}

/// The tokens at hand.
#[derive(Default)]
struct Tokens(Mutex<HashMap<TokenKey, Token>>);

impl Vendors {
    /// Access with a kept token, or with the one that `ask` gets.
    pub(super) async fn access(
        &self,
        key: TokenKey,
        now: Timestamp,
        ask: impl Future<Output = Result<Token, MailboxError>>,
    ) -> Result<Access, MailboxError> {
        let token = match self.tokens.fresh(&key, now) {
            Some(token) => token,
            None => self.tokens.keep(key.clone(), ask.await?, now),
        };
        Ok(Access { vendors: self.clone(), key, token })
    }
}

impl Tokens {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TokenKey, Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, key: &TokenKey, now: Timestamp) -> Option<SecretString> {
        let tokens = self.lock();
        let token = tokens.get(key)?;
        (now.saturating_add(MARGIN).ok()? < token.until).then(|| token.value.clone())
    }

    fn keep(&self, key: TokenKey, token: Token, now: Timestamp) -> SecretString {
        let mut tokens = self.lock();
        if tokens.len() >= MOST_TOKENS {
            tokens.retain(|_, kept| now < kept.until);
        }
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        let value = token.value.clone();
        tokens.insert(key, token);
        value
    }

    fn forget(&self, key: &TokenKey) {
        self.lock().remove(key);
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokens(..)")
    }
}

/// Reads the answer to a request for a token: `access_token` and `expires_in` seconds (RFC 6749, 5.1).
pub(super) fn granted(answer: &Answer, now: Timestamp) -> Option<Token> {
    let value = answer.text("/access_token").filter(|token| !token.is_empty())?;
    let seconds = answer.body.get("expires_in")?.as_i64()?.clamp(0, 86_400);
    Some(Token { value: value.into(), until: now.saturating_add(SignedDuration::from_secs(seconds)).ok()? })
}

#[cfg(test)]
pub(super) mod stub;

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str, until: i64) -> Token {
        Token { value: value.into(), until: Timestamp::from_second(until).unwrap() }
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let (tokens, at) = (Tokens::default(), |second| Timestamp::from_second(second).unwrap());
        let key = TokenKey::of(&["google", "admin"], &"key".into());
        tokens.keep(key.clone(), token("one", 3_600), at(0));
        assert!(tokens.fresh(&key, at(3_500)).is_some());
        assert!(tokens.fresh(&key, at(3_540)).is_none());
        assert!(tokens.fresh(&TokenKey::of(&["google", "admin"], &"rotated".into()), at(0)).is_none());
        tokens.forget(&key);
        assert!(tokens.fresh(&key, at(0)).is_none());
    }

    #[test]
    fn tokens_do_not_pile_up() {
        let (tokens, now) = (Tokens::default(), Timestamp::UNIX_EPOCH);
        for number in 0..=MOST_TOKENS {
            let key = TokenKey::of(&[&number.to_string()], &"".into());
            tokens.keep(key, token("one", 3_600), now);
        }
        assert!(tokens.lock().len() <= MOST_TOKENS);
    }

    #[test]
    fn vendors_are_reached_over_tls_or_on_this_machine() {
        let url =
            |base| Vendors::new(base).unwrap().url("graph.example", &["v1.0", "users", "a/b@c.example"]);
        assert_eq!(url(None).unwrap().as_str(), "https://graph.example/v1.0/users/a%2Fb@c.example");
        let local = url(Some("http://127.0.0.1:9/")).unwrap();
        assert_eq!(local.as_str(), "http://127.0.0.1:9/graph.example/v1.0/users/a%2Fb@c.example");
        assert!(Vendors::new(Some("http://graph.example/")).is_err());
        let printed = format!("{:?}", Vendors::new(None).unwrap());
        assert!(printed.contains("Tokens(..)"), "{printed}");
    }
}
