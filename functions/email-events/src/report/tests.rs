use serde_json::json;

use super::*;

const BOUNCE: &str = include_str!("../../../../events/email-events/bounce.json");
const DELIVERY: &str = include_str!("../../../../events/email-events/delivery.json");

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn reported(event: Value) -> Option<Report> {
    serde_json::from_value::<Notice>(event).unwrap().0
}

/// The pointers to everything in an event, the event itself first.
fn places(value: &Value, at: &str) -> Vec<String> {
    let below: Vec<_> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let deeper = below.iter().flat_map(|(name, value)| places(value, &format!("{at}/{}", escaped(name))));
    std::iter::once(at.to_owned()).chain(deeper).collect()
}

#[test]
fn the_samples_are_read_as_the_service_sends_them() {
    let bounce = reported(sample(BOUNCE)).unwrap();
    assert_eq!((bounce.state, bounce.message.as_str()), (DeliveryState::Bounced, "0102019a9b7f5a10-m1"));
    assert!(matches!(bounce.about, About::Job { .. }), "{bounce:?}");
    let delivery = reported(sample(DELIVERY)).unwrap();
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert!(matches!(delivery.about, About::Mail(_)), "{delivery:?}");
    assert_eq!(delivery.at, Some("2026-11-20T09:15:02Z".parse().unwrap()));
}

#[test]
fn each_type_of_event_is_told_by_its_own_word() {
    for (word, bounce, state) in [
        ("DeliveryDelay", "", Some(DeliveryState::Delayed)),
        ("Delivery", "", Some(DeliveryState::Delivered)),
        ("Bounce", "Permanent", Some(DeliveryState::Bounced)),
        ("Bounce", "Transient", Some(DeliveryState::SoftBounced)),
        ("Bounce", "Undetermined", Some(DeliveryState::SoftBounced)),
        ("Bounce", "Another", Some(DeliveryState::SoftBounced)),
        ("Complaint", "", Some(DeliveryState::Complained)),
        ("Reject", "", Some(DeliveryState::Rejected)),
        ("Rendering Failure", "", Some(DeliveryState::Rejected)),
        ("Send", "", None),
        ("Open", "", None),
        ("Click", "", None),
        ("Subscription", "", None),
        ("bounce", "Permanent", None),
    ] {
        let mut event = sample(BOUNCE);
        event["detail"]["eventType"] = json!(word);
        event["detail"]["bounce"]["bounceType"] = json!(bounce);
        event["detail-type"] = json!("whatever it says");
        assert_eq!(reported(event).map(|report| report.state), state, "{word} {bounce}");
    }
}

/// Every field with a value of every other type, and without it: read is what decides, and nothing else refuses.
#[test]
fn any_field_of_any_type_is_taken_and_only_what_decides_decides() {
    let decides = [
        "",
        "/source",
        "/detail",
        "/detail/eventType",
        "/detail/mail",
        "/detail/mail/messageId",
        "/detail/mail/tags",
        "/detail/mail/tags/tenant",
        "/detail/mail/tags/tenant/0",
        "/detail/mail/tags/hire",
        "/detail/mail/tags/hire/0",
        "/detail/mail/tags/job",
        "/detail/mail/tags/job/0",
    ];
    let whole = reported(sample(BOUNCE)).unwrap();
    let others = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}#'"),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({ "0": "x" }),
    ];
    let mut tried = 0;
    for place in places(&sample(BOUNCE), "") {
        for other in &others {
            let mut event = sample(BOUNCE);
            *event.pointer_mut(&place).unwrap() = other.clone();
            tried += 1;
            match reported(event) {
                None => assert!(decides.contains(&place.as_str()), "{place} as {other} refuses"),
                Some(report) => {
                    let another = place == "/detail/mail/messageId" && other.is_string();
                    assert_eq!(report.about, whole.about, "{place}");
                    assert!(report.message == whole.message || another, "{place}");
                    let softer = place.starts_with("/detail/bounce");
                    assert!(report.state == whole.state || softer, "{place} as {other}: {report:?}");
                }
            }
        }
    }
    println!("{tried} events with one field of another type");
    assert!(tried > 300, "{tried}");
}

#[test]
fn what_is_no_event_of_ours_is_none() {
    for event in [json!(null), json!(1), json!("x"), json!([]), json!({}), json!({ "source": "aws.ses" })] {
        assert_eq!(reported(event), None);
    }
    for (place, value) in [
        ("/source", json!("vestibule")),
        ("/source", json!("aws.ses.x")),
        ("/detail/mail/tags/job", json!(["job_01M7W45KSC5N9GY4HS0DVQKXE#"])),
        ("/detail/mail/tags/tenant", json!(["usr_01M7VZGC007K2M9D4VXW5RTBHN"])),
        ("/detail/mail/tags", json!({ "ses:configuration-set": ["another"] })),
    ] {
        let mut event = sample(BOUNCE);
        *event.pointer_mut(place).unwrap() = value;
        assert_eq!(reported(event), None, "{place}");
    }
}

#[test]
fn a_report_from_the_future_is_dated_now() {
    let now = "2026-11-20T09:00:00Z".parse().unwrap();
    assert_eq!(reported(sample(BOUNCE)).unwrap().delivery(now).at, now);
}
