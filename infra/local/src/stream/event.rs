//! Records of a stream as the JSON that Lambda passes to a function.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record, StreamViewType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// One entry of `Records`; `shard` is `<stream arn>|<shard id>`.
pub(super) fn record(record: &Record, shard: &str) -> Value {
    let mut event = json!({
        "eventID": record.event_id,
        "eventName": record.event_name.as_ref().map(OperationType::as_str),
        "eventVersion": record.event_version.as_deref().unwrap_or("1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.aws_region,
        "eventSourceARN": shard.split('|').next(),
    });
    if let Some(change) = &record.dynamodb {
        let mut image = json!({
            "ApproximateCreationDateTime": change.approximate_creation_date_time.map(|at| at.secs()),
            "SequenceNumber": change.sequence_number,
            "SizeBytes": change.size_bytes,
            "StreamViewType": change.stream_view_type.as_ref().map(StreamViewType::as_str),
        });
        let images =
            [("Keys", &change.keys), ("NewImage", &change.new_image), ("OldImage", &change.old_image)];
        for (name, attributes) in images {
            if let Some(attributes) = attributes {
                image[name] = item(attributes);
            }
        }
        event["dynamodb"] = image;
    }
    if let Some(by) = &record.user_identity {
        event["userIdentity"] = json!({ "type": by.r#type, "principalId": by.principal_id });
    }
    event
}

fn item(attributes: &HashMap<String, AttributeValue>) -> Value {
    let entries = attributes.iter().map(|(name, value)| (name.clone(), attribute(value)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(flag) => json!({ "NULL": flag }),
        AttributeValue::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        AttributeValue::Bs(all) => {
            json!({ "BS": all.iter().map(|b| STANDARD.encode(b)).collect::<Vec<_>>() })
        }
        AttributeValue::L(values) => json!({ "L": values.iter().map(attribute).collect::<Vec<_>>() }),
        AttributeValue::M(entries) => json!({ "M": item(entries) }),
        _ => json!({ "NULL": true }),
    }
}
