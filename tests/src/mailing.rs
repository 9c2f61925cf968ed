//! What becomes of mails, as the mail service tells the stack.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use vestibule_domain::{Email, MailId, mail_tags};
use vestibule_models::SentMail;
use vestibule_store::{AddressKey, ClaimedMail, Suppression};

use crate::{Actor, Answer, App, waiting::found};

impl App {
    /// Lets something happen to a mail, such as `bounce`, as the button of the local mail page does; and waits until the stack
    /// has dealt with it.
    pub async fn let_happen(&self, message: &str, what: &str) {
        let post = format!("/_local/mail/{message}/{what}");
        let stranger: Actor = self.anonymous();
        stranger.send(stranger.request(reqwest::Method::POST, &post)).await.expect(303);
        self.events_settled().await;
    }

    /// Waits until no event is on its way to a function.
    pub async fn events_settled(&self) {
        let settled = found(async || {
            let waiting = self.stack.cloud().events().pending().expect("the deliveries");
            waiting.is_empty().then_some(())
        });
        settled.await.expect("the events are taken");
        // A delivery is made before it is sent on, and a function may have made the next one.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    /// From now on events wait and reach no function.
    pub fn keep_events(&self) {
        self.stack.cloud().events().on_match(Arc::new(|_| {}));
    }

    /// The newest event that waits.
    pub fn newest_event(&self) -> Value {
        let waiting = self.stack.cloud().events().pending().expect("the deliveries");
        waiting.last().expect("an event").event.clone()
    }

    /// The address as rows name it.
    pub fn address_key(&self, address: &str) -> AddressKey {
        self.stack.store().sealer().address_key(&Email::parse(address).expect("an address"))
    }

    /// Why an address gets no mails, if it gets none.
    pub async fn suppression(&self, address: &str) -> Option<Suppression> {
        let found = self.stack.store().platform().find_suppression(&self.address_key(address)).await;
        found.expect("the table answers")
    }

    /// The row of a mail about an account, once it was handed over or ended otherwise.
    pub async fn mail_row(&self, id: MailId) -> ClaimedMail {
        let row = found(async || {
            let row = self.stack.store().platform().find_mail(id).await.expect("the table answers");
            row.filter(|mail| mail.outcome.is_some())
        });
        row.await.expect("the mail has ended")
    }

    /// Makes it unknown again what became of a mail or of a hire's: `attribute` of the row goes.
    pub async fn forget(&self, (pk, sk): (String, String), attribute: &str) {
        let update = self.client().update_item().table_name(self.stack.table_name());
        let update = update.key("PK", AttributeValue::S(pk)).key("SK", AttributeValue::S(sk));
        let update = update.update_expression("REMOVE #gone").expression_attribute_names("#gone", attribute);
        update.send().await.expect("an update");
    }

    /// Puts an event on a bus of the account, as anybody with the right could; what the service answers for it.
    pub async fn put_event(&self, bus: &str, event: &Value) -> Value {
        let text = |name: &str| event[name].as_str().expect("a text").to_owned();
        let entry = serde_json::json!({
            "EventBusName": bus, "Source": text("source"), "DetailType": text("detail-type"),
            "Detail": event["detail"].to_string(),
        });
        let request = reqwest::Client::new().post(self.stack.aws_url());
        let request = request.header("x-amz-target", "AWSEvents.PutEvents");
        let put = request.json(&serde_json::json!({ "Entries": [entry] })).send().await.expect("an answer");
        put.json::<Value>().await.expect("a body")["Entries"][0].clone()
    }

    /// Calls the function with an event by itself.
    pub async fn report(&self, event: Value) -> Value {
        self.stack.invoke("email-events", event).await.expect("an answer")
    }

    /// Adds a hire with this address, signs every document, and runs the job to its end; hire, job and how it ended.
    pub async fn hire_at(&self, address: &str) -> (String, String, Value) {
        let body = serde_json::json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": address });
        let made: Answer = self.admin().post("/api/hires", &body).await.expect(201);
        let hire = made.body["id"].as_str().expect("an id").to_owned();
        let job = self.sign_all(&hire).await;
        // Where the streams run, the sweep may be faster.
        self.admin().post("/api/provision/run", &serde_json::json!({ "job": job })).await;
        let ended = self.ended(&job).await;
        (hire, job, ended)
    }

    /// What the hire's page says is wrong with the mail that carried the password.
    pub async fn mail_problem(&self, hire: &str) -> Value {
        let shown = self.admin().get(&format!("/api/hires/{hire}")).await.expect(200);
        shown.body["mailProblem"].clone()
    }
}

/// The id of the mail's row, from its tags.
pub fn mail_id(mail: &SentMail) -> MailId {
    let tag = mail.tags.iter().find(|tag| tag.name == mail_tags::MAIL).expect("a tag with the id");
    tag.value.parse().expect("an id")
}
