//! HTTP to vendors that have no SDK here: no redirect is followed, time and answer size are limited.
//!
//! Failures carry a fixed word only; addresses and bodies can hold secrets and people.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use http::{Request, Response};
use reqwest::redirect::Policy;

/// Longest body that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Nothing usable came back: worth another try later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no usable answer: {0}")]
pub(crate) struct NoAnswer(pub(crate) &'static str);

/// A client for one kind of call. Clones share their connections. It is built for its first call: the trusted
/// certificates alone take some milliseconds, and most functions start without one.
#[derive(Debug, Clone)]
pub(crate) struct Web {
    timeout: Duration,
    client: Arc<OnceLock<Option<reqwest::Client>>>,
}

impl Web {
    /// A client that gives a call `timeout` in all, connecting and reading included.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { timeout, client: Arc::default() }
    }

    fn client(&self) -> Result<&reqwest::Client, NoAnswer> {
        let builder = || reqwest::Client::builder().redirect(Policy::none()).timeout(self.timeout);
        self.client.get_or_init(|| builder().build().ok()).as_ref().ok_or(NoAnswer("no_client"))
    }

    /// The answer to `request`. "Too many requests" and failures of the server count as none.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, NoAnswer> {
        let answer = self.exchange(request).await.map_err(|(_, reason)| NoAnswer(reason))?;
        if answer.status().is_server_error() || answer.status().as_u16() == 429 {
            return Err(NoAnswer("server_failed"));
        }
        Ok(answer)
    }

    /// The answer to `request`, whatever its status; or how the exchange ended without one.
    pub(crate) async fn exchange(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, (Sent, &'static str)> {
        let request = reqwest::Request::try_from(request).map_err(|_| (Sent::No, "address"))?;
        let client = self.client().map_err(|NoAnswer(reason)| (Sent::No, reason))?;
        let mut answer = client.execute(request).await.map_err(|error| (sent(&error), reason(&error).0))?;
        let mut response = Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let cut = |error: reqwest::Error| (Sent::Perhaps, reason(&error).0);
        while let Some(chunk) = answer.chunk().await.map_err(cut)? {
            if response.body().len() + chunk.len() > LONGEST_ANSWER {
                return Err((Sent::Perhaps, "too_long"));
            }
            response.body_mut().extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

/// Whether a request without an answer may have reached the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It never left.
    No,
    /// It may have taken effect.
    Perhaps,
}

fn sent(error: &reqwest::Error) -> Sent {
    if error.is_connect() { Sent::No } else { Sent::Perhaps }
}

/// The JSON at an address, for the operator's command line; `None` when there is none.
pub async fn get_json(url: &str) -> Option<serde_json::Value> {
    let request = Request::get(safe_url(url)?.as_str()).body(Vec::new()).ok()?;
    let answer = Web::new(Duration::from_secs(10)).send(request).await.ok()?;
    answer.status().is_success().then(|| serde_json::from_slice(answer.body()).ok())?
}

fn reason(error: &reqwest::Error) -> NoAnswer {
    NoAnswer(if error.is_timeout() { "timed_out" } else { "connection" })
}

/// The address, if it is one that secrets may be sent to: `https`, or `http` on this machine.
pub(crate) fn safe_url(text: &str) -> Option<reqwest::Url> {
    let url = reqwest::Url::parse(text).ok()?;
    let own_machine = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && own_machine);
    (safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_tls_or_stay_on_this_machine() {
        for safe in ["https://a.example/x", "http://127.0.0.1:9000/", "http://[::1]:1/", "http://localhost"] {
            assert!(safe_url(safe).is_some(), "{safe}");
        }
        for unsafe_ in [
            "http://a.example/",
            "http://127.0.0.1.a.example/",
            "ftp://localhost/",
            "https://u:p@a.example/",
            "",
        ] {
            assert!(safe_url(unsafe_).is_none(), "{unsafe_}");
        }
    }
}
