//! Businesses that were founded by somebody, and people in them.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_models::DnsName;

use crate::{Actor, App};

impl App {
    /// The founder of a new brand, signed in there, and its tenant's id.
    pub async fn founder(&self, name: &str) -> (Actor, String) {
        let person = self.with_token(&self.newcomer(&format!("{name}@example.org")).await);
        let body = json!({ "name": "Acme", "slug": format!("of-{name}"), "preset": "brand" });
        let made = person.post("/api/v1/organizations", &body).await.expect(201).body;
        let admin = self.actor(made["accessToken"].as_str().map(str::to_owned));
        // With it a business has roles of its own.
        let tier = admin.request(Method::PUT, "/api/v1/workspace/subscription");
        admin.send(tier.json(&json!({ "tier": "platinum" }))).await.expect(200);
        (admin, made["tenant"].as_str().expect("a tenant").to_owned())
    }

    /// Somebody new in a tenant with this role, signed in there.
    pub async fn colleague(&self, tenant: &str, name: &str, role: &str) -> Actor {
        let email = format!("{name}@example.org");
        let person = self.with_token(&self.newcomer(&email).await);
        let me = person.get("/api/v1/auth/me").await.expect(200).body;
        let id = me["id"].as_str().expect("an id");
        self.join(tenant.parse().expect("a tenant"), id.parse().expect("an id"), &email, role).await;
        let switched =
            person.post("/api/auth/context/switch", &json!({ "tenant": tenant })).await.expect(200).body;
        self.actor(switched["accessToken"].as_str().map(str::to_owned))
    }

    /// Makes the text record that an answer about a wanted domain names.
    pub fn publish(&self, wanted: &Value) {
        let text = |field: &str| wanted[field].as_str().expect("a record").to_owned();
        let known = DnsName { texts: vec![vec![text("recordValue")]], fault: None };
        self.stack.cloud().dns().set(&text("recordName"), known);
    }
}
