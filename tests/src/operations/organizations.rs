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
