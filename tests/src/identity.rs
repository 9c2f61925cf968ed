//! People who sign up and sign in over HTTP, and the mails they get.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_local::StackOptions;
use vestibule_models::SentMail;

use crate::{Actor, Answer, App, waiting::found};

/// A password that passes the policy.
pub const PASSWORD: &str = "gravel ottoman fjord whistle";
/// Hashes this cheap keep hundreds of sign-ins short; the cost itself is tested elsewhere.
const CHEAP: &str = "m=256,t=1,p=1";

static SOURCES: AtomicU32 = AtomicU32::new(2);

/// What a sign-in handed out.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Tokens {
    /// The tokens in an answer.
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        let text = |name: &str| answer.body[name].as_str().expect(&answer.text).to_owned();
        Self { access: text("accessToken"), refresh: text("refreshToken") }
    }
}

impl App {
    /// A stack that sends its mails, with cheap hashes and without a limit that tests would meet.
    pub async fn identity() -> Self {
        Self::identity_with(|_| ()).await
    }

    /// The same with changed options. Give `SignInsPerMinute` back its `5` to test limits.
    pub async fn identity_with(change: impl FnOnce(&mut StackOptions)) -> Self {
        Self::with(|options| {
            options.streams = true;
            for (name, value) in [("PasswordProfile", CHEAP), ("SignInsPerMinute", "1000000")] {
                options.parameters.insert(name.into(), value.into());
            }
            change(options);
        })
        .await
    }

    /// Somebody without a token at another address of this machine: a source of its own.
    pub fn elsewhere(&self) -> Actor {
        let number = SOURCES.fetch_add(1, Ordering::Relaxed);
        let [_, a, b, c] = number.to_be_bytes();
        let client = reqwest::Client::builder().local_address(Some(Ipv4Addr::new(127, a, b, c).into()));
        Actor { http: client.build().expect("a client"), ..self.anonymous() }
    }

    /// The mails sent to an address so far, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<SentMail> {
        let sent = self.stack.cloud().mailer().sent().expect("the mails");
        sent.into_iter().filter(|mail| mail.to.iter().any(|to| to == address)).collect()
    }

    /// The mail number `count` (from 1) to an address, once it has come.
    pub async fn mail_to(&self, address: &str, count: usize) -> SentMail {
        let mail = found(async || self.mails_to(address).into_iter().nth(count - 1)).await;
        mail.unwrap_or_else(|| {
            panic!("mail {count} to {address} did not come; there are {}", self.mails_to(address).len())
        })
    }

    /// The token of the newest link to `page` (such as `verify-email`) mailed to an address, once there
    /// are `count` of them.
    pub async fn link(&self, address: &str, page: &str, count: usize) -> String {
        let links = || self.mails_to(address).iter().filter_map(|mail| token_in(mail, page)).nth(count - 1);
        let link = found(async || links()).await;
        link.unwrap_or_else(|| panic!("link {count} to {page} did not come to {address}"))
    }

    /// Waits until nothing more is sent: for showing that a mail does not come.
    pub async fn mails_settled(&self) {
        let mut last = usize::MAX;
        loop {
            let now = self.stack.cloud().mailer().sent().expect("the mails").len();
            if now == last {
                return;
            }
            last = now;
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    }

    /// Registers and verifies a person with [`PASSWORD`].
    pub async fn sign_up(&self, email: &str) {
        let actor = self.anonymous();
        let body = json!({ "email": email, "password": PASSWORD, "name": "Kim Example" });
        actor.post("/api/v1/auth/register", &body).await.expect(202);
        let token = self.link(email, "verify-email", 1).await;
        self.verify(&token, PASSWORD).await.expect(200);
    }

    /// Follows the link of a registration that was made with `password`.
    pub async fn verify(&self, token: &str, password: &str) -> Answer {
        let body = json!({ "token": token, "password": password });
        self.anonymous().post("/api/v1/auth/verify-email", &body).await
    }

    /// The answer to a sign-in.
    pub async fn try_login(&self, actor: &Actor, email: &str, password: &str) -> Answer {
        actor.post("/api/v1/auth/login", &json!({ "email": email, "password": password })).await
    }

    /// Signs in with [`PASSWORD`].
    pub async fn login(&self, email: &str) -> Tokens {
        Tokens::of(&self.try_login(&self.anonymous(), email, PASSWORD).await.expect(200))
    }

    /// Signs up and in.
    pub async fn newcomer(&self, email: &str) -> Tokens {
        self.sign_up(email).await;
        self.login(email).await
    }

    /// Signs in as one of the sample people (`member@test-brand.local`), who belong to tenants.
    pub async fn sample_login(&self, email: &str) -> Tokens {
        let password = self.stack.sample().password.expose_secret().to_owned();
        Tokens::of(&self.try_login(&self.anonymous(), email, &password).await.expect(200))
    }

    /// Somebody with this access token.
    pub fn with_token(&self, tokens: &Tokens) -> Actor {
        self.actor(Some(tokens.access.clone()))
    }

    /// Moves the clock to the beginning of a minute, so that a test's requests are counted in one.
    pub fn next_minute(&self) {
        let passed = self.world.now().as_second().rem_euclid(60);
        self.advance(jiff::SignedDuration::from_secs(60 - passed));
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.anonymous().post("/api/v1/auth/refresh", &json!({ "refreshToken": token })).await
    }
}

impl Actor {
    /// Somebody at the same source with this access token.
    #[must_use]
    pub fn holding(&self, tokens: &Tokens) -> Self {
        Self { token: Some(tokens.access.clone()), ..self.clone() }
    }
}

/// The token of the link to `page` in a mail.
pub fn token_in(mail: &SentMail, page: &str) -> Option<String> {
    token_behind(mail.text.as_deref()?, &format!("/auth/{page}"))
}

/// The token of the first link to this path in a text.
pub fn token_behind(text: &str, path: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("{path}?token="))?;
    let token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    Some(rest.chars().take_while(token).collect())
}

/// An answer without what differs between any two: for comparing answers byte for byte.
pub fn shape(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("requestId");
        body.entry("receipt").and_modify(|receipt| *receipt = json!(receipt.as_str().map(str::len)));
    }
    let changing = ["x-request-id", "apigw-requestid", "date", "x-cost", "ratelimit", "content-length"];
    let headers = answer.headers.iter().filter(|(name, _)| !changing.contains(&name.as_str()));
    let text = |value: &reqwest::header::HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        let receipt = text.strip_prefix("__Host-vestibule-receipt=").and_then(|rest| rest.split_once(';'));
        receipt.map_or(text, |(_, attributes)| attributes).to_owned()
    };
    (answer.status, headers.map(|(name, value)| (name.to_string(), text(value))).collect(), body)
}
