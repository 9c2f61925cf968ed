//! Which changes of the table are new mails. Of those only the id matters: address and device are sealed in the image, and
//! the row itself says whether the mail still waits.

use serde::Deserialize;
use vestibule_api::stream::Change;
use vestibule_domain::MailId;

#[derive(Deserialize)]
struct Row {
    id: MailId,
}

/// The id of a new mail.
pub(crate) fn new_mail(change: &Change) -> Option<MailId> {
    let row: Row = change.is_new("mail").then(|| serde_dynamo::from_item(change.row.clone()).ok())??;
    Some(row.id)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use vestibule_api::stream::Batch;

    use super::*;

    const ID: &str = "mail_01M7W45KSC8TRC2M7ZKJ4WXNQF";

    fn record(event: &str, sequence: &str, image: &Value) -> Value {
        json!({ "eventName": event, "dynamodb": { "SequenceNumber": sequence, "NewImage": image } })
    }

    fn mails(event: Value) -> Vec<(String, MailId)> {
        let batch: Batch = serde_json::from_value(event).unwrap();
        let mail = |change: Change| Some((change.sequence.clone(), new_mail(&change)?));
        batch.changes.unwrap().into_iter().filter_map(mail).collect()
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
        assert_eq!(mails(json!({ "Records": records })), [("3".to_owned(), ID.parse().unwrap())]);
    }

    #[test]
    fn the_sample_event_is_read_as_the_service_sends_it() {
        let sample = include_str!("../../../events/outbox-mail/stream.json");
        let mails = mails(serde_json::from_str(sample).unwrap());
        assert_eq!(mails.iter().map(|(sequence, _)| sequence.as_str()).collect::<Vec<_>>(), ["211"]);
    }
}
