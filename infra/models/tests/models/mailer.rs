//! `SendEmail` of SES v2.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use axum::body::Body;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use vestibule_models::{Cloud, CloudError, MailEvent, Rule};

use crate::support::{answer, cloud, send};

fn request(body: &Value) -> Request<Body> {
    Request::post("/v2/email/outbound-emails").body(Body::from(body.to_string())).unwrap()
}

fn mail() -> Value {
    json!({
        "FromEmailAddress": "Acme <no-reply@mail.acme.example>",
        "Destination": { "ToAddresses": ["kim@example.test"] },
        "Content": { "Simple": {
            "Subject": { "Data": "Willkommen, Jörg" },
            "Body": { "Text": { "Data": "Hi" }, "Html": { "Data": "<p>Hi</p>" } },
            "Headers": [{ "Name": "X-Job", "Value": "job_1" }],
        } },
        "EmailTags": [{ "Name": "tenant", "Value": "t_42" }],
    })
}

async fn assert_refused(cloud: &Cloud, body: &Value) {
    let response = send(cloud, request(body)).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    assert_eq!(response.headers()["x-amzn-errortype"], "BadRequestException");
}

#[tokio::test]
async fn a_simple_mail_is_taken_and_kept_with_all_its_parts() {
    let cloud = cloud();
    let (status, taken) = answer(&cloud, request(&mail())).await;
    assert_eq!(status, StatusCode::OK);
    let sent = cloud.mailer().sent().unwrap().remove(0);
    assert_eq!(taken, json!({ "MessageId": sent.id }));
    assert_eq!(
        (sent.subject.as_str(), sent.text.as_deref(), sent.html.as_deref()),
        ("Willkommen, Jörg", Some("Hi"), Some("<p>Hi</p>"))
    );
    assert_eq!(
        (sent.to[0].as_str(), sent.tags[0].value.as_str(), sent.headers[0].name.as_str()),
        ("kim@example.test", "t_42", "X-Job")
    );
    assert!(!format!("{sent:?}").contains("<p>Hi</p>"), "bodies are not for logs");
}

#[tokio::test]
async fn a_repeated_request_is_a_mail_sent_twice() {
    let cloud = cloud();
    for _ in 0..2 {
        answer(&cloud, request(&mail())).await;
    }
    let sent = cloud.mailer().sent().unwrap();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0].id, sent[1].id);
}

#[tokio::test]
async fn limits_of_recipients_headers_tags_and_addresses_are_enforced() {
    let cloud = cloud();
    let broken: [(&str, Value); 8] = [
        ("/Destination/ToAddresses", json!(vec!["kim@example.test"; 51])),
        ("/Destination/ToAddresses", json!([])),
        ("/Destination/ToAddresses", json!(["jörg@example.test"])),
        ("/FromEmailAddress", json!("nobody")),
        ("/Content/Simple/Headers", json!([{ "Name": "X-Job", "Value": "1\r\nBcc: eve@example.test" }])),
        ("/Content/Simple/Subject/Data", json!("Hi\r\nBcc: eve@example.test")),
        ("/Content/Simple/Body", json!({})),
        ("/EmailTags", json!([{ "Name": "tenant", "Value": "t:42" }])),
    ];
    for (pointer, value) in broken {
        let mut body = mail();
        *body.pointer_mut(pointer).unwrap() = value;
        assert_refused(&cloud, &body).await;
    }
    assert!(cloud.mailer().sent().unwrap().is_empty());
}

#[tokio::test]
async fn a_raw_mail_takes_what_the_request_leaves_out_from_its_headers() {
    let cloud = cloud();
    let source = "From: no-reply@acme.example\r\nTo: \"Lee, Kim\" <kim@example.test>, jo@example.test\r\nSubject: A long\r\n subject\r\nX-Job: job_1\r\n\r\nHi\r\n";
    let body = json!({ "Content": { "Raw": { "Data": BASE64_STANDARD.encode(source) } } });
    answer(&cloud, request(&body)).await;
    let sent = cloud.mailer().sent().unwrap().remove(0);
    assert_eq!((sent.from.as_str(), sent.subject.as_str()), ("no-reply@acme.example", "A long subject"));
    assert_eq!(sent.to, ["\"Lee, Kim\" <kim@example.test>", "jo@example.test"]);
    assert_eq!(sent.raw.as_deref(), Some(source));
    assert_refused(&cloud, &json!({ "Content": { "Raw": { "Data": "%" } } })).await;
}

#[tokio::test]
async fn an_unknown_template_is_not_found() {
    let cloud = cloud();
    let mut body = mail();
    body["Content"] = json!({ "Template": { "TemplateName": "welcome" } });
    let response = send(&cloud, request(&body)).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["x-amzn-errortype"], "NotFoundException");
}

fn types(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A cloud whose default bus leads the events of SES to one function.
fn told_of(names: &[&str]) -> Cloud {
    let cloud = cloud();
    cloud.mailer().add_configuration_set("main");
    cloud.mailer().add_event_destination("main", &types(names)).unwrap();
    let (name, bus) = ("rule".to_owned(), "default".to_owned());
    let pattern = json!({ "source": ["aws.ses"] });
    cloud.events().add_rule(Rule { name, bus, pattern, target_function: "events".to_owned() }).unwrap();
    cloud
}

async fn send_to(cloud: &Cloud, to: &str, set: Option<&str>) -> String {
    let mut body = mail();
    body["Destination"]["ToAddresses"] = json!([to]);
    body["ConfigurationSetName"] = json!(set);
    let (status, taken) = answer(cloud, request(&body)).await;
    assert_eq!(status, StatusCode::OK, "{taken}");
    taken["MessageId"].as_str().unwrap().to_owned()
}

/// Type and kind of bounce of each event so far.
fn told(cloud: &Cloud) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = cloud.events().pending().unwrap().into_iter().map(|delivery| {
        let detail = &delivery.event["detail"];
        (text(&detail["eventType"]), text(&detail["bounce"]["bounceType"]))
    });
    each.collect()
}

const ALL: [&str; 7] =
    ["SEND", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE"];

#[tokio::test]
async fn an_event_has_the_envelope_and_the_tags_of_its_mail() {
    let cloud = told_of(&["DELIVERY"]);
    let id = send_to(&cloud, "kim@example.test", Some("main")).await;
    let pending = cloud.events().pending().unwrap();
    let [delivery] = pending.as_slice() else { panic!("one event: {pending:?}") };
    let event = &delivery.event;
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("aws.ses"), &json!("Email Delivered")));
    let mail = &event["detail"]["mail"];
    assert_eq!((&mail["messageId"], &mail["destination"]), (&json!(id), &json!(["kim@example.test"])));
    assert_eq!(mail["tags"]["tenant"], json!(["t_42"]));
    assert_eq!(mail["tags"]["ses:configuration-set"], json!(["main"]));
}

#[tokio::test]
async fn addresses_of_the_simulator_decide_what_happens() {
    for (to, expected) in [
        ("success@simulator.amazonses.com", &["Delivery"][..]),
        ("bounce+a@simulator.amazonses.com", &["Bounce Permanent"][..]),
        ("suppressionlist@simulator.amazonses.com", &["Bounce Permanent"][..]),
        ("complaint@simulator.amazonses.com", &["Delivery", "Complaint"][..]),
        ("ooto+x@simulator.amazonses.com", &["Delivery", "Bounce Transient"][..]),
        ("bounce@example.test", &["Delivery"][..]),
    ] {
        let cloud = told_of(&ALL);
        send_to(&cloud, to, Some("main")).await;
        let names: Vec<_> =
            told(&cloud).iter().map(|(name, kind)| format!("{name} {kind}").trim().to_owned()).collect();
        assert_eq!(names[0], "Send", "{to}");
        assert_eq!(names[1..], *expected, "{to}");
    }
}

#[tokio::test]
async fn only_chosen_types_of_mails_with_the_set_are_told() {
    let cloud = told_of(&["BOUNCE", "DELIVERY_DELAY"]);
    let id = send_to(&cloud, "kim@example.test", Some("main")).await;
    let unset = send_to(&cloud, "kim@example.test", None).await;
    for event in [MailEvent::Complaint, MailEvent::Delay, MailEvent::Reject, MailEvent::SoftBounce] {
        assert!(cloud.mailer().tell(&id, event).unwrap() && cloud.mailer().tell(&unset, event).unwrap());
    }
    assert!(!cloud.mailer().tell("none", MailEvent::Bounce).unwrap());
    let names: Vec<_> = told(&cloud).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["DeliveryDelay", "Bounce"]);
}

#[tokio::test]
async fn a_set_that_does_not_exist_is_refused() {
    let cloud = told_of(&ALL);
    let mut body = mail();
    body["ConfigurationSetName"] = json!("another");
    let response = send(&cloud, request(&body)).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["x-amzn-errortype"], "NotFoundException");
    assert!(cloud.mailer().sent().unwrap().is_empty());
    for (set, names) in [("another", &["BOUNCE"][..]), ("main", &["LOST"][..])] {
        let refused = cloud.mailer().add_event_destination(set, &types(names));
        assert!(matches!(refused, Err(CloudError::Refused(_))), "{set}");
    }
}
