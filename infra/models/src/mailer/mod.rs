//! Amazon SES v2: takes mails and keeps them, standing for both the service and the recipients' inboxes.
//!
//! Bodies hold links and first passwords, so the mails lie in a file of their own, outside the state of the other models.

mod events;
mod mime;
mod request;
mod rules;
mod sent;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::{Value, json};

pub use events::MailEvent;
pub use request::{Header, Tag};
pub use sent::SentMail;

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    events::EventBus,
    ids,
    service::Service,
    storage::Storage,
};

const MAILS: &str = "mail";
const SEQUENCE: &str = "mail.sequence";

/// The types of events that the destinations of a configuration set take, all on the default bus.
type Sets = BTreeMap<String, BTreeSet<String>>;

/// The types that a destination may choose: those of `MailEvent`, and three that no mail of this model has.
const TYPES: [&str; 10] = [
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "OPEN",
    "CLICK",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "SUBSCRIPTION",
];

/// The sender of mails and the mails it took. Configuration sets are made at each start.
#[derive(Clone, Debug)]
pub struct Mailer {
    storage: Storage,
    options: Arc<CloudOptions>,
    bus: EventBus,
    sets: Arc<RwLock<Sets>>,
}

impl Mailer {
    pub(crate) fn new(storage: Storage, bus: EventBus, options: Arc<CloudOptions>) -> Self {
        Self { storage, options, bus, sets: Arc::default() }
    }

    /// Makes a configuration set.
    pub fn add_configuration_set(&self, name: &str) {
        self.sets.write().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default();
    }

    /// Lets events of these types, such as `BOUNCE`, go to the default bus for mails that are sent with a set.
    pub fn add_event_destination(&self, set: &str, types: &[String]) -> Result<(), CloudError> {
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        let unknown = types.iter().find(|wanted| !TYPES.contains(&wanted.as_str()));
        match (sets.get_mut(set), unknown) {
            (Some(chosen), None) => {
                chosen.extend(types.iter().cloned());
                Ok(())
            }
            (None, _) => Err(CloudError::Refused(format!("there is no configuration set {set}"))),
            (_, Some(unknown)) => Err(CloudError::Refused(format!("there is no type of events {unknown}"))),
        }
    }

    /// Lets something happen to a mail that was sent; false when there is no such mail. Whoever listens is told only if the
    /// mail's configuration set has a destination for it.
    pub fn tell(&self, id: &str, event: MailEvent) -> Result<bool, CloudError> {
        let Some(mail) = self.sent()?.into_iter().find(|mail| mail.id == id) else { return Ok(false) };
        self.publish(&mail, event)?;
        Ok(true)
    }

    fn publish(&self, mail: &SentMail, event: MailEvent) -> Result<(), CloudError> {
        let Some(set) = mail.configuration_set.as_deref() else { return Ok(()) };
        let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = sets.get(set).is_some_and(|types| types.contains(event.matching()));
        drop(sets);
        if !wanted {
            return Ok(());
        }
        let CloudOptions { region, account_id, .. } = &*self.options;
        let resource = format!("arn:aws:ses:{region}:{account_id}:configuration-set/{set}");
        let detail = events::detail(mail, event, set, &self.options);
        self.bus.publish(("aws.ses", event.names().0), resource, detail)
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
        if let Some(set) = &request.configuration_set_name
            && !self.sets.read().unwrap_or_else(PoisonError::into_inner).contains_key(set)
        {
            let message = format!("Configuration set <{set}> does not exist.");
            return Err(ServiceError::new(404, "NotFoundException", message));
        }
        let id = format!("01020{}-{}-000000", ids::hex(5), ids::uuid());
        let mail = sent::from_request(request, id.clone(), (self.options.clock)())?;
        self.storage.transact(|rows| {
            let sequence = rows.count(SEQUENCE, "next")?;
            rows.put(MAILS, &format!("{sequence:016}"), &mail)
        })?;
        for event in events::by_itself(&mail) {
            self.publish(&mail, *event)?;
        }
        Ok(json!({ "MessageId": id }))
    }

    /// Every mail that was taken, oldest first.
    pub fn sent(&self) -> Result<Vec<SentMail>, CloudError> {
        let mails = self.storage.transact(|rows| rows.list(MAILS, ""))?;
        Ok(mails.into_iter().map(|(_, mail)| mail).collect())
    }
}
