//! The e-sign provider's side of the demo: the sample events, signed with the endpoint's key.

use anyhow::{Context as _, Result};
use serde_json::Value;
use vestibule_adapters::esign::signing::sign_docusign;

use crate::Stack;

/// The sample events of `events/esign-webhook`, each about one document.
const EVENTS: [(&str, &str); 3] = [
    ("W-9", include_str!("../../../../events/esign-webhook/w9-completed.json")),
    ("BAA", include_str!("../../../../events/esign-webhook/baa-completed.json")),
    ("hire agreement", include_str!("../../../../events/esign-webhook/hire-agreement-completed.json")),
];

pub(super) struct Provider<'a> {
    stack: &'a Stack,
    url: String,
}

impl<'a> Provider<'a> {
    pub(super) fn new(stack: &'a Stack) -> Self {
        let url = format!("{}/api/esign/webhook/docusign/{}", stack.url(), stack.sample().endpoint);
        Self { stack, url }
    }

    /// What is signed, and the event that says so.
    pub(super) fn events(hire: &str) -> Vec<(&'static str, String)> {
        EVENTS.iter().map(|(document, event)| (*document, event.replace("{hire}", hire))).collect()
    }

    /// Sends an event with its real signature; what the webhook made of it.
    pub(super) async fn send(&self, http: &reqwest::Client, event: &str) -> Result<String> {
        let signature = sign_docusign(&self.stack.sample().esign_key, event.as_bytes())?;
        let request = http.post(&self.url).header("x-docusign-signature-1", signature);
        let request = request.header("content-type", "application/json").body(event.to_owned());
        let answer: Value = request.send().await?.error_for_status()?.json().await?;
        Ok(answer["outcome"].as_str().context("the webhook named no outcome")?.to_owned())
    }
}
