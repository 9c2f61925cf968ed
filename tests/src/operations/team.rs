//! Roles, members and groups of an organization.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Prepared, Scene};
use crate::Actor;

const TEAM: &str = "/api/admin/team";
const ROLES: &str = "/api/admin/team/roles";
const GROUPS: &str = "/api/admin/team/groups";

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
            "POST /api/admin/team/permissions" => {
                let body = json!({ "name": format!("seo.edit_{}", self.next()), "about": "change titles" });
                request(Method::POST, "/api/admin/team/permissions".into()).json(body)
            }
            "GET /api/auth/context/notifications" => {
                request(Method::GET, "/api/auth/context/notifications".into())
            }
            "PUT /api/auth/context/notifications" => {
                let body = json!({ "membership": false });
                request(Method::PUT, "/api/auth/context/notifications".into()).json(body)
            }
            _ => return self.prepare_members(operation).await,
        })
    }

    async fn prepare_members(&self, operation: &str) -> Option<Prepared> {
        let request = |method: Method, path: String| Prepared::new(method, path, self.admin());
        let change = json!({ "status": "suspended", "kind": "creator", "groups": [] });
        let name = |name: &str| json!({ "name": format!("{name} {}", self.next()) });
        Some(match operation {
            "GET /api/admin/team" => {
                request(Method::GET, format!("{TEAM}?status=active&text=brokerage.admin"))
            }
            "GET /api/v1/teams/members" => {
                request(Method::GET, "/api/v1/teams/members?text=brokerage.admin".into())
            }
            "GET /api/admin/team/{id}" => request(Method::GET, self.colleague(TEAM).await),
            "PATCH /api/admin/team/{id}" => request(Method::PATCH, self.colleague(TEAM).await).json(change),
            "PUT /api/v1/teams/members/{id}" => {
                request(Method::PUT, self.colleague("/api/v1/teams/members").await).json(change)
            }
            "DELETE /api/admin/team/{id}" => request(Method::DELETE, self.colleague(TEAM).await),
            "DELETE /api/v1/teams/members/{id}" => {
                request(Method::DELETE, self.colleague("/api/v1/teams/members").await)
            }
            "GET /api/admin/team/{id}/permissions/{permission}" => {
                request(Method::GET, format!("{}/permissions/leads.view", self.colleague(TEAM).await))
            }
            "GET /api/admin/team/groups" => request(Method::GET, GROUPS.into()),
            "POST /api/admin/team/groups" => request(Method::POST, GROUPS.into()).json(name("Sales")),
            "PUT /api/admin/team/groups/{id}" => {
                request(Method::PUT, self.group().await).json(name("Service"))
            }
            "DELETE /api/admin/team/groups/{id}" => request(Method::DELETE, self.group().await),
            _ => return None,
        })
    }

    /// Somebody who has been made a member, with this role and a token for the tenant; and their id.
    pub async fn joined(&self, role: &str) -> (Actor, String) {
        let (person, address, _) = self.person().await;
        let me = person.get("/api/v1/auth/me").await.expect(200).body;
        let id = me["id"].as_str().expect("an id").to_owned();
        self.app.join(self.tenant(), id.parse().expect("an id"), &address, role).await;
        let there = json!({ "tenant": self.tenant() });
        let switched = person.post("/api/auth/context/switch", &there).await.expect(200).body;
        (self.app.actor(switched["accessToken"].as_str().map(str::to_owned)), id)
    }

    /// The path of a new member who may do little.
    async fn colleague(&self, below: &str) -> String {
        let (person, address, _) = self.person().await;
        let me = person.get("/api/v1/auth/me").await.expect(200).body;
        let id = me["id"].as_str().expect("an id").to_owned();
        self.app.join(self.tenant(), id.parse().expect("an id"), &address, "brokerage.user").await;
        format!("{below}/{id}")
    }

    fn next(&self) -> u32 {
        self.slugs.fetch_add(1, Ordering::Relaxed)
    }

    /// A role that does not exist yet.
    fn new_role(&self) -> Value {
        let id = format!("buyer_{}", self.next());
        json!({ "id": id, "title": "Buyer", "permissions": ["leads.view", "hires.view"] })
    }

    /// The path of a new role.
    async fn role(&self) -> String {
        let made = self.admin().post(ROLES, &self.new_role()).await.expect(201).body;
        format!("{ROLES}/{}", made["id"].as_str().expect("an id"))
    }

    /// The path of a new group.
    async fn group(&self) -> String {
        let made = self.admin().post(GROUPS, &json!({ "name": format!("Team {}", self.next()) })).await;
        format!("{GROUPS}/{}", made.expect(201).body["id"].as_str().expect("an id"))
    }
}
