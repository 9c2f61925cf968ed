//! What somebody does who has not signed in: sign up, sign in, follow a mailed link.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Prepared, Scene};
use crate::Actor;

/// A new password.
const NEW: &str = "planted harbor trellis monsoon";

impl Scene {
    pub(super) async fn prepare_sign_in(&self, operation: &str) -> Option<Prepared> {
        let tokens: &[&str] = &["accessToken", "refreshToken"];
        let (method, path) = operation.split_once(' ')?;
        let stranger = |body: Value| Prepared::new(Method::POST, path, self.anyone()).json(body);
        if method == "GET" {
            let public = ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json"];
            return public.contains(&path).then(|| Prepared::new(Method::GET, path, self.anyone()));
        }
        Some(match path {
            "/api/v1/auth/register" => {
                let body = json!({ "email": self.address(), "password": NEW, "name": "Kim Example" });
                stranger(body).shows(&["receipt"])
            }
            "/api/v1/auth/verify-email" => stranger(self.registered().await.1),
            "/api/v1/auth/login" => {
                let (_, email, _) = self.person().await;
                stranger(json!({ "email": email, "password": Self::password() })).shows(tokens)
            }
            "/api/v1/auth/second-factor" => stranger(self.ticket().await).shows(tokens),
            "/api/v1/auth/magic-link" | "/api/v1/auth/forgot-password" => {
                stranger(json!({ "email": self.person().await.1 }))
            }
            "/api/v1/auth/magic-link/consume" => {
                stranger(json!({ "token": self.mailed("magic-link").await })).shows(tokens)
            }
            "/api/v1/auth/reset-password" => {
                stranger(json!({ "token": self.mailed("reset-password").await, "password": NEW }))
            }
            "/api/v1/auth/email/confirm" => stranger(self.changing().await.1),
            "/api/v1/auth/email/undo" => stranger(json!({ "token": self.undoable().await })),
            "/api/v1/auth/social-login" => {
                let began = stranger(json!({ "provider": "double" })).send().await.expect(200);
                stranger(self.come_back(&began.body, &self.address())).shows(tokens)
            }
            _ => return None,
        })
    }

    /// Nobody in particular, who follows no redirect.
    pub(super) fn anyone(&self) -> Actor {
        Actor { http: self.browser.clone(), ..self.app.anonymous() }
    }

    /// Somebody who registered: their address, and what verifies it.
    pub(super) async fn registered(&self) -> (String, Value) {
        let email = self.address();
        let body = json!({ "email": email, "password": Self::password(), "name": "Kim Example" });
        let asked = self.anyone().post("/api/v1/auth/register", &body).await.expect(202);
        let token = self.app.link(&email, "verify-email", 1).await;
        (email, json!({ "token": token, "receipt": asked.body["receipt"] }))
    }

    /// The token of a link of a kind, mailed to somebody with an account.
    pub(super) async fn mailed(&self, page: &str) -> String {
        let (_, email, _) = self.person().await;
        let asked = if page == "magic-link" { "magic-link" } else { "forgot-password" };
        let path = format!("/api/v1/auth/{asked}");
        self.anyone().post(&path, &json!({ "email": email })).await.expect(202);
        self.app.link(&email, page, 1).await
    }

    /// Somebody who asked for another address: the old one, and what confirms the new one.
    pub(super) async fn changing(&self) -> (String, Value) {
        let ((kim, old, _), new) = (self.person().await, self.address());
        let body = json!({ "email": new, "password": Self::password() });
        let asked = kim.post("/api/v1/auth/email", &body).await.expect(202);
        let token = self.app.link(&new, "confirm-email", 1).await;
        (old, json!({ "token": token, "receipt": asked.body["receipt"] }))
    }

    /// The token that undoes a change of address.
    pub(super) async fn undoable(&self) -> String {
        let (old, body) = self.changing().await;
        self.anyone().post("/api/v1/auth/email/confirm", &body).await.expect(204);
        self.app.link(&old, "undo-email", 1).await
    }

    /// Somebody without a session, and the token of a sign-in link of somebody with a second factor.
    pub async fn strong_link(&self) -> (Actor, String) {
        let (kim, ..) = self.strong().await;
        let me = kim.get("/api/v1/auth/me").await.expect(200).body;
        let email = me["email"].as_str().expect("an address").to_owned();
        self.anyone().post("/api/v1/auth/magic-link", &json!({ "email": email })).await.expect(202);
        (self.anyone(), self.app.link(&email, "magic-link", 1).await)
    }

    /// The ticket of a first factor, and a code.
    pub(super) async fn ticket(&self) -> Value {
        let (kim, _, codes) = self.strong().await;
        let me = kim.get("/api/v1/auth/me").await.expect(200).body;
        let body = json!({ "email": me["email"], "password": Self::password() });
        let asked = self.anyone().post("/api/v1/auth/login", &body).await.expect(200);
        json!({ "ticket": asked.body["secondFactor"]["ticket"], "code": codes[0] })
    }
}
