//! `/api/esign/webhook`: what decides, what does not, and what envelopes say together.

use serde_json::{Value, json};
use vestibule_tests::{Answer, App, completed, envelope, event_body};

/// What an event says: what happened, the envelope, the time.
type Told = (&'static str, &'static str, &'static str);

/// `envelope`, with its own envelope id and time.
fn of(event: &str, hire: &str, id: &str, time: &str) -> Value {
    let mut body = envelope(&format!("envelope-{event}"), hire, "w9");
    (body["data"]["envelopeId"], body["generatedDateTime"]) = (json!(id), json!(time));
    body
}

async fn say(app: &App, field: &str) -> Answer {
    let mut body = completed("x", "w9");
    body["data"]["envelopeSummary"]["customFields"]["textCustomFields"][0]["value"] = json!(field);
    body["data"]["envelopeId"] = json!(format!("e{}", field.len()));
    app.deliver(&body).await.expect(200)
}

#[tokio::test]
async fn fault_05_a_signed_event_is_recorded_whatever_stands_beside_what_decides() {
    let app = App::start().await;
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    for beside in [
        r#""emailSubject":"Welcome \ud83c""#,
        r#""count":1e999"#,
        &format!(r#""notes":{deep}"#),
        r#""configurationId":-1"#,
        r#""configurationId":"12 34""#,
        r#""x":1,"x":[],"generatedDateTime":"soon""#,
        r#""uri":7,"retryCount":{},"apiVersion":null"#,
    ] {
        for (before, event) in [("", "envelope-completed"), ("\u{feff}", " Envelope-Completed\\n")] {
            let hire = app.hire("Ada", "Field").await;
            let fields = format!(r#"[{{"name":"vestibule_document","value":"{hire}/w9"}}]"#);
            let data = format!(
                r#"{{"envelopeId":"e1","envelopeSummary":{{"customFields":{{"textCustomFields":{fields}}}}}}}"#
            );
            let body = format!(r#"{before}{{{beside},"event":"{event}","data":{data}}}"#);
            let shown: String = body.chars().take(200).collect();
            let answer = app.deliver_raw(&app.webhook(), body.into_bytes()).await;
            assert_eq!((answer.status, answer.body["outcome"].as_str()), (200, Some("recorded")), "{shown}");
            // Without what was odd it is the same event.
            let plain = format!(r#"{{"event":"envelope-completed","data":{data}}}"#).into_bytes();
            let again = app.deliver_raw(&app.webhook(), plain).await.expect(200);
            assert_eq!(again.body["outcome"], "unchanged", "{shown}");
            assert_eq!(app.document(&hire, "w9").await, "signed");
        }
    }
    for none in ["", "[]", "{\"event\":", "null", "<xml/>"] {
        let refused = app.deliver_raw(&app.webhook(), none.into()).await.expect(400);
        assert_eq!(refused.code(), "body_invalid");
    }
}

#[tokio::test]
async fn fault_05_a_standard_webhook_is_read_as_leniently() {
    let app = App::start().await;
    let path = app.standard_webhook().await;
    for (number, beside) in
        [r#""a":"\ud83c""#, r#""a":-1e999"#, r#""timestamp":{}"#, r#""Type":5"#].iter().enumerate()
    {
        let hire = app.hire("Ada", "Field").await;
        let body = format!(
            r#"{{{beside},"type":" document.completed","data":{{"documentId":"d","correlation":[" {hire}/W9\n"]}}}}"#
        );
        let taken =
            app.deliver_standard(&path, &format!("msg_{number}"), body.into_bytes()).await.expect(200);
        assert_eq!(taken.body["outcome"], "recorded", "{beside}");
        assert_eq!(app.document(&hire, "w9").await, "signed");
    }
}

#[tokio::test]
async fn fault_06_the_correlation_is_read_as_a_person_reads_it() {
    let app = App::start().await;
    let forms: [fn(&str) -> String; 7] = [
        |hire| format!(" {hire}/w9"),
        |hire| format!("{hire}/w9  "),
        |hire| format!("{hire}/w9\n"),
        |hire| format!("{hire}/W9"),
        |hire| format!("{}/w9", hire.to_lowercase()),
        |hire| format!("\u{feff}{hire} / w9\u{200b}"),
        |hire| format!("\"{hire}/w9\""),
    ];
    for form in forms {
        let hire = app.hire("Ada", "Field").await;
        assert_eq!(say(&app, &form(&hire)).await.body["outcome"], "recorded", "{:?}", form(&hire));
        assert_eq!(app.document(&hire, "w9").await, "signed");
    }
}

#[tokio::test]
async fn fault_06_several_documents_of_several_hires_in_one_envelope_are_all_recorded() {
    let app = App::start().await;
    let (one, other) = (app.hire("Ada", "Field").await, app.hire("Kim", "Doe").await);
    let text = format!("{one}/w9, {one}/baa; {one}/hire_agreement\n{other}/w9");
    assert_eq!(say(&app, &text).await.body["outcome"], "recorded");
    assert_eq!(say(&app, &text).await.body["outcome"], "unchanged");
    let shown = app.admin().get(&format!("/api/hires/{one}")).await.expect(200);
    assert!(
        shown.body["documents"].as_array().unwrap().iter().all(|document| document["status"] == "signed")
    );
    assert!(shown.body["job"].is_string(), "the last signature makes the job");
    assert_eq!(app.document(&other, "w9").await, "signed");
    assert_eq!(app.document(&other, "baa").await, "pending");
    let partly = say(&app, &format!("{other}/baa, {other}/passport")).await;
    assert_eq!(partly.body["outcome"], "recorded");
    assert_eq!(app.document(&other, "baa").await, "signed");
    let listed = app.admin().get("/api/esign/events?outcome=unmatched").await.expect(200);
    assert_eq!(listed.body["items"][0]["reason"], "unknown_document");
}

#[tokio::test]
async fn fault_07_a_second_envelope_counts_and_late_events_of_the_first_do_not() {
    let app = App::start().await;
    let same = "2026-11-20T09:14:07Z";
    let table: [(&[Told], &str); 7] = [
        (
            &[("sent", "e1", same), ("voided", "e1", same), ("sent", "e2", same), ("delivered", "e2", same)],
            "viewed",
        ),
        (
            &[("sent", "e1", same), ("sent", "e2", same), ("delivered", "e2", same), ("voided", "e1", same)],
            "viewed",
        ),
        (&[("declined", "e1", "2026-11-20T09:00:00Z"), ("sent", "e2", "2026-11-20T10:00:00Z")], "sent"),
        (&[("declined", "e1", same), ("sent", "e2", same)], "sent"),
        (&[("completed", "e1", same), ("sent", "e2", same), ("voided", "e2", same)], "signed"),
        (&[("voided", "e1", "soon"), ("declined", "e2", ""), ("completed", "e3", "x")], "signed"),
        (&[("delivered", "e1", "2026-11-20T09:00:00Z"), ("sent", "e2", "2026-11-20T10:00:00Z")], "sent"),
    ];
    for (events, expected) in table {
        for reversed in [false, true] {
            let hire = app.hire("Ada", "Field").await;
            let mut order = events.to_vec();
            if reversed {
                order.reverse();
            }
            for (event, id, time) in order.iter().chain(events) {
                app.deliver(&of(event, &hire, id, time)).await.expect(200);
            }
            assert_eq!(app.document(&hire, "w9").await, expected, "{order:?}");
        }
    }
}

#[tokio::test]
async fn fault_07_an_expired_envelope_of_a_standard_webhook_hides_no_living_one() {
    let app = App::start().await;
    let path = app.standard_webhook().await;
    let (expired, sent) = (("expired", "e1"), ("sent", "e2"));
    for order in [[expired, sent], [sent, expired]] {
        let hire = app.hire("Ada", "Field").await;
        for (event, document) in order {
            let body = json!({
                "type": format!("document.{event}"),
                "timestamp": "2026-11-20T09:14:07Z",
                "data": { "documentId": document, "correlation": format!("{hire}/w9") },
            });
            app.deliver_standard(&path, &format!("{hire}-{event}"), event_body(&body)).await.expect(200);
        }
        let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body;
        let documents = shown["documents"].as_array().unwrap();
        let w9 = documents.iter().find(|document| document["kind"] == "w9").unwrap();
        let envelopes = w9["envelopes"].as_array().unwrap().iter();
        let envelopes: Vec<_> = envelopes.map(|one| (one["id"].as_str(), one["status"].as_str())).collect();
        assert_eq!(w9["status"], "sent", "{order:?}");
        assert_eq!(envelopes, [(Some("e2"), Some("sent")), (Some("e1"), Some("expired"))], "{order:?}");
    }
}

#[tokio::test]
async fn fault_07_staff_see_every_envelope_of_a_document() {
    let app = App::start().await;
    let hire = app.hire("Ada", "Field").await;
    let outcomes = [("voided", "e1", "recorded"), ("sent", "e2", "recorded"), ("sent", "e1", "unchanged")];
    for (event, id, outcome) in outcomes {
        let taken = app.deliver(&of(event, &hire, id, "2026-11-20T09:14:07Z")).await.expect(200);
        assert_eq!(taken.body["outcome"], outcome, "{event} {id}");
    }
    let shown = app.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
    let documents = shown.body["documents"].as_array().unwrap();
    let w9 = documents.iter().find(|document| document["kind"] == "w9").unwrap();
    let at = "2026-11-20T09:14:07Z";
    assert_eq!(
        w9["envelopes"],
        json!([{ "id": "e2", "status": "sent", "at": at }, { "id": "e1", "status": "voided", "at": at }])
    );
}
