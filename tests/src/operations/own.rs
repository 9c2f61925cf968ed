//! What a person changes of their own: profile, sessions, credentials, tenants.

use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{Prepared, Scene};
use crate::{Actor, identity::Tokens};

/// The smallest PNG: one transparent pixel.
const PIXEL: &[u8] = include_bytes!("pixel.png");
const CONTEXT: &str = "/api/auth/context";
const AUTH: &str = "/api/v1/auth";

impl Scene {
    pub(super) async fn prepare_own(&self, operation: &str) -> Option<Prepared> {
        if let Some(prepared) = Box::pin(self.prepare_credentials(operation)).await {
            return Some(prepared);
        }
        let (kim, _, tokens) = self.person().await;
        let request = |method: Method, path: &str| Prepared::new(method, path, kim.clone());
        Some(match operation {
            "GET /api/v1/auth/me" => request(Method::GET, "/api/v1/auth/me"),
            "PATCH /api/v1/auth/me" => {
                request(Method::PATCH, "/api/v1/auth/me").json(json!({ "name": "Kim Newname" }))
            }
            "GET /api/v1/auth/me/avatar" => {
                picture(&kim).send().await.expect(200);
                request(Method::GET, "/api/v1/auth/me/avatar")
            }
            "PUT /api/v1/auth/me/avatar" => picture(&kim),
            "DELETE /api/v1/auth/me/avatar" => {
                picture(&kim).send().await.expect(200);
                request(Method::DELETE, "/api/v1/auth/me/avatar")
            }
            "GET /api/v1/auth/sessions" => request(Method::GET, "/api/v1/auth/sessions"),
            "DELETE /api/v1/auth/sessions/{id}" => {
                let me = kim.get("/api/v1/auth/me").await.expect(200).body;
                let (other, ..) = self.person().await;
                let theirs = other.get("/api/v1/auth/me").await.expect(200).body["session"].clone();
                let path = |id: &Value| format!("{AUTH}/sessions/{}", id.as_str().expect("an id"));
                let mut second =
                    self.app.with_token(&self.app.login(me["email"].as_str().expect("mail")).await);
                second.http.clone_from(&kim.http);
                Prepared::new(Method::DELETE, path(&me["session"]), second).theirs(path(&theirs))
            }
            "POST /api/v1/auth/logout" => request(Method::POST, "/api/v1/auth/logout")
                .json(json!({ "refreshToken": tokens.refresh, "sessions": "this" })),
            "POST /api/v1/auth/refresh" => {
                Prepared::new(Method::POST, format!("{AUTH}/refresh"), self.app.anonymous())
                    .json(json!({ "refreshToken": tokens.refresh }))
                    .shows(&["accessToken", "refreshToken"])
            }
            _ => return self.prepare_context(operation).await,
        })
    }

    /// The tenants of a person.
    async fn prepare_context(&self, operation: &str) -> Option<Prepared> {
        let (member, first, second) = self.twofold().await;
        let request = |method: Method, path: String| Prepared::new(method, path, member.clone());
        Some(match operation {
            "GET /api/auth/context" => request(Method::GET, CONTEXT.into()),
            "GET /api/auth/context/tenants" => request(Method::GET, format!("{CONTEXT}/tenants")),
            "PUT /api/auth/context/default" => {
                request(Method::PUT, format!("{CONTEXT}/default")).json(json!({ "tenant": second }))
            }
            "POST /api/auth/context/switch" => request(Method::POST, format!("{CONTEXT}/switch"))
                .json(json!({ "tenant": second }))
                .shows(&["accessToken"]),
            "DELETE /api/auth/context/tenants/{id}" => {
                request(Method::DELETE, format!("{CONTEXT}/tenants/{first}"))
                    .theirs(format!("{CONTEXT}/tenants/{}", self.tenant()))
            }
            _ => return None,
        })
    }

    /// What somebody signs in with.
    async fn prepare_credentials(&self, operation: &str) -> Option<Prepared> {
        let path = operation.strip_prefix("POST ")?;
        let password = json!({ "password": Self::password() });
        let begin = |actor: Actor, body: Value| Prepared::new(Method::POST, path, actor).json(body);
        Some(match operation {
            "POST /api/v1/auth/password" => {
                let body = json!({ "currentPassword": Self::password(), "newPassword": "planted lantern quarry mosaic" });
                begin(self.person().await.0, body)
            }
            "POST /api/v1/auth/email" => {
                let body = json!({ "email": self.address(), "password": Self::password() });
                begin(self.person().await.0, body).shows(&["receipt"])
            }
            "POST /api/v1/auth/totp" => {
                begin(self.person().await.0, password).shows(&["secret", "otpauthUrl", "qrSvg"])
            }
            "POST /api/v1/auth/totp/confirm" => {
                let (kim, ..) = self.person().await;
                let secret = begun(&kim).await;
                begin(kim, json!({ "code": self.code(&secret) })).shows(&["recoveryCodes"])
            }
            "POST /api/v1/auth/totp/remove" => {
                let (kim, _, codes) = self.strong().await;
                begin(kim, json!({ "password": Self::password(), "code": codes[0] }))
            }
            "POST /api/v1/auth/recovery-codes" => {
                let (kim, _, codes) = self.strong().await;
                begin(kim, json!({ "password": Self::password(), "code": codes[0] }))
                    .shows(&["recoveryCodes"])
            }
            "POST /api/v1/auth/connections" => {
                let body = json!({ "provider": "double", "password": Self::password() });
                begin(self.person().await.0, body).shows(&["authorizationUrl", "attempt"])
            }
            "POST /api/v1/auth/connections/finish" => {
                let (kim, email, _) = self.person().await;
                let body = self.walked(&kim, &email).await;
                begin(kim, body)
            }
            "POST /api/v1/auth/connections/remove" => {
                let (kim, email, _) = self.person().await;
                let body = self.walked(&kim, &email).await;
                kim.post("/api/v1/auth/connections/finish", &body).await.expect(204);
                begin(kim, json!({ "provider": "double", "password": Self::password() }))
            }
            _ => return None,
        })
    }

    /// Somebody with a second factor, signed in with it: who, their secret, their recovery codes.
    pub(super) async fn strong(&self) -> (Actor, String, Vec<String>) {
        let (kim, ..) = self.person().await;
        let secret = begun(&kim).await;
        let body = json!({ "code": self.code(&secret) });
        let confirmed = kim.post("/api/v1/auth/totp/confirm", &body).await.expect(200);
        let codes = confirmed.body["recoveryCodes"].as_array().expect("codes").iter();
        (kim, secret, codes.map(|code| code.as_str().expect("a code").to_owned()).collect())
    }

    /// What comes back to a person who went to the provider to connect an account.
    async fn walked(&self, kim: &Actor, email: &str) -> Value {
        let body = json!({ "provider": "double", "password": Self::password() });
        let started = kim.post("/api/v1/auth/connections", &body).await.expect(200);
        self.come_back(&started.body, email)
    }

    /// What the authenticator shows now.
    pub(super) fn code(&self, secret: &str) -> String {
        let secret = Secret::try_from_base32(secret).expect("a secret in base32");
        let now = u64::try_from(self.app.world.now().as_second()).expect("a time after 1970");
        Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
    }

    /// A person in both sample tenants, signed in anew: who, and the ids of both tenants.
    async fn twofold(&self) -> (Actor, String, String) {
        let (kim, email, _) = self.person().await;
        let me = kim.get("/api/v1/auth/me").await.expect(200).body;
        let user = me["id"].as_str().expect("an id").parse().expect("a user's id");
        let sample = self.app.stack.sample();
        let tenants = [sample.tenant.id, sample.second.id];
        for tenant in tenants {
            self.app.join(tenant, user, &email, "member").await;
        }
        let [first, second] = tenants.map(|tenant| tenant.to_string());
        let switched = kim.post(&format!("{CONTEXT}/switch"), &json!({ "tenant": first })).await.expect(200);
        let access = switched.body["accessToken"].as_str().expect("a token").to_owned();
        (self.app.with_token(&Tokens { access, refresh: String::new() }), first, second)
    }
}

fn picture(kim: &Actor) -> Prepared {
    Prepared::new(Method::PUT, "/api/v1/auth/me/avatar", kim.clone()).bytes("image/png", PIXEL.to_vec())
}

/// Begins to set up an authenticator; its secret.
async fn begun(kim: &Actor) -> String {
    let begun = kim.post("/api/v1/auth/totp", &json!({ "password": Scene::password() })).await.expect(200);
    begun.body["secret"].as_str().expect("a secret").to_owned()
}
