//! The stream's records: only new mail rows matter, and of those only the id. Address and device
//! are sealed in the image; the row itself says whether the mail still waits.

use serde::Deserialize;
use serde_dynamo::Item;
use serde_json::Value;
use vestibule_domain::MailId;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    #[serde(default)]
    new_image: Item,
}

#[derive(Deserialize)]
struct Row {
    item: String,
    id: MailId,
}

/// The new mails of an event with their sequence numbers, in the stream's order.
pub(crate) fn read(event: Value) -> Result<Vec<(String, MailId)>, serde_json::Error> {
    let event: Event = serde_json::from_value(event)?;
    Ok(event.records.into_iter().filter_map(mail).collect())
}

fn mail(record: Record) -> Option<(String, MailId)> {
    let Change { sequence_number, new_image } = record.dynamodb;
    let row: Row = serde_dynamo::from_item(new_image).ok()?;
    (record.event_name == "INSERT" && row.item == "mail").then_some((sequence_number, row.id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "mail_01M7W45KSC8TRC2M7ZKJ4WXNQF";

    fn record(event: &str, sequence: &str, image: &Value) -> Value {
        json!({ "eventName": event, "dynamodb": { "SequenceNumber": sequence, "NewImage": image } })
    }

    #[test]
    fn only_new_mail_rows_are_read() {
        let mail = json!({ "item": { "S": "mail" }, "id": { "S": ID }, "email": { "B": "AQ==" } });
        let other = json!({ "item": { "S": "outbox" }, "id": { "S": "evt_01M7W45KSC8TRC2M7ZKJ4WXNQF" } });
        let posing = json!({ "item": { "S": "outbox" }, "id": { "S": ID } });
        let removed = json!({ "eventName": "REMOVE", "dynamodb": { "SequenceNumber": "5" } });
        let records = [
            record("INSERT", "1", &other),
            record("MODIFY", "2", &mail),
            record("INSERT", "3", &mail),
            record("INSERT", "4", &posing),
            removed,
        ];
        let read = read(json!({ "Records": records })).unwrap();
        assert_eq!(read, [("3".to_owned(), ID.parse().unwrap())]);
    }

    #[test]
    fn the_sample_event_is_read_as_the_service_sends_it() {
        let sample = include_str!("../../../events/outbox-mail/stream.json");
        let mails = read(serde_json::from_str(sample).unwrap()).unwrap();
        assert_eq!(mails.iter().map(|(sequence, _)| sequence.as_str()).collect::<Vec<_>>(), ["211"]);
    }

    #[test]
    fn what_is_no_stream_event_is_refused() {
        assert!(read(json!({ "detail": {} })).is_err());
    }
}
