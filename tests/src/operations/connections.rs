//! Where mailboxes are made, and where events of e-sign vendors come in.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Prepared, Scene};

/// Where a business connects the provider of its mailboxes.
const CONNECTION: &str = "/api/mailboxes/connection";
const ENDPOINTS: &str = "/api/esign/endpoints";

impl Scene {
    pub(super) async fn prepare_connection(&self, operation: &str) -> Option<Prepared> {
        let get = |path: String| Prepared::new(Method::GET, path, self.admin());
        let post = |path: String, body: Value| Prepared::new(Method::POST, path, self.admin()).json(body);
        Some(match operation {
            "GET /api/mailboxes/connection" => get(CONNECTION.into()),
            "PUT /api/mailboxes/connection" => {
                Prepared::new(Method::PUT, CONNECTION, self.admin()).json(self.microsoft())
            }
            "POST /api/mailboxes/connection/check" => {
                self.connect_work_mail().await;
                Prepared::new(Method::POST, format!("{CONNECTION}/check"), self.admin())
            }
            "GET /api/esign/endpoints" => get(ENDPOINTS.into()),
            "POST /api/esign/endpoints" => {
                self.remove_endpoints().await;
                post(ENDPOINTS.into(), json!({ "vendor": "docusign", "key": self.signing_key() }))
            }
            "GET /api/esign/endpoints/{id}" => get(format!("{ENDPOINTS}/{}", self.fresh_endpoint().await)),
            "DELETE /api/esign/endpoints/{id}" => {
                let path = format!("{ENDPOINTS}/{}", self.fresh_endpoint().await);
                Prepared::new(Method::DELETE, path, self.admin())
            }
            "POST /api/esign/endpoints/{id}/keys" => {
                let path = format!("{ENDPOINTS}/{}/keys", self.fresh_endpoint().await);
                post(path, json!({ "key": self.signing_key(), "keepOlder": true }))
            }
            "GET /api/esign/endpoints/{id}/deliveries" => {
                self.unmatched().await;
                get(format!("{ENDPOINTS}/{}/deliveries", self.endpoint))
            }
            _ => return None,
        })
    }

    /// Mailboxes are made by `WorkMail` again: other requests need them.
    pub(super) async fn connect_work_mail(&self) {
        let request = self.admin().request(Method::PUT, CONNECTION);
        self.admin().send(request.json(&json!({ "provider": "workmail" }))).await.expect(200);
    }

    fn microsoft(&self) -> Value {
        json!({
            "provider": "microsoft",
            "directory": "0f8fad5b-d9cb-469f-a165-70867728950e",
            "client": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "clientSecret": format!("abc8Q~sample-{:030}", self.number()),
            "licence": "3b555118-da6a-4418-894f-7df1e2096870",
            "country": "US",
            "firstPassword": "mailed",
        })
    }

    fn signing_key(&self) -> String {
        format!("signing-key-{:030}", self.number())
    }

    /// A new endpoint's id; those before it are gone, but for the tenant's first.
    async fn fresh_endpoint(&self) -> String {
        self.remove_endpoints().await;
        let body = json!({ "vendor": "docusign", "key": self.signing_key() });
        let made = self.admin().post(ENDPOINTS, &body).await.expect(201);
        made.body["id"].as_str().expect("an id").to_owned()
    }

    async fn remove_endpoints(&self) {
        let listed = self.admin().get(ENDPOINTS).await.expect(200);
        for endpoint in listed.body["items"].as_array().expect("endpoints") {
            let id = endpoint["id"].as_str().expect("an id");
            if id != self.endpoint.to_string() {
                let request = self.admin().request(Method::DELETE, &format!("{ENDPOINTS}/{id}"));
                self.admin().send(request).await.expect(204);
            }
        }
    }
}
