//! Invitations: what the team does about them, and what those do who are invited.

use reqwest::Method;
use serde_json::{Value, json};

use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{ImportRow, Job, JobKind, UserId};

use super::{Prepared, Scene};

const INVITES: &str = "/api/admin/team/invites";
const TEAMS: &str = "/api/v1/teams/invitations";
const LINKS: &str = "/api/v1/auth/invitations";

impl Scene {
    pub(super) async fn prepare_invitation(&self, operation: &str) -> Option<Prepared> {
        let request = |method: Method, path: String| Prepared::new(method, path, self.admin());
        let (method, path) = operation.split_once(' ')?;
        let below = if path.starts_with(INVITES) { INVITES } else { TEAMS };
        Some(match (method, path) {
            ("GET", INVITES | TEAMS) => request(Method::GET, format!("{path}?status=pending&limit=10")),
            ("POST", INVITES | TEAMS) => request(Method::POST, path.into()).json(invitation(&self.address())),
            ("POST", "/api/admin/team/invites/{id}/resend") => {
                request(Method::POST, format!("{}/resend", self.invited(below).await.0))
            }
            ("GET" | "DELETE", "/api/admin/team/invites/{id}" | "/api/v1/teams/invitations/{id}") => {
                let method = if method == "GET" { Method::GET } else { Method::DELETE };
                request(method, self.invited(below).await.0)
            }
            ("PUT", "/api/v1/teams/invitations/{id}") => {
                request(Method::PUT, self.invited(below).await.0).json(json!({ "resend": true }))
            }
            ("POST", "/api/v1/teams/import") => {
                // Of a row that is refused: nobody is invited in the background, beside what is counted.
                let file = format!("email,roles\nperson {},brokerage.user\n", self.number());
                request(Method::POST, path.into()).bytes("text/csv", file.into_bytes())
            }
            ("GET", "/api/v1/teams/imports") => {
                self.import().await;
                request(Method::GET, format!("{path}?limit=10"))
            }
            ("GET", "/api/v1/teams/import/{id}") => request(Method::GET, self.import().await),
            ("GET", "/api/v1/teams/import/{id}/report") => {
                request(Method::GET, format!("{}/report", self.import().await))
            }
            ("POST", "/api/v1/teams/import/{id}/cancel") => {
                request(Method::POST, format!("{}/cancel", self.import().await))
            }
            _ => return self.prepare_answer(path, method).await,
        })
    }

    /// What the holder of a link sends.
    async fn prepare_answer(&self, path: &str, method: &str) -> Option<Prepared> {
        let anyone = |body: Value| Some(Prepared::new(Method::POST, path, self.anyone()).json(body));
        let form = |fields| Some(Prepared::new(Method::POST, path, self.anyone()).form(fields));
        match path.strip_prefix(LINKS).unwrap_or(path) {
            "/look" | "/decline" => anyone(json!({ "token": self.invited(INVITES).await.1 })),
            "/sign-up" => {
                let token = self.invited(INVITES).await.1;
                anyone(json!({ "token": token, "name": "Lou Example", "password": Self::password() }))
            }
            "/accept" => {
                let (person, address, _) = self.person().await;
                let body = json!({ "token": self.link_for(INVITES, &address).await.1 });
                Some(Prepared::new(Method::POST, path, person).json(body).shows(&["accessToken"]))
            }
            "/auth/invitation" if method == "POST" => form(vec![
                ("token", self.invited(INVITES).await.1),
                ("name", "Lou Example".into()),
                ("password", Self::password()),
            ]),
            "/auth/decline-invitation" if method == "POST" => {
                form(vec![("token", self.invited(INVITES).await.1)])
            }
            "/auth/invitation" | "/auth/decline-invitation" => {
                let token = self.invited(INVITES).await.1;
                Some(Prepared::new(Method::GET, format!("{path}?token={token}"), self.anyone()))
            }
            _ => None,
        }
    }

    /// The path of an import that waits: nothing starts it, so that it can be stopped.
    async fn import(&self) -> String {
        let scope = TenantScope::for_system(self.tenant(), SystemTask::Seed);
        let mut job = Job::new(JobKind::IMPORT, UserId::new(&self.app.world), &self.app.world);
        job.due = None;
        let state = json!({ "rows": 1, "parts": 1, "done": 0, "invited": 0, "refused": 0 });
        job.set_state(&state).expect("a state");
        let (line, email, roles) = (2, self.address(), vec!["brokerage.user".to_owned()]);
        let row = ImportRow { line, email, roles, kind: None, groups: Vec::new(), refused: None };
        let store = self.app.stack.store().tenant(&scope);
        store.create_import(&job, &[row], None, &self.app.world).await.expect("an import");
        format!("/api/v1/teams/import/{}", job.id)
    }

    /// The path of a new invitation below `below`, and the token of its link.
    async fn invited(&self, below: &str) -> (String, String) {
        self.link_for(below, &self.address()).await
    }

    async fn link_for(&self, below: &str, address: &str) -> (String, String) {
        let made = self.admin().post(below, &invitation(address)).await.expect(200).body;
        let id = made["results"][0]["invitation"]["id"].as_str().expect("an id").to_owned();
        (format!("{below}/{id}"), self.app.link(address, "invitation", 1).await)
    }
}

fn invitation(address: &str) -> Value {
    json!({ "emails": [address], "roles": ["brokerage.user"], "kind": "team", "groups": [] })
}
