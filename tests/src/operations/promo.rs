//! Sign-ups of the promotion.

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;

use super::{Prepared, Scene};

const SIGN_UP: &str = "/api/promo/signups";
const LIST: &str = "/admin/promo-signups";

impl Scene {
    pub(super) async fn prepare_promo(&self, operation: &str) -> Option<Prepared> {
        let (method, path) = operation.split_once(' ')?;
        let method: Method = method.parse().ok()?;
        Some(match path {
            SIGN_UP => {
                let body = json!({ "email": self.address(), "name": "Kim Doe", "company": "Acme" });
                Prepared::new(method, path, self.anyone()).json(body)
            }
            "/promo" if method == Method::GET => Prepared::new(method, path, self.anyone()),
            "/promo" => {
                let fields =
                    vec![("name", "Kim Doe".into()), ("email", self.address()), ("company", String::new())];
                Prepared::new(method, path, self.anyone()).form(fields)
            }
            LIST => {
                self.signed_up().await;
                Prepared::new(method, format!("{LIST}?limit=1"), self.administrator(Grant::PromoAdmin).await)
            }
            "/admin/promo-signups/{id}/create-account" => {
                let admin = self.administrator(Grant::PromoAdmin).await;
                let found = admin.get(&format!("{LIST}?email={}", self.signed_up().await)).await.expect(200);
                let id = found.body["items"][0]["id"].as_str().expect("a sign-up").to_owned();
                Prepared::new(method, format!("{LIST}/{id}/create-account"), admin).json(json!({}))
            }
            _ => return None,
        })
    }

    /// Somebody signs up; their address.
    async fn signed_up(&self) -> String {
        let email = self.address();
        let body = json!({ "email": email, "name": "Kim Doe", "company": "Acme" });
        self.anyone().post(SIGN_UP, &body).await.expect(202);
        email
    }
}
