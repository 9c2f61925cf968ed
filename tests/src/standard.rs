//! A second e-sign provider for the sample tenant: one that signs as Standard Webhooks do.

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_adapters::esign::signing::sign_standard;
use vestibule_domain::EndpointId;

use crate::{Answer, App};

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

impl App {
    /// Gives the sample tenant an endpoint for Standard Webhooks; its path.
    pub async fn standard_webhook(&self) -> String {
        let endpoint = EndpointId::new(&self.world);
        let secret = serde_json::json!({ "keys": [SECRET] }).to_string();
        let secrets = self.stack.cloud().secrets();
        secrets.put(&format!("vestibule/esign/{endpoint}"), &secret).expect("a secret");
        let tenant = self.stack.sample().tenant.id.to_string();
        let fields = [
            ("PK", format!("ENDPOINT#{endpoint}")),
            ("SK", "ENDPOINT".to_owned()),
            ("item", "endpoint".to_owned()),
            ("id", endpoint.to_string()),
            ("tenant", tenant),
            ("provider", "standard".to_owned()),
        ];
        let row = fields.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        let put = self.client().put_item().table_name(self.stack.table_name());
        put.set_item(Some(row.into())).send().await.expect("the endpoint");
        format!("/api/esign/webhook/standard/{endpoint}")
    }

    /// Sends signed bytes to an endpoint for Standard Webhooks, as the delivery `id`.
    pub async fn deliver_standard(&self, path: &str, id: &str, body: Vec<u8>) -> Answer {
        let seconds = u64::try_from(self.world.now().as_second()).expect("a time after 1970");
        let signature = sign_standard(&SECRET.into(), id, seconds, &body).expect("a usable key");
        let actor = self.anonymous();
        let request = actor.request(reqwest::Method::POST, path).header("content-type", "application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", seconds);
        actor.send(request.header("webhook-signature", signature).body(body)).await
    }

    /// The status of a hire's document.
    pub async fn document(&self, hire: &str, kind: &str) -> String {
        let shown = self.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
        let documents = shown.body["documents"].as_array().expect("documents");
        let found = documents.iter().find(|document| document["kind"] == kind).expect("the document");
        found["status"].as_str().expect("a status").to_owned()
    }
}
