//! What administrators of the platform do.

use reqwest::Method;
use serde_json::json;
use vestibule_auth::Grant;

use super::{Prepared, Scene};
use crate::{Actor, waiting::found};

/// The grants in the platform's log.
const GRANTS: &str = "/api/super-admin/audit?action=grant.give&limit=1";

impl Scene {
    pub(super) async fn prepare_platform(&self, operation: &str) -> Option<Prepared> {
        let (method, path) = operation.split_once(' ')?;
        let method: Method = method.parse().ok()?;
        Some(match operation {
            "GET /api/super-admin/audit" => {
                let ada = self.administrator(Grant::SuperAdmin).await;
                granted(&ada).await;
                Prepared::new(method, GRANTS, ada)
            }
            "GET /api/super-admin/audit/export" => {
                Prepared::new(method, path, self.administrator(Grant::SuperAdmin).await)
            }
            "GET /api/super-admin/audit/{id}" => {
                let ada = self.administrator(Grant::SuperAdmin).await;
                let number = granted(&ada).await;
                Prepared::new(method, format!("/api/super-admin/audit/{number}"), ada)
            }
            "POST /api/admin/login" => {
                let (kim, ..) = self.person().await;
                let granted = self.app.appoint(kim.id().await, Grant::GeneralAdmin).await;
                let body = json!({ "username": granted.username, "password": Self::password() });
                let request = Prepared::new(method, path, self.app.elsewhere()).json(body);
                request.shows(&["accessToken", "refreshToken"])
            }
            _ => return None,
        })
    }

    /// Somebody in no tenant who has a grant on the platform.
    pub async fn administrator(&self, grant: Grant) -> Actor {
        let (actor, ..) = self.person().await;
        self.app.appoint(actor.id().await, grant).await;
        actor
    }
}

/// The number of the newest grant, once it has one: records are numbered soon, not at once, and not in the order of their times.
async fn granted(admin: &Actor) -> u64 {
    let numbered = found(async || {
        let page = admin.get(GRANTS).await.expect(200).body;
        page["items"][0]["number"].as_u64()
    });
    numbered.await.expect("a record with a number")
}
