use http::HeaderValue;
use serde_json::{Value, json};

use super::*;
use crate::esign::signing::sign_standard;
use crate::esign::verify_and_read;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const AT: u64 = 1_790_000_000;
const BODY: &[u8] = br#"{"type":"onboarding.started","data":{"id":"o1"}}"#;
const SIGNATURE: &str = "v1,JcR6q0VnqY2O22gxG4XWZ5uNpb6htibuTMoXvvRijDM=";

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    let names = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    let value = |value| HeaderValue::from_str(value).unwrap();
    names.map(|(name, text)| (http::HeaderName::from_static(name), value(text))).into_iter().collect()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_second(seconds.try_into().unwrap()).unwrap()
}

fn verify(headers: &HeaderMap, body: &[u8], now: u64) -> Result<SignEvent, EsignError> {
    verify_and_read(Vendor::Standard, &[SECRET.into()], headers, body, at(now))
}

fn read_signed(body: &Value) -> Result<SignEvent, EsignError> {
    let body = body.to_string();
    let signature = sign_standard(&SECRET.into(), "msg_01", AT, body.as_bytes()).unwrap();
    verify(&headers("msg_01", &AT.to_string(), &signature), body.as_bytes(), AT)
}

#[test]
fn the_published_vector_verifies_and_is_signed_the_same() {
    let event = verify(&headers("msg_01", "1790000000", SIGNATURE), BODY, AT).unwrap();
    assert_eq!(event.kind, SignKind::Other("onboarding.started".to_owned()));
    assert_eq!(event.delivery_key, "msg_01");
    assert_eq!(sign_standard(&SECRET.into(), "msg_01", AT, BODY).unwrap(), SIGNATURE);
}

#[test]
fn one_of_several_signatures_is_enough_but_only_of_scheme_v1() {
    let bare = SIGNATURE.trim_start_matches("v1,");
    let several = format!("v1a,{bare} v1,AAAA v2,{bare} {SIGNATURE}");
    assert!(verify(&headers("msg_01", "1790000000", &several), BODY, AT).is_ok());
    for wrong in [bare, &format!("v1a,{bare}"), "v1,", "v1", "", &format!("V1,{bare}")] {
        let read = verify(&headers("msg_01", "1790000000", wrong), BODY, AT);
        assert_eq!(read, Err(EsignError::SignatureWrong), "{wrong}");
    }
}

#[test]
fn a_missing_header_is_a_missing_signature() {
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let mut headers = headers("msg_01", "1790000000", SIGNATURE);
        headers.remove(name);
        assert_eq!(verify(&headers, BODY, AT), Err(EsignError::SignatureMissing), "{name}");
    }
}

#[test]
fn five_minutes_are_tolerated_both_ways_and_only_once_proved() {
    let headers = headers("msg_01", "1790000000", SIGNATURE);
    for now in [AT - 300, AT, AT + 300] {
        assert!(verify(&headers, BODY, now).is_ok());
    }
    for now in [AT - 301, AT + 301] {
        assert_eq!(verify(&headers, BODY, now), Err(EsignError::TimestampOld));
        assert_eq!(verify(&headers, b"{}", now), Err(EsignError::SignatureWrong));
    }
}

#[test]
fn id_time_and_body_are_all_covered_and_cannot_be_cut_otherwise() {
    let altered = [
        headers("msg_02", "1790000000", SIGNATURE),
        headers("msg_01", "1790000001", SIGNATURE),
        headers("msg_01", "+1790000000", SIGNATURE),
        headers("msg_01", "01790000000", SIGNATURE),
        headers("msg_01", "1790000000.0", SIGNATURE),
        headers("msg_01.1790000000", "1790000000", SIGNATURE),
        headers("", "1790000000", SIGNATURE),
        headers("msg_01", "", SIGNATURE),
    ];
    for headers in altered {
        assert_eq!(verify(&headers, BODY, AT), Err(EsignError::SignatureWrong), "{headers:?}");
    }
}

#[test]
fn document_events_are_read() {
    let kinds = [
        ("sent", SignKind::Sent),
        ("viewed", SignKind::Viewed),
        ("completed", SignKind::Signed),
        ("declined", SignKind::Declined),
        ("voided", SignKind::Voided),
        ("expired", SignKind::Expired),
    ];
    for (word, kind) in kinds {
        let event = read_signed(&json!({
            "type": format!("document.{word}"), "timestamp": "2026-11-20T09:15:00Z",
            "data": { "documentId": "doc-1", "correlation": "hire_1/w9" },
        }));
        let event = event.unwrap();
        assert_eq!(event.kind, kind);
        assert_eq!(event.provider_document_id, "doc-1");
        assert_eq!(event.correlations, ["hire_1/w9"]);
        assert_eq!(event.occurred_at, Some("2026-11-20T09:15:00Z".parse().unwrap()));
    }
}

#[test]
fn fault_05_only_a_body_that_is_no_object_is_refused() {
    assert!(matches!(read_signed(&json!([])), Err(EsignError::Malformed { .. })));
    for body in [
        json!({ "type": "document.completed", "timestamp": 5, "data": { "documentId": "d", "correlation": "c" } }),
        json!({ "Type": " Document.Completed\n", "timestamp": "soon", "data": { "id": "d", "correlation": ["c", 5, {}] } }),
        json!({ "type": "document.completed", "data": { "documentId": {}, "document_id": "d", "correlation": "c", "x": [null] } }),
    ] {
        let event = read_signed(&body).unwrap();
        assert_eq!((event.kind, &*event.provider_document_id), (SignKind::Signed, "d"), "{body}");
        assert!(event.correlations.contains(&"c".to_owned()), "{body}");
        assert_eq!(event.occurred_at, None, "{body}");
    }
    for none in [json!({ "data": {} }), json!({ "type": [] }), json!({ "type": "\u{200b}" })] {
        assert_eq!(read_signed(&none).unwrap().kind, SignKind::Other(String::new()), "{none}");
    }
}

#[test]
fn fault_06_our_value_is_read_wherever_senders_put_it() {
    let table = [
        (json!({ "correlation": ["a", "b"] }), vec!["a", "b"]),
        (json!({ "correlations": "a" }), vec!["a"]),
        (json!({ "metadata": { "correlation": "a", "vestibule_document": "b" } }), vec!["a", "b"]),
        (json!({ "customFields": [{ "name": "vestibule_document", "value": "a" }] }), vec!["a"]),
        (
            json!({ "documents": [{ "correlation": "a" }, { "metadata": { "correlation": "b" } }] }),
            vec!["a", "b"],
        ),
        (json!({ "title": "a", "recipients": [{ "correlation": "a" }] }), vec![]),
    ];
    for (data, expected) in table {
        let event = read_signed(&json!({ "type": "document.sent", "data": data })).unwrap();
        assert_eq!(event.correlations, expected, "{data}");
    }
}

#[test]
fn short_and_unencoded_secrets_are_refused() {
    for secret in ["whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "plain text secret"] {
        assert!(key(&secret.into()).is_err(), "{secret}");
    }
}
