use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::esign::signing::sign_docusign;
use crate::esign::{Verifier, verify_and_read};

const KEY: &str = "demo-connect-key";
const BODY: &[u8] =
    br#"{"event":"envelope-completed","data":{"envelopeId":"11111111-2222-3333-4444-555555555555"}}"#;
const SIGNATURE: &str = "5hjBMZuWcpqbYfa1KnV1XV2eqrVzDeBhFokvsvfJr4A=";

fn headers(signatures: &[&str]) -> HeaderMap {
    let numbered = signatures.iter().enumerate().map(|(place, signature)| {
        let name = format!("x-docusign-signature-{}", place + 1);
        (HeaderName::try_from(name).unwrap(), HeaderValue::from_str(signature).unwrap())
    });
    numbered.collect()
}

fn verify(keys: &[&str], signatures: &[&str], body: &[u8]) -> Result<SignEvent, EsignError> {
    let keys: Vec<_> = keys.iter().map(|key| SecretString::from(*key)).collect();
    verify_and_read(Vendor::DocuSign, &keys, &headers(signatures), body, Timestamp::UNIX_EPOCH)
}

fn read_signed(body: &Value) -> Result<SignEvent, EsignError> {
    let body = body.to_string();
    let signature = sign_docusign(&KEY.into(), body.as_bytes()).unwrap();
    verify(&[KEY], &[&signature], body.as_bytes())
}

#[test]
fn the_published_vector_verifies_and_is_signed_the_same() {
    let event = verify(&[KEY], &[SIGNATURE], BODY).unwrap();
    assert_eq!(event.kind, SignKind::Signed);
    assert_eq!(event.provider_document_id, "11111111-2222-3333-4444-555555555555");
    assert_eq!(event.trust, Trust::BodySigned);
    assert_eq!(sign_docusign(&KEY.into(), BODY).unwrap(), SIGNATURE);
}

#[test]
fn any_header_may_match_any_key() {
    let other = sign_docusign(&"other-key".into(), BODY).unwrap();
    assert!(verify(&["new-key", KEY], &[&other, SIGNATURE], BODY).is_ok());
    assert_eq!(verify(&["new-key", KEY], &[&other], BODY), Err(EsignError::SignatureWrong));
}

#[test]
fn a_missing_or_wrong_signature_is_refused_before_the_body_is_read() {
    assert_eq!(verify(&[KEY], &[], b"not json"), Err(EsignError::SignatureMissing));
    for wrong in ["", "====", &SIGNATURE[1..], &SIGNATURE[..40], "5hjB", &SIGNATURE.to_lowercase()] {
        assert_eq!(verify(&[KEY], &[wrong], b"not json"), Err(EsignError::SignatureWrong), "{wrong}");
    }
    assert_eq!(verify(&[KEY], &[SIGNATURE], &BODY[..50]), Err(EsignError::SignatureWrong));
    let spaced = [BODY, b" "].concat();
    assert_eq!(verify(&[KEY], &[SIGNATURE], &spaced), Err(EsignError::SignatureWrong));
}

#[test]
fn a_full_message_gives_kind_time_correlation_and_key() {
    let event = read_signed(&json!({
        "event": "envelope-declined", "apiVersion": "v2.1", "retryCount": 3, "configurationId": 1_234_567,
        "generatedDateTime": "2026-11-20T10:15:00.1234567+01:00",
        "data": { "envelopeId": "env-1", "envelopeSummary": { "customFields": { "textCustomFields": [
            { "name": "other", "value": "x" },
            { "name": "vestibule_document", "value": "hire_1/w9" },
        ] } } },
    }));
    let event = event.unwrap();
    assert_eq!(event.kind, SignKind::Declined);
    assert_eq!(event.correlations, ["hire_1/w9"]);
    assert_eq!(event.occurred_at, Some("2026-11-20T09:15:00.1234567Z".parse().unwrap()));
    assert_eq!(event.delivery_key, "1234567|envelope-declined|env-1||2026-11-20T09:15:00.1234567Z");
}

#[test]
fn a_repetition_has_the_same_key_and_another_recipient_another() {
    let message = |retries: u32, recipient: &str| {
        read_signed(&json!({
            "event": "recipient-completed", "retryCount": retries, "configurationId": 1,
            "generatedDateTime": "2026-11-20T09:15:00Z",
            "data": { "envelopeId": "env-1", "recipientId": recipient },
        }))
        .unwrap()
    };
    assert_eq!(message(0, "1").delivery_key, message(9, "1").delivery_key);
    assert_ne!(message(0, "1").delivery_key, message(0, "2").delivery_key);
    assert_eq!(message(0, "1").kind, SignKind::Other("recipient-completed".to_owned()));
}

#[test]
fn fault_05_only_a_body_that_is_no_object_is_refused() {
    for body in [json!([]), json!(null), json!("x")] {
        assert!(matches!(read_signed(&body), Err(EsignError::Malformed { .. })), "{body}");
    }
    let odd = json!([null, true, -1, 1.5e300, "", " ", "a#b", "\u{fffd}", [], {}, [[{}]], { "event": 1 }]);
    let whole = json!({
        "event": "envelope-completed", "configurationId": 1, "retryCount": 0, "uri": "/x", "apiVersion": "v2.1",
        "generatedDateTime": "2026-11-20T09:15:00Z",
        "data": { "envelopeId": "env-1", "recipientId": "1", "accountId": "a", "envelopeSummary": {
            "status": "completed", "recipients": {},
            "customFields": { "textCustomFields": [{ "name": "vestibule_document", "value": "hire_1/w9" }] },
        } },
    });
    for value in odd.as_array().unwrap() {
        for pointer in [
            "/configurationId",
            "/retryCount",
            "/uri",
            "/apiVersion",
            "/generatedDateTime",
            "/data/recipientId",
            "/data/accountId",
            "/data/envelopeSummary/status",
            "/data/envelopeSummary/recipients",
        ] {
            let mut body = whole.clone();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            let event = read_signed(&body).unwrap();
            assert_eq!((event.kind, &*event.provider_document_id), (SignKind::Signed, "env-1"), "{body}");
            assert_eq!(event.correlations, ["hire_1/w9"], "{body}");
        }
        for pointer in ["/event", "/data", "/data/envelopeId", "/data/envelopeSummary"] {
            let mut body = whole.clone();
            *body.pointer_mut(pointer).unwrap() = value.clone();
            assert!(read_signed(&body).is_ok(), "{body}");
        }
    }
}

#[test]
fn fault_05_the_event_is_known_with_blanks_around_it_and_in_any_case() {
    for word in [
        " envelope-completed",
        "Envelope-Completed\n",
        "\u{feff}ENVELOPE-COMPLETED\u{200b}",
        "envelope-completed\0",
    ] {
        assert_eq!(read_signed(&json!({ "event": word })).unwrap().kind, SignKind::Signed, "{word:?}");
    }
    for other in ["envelope completed", "xenvelope-completed", "completed"] {
        let kind = read_signed(&json!({ "event": other })).unwrap().kind;
        assert!(matches!(kind, SignKind::Other(word) if !word.is_empty()), "{other:?}");
    }
    for none in [json!({}), json!({ "event": " " }), json!({ "event": {} })] {
        assert_eq!(read_signed(&none).unwrap().kind, SignKind::Other(String::new()), "{none}");
    }
}

#[test]
fn fault_06_our_field_is_read_wherever_senders_put_it() {
    let field = |value: &str| json!({ "name": "vestibule_document", "value": value });
    let table = [
        (
            json!({ "customFields": { "textCustomFields": [field("a"), field("b"), field("a")] } }),
            vec!["a", "b"],
        ),
        (json!({ "customFields": { "listCustomFields": [field("a")], "textCustomFields": [] } }), vec!["a"]),
        (
            json!({ "customFields": { "textCustomFields": [5, null, { "name": " Vestibule_Document", "value": "a" }] } }),
            vec!["a"],
        ),
        (json!({ "customFields": [field("a")] }), vec!["a"]),
        (
            json!({ "envelopeDocuments": [{ "documentFields": [field("a")] }, { "documentFields": [field("b")] }, 7] }),
            vec!["a", "b"],
        ),
        (
            json!({ "recipients": { "signers": [{ "tabs": { "textTabs": [
            { "tabLabel": "vestibule_document", "name": "vestibule_document", "value": "a" }] } }] } }),
            vec![],
        ),
        (json!({ "customFields": { "textCustomFields": [{ "name": "other", "value": "a" }] } }), vec![]),
    ];
    for (summary, expected) in table {
        for data in [json!({ "envelopeSummary": summary }), summary.clone()] {
            let event = read_signed(&json!({ "event": "envelope-sent", "data": data })).unwrap();
            assert_eq!(event.correlations, expected, "{data}");
        }
    }
}

#[test]
fn an_envelopes_id_is_found_in_other_places_too() {
    let id = |body: Value| read_signed(&body).unwrap().provider_document_id;
    assert_eq!(id(json!({ "data": { "envelopeId": "ABCD-1" } })), "abcd-1");
    assert_eq!(id(json!({ "data": { "envelopeSummary": { "envelopeId": 17 } } })), "17");
    assert_eq!(id(json!({ "uri": "/restapi/v2.1/accounts/a/envelopes/E-1/views?x", "data": {} })), "e-1");
    assert_eq!(id(json!({ "data": { "envelopeId": null } })), "");
}

#[test]
fn keys_show_in_no_debug_output() {
    let verifier = Verifier::new(Vendor::DocuSign, &[KEY.into()]).unwrap();
    assert!(!format!("{verifier:?}").contains(KEY));
}
