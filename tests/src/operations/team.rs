//! Roles of an organization.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Prepared, Scene};

const ROLES: &str = "/api/admin/team/roles";

impl Scene {
    pub(super) async fn prepare_team(&self, operation: &str) -> Option<Prepared> {
        let request = |method: Method, path: String| Prepared::new(method, path, self.admin());
        Some(match operation {
            "GET /api/admin/team/roles" => request(Method::GET, ROLES.into()),
            "POST /api/admin/team/roles" => request(Method::POST, ROLES.into()).json(self.new_role()),
            "GET /api/admin/team/roles/{id}" => request(Method::GET, self.role().await),
            "PUT /api/admin/team/roles/{id}" => request(Method::PUT, self.role().await)
                .json(json!({ "title": "Reader", "parent": null, "permissions": ["team.view"] })),
            "DELETE /api/admin/team/roles/{id}" => request(Method::DELETE, self.role().await),
            "GET /api/admin/team/matrix" => request(Method::GET, "/api/admin/team/matrix".into()),
            _ => return None,
        })
    }

    /// A role that does not exist yet.
    fn new_role(&self) -> Value {
        let number = self.slugs.fetch_add(1, Ordering::Relaxed);
        json!({ "id": format!("buyer_{number}"), "title": "Buyer", "permissions": ["leads.view", "hires.view"] })
    }

    /// The path of a new role.
    async fn role(&self) -> String {
        let made = self.admin().post(ROLES, &self.new_role()).await.expect(201).body;
        format!("{ROLES}/{}", made["id"].as_str().expect("an id"))
    }
}
