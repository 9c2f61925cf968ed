//! The tenant's people and its e-sign provider, against a process that comes and goes.

use std::time::Duration;

use reqwest::Client;
use secrecy::SecretString;
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_models::Fault;
use vestibule_tests::{
    completed, event_body,
    identity::token_behind,
    passwords::{MAILBOX_PASSWORD, PASSWORD_PAGE},
};

use crate::process::Process;

/// A call that takes longer counts as lost.
const PATIENCE: Duration = Duration::from_secs(15);

/// An administrator with the token of the first start.
pub(crate) struct Firm {
    http: Client,
    token: String,
}

impl Firm {
    pub(crate) async fn enter(process: &Process) -> Self {
        let http = Client::builder().timeout(PATIENCE).build().unwrap();
        let page = format!("{}/_local/token/debug_tenant_admin", process.url);
        let token = http.get(page).send().await.unwrap().error_for_status().unwrap();
        Self { http: http.clone(), token: token.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, process: &Process, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", process.url)).bearer_auth(&self.token);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    pub(crate) async fn hire(&self, process: &Process) -> String {
        let body = json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@example.org" });
        let request = self.http.post(format!("{}/api/hires", process.url)).bearer_auth(&self.token);
        let made = request.json(&body).send().await.unwrap().error_for_status().unwrap();
        let made: Value = made.json().await.unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// Plants one fault in front of the AWS models.
    pub(crate) async fn plant(&self, process: &Process, fault: &Fault) {
        let request = self.http.put(format!("{}/_faults", process.aws)).json(&[fault]);
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// Waits until the planted fault has hit a call.
    pub(crate) async fn hit(&self, process: &Process) {
        loop {
            let left = self.http.get(format!("{}/_faults", process.aws)).send().await.unwrap();
            if left.json::<Vec<Fault>>().await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Signs every document, as the provider tells it; the job's id.
    pub(crate) async fn sign(&self, process: &Process, hire: &str) -> String {
        let endpoint = self.get(process, "/_local/esign").await;
        let key = SecretString::from(endpoint["key"].as_str().unwrap());
        for kind in ["w9", "baa", "hire_agreement"] {
            let body = event_body(&completed(hire, kind));
            let request = self.http.post(endpoint["url"].as_str().unwrap());
            let request = request.header("content-type", "application/json");
            let request = request.header("x-docusign-signature-1", sign_docusign(&key, &body).unwrap());
            request.body(body).send().await.unwrap().error_for_status().unwrap();
        }
        let shown = self.get(process, &format!("/api/hires/{hire}")).await;
        shown["job"].as_str().unwrap().to_owned()
    }

    /// Chooses the password of the mailbox by the link of the newest mail, as its owner does.
    pub(crate) async fn choose_password(&self, process: &Process) {
        let page = async |path: &str| {
            let answer = self.http.get(format!("{}{path}", process.url)).send().await.unwrap();
            answer.error_for_status().unwrap().text().await.unwrap()
        };
        let mails = page("/_local/mail").await;
        let (_, newest) = mails.split_once("/_local/mail/").unwrap();
        let mail = page(&format!("/_local/mail/{}", newest.split('"').next().unwrap())).await;
        let token = token_behind(&mail.replace("&#x2f;", "/"), PASSWORD_PAGE).unwrap();
        let form = [("token", token.as_str()), ("password", MAILBOX_PASSWORD)];
        let set = self.http.post(format!("{}{PASSWORD_PAGE}", process.url)).form(&form).send().await.unwrap();
        set.error_for_status().unwrap();
    }

    /// The job, once nothing will touch it any more.
    pub(crate) async fn ended(&self, process: &Process, job: &str) -> Value {
        loop {
            let shown = self.get(process, &format!("/api/provision/jobs/{job}")).await;
            let status = shown["status"].as_str().unwrap();
            if ["succeeded", "failed", "needs_attention", "cancelled"].contains(&status) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
