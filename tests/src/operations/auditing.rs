//! The audit log of the organization.

use reqwest::Method;
use vestibule_domain::AuditId;
use vestibule_store::{Chain, Checkpoint};

use super::{Prepared, Scene};
use crate::waiting::found;

const LOG: &str = "/api/audit";

impl Scene {
    pub(super) async fn prepare_audit(&self, operation: &str) -> Option<Prepared> {
        let get = |path: String| Prepared::new(Method::GET, path, self.admin());
        Some(match operation {
            "GET /api/audit" => {
                self.hire_in_the_log().await;
                get(format!("{LOG}?action=hire.&limit=10"))
            }
            "GET /api/audit/{id}" => get(format!("{LOG}/{}", self.hire_in_the_log().await)),
            "GET /api/audit/export" => {
                self.hire_in_the_log().await;
                get(format!("{LOG}/export?format=jsonl"))
            }
            "GET /api/audit/checkpoint" => {
                self.sign().await;
                get(format!("{LOG}/checkpoint"))
            }
            _ => return None,
        })
    }

    /// The record of a new hire, once it has its place in the chain.
    async fn hire_in_the_log(&self) -> AuditId {
        let hire = self.hire().await;
        let numbered = found(async || {
            let listed = self.admin().get(&format!("{LOG}?resource={hire}")).await.expect(200).body;
            let record = &listed["items"][0];
            record["number"].is_u64().then(|| record["id"].as_str().expect("an id").to_owned())
        });
        numbered.await.expect("a record with a number").parse().expect("an id")
    }

    /// A checkpoint as whoever signs would note it.
    async fn sign(&self) {
        let (size, at) = (1, self.app.world.now());
        let (note, key) = ("the note".to_owned(), "the key".to_owned());
        let checkpoint = Checkpoint { size, at, note, key };
        let platform = self.app.stack.store().platform();
        platform.signed(Chain::Tenant(self.tenant()), &checkpoint).await.expect("a checkpoint");
    }
}
