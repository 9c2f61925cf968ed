//! Amazon SES v2: takes mails and keeps them, standing for both the service and the recipients' inboxes.
//!
//! Bodies hold links and first passwords, so the mails lie in a file of their own, outside the state of the other models.

mod mime;
mod request;
mod rules;
mod sent;

use std::sync::Arc;

use serde_json::{Value, json};

pub use request::{Header, Tag};
pub use sent::SentMail;

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    ids,
    service::Service,
    storage::Storage,
};

const MAILS: &str = "mail";
const SEQUENCE: &str = "mail.sequence";

/// The sender of mails and the mails it took.
#[derive(Clone, Debug)]
pub struct Mailer {
    storage: Storage,
    options: Arc<CloudOptions>,
}

impl Mailer {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    pub(crate) fn perform(&self, operation: &str, body: &[u8]) -> Result<Value, ServiceError> {
        match operation {
            "SendEmail" => self.send_email(input(Service::Ses, body)?),
            // An account out of the sandbox, in which every identity is verified.
            "GET account" => Ok(json!({ "ProductionAccessEnabled": true, "SendingEnabled": true })),
            _ if operation.starts_with("GET identities/") => Ok(json!({ "VerifiedForSendingStatus": true })),
            _ => Err(ServiceError::new(404, "NotFoundException", format!("{operation} is not modelled"))),
        }
    }

    /// There is no idempotency token: a request repeated is a mail sent twice.
    fn send_email(&self, request: request::SendEmail) -> Result<Value, ServiceError> {
        rules::check(&request)?;
        let id = format!("01020{}-{}-000000", ids::hex(5), ids::uuid());
        let mail = sent::from_request(request, id.clone(), (self.options.clock)())?;
        self.storage.transact(|rows| {
            let sequence = rows.count(SEQUENCE, "next")?;
            rows.put(MAILS, &format!("{sequence:016}"), &mail)
        })?;
        Ok(json!({ "MessageId": id }))
    }

    /// Every mail that was taken, oldest first.
    pub fn sent(&self) -> Result<Vec<SentMail>, CloudError> {
        let mails = self.storage.transact(|rows| rows.list(MAILS, ""))?;
        Ok(mails.into_iter().map(|(_, mail)| mail).collect())
    }
}
