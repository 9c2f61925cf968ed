//! The functions behind the gateway, called with the gateway's own event (payload 2.0): what a page does is then what the
//! API does, with its authorization, limits and audit. A crate by itself, so that no other function compiles Lambda's SDK.

mod event;

use std::collections::BTreeMap;

use aws_sdk_lambda::{Client, config::Builder, primitives::Blob};
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde::Deserialize;

pub use event::{Body, Call, Sender};

/// A function that gave no answer; the reason is logged where it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the function gave no answer")]
pub struct NoAnswer;

/// What a function answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body, as sent.
    pub body: Vec<u8>,
    /// `Set-Cookie` lines.
    pub cookies: Vec<String>,
    headers: BTreeMap<String, String>,
}

impl Answer {
    /// A header of it, named in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(known, _): &(&String, &String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| &**value)
    }

    /// Its headers but for the cookies.
    pub fn headers(&self) -> &BTreeMap<String, String> {
        &self.headers
    }
}

/// The functions of a stack. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Functions {
    client: Client,
    prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    status_code: u16,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl Functions {
    /// The functions whose names begin with `prefix`, such as `vestibule-`. A call is not repeated: its caller knows whether
    /// it may be.
    pub fn new(config: &SdkConfig, prefix: &str) -> Self {
        let config = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), prefix: prefix.to_owned() }
    }

    /// Calls `function` for `sender`, and waits for its answer.
    pub async fn call(&self, function: &str, call: &Call, sender: &Sender) -> Result<Answer, NoAnswer> {
        let event = event::build(call, sender).to_string();
        let name = format!("{}{function}", self.prefix);
        let sent = self.client.invoke().function_name(name).payload(Blob::new(event)).send().await;
        let failed = |reason: String| {
            tracing::error!(function, reason, "a function gave no answer");
            NoAnswer
        };
        let output = sent.map_err(|error| {
            let code = error.as_service_error().and_then(|it| it.meta().code().map(str::to_owned));
            failed(code.unwrap_or_else(|| "it was not reached".to_owned()))
        })?;
        if let Some(kind) = output.function_error() {
            return Err(failed(kind.to_owned()));
        }
        let payload = output.payload().map(Blob::as_ref).unwrap_or_default();
        read(payload).ok_or_else(|| failed("its answer cannot be read".to_owned()))
    }
}

fn read(payload: &[u8]) -> Option<Answer> {
    let Payload { status_code, body, is_base64_encoded, cookies, headers } =
        serde_json::from_slice(payload).ok()?;
    let body = body.unwrap_or_default();
    let body = if is_base64_encoded { STANDARD.decode(body).ok()? } else { body.into_bytes() };
    Some(Answer { status: StatusCode::from_u16(status_code).ok()?, body, cookies, headers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_cookies_as_text_and_as_bytes() {
        let text =
            read(br#"{"statusCode":201,"body":"{}","isBase64Encoded":false,"cookies":["a=1; Path=/"]}"#);
        let text = text.unwrap();
        assert_eq!(
            (text.status.as_u16(), &*text.body, &*text.cookies[0]),
            (201, b"{}".as_slice(), "a=1; Path=/")
        );
        let bytes =
            br#"{"statusCode":200,"headers":{"Content-Type":"x/y"},"body":"/9g=","isBase64Encoded":true}"#;
        let bytes = read(bytes).unwrap();
        assert_eq!((bytes.header("content-type"), text.header("content-type")), (Some("x/y"), None));
        assert_eq!((&*bytes.body, bytes.cookies.len()), ([0xff, 0xd8].as_slice(), 0));
        assert!(read(br#"{"statusCode":204,"headers":{}}"#).unwrap().body.is_empty());
    }

    #[test]
    fn what_is_no_answer_of_a_function_behind_the_gateway_is_none() {
        for payload in [
            b"null".as_slice(),
            b"",
            br#"{"statusCode":99}"#,
            br#"{"statusCode":200,"body":"!","isBase64Encoded":true}"#,
        ] {
            assert!(read(payload).is_none(), "{payload:?}");
        }
    }
}
