//! The pages of a browser: what they show, and what their forms do.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_auth::Grant;

use super::{Prepared, Scene};

impl Scene {
    pub(super) async fn prepare_page(&self, operation: &str) -> Option<Prepared> {
        let (method, path) = operation.split_once(' ')?;
        if method == "GET" {
            return self.prepare_shown(path).await;
        }
        let text = |body: &Value, name: &str| body[name].as_str().expect("a text").to_owned();
        let form = |fields| Some(Prepared::new(Method::POST, path, self.anyone()).form(fields));
        let with_password = |token: String| form(vec![("token", token), ("password", Self::password())]);
        match path {
            "/" => {
                let (_, email, _) = self.person().await;
                form(vec![("email", email), ("password", Self::password())])
            }
            "/auth/admin" => {
                let (kim, ..) = self.person().await;
                let granted = self.app.appoint(kim.id().await, Grant::GeneralAdmin).await;
                form(vec![("username", granted.username.as_str().to_owned()), ("password", Self::password())])
            }
            "/auth/register" => form(vec![
                ("name", "Kim Example".into()),
                ("email", self.address()),
                ("password", Self::password()),
            ]),
            "/auth/forgot-password" | "/auth/sign-in-link" => {
                let (_, email, _) = self.person().await;
                form(vec![("email", email)])
            }
            "/auth/sign-out" => {
                let (cookies, csrf) = self.in_browser().await;
                form(vec![("csrf", csrf)]).map(|prepared| prepared.with("cookie", cookies))
            }
            "/auth/verify-email" => with_password(text(&self.registered().await.1, "token")),
            "/auth/magic-link" => form(vec![("token", self.mailed("magic-link").await)]),
            "/auth/reset-password" => with_password(self.mailed("reset-password").await),
            "/auth/confirm-email" => with_password(text(&self.changing().await.1, "token")),
            "/auth/undo-email" => form(vec![("token", self.undoable().await)]),
            "/auth/second-factor" => {
                let body = self.ticket().await;
                form(vec![("ticket", text(&body, "ticket")), ("code", text(&body, "code"))])
            }
            _ => None,
        }
    }

    /// The cookies of somebody who has signed in, and their CSRF token.
    async fn in_browser(&self) -> (String, String) {
        let (_, email, _) = self.person().await;
        let body = json!({ "email": email, "password": Self::password(), "cookies": true });
        let signed_in = self.anyone().post("/api/v1/auth/login", &body).await.expect(200);
        let set = signed_in.headers.get_all("set-cookie").iter();
        let pairs = set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        (cookies, signed_in.body["csrfToken"].as_str().expect("a token").to_owned())
    }

    async fn prepare_shown(&self, path: &str) -> Option<Prepared> {
        let shown = |path: String| Some(Prepared::new(Method::GET, path, self.anyone()));
        match path {
            "/" | "/auth/admin" | "/auth/register" | "/auth/forgot-password" | "/auth/sign-in-link" => {
                shown(path.into())
            }
            "/auth/verify-email"
            | "/auth/magic-link"
            | "/auth/reset-password"
            | "/auth/confirm-email"
            | "/auth/undo-email" => shown(format!("{path}?token=a-token-of-a-mailed-link")),
            "/auth/social" => shown("/auth/social?provider=double".into()),
            "/auth/social/{provider}" => {
                let body = json!({ "provider": "double" });
                let began = self.anyone().post("/api/v1/auth/social-login", &body).await.expect(200);
                let back = self.come_back(&began.body, &self.address());
                let query = ["code", "state"].map(|name| {
                    let value = back[name].as_str().expect("a text");
                    format!("{name}={}", value.replace('/', "%2F").replace('+', "%2B"))
                });
                let cookie =
                    format!("__Host-vestibule-social={}", back["attempt"].as_str().expect("an attempt"));
                Some(
                    Prepared::new(
                        Method::GET,
                        format!("/auth/social/double?{}", query.join("&")),
                        self.anyone(),
                    )
                    .with("cookie", cookie),
                )
            }
            _ => None,
        }
    }
}
