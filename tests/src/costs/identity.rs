//! Signing up, signing in and staying in. Each counted operation runs in a minute of its own, as people's do, unless its
//! name says otherwise: within one minute the counter of an address takes a round trip more.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{Logged, Measured, http, reports};
use crate::{
    Actor, Answer, App,
    identity::{PASSWORD, Tokens},
    waiting::found,
};

const KIM: &str = "kim@example.org";
const NEW_PASSWORD: &str = "lantern quarry mosaic tidepool";
/// Nothing more is numbered when this long nothing was.
const QUIET: Duration = Duration::from_secs(1);
/// In two tenants.
const MEMBER: &str = "member@test-brand.local";

pub(super) async fn measure(all: &mut Vec<Measured>, logged: &Logged) {
    let mut run = Run { app: App::identity().await, all, logged };
    run.app.keep_events();
    run.numbering().await;
    run.sign_up().await;
    let tokens = run.sign_in().await;
    run.stay_in(&tokens).await;
    run.mailed_links().await;
    run.second_factor().await;
    run.tenants().await;
}

struct Run<'a> {
    app: App,
    all: &'a mut Vec<Measured>,
    logged: &'a Logged,
}

impl Run<'_> {
    /// What it costs that one record gets its number, once those of the sample tenant have theirs.
    async fn numbering(&mut self) {
        let quiet = async || {
            tokio::time::sleep(QUIET).await;
            (self.logged.take_behind().round_trips == 0).then_some(())
        };
        found(quiet).await.expect("the sample records are numbered");
        self.app.hire("Lou", "Poe").await;
        let cost =
            found(async || Some(self.logged.take_behind()).filter(|cost| cost.write_units > 0.0)).await;
        let name = "a record gets its number".to_owned();
        self.all.push(Measured { name, cost: cost.expect("a number"), transitions: 0 });
    }

    fn next_minute(&self) {
        self.app.advance(SignedDuration::from_mins(1));
    }

    /// Notes what an answer cost.
    fn note(&mut self, name: &str, answer: &Answer) {
        self.all.push(http(name, answer));
    }

    /// Posts and notes the cost.
    async fn post(&mut self, actor: &Actor, name: &str, path: &str, body: Value, status: u16) -> Answer {
        let answer = actor.post(path, &body).await.expect(status);
        self.note(name, &answer);
        answer
    }

    /// The same at a path of its own, by somebody without a token.
    async fn stranger(&mut self, path: &str, body: Value, status: u16) -> Answer {
        let anonymous = self.app.anonymous();
        self.post(&anonymous, &format!("POST {path}"), path, body, status).await
    }

    /// Notes the cost of the one mail that is on its way.
    async fn mail(&mut self, name: &str) {
        let sent = found(async || Some(self.logged.take()).filter(|cost| cost.round_trips > 0)).await;
        let cost = sent.unwrap_or_else(|| panic!("no mail was sent: {name}"));
        self.all.push(Measured { name: format!("mail: {name}"), cost, transitions: 0 });
    }

    async fn sign_up(&mut self) {
        self.logged.take();
        let body = json!({ "email": KIM, "password": PASSWORD, "name": "Kim Example" });
        let asked = self.stranger("/api/v1/auth/register", body, 202).await;
        self.mail("the link of a registration").await;
        reports(&self.app, self.all, self.logged, "about an account").await;
        let token = self.app.link(KIM, "verify-email", 1).await;
        let body = json!({ "token": token, "receipt": asked.body["receipt"] });
        self.stranger("/api/v1/auth/verify-email", body, 200).await;
    }

    async fn login(&mut self, name: &str, password: &str, status: u16) -> Answer {
        let anonymous = self.app.anonymous();
        let body = json!({ "email": KIM, "password": password });
        let name = format!("POST /api/v1/auth/login{name}");
        self.post(&anonymous, &name, "/api/v1/auth/login", body, status).await
    }

    async fn sign_in(&mut self) -> Tokens {
        let first = self.login("", PASSWORD, 200).await;
        self.login(" (again in the same minute)", PASSWORD, 200).await;
        self.next_minute();
        self.login(" (refused)", "not the password", 401).await;
        self.next_minute();
        self.login(" (after a refusal)", PASSWORD, 200).await;
        Tokens::of(&first)
    }

    async fn stay_in(&mut self, tokens: &Tokens) {
        let kim = self.app.with_token(tokens);
        for path in ["/api/v1/auth/me", "/api/v1/auth/sessions"] {
            let answer = kim.get(path).await.expect(200);
            self.note(&format!("GET {path}"), &answer);
        }
        let refresh = |token: &str| json!({ "refreshToken": token });
        let path = "/api/v1/auth/refresh";
        let next = Tokens::of(&self.stranger(path, refresh(&tokens.refresh), 200).await);
        let anonymous = self.app.anonymous();
        let name = "POST /api/v1/auth/refresh (repeated)";
        self.post(&anonymous, name, path, refresh(&tokens.refresh), 200).await;
        self.next_minute();
        let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
        self.logged.take();
        let kim = self.app.with_token(&next);
        self.post(&kim, "POST /api/v1/auth/password", "/api/v1/auth/password", change, 204).await;
        self.mail("a notice").await;
        self.post(&kim, "POST /api/v1/auth/logout", "/api/v1/auth/logout", json!({}), 204).await;
    }

    async fn mailed_links(&mut self) {
        for (page, path) in
            [("magic-link", "/api/v1/auth/magic-link"), ("reset-password", "/api/v1/auth/forgot-password")]
        {
            self.next_minute();
            self.logged.take();
            self.stranger(path, json!({ "email": KIM }), 202).await;
            if page == "magic-link" {
                self.mail("a link to an account").await;
            }
            let token = self.app.link(KIM, page, 1).await;
            if page == "magic-link" {
                self.stranger("/api/v1/auth/magic-link/consume", json!({ "token": token }), 200).await;
            } else {
                let body = json!({ "token": token, "password": PASSWORD });
                self.stranger("/api/v1/auth/reset-password", body, 204).await;
            }
        }
    }

    async fn second_factor(&mut self) {
        self.next_minute();
        let kim = self.app.with_token(&self.app.login(KIM).await);
        self.next_minute();
        let path = "/api/v1/auth/totp";
        let begun =
            self.post(&kim, "POST /api/v1/auth/totp", path, json!({ "password": PASSWORD }), 200).await;
        let secret = begun.body["secret"].as_str().expect("a secret").to_owned();
        let path = "/api/v1/auth/totp/confirm";
        let body = json!({ "code": code(&self.app, &secret) });
        self.post(&kim, "POST /api/v1/auth/totp/confirm", path, body, 200).await;
        self.next_minute();
        let asked = self.login(" (answered with a ticket)", PASSWORD, 200).await;
        let ticket = asked.body["secondFactor"]["ticket"].as_str().expect("a ticket");
        let body = json!({ "ticket": ticket, "code": code(&self.app, &secret) });
        self.stranger("/api/v1/auth/second-factor", body, 200).await;
    }

    async fn tenants(&mut self) {
        let member = self.app.with_token(&self.app.sample_login(MEMBER).await);
        let second = self.app.stack.sample().second.id.to_string();
        let path = "/api/auth/context";
        self.note("GET /api/auth/context", &member.get(path).await.expect(200));
        let path = "/api/auth/context/switch";
        let body = json!({ "tenant": second });
        self.post(&member, "POST /api/auth/context/switch", path, body, 200).await;
    }
}

/// What the authenticator shows now.
fn code(app: &App, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).expect("a secret in base32");
    let now = u64::try_from(app.world.now().as_second()).expect("a time after 1970");
    Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
}
