//! One request of a browser, and the API's functions called for it: with its cookies, and with a renewed session where the
//! access token has ended.

use std::{collections::BTreeMap, sync::Mutex};

use axum::response::Response;
use futures::future::join_all;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde_json::{Value, json};
use vestibule_api::{Origin, cookies};
use vestibule_invoke::{Answer, Body, Call, NoAnswer, Sender};

use crate::{
    Console,
    operations::{Operation, REFRESH},
};

/// Headers of the browser that go along: what the API decides by, and nothing that names another.
// The last one means something in a local stack alone.
const ALONG: [&str; 6] =
    ["host", "user-agent", "x-forwarded-proto", "sec-fetch-site", "origin", "x-debug-user"];

/// One request of a browser.
#[derive(Debug)]
pub(crate) struct Visit {
    console: Console,
    sender: Mutex<Sender>,
    /// The session's token against requests of other sites, as the browser's cookie has it.
    pub(crate) csrf: String,
    /// `Set-Cookie` lines for the browser.
    set: Mutex<Vec<String>>,
}

/// What was asked of the API: an operation's request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) function: &'static str,
    pub(crate) call: Call,
}

/// An answer of the API: its status, and its body if that is JSON.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Asked {
    /// A request to an operation at `path`.
    pub(crate) fn new(operation: &Operation, path: String, query: String) -> Self {
        let (method, function) = (operation.method.clone(), operation.function);
        let call = Call { method, path, query, headers: BTreeMap::new(), body: Body::Empty };
        Self { function, call }
    }

    /// With a body, and what proves that our own page sent it; `key` makes sending it twice the same as once.
    pub(crate) fn sending(mut self, body: Body, csrf: &str, key: &str) -> Self {
        self.call.body = body;
        for (name, value) in [("x-csrf-token", csrf), ("idempotency-key", key)] {
            if !value.is_empty() {
                self.call.headers.insert(name.to_owned(), value.to_owned());
            }
        }
        self
    }
}

impl Asked {
    /// Refused by the API unless the session works in this tenant; an empty one says nothing.
    pub(crate) fn within(mut self, tenant: &str) -> Self {
        if !tenant.is_empty() {
            self.call.headers.insert("x-tenant-id".to_owned(), tenant.to_owned());
        }
        self
    }
}

impl Told {
    /// What a page says of a part that did not answer.
    fn silent() -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self {
            status,
            body: json!({ "status": 503, "detail": "This part did not answer. Try again in a moment." }),
        }
    }

    fn new(answer: &Answer) -> Self {
        Self { status: answer.status, body: serde_json::from_slice(&answer.body).unwrap_or_default() }
    }
}

impl Visit {
    pub(crate) fn new(console: Console, parts: &Parts) -> Self {
        let origin = Origin::of(parts);
        let text = |name: &&str| {
            let value = parts.headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        };
        let sender = Sender {
            request_id: origin.request_id,
            source_ip: origin.source_ip.unwrap_or_default(),
            headers: ALONG.iter().filter_map(text).collect(),
            cookies: jar(&parts.headers),
            at: console.world.now().as_millisecond(),
        };
        let csrf = cookies::find(&parts.headers, cookies::CSRF).unwrap_or_default().to_owned();
        Self { console, sender: Mutex::new(sender), csrf, set: Mutex::default() }
    }

    /// Asks several things at once, each in its place. Where the access token has ended it is renewed, and what was refused
    /// for it is asked again, once.
    pub(crate) async fn ask(&self, asked: Vec<Asked>) -> Result<Vec<Told>, NoAnswer> {
        let mut told = self.send(&asked).await?;
        // A password that was refused has this status as well; sending it again would count twice.
        let refused =
            |told: &Told| told.status == StatusCode::UNAUTHORIZED && told.body["code"] == "unauthenticated";
        if told.iter().any(refused) && self.renew().await? {
            let again: Vec<usize> = (0..told.len()).filter(|at| refused(&told[*at])).collect();
            let answers = self.send(&again.iter().map(|at| asked[*at].clone()).collect::<Vec<_>>()).await?;
            for (at, answer) in again.into_iter().zip(answers) {
                told[at] = answer;
            }
        }
        Ok(told)
    }

    /// Asks one thing, as [`Visit::ask`].
    pub(crate) async fn ask_one(&self, asked: Asked) -> Result<Told, NoAnswer> {
        self.ask(vec![asked]).await?.pop().ok_or(NoAnswer)
    }

    /// What a function answers to this very request, with the session as it is.
    pub(crate) async fn pass(&self, function: &str, call: &Call) -> Result<Answer, NoAnswer> {
        self.console.functions.call(function, call, &self.sender()).await
    }

    /// A file as it is, with its status.
    pub(crate) async fn fetch(&self, asked: Asked) -> Result<Answer, NoAnswer> {
        let sender = self.sender();
        let answer = self.console.functions.call(asked.function, &asked.call, &sender).await?;
        if answer.status == StatusCode::UNAUTHORIZED && self.renew().await? {
            let sender = self.sender();
            return self.console.functions.call(asked.function, &asked.call, &sender).await;
        }
        Ok(answer)
    }

    async fn send(&self, asked: &[Asked]) -> Result<Vec<Told>, NoAnswer> {
        let sender = self.sender();
        let calls =
            asked.iter().map(|asked| self.console.functions.call(asked.function, &asked.call, &sender));
        // One part that does not answer leaves the others of a page as they are.
        let told = |answer: Result<Answer, NoAnswer>| {
            answer.map_or_else(|NoAnswer| Told::silent(), |it| self.keep(&it))
        };
        Ok(join_all(calls).await.into_iter().map(told).collect())
    }

    /// Takes the cookies of an answer: for what is asked next, and for the browser.
    fn keep(&self, answer: &Answer) -> Told {
        if !answer.cookies.is_empty() {
            let mut sender = self.sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for line in &answer.cookies {
                let pair = line.split(';').next().unwrap_or_default().trim();
                let name = pair.split('=').next().unwrap_or_default();
                sender.cookies.retain(|known| known.split('=').next() != Some(name));
                sender.cookies.push(pair.to_owned());
            }
            drop(sender);
            self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(answer.cookies.clone());
        }
        Told::new(answer)
    }

    /// Renews the session with the browser's own cookies. `false` if it is over.
    async fn renew(&self) -> Result<bool, NoAnswer> {
        let has = self.sender().cookies.iter().any(|cookie| cookie.starts_with(cookies::REFRESH));
        if !has {
            return Ok(false);
        }
        let asked =
            Asked::new(REFRESH, REFRESH.path.to_owned(), String::new()).sending(Body::Empty, &self.csrf, "");
        let sender = self.sender();
        let answer = self.console.functions.call(asked.function, &asked.call, &sender).await?;
        let status = self.keep(&answer).status;
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(NoAnswer);
        }
        if status != StatusCode::OK {
            self.forget();
        }
        Ok(status == StatusCode::OK)
    }

    /// Takes the cookies of a session away that cannot be renewed: the sign-in would lead back here as long as they are there.
    fn forget(&self) {
        let line = |name| format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
        let names = [cookies::ACCESS, cookies::REFRESH, cookies::CSRF];
        self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(names.map(line));
    }

    fn sender(&self) -> Sender {
        self.sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Hands the cookies that the API has set to the browser.
    pub(crate) fn hand_on(&self, response: &mut Response) {
        for line in self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..) {
            if let Ok(value) = HeaderValue::try_from(line) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
    }
}

fn jar(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()).into_owned())
        .filter(|pair| !pair.is_empty())
        .collect()
}
