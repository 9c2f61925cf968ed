//! What became of mails: events of SES from the account's default event bus. An event finds the mail by the ids in its tags and
//! by the message's own id, moves what is known of it forward, and suppresses the address when nothing more may go there.

mod account_mail;
mod invitation_mail;
mod password_mail;
mod report;

use std::time::Duration;

use serde_json::{Value, json};
use vestibule_api::{
    EventFunction, FunctionError, Settings,
    state::{StartError, open_store},
};
use vestibule_domain::World;
use vestibule_store::{Conflict, Store, StoreError};

pub use report::{About, Notice, Report};

/// What the function works with.
#[derive(Debug)]
pub struct EmailEvents {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
}

/// Pauses before an event is looked at again that came before its mail was noted as sent, in milliseconds. Behind the last the
/// service calls again, after minutes.
const PAUSES: [u64; 6] = [50, 100, 200, 400, 800, 1_600];

/// What an event came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was recorded.
    Recorded,
    /// It says nothing new.
    Known,
    /// There is no such mail, or its message is another.
    Unknown,
    /// The mail is being sent, or its record was changed at this moment.
    TooEarly,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::TooEarly => "too_early",
        }
    }
}

impl EventFunction for EmailEvents {
    type Event = Notice;

    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        Ok(Self { store: open_store(settings, &world).await?, world })
    }

    /// Records what an event says. Whatever is no report on a mail of ours is acknowledged and changes nothing.
    async fn handle(&self, Notice(report): Notice) -> Result<Value, FunctionError> {
        let Some(report) = report else { return Ok(json!({ "event": "foreign" })) };
        for pause in PAUSES.map(Some).into_iter().chain([None]) {
            let outcome = self.record(&report).await.map_err(|error| failed(&error))?;
            match (outcome, pause) {
                (Outcome::TooEarly, Some(pause)) => tokio::time::sleep(Duration::from_millis(pause)).await,
                (Outcome::TooEarly, None) => break,
                (outcome, _) => return Ok(json!({ "event": report.state.name(), "mail": outcome.name() })),
            }
        }
        let message = "the mail is not noted as sent yet".to_owned();
        Err(FunctionError { name: "TooEarly".to_owned(), message })
    }
}

impl EmailEvents {
    async fn record(&self, report: &Report) -> Result<Outcome, StoreError> {
        let recorded = match &report.about {
            About::Mail(id) => self.account_mail(*id, report).await,
            About::Account { tenant, job } => self.invitation_mail((*tenant, *job), report).await,
            About::Job { tenant, hire, job } => self.password_mail((*tenant, *hire, *job), report).await,
        };
        match recorded {
            Err(error @ StoreError::Row { .. }) => {
                tracing::error!(%error, "a row does not decode");
                Ok(Outcome::Unknown)
            }
            // Looked at again, it is known or may be written.
            Err(StoreError::Conflict(Conflict::Stale)) => Ok(Outcome::TooEarly),
            recorded => recorded,
        }
    }
}

fn failed(error: &StoreError) -> FunctionError {
    FunctionError { name: "NotRecorded".to_owned(), message: error.to_string() }
}
