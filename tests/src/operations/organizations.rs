//! Organizations: founding one, and its settings.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Prepared, Scene};

impl Scene {
    pub(super) async fn prepare_organization(&self, operation: &str) -> Option<Prepared> {
        let own = format!("/api/v1/organizations/{}", self.tenant());
        let other = format!("/api/v1/organizations/{}", self.app.stack.sample().tenant.id);
        Some(match operation {
            "POST /api/v1/organizations" => {
                let body = json!({ "name": "Acme", "slug": self.slug(), "preset": "brokerage" });
                let request = Prepared::new(Method::POST, "/api/v1/organizations", self.person().await.0);
                request.json(body).shows(&["accessToken"])
            }
            "GET /api/v1/organizations/{id}" => Prepared::new(Method::GET, own, self.admin()).theirs(other),
            "PUT /api/v1/organizations/{id}" => {
                Prepared::new(Method::PUT, own, self.admin()).json(settings()).theirs(other)
            }
            "GET /api/v1/organizations/{id}/setup" => {
                Prepared::new(Method::GET, format!("{own}/setup"), self.admin())
                    .theirs(format!("{other}/setup"))
            }
            "PUT /api/v1/onboarding" => {
                Prepared::new(Method::PUT, "/api/v1/onboarding", self.admin()).json(steps())
            }
            "GET /api/v1/workspace" => Prepared::new(Method::GET, "/api/v1/workspace", self.admin()),
            "PUT /api/v1/workspace" => {
                let steps = steps();
                let body =
                    json!({ "leadSources": steps["leadSources"], "integrations": steps["integrations"] });
                Prepared::new(Method::PUT, "/api/v1/workspace", self.admin()).json(body)
            }
            "GET /api/v1/workspace/subscription" => {
                Prepared::new(Method::GET, "/api/v1/workspace/subscription", self.admin())
            }
            "PUT /api/v1/workspace/subscription" => {
                let request = Prepared::new(Method::PUT, "/api/v1/workspace/subscription", self.admin());
                request.json(json!({ "tier": "platinum" }))
            }
            _ => return self.prepare_domain(operation, (&own, &other)).await,
        })
    }

    async fn prepare_domain(&self, operation: &str, (own, other): (&str, &str)) -> Option<Prepared> {
        let request = |method: Method, end: &str| {
            Prepared::new(method, format!("{own}/{end}"), self.admin()).theirs(format!("{other}/{end}"))
        };
        let wanted = json!({ "domain": "matrix.example" });
        Some(match operation {
            "GET /api/v1/organizations/{id}/domain" => request(Method::GET, "domain"),
            "PUT /api/v1/organizations/{id}/domain" => request(Method::PUT, "domain").json(wanted),
            "POST /api/v1/organizations/{id}/domain/verify" => {
                let admin = self.admin();
                let asked = admin.request(Method::PUT, &format!("{own}/domain")).json(&wanted);
                self.app.publish(&admin.send(asked).await.expect(200).body["wanted"]);
                request(Method::POST, "domain/verify")
            }
            _ => return None,
        })
    }

    /// A slug that nobody has; the first one is the same in every run.
    fn slug(&self) -> String {
        format!("acme-{}", self.slugs.fetch_add(1, Ordering::Relaxed))
    }
}

fn settings() -> Value {
    json!({
        "name": "Matrix",
        "documents": ["w9", "baa", "hire_agreement"],
        "jobStart": "on_request",
        "crmUrl": "https://crm.matrix.example/",
        "supportEmail": "people@matrix.example",
    })
}

fn steps() -> Value {
    json!({
        "company": { "name": "Matrix", "size": "11-50", "location": "Austin, Texas" },
        "industry": ["health", "life"],
        "regions": ["Texas"],
        "leadSources": ["Web site"],
        "integrations": {
            "apis": ["HubSpot"],
            "webhookUrl": "https://hooks.matrix.example/",
            "crmUrl": "https://crm.matrix.example/",
        },
    })
}
