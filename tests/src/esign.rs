//! The e-sign provider's side: events as `DocuSign` Connect sends them.

use serde_json::{Value, json};

/// The body of an envelope event about one document of one hire.
pub fn envelope(event: &str, hire: &str, kind: &str) -> Value {
    json!({
        "event": event,
        "apiVersion": "v2.1",
        "retryCount": 0,
        "configurationId": 1_234_567,
        "generatedDateTime": "2026-11-20T09:15:00.1234567Z",
        "data": {
            "accountId": "aaaa1111-0000-4000-8000-000000000001",
            "envelopeId": format!("bbbb2222-0000-4000-8000-{:0>12}", kind.len()),
            "envelopeSummary": {
                "status": "completed",
                "customFields": { "textCustomFields": [{ "name": "vestibule_document", "value": format!("{hire}/{kind}") }] }
            }
        }
    })
}

/// The body of the event that says a document is signed by everyone.
pub fn completed(hire: &str, kind: &str) -> Value {
    envelope("envelope-completed", hire, kind)
}

/// The bytes that are signed and sent.
pub fn event_body(event: &Value) -> Vec<u8> {
    event.to_string().into_bytes()
}
