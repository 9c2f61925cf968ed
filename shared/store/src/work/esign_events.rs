//! E-sign events that fit no document: kept for staff until somebody matches or drops them, and for a while after.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_domain::{DocumentKind, DocumentStatus, EsignEventId, HireId, World};

use crate::{
    Answer, AuditRecord, Conflict, CursorError, CursorKey, EsignDelivery, Page, PageRequest, StoreError,
    TenantStore,
    engine::command::{Action, Command},
    engine::item::{Row, key_row, number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long an event is kept after it came, was matched or was dropped.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Where an event stands. Its name is a part of the row's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// Waits for a person.
    Unmatched,
    /// A person said to which documents it belongs.
    Matched,
    /// A person said that it does not matter.
    Dropped,
}

impl EventOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Unmatched, Self::Matched, Self::Dropped];

    /// The outcome as it is written in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Matched => "matched",
            Self::Dropped => "dropped",
        }
    }
}

/// Why an event was not recorded by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// Our field is absent or blank.
    NoCorrelation,
    /// Our field holds something else, or something else too.
    UnreadableCorrelation,
    /// No hire of this tenant has the id.
    UnknownHire,
    /// The hire does not need the document.
    UnknownDocument,
    /// The hire's record cannot be read.
    DamagedHire,
    /// It names more documents than are recorded at once.
    TooManyDocuments,
    /// The event does not say what happened.
    NoEventKind,
}

/// One document that a person matched an event to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The hire.
    pub hire: HireId,
    /// The document.
    pub document: DocumentKind,
}

/// An event that fitted no document when it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsignEvent {
    /// The event's id: the same for every delivery of it. Sorts by the vendor's time, where it told one.
    pub id: EsignEventId,
    /// Where it stands.
    pub outcome: EventOutcome,
    /// Why it was not recorded by itself.
    pub reason: Unfit,
    /// The vendor's path segment.
    pub provider: String,
    /// The vendor's word for what happened.
    pub kind: String,
    /// What that means for a document; `None` when nobody can tell.
    pub status: Option<DocumentStatus>,
    /// The vendor's id of the envelope; empty when the event names none.
    pub envelope: String,
    /// The text of our field as it was sent. People wrote it, so it is sealed in the table.
    pub correlation: Option<String>,
    /// When it happened, by the vendor's clock.
    pub at: Option<Timestamp>,
    /// When it came first.
    pub received: Timestamp,
    /// When somebody matched or dropped it.
    pub settled: Option<Timestamp>,
    /// What it was matched to.
    pub matches: Vec<Match>,
    /// Counts the writes.
    pub version: u64,
}

impl EsignEvent {
    /// The id of the event that the vendor `provider` delivers under `delivery` with `text` in our field. With another
    /// text it is another event: somebody corrected it at the vendor and had it sent again.
    pub fn id_of((provider, delivery, text): (&str, &str, &str), at: Option<Timestamp>) -> EsignEventId {
        let hash = digest(&SHA256, format!("{provider}\n{delivery}\n{text}").as_bytes());
        let mut random = [0; 16];
        random[6..].copy_from_slice(&hash.as_ref()[..10]);
        let millis = at.and_then(|at| u64::try_from(at.as_millisecond()).ok()).unwrap_or_default();
        EsignEventId::from_parts(millis, u128::from_be_bytes(random))
    }
}

impl EsignEvent {
    /// The event once a person said to which document it belongs.
    #[must_use]
    pub fn matched_to(&self, to: &Match, now: Timestamp) -> Self {
        let matches = [self.matches.as_slice(), std::slice::from_ref(to)].concat();
        Self {
            outcome: EventOutcome::Matched,
            settled: Some(now),
            matches,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The event once a person said that it does not matter.
    #[must_use]
    pub fn dropped(&self, now: Timestamp) -> Self {
        Self { outcome: EventOutcome::Dropped, settled: Some(now), version: self.version + 1, ..self.clone() }
    }
}

impl TenantStore<'_> {
    /// Keeps an event for a person, with the note of its delivery. One that was delivered before changes nothing, whatever became of it:
    /// whether it is new.
    pub async fn record_unmatched(
        &self,
        event: &EsignEvent,
        delivery: &EsignDelivery,
        world: &World,
    ) -> Result<bool, StoreError> {
        let values = (json!(null), json!({ "provider": event.provider, "reason": event.reason }));
        let record = AuditRecord::new(self.scope, "esign.unmatched", event.id.to_string(), values, world);
        let mut command = Command::new();
        for settled in [EventOutcome::Matched, EventOutcome::Dropped] {
            let key = keys::esign_event(self.tenant(), settled, event.id);
            command = command.and(Action::check(&key).if_new(), Conflict::Exists);
        }
        let row = self.event_row(event, world.now())?;
        let command =
            command.and(Action::put(row).if_new(), Conflict::Exists).audited(self.scope, &record)?;
        match self.noting(command, delivery)?.commit(self.store).await {
            Err(StoreError::Conflict(Conflict::Exists)) => Ok(false),
            done => done.map(|()| true),
        }
    }

    /// The event, if this tenant has it, wherever it stands.
    pub async fn find_esign_event(&self, id: EsignEventId) -> Result<Option<EsignEvent>, StoreError> {
        let places = EventOutcome::ALL.map(|outcome| key_row(&keys::esign_event(self.tenant(), outcome, id)));
        let found = self.store.batch_get(places.to_vec()).await?.into_iter().next();
        found.map(|row| self.store.read(row)).transpose()
    }

    /// One page of events: those of one outcome newest first, or all, the unmatched ones first.
    pub async fn list_esign_events(
        &self,
        outcome: Option<EventOutcome>,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<EsignEvent>, CursorError>, StoreError> {
        self.page(&keys::esign_events(outcome), request, key).await
    }

    /// Marks an event as of no concern. `event` is as it was read.
    pub async fn drop_esign_event(
        &self,
        event: &EsignEvent,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let command = self.settling(Command::new(), event, &event.dropped(world.now()), world)?;
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Adds the writes that put `new` in the place of `old`, with their audit record.
    pub(crate) fn settling(
        &self,
        command: Command,
        old: &EsignEvent,
        new: &EsignEvent,
        world: &World,
    ) -> Result<Command, StoreError> {
        let action = if new.outcome == EventOutcome::Dropped { "esign.drop" } else { "esign.match" };
        let values =
            (json!({ "outcome": old.outcome }), json!({ "outcome": new.outcome, "matches": new.matches }));
        let record = AuditRecord::new(self.scope, action, old.id.to_string(), values, world);
        let put = Action::put(self.event_row(new, world.now())?);
        let command = if new.outcome == old.outcome {
            command.and(put.if_version(old.version), Conflict::Stale)
        } else {
            let gone = Action::delete(&keys::esign_event(self.tenant(), old.outcome, old.id));
            command.and(gone.if_version(old.version), Conflict::Stale).and(put.if_new(), Conflict::Stale)
        };
        command.audited(self.scope, &record)
    }

    fn event_row(&self, event: &EsignEvent, now: Timestamp) -> Result<Row, StoreError> {
        let key = keys::esign_event(self.tenant(), event.outcome, event.id);
        let mut row = to_row(&key, Kind::EsignEvent, event)?;
        let until = now.saturating_add(KEPT_FOR).unwrap_or(now);
        row.insert("ttl".into(), number(until.as_second()));
        Ok(row)
    }
}
