//! Hires, their documents and their jobs.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;

use super::{Prepared, Scene};
use crate::{completed, event_body, passwords::MAILBOX_PASSWORD, waiting::found};

/// The documents that the tenant requires.
const DOCUMENTS: [&str; 3] = ["w9", "baa", "hire_agreement"];

impl Scene {
    pub(super) async fn prepare_hiring(&self, operation: &str) -> Option<Prepared> {
        let get = |path: String| Prepared::new(Method::GET, path, self.admin());
        let post = |path: String, body: Value| Prepared::new(Method::POST, path, self.admin()).json(body);
        Some(match operation {
            "GET /api/hires" => {
                self.hire().await;
                get("/api/hires".into())
            }
            "POST /api/hires" => {
                let body = json!({ "givenName": "José", "familyName": "Ó'Brien", "personalEmail": "jose@example.org" });
                post("/api/hires".into(), body)
            }
            "GET /api/hires/{id}" => get(format!("/api/hires/{}", self.hire().await)),
            "DELETE /api/hires/{id}" => {
                let hire = self.housed_hire().await;
                Prepared::new(Method::DELETE, format!("/api/hires/{hire}"), self.admin())
            }
            "POST /api/hires/{id}/reset-password" => {
                post(format!("/api/hires/{}/reset-password", self.housed_hire().await), json!({}))
            }
            "GET /api/hires/{id}/offboard" => {
                get(format!("/api/hires/{}/offboard", self.housed_hire().await))
            }
            "POST /api/hires/{id}/offboard" => {
                let (hire, to) = (self.housed_hire().await, self.housed_hire().await);
                let to = self.admin().get(&format!("/api/hires/{to}")).await.expect(200).body;
                let body = json!({ "handOverTo": to["address"], "deleteAfterDays": 30 });
                post(format!("/api/hires/{hire}/offboard"), body)
            }
            "POST /api/hires/{id}/offboard/call-back" => {
                let hire = self.housed_hire().await;
                let path = format!("/api/hires/{hire}/offboard");
                self.admin().post(&path, &json!({ "deleteAfterDays": 30 })).await.expect(202);
                self.kept(&hire).await;
                post(format!("{path}/call-back"), json!({}))
            }
            "GET /api/esign/events" => {
                self.unmatched().await;
                get("/api/esign/events".into())
            }
            "POST /api/esign/events/{id}/match" => {
                let (event, hire) = (self.unmatched().await, self.hire().await);
                let body = json!({ "hire": hire, "document": "w9" });
                post(format!("/api/esign/events/{event}/match"), body)
            }
            "POST /api/esign/events/{id}/drop" => {
                post(format!("/api/esign/events/{}/drop", self.unmatched().await), json!({}))
            }
            "POST /api/esign/webhook" => {
                let hire = self.app.hire("Kim", "Doe").await;
                self.event("/api/esign/webhook".into(), &completed(&hire, "w9"))
            }
            "POST /api/esign/webhook/{provider}/{endpoint}" => {
                let hire = self.hire().await;
                self.event(self.webhook(), &completed(&hire, "w9"))
            }
            _ => return None,
        })
    }

    pub(super) async fn prepare_job(&self, operation: &str) -> Option<Prepared> {
        let get = |path: String| Prepared::new(Method::GET, path, self.admin());
        let post = |path: String, body: Value| Prepared::new(Method::POST, path, self.admin()).json(body);
        Some(match operation {
            "GET /api/provision/jobs" => {
                self.job().await;
                get("/api/provision/jobs".into())
            }
            "GET /api/provision/jobs/{id}" => get(format!("/api/provision/jobs/{}", self.job().await)),
            "POST /api/provision/jobs/{id}/cancel" => {
                post(format!("/api/provision/jobs/{}/cancel", self.job().await), json!({}))
            }
            "POST /api/provision/jobs/{id}/retry" => {
                let path = format!("/api/provision/jobs/{}", self.job().await);
                self.admin().post(&format!("{path}/cancel"), &json!({})).await.expect(202);
                post(format!("{path}/retry"), json!({}))
            }
            "POST /api/provision/run" => {
                self.connect_work_mail().await;
                post("/api/provision/run".into(), json!({ "job": self.job().await }))
            }
            _ => return None,
        })
    }

    /// The page of a link for the password of a mailbox.
    pub(super) async fn prepare_password(&self, operation: &str) -> Option<Prepared> {
        Some(match operation {
            "GET /mailbox/password" => {
                let path = format!("/mailbox/password?token={}", self.password_link().await);
                Prepared::new(Method::GET, path, self.anyone())
            }
            "POST /mailbox/password" => {
                let fields =
                    vec![("token", self.password_link().await), ("password", MAILBOX_PASSWORD.to_owned())];
                Prepared::new(Method::POST, "/mailbox/password", self.anyone()).form(fields)
            }
            _ => return None,
        })
    }

    fn webhook(&self) -> String {
        format!("/api/esign/webhook/docusign/{}", self.endpoint)
    }

    /// A signed event.
    fn event(&self, path: String, event: &Value) -> Prepared {
        let body = event_body(event);
        let signature = sign_docusign(&self.app.stack.sample().esign_key, &body).expect("a usable key");
        let request = Prepared::new(Method::POST, path, self.app.anonymous());
        request.with("x-docusign-signature-1", signature).bytes("application/json", body)
    }

    /// A hire whose documents are signed; the ids of hire and pending job.
    async fn signed_hire(&self) -> (String, String) {
        let hire = self.hire().await;
        for kind in DOCUMENTS {
            self.event(self.webhook(), &completed(&hire, kind)).send().await.expect(200);
        }
        let shown = self.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
        (hire, shown.body["job"].as_str().expect("a job").to_owned())
    }

    /// A pending job.
    async fn job(&self) -> String {
        self.signed_hire().await.1
    }

    /// A hire with a mailbox.
    async fn housed_hire(&self) -> String {
        self.connect_work_mail().await;
        let (hire, job) = self.signed_hire().await;
        self.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
        let path = format!("/api/provision/jobs/{job}");
        let ended = found(async || {
            let job = self.admin().get(&path).await.expect(200).body;
            (job["status"] == "succeeded").then_some(())
        });
        ended.await.expect("the job succeeds");
        // The report on its mail changes the hire once more.
        self.app.events_settled().await;
        hire
    }

    /// Waits until only the day of the deletion is waited for.
    async fn kept(&self, hire: &str) {
        let plan = self.admin().get(&format!("/api/hires/{hire}/offboard")).await.expect(200).body;
        let path = format!("/api/provision/jobs/{}", plan["job"].as_str().expect("a job"));
        let kept = found(async || {
            let job = self.admin().get(&path).await.expect(200).body;
            let steps = job["steps"].as_array()?;
            steps.iter().any(|step| step["name"] == "keep" && step["status"] == "waiting").then_some(())
        });
        kept.await.expect("the mailbox is kept");
    }

    /// The token of the link in the mail of a new mailbox.
    async fn password_link(&self) -> String {
        self.housed_hire().await;
        self.app.newest_password_token()
    }

    /// The id of an event that fits no document.
    pub(super) async fn unmatched(&self) -> String {
        let mut event = completed("nobody", "w9");
        event["data"]["envelopeId"] = json!(format!("lost-{}", self.number()));
        self.event(self.webhook(), &event).send().await.expect(200);
        let listed = self.admin().get("/api/esign/events?outcome=unmatched").await.expect(200);
        listed.body["items"][0]["id"].as_str().expect("an event").to_owned()
    }
}
