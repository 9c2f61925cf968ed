//! Recording what happened to documents: the hire is read, moved on, and written back on the condition of its
//! version. With the last signature the job that becomes due is in the same transaction.

use serde_json::json;
use vestibule_domain::{
    DocumentKind, DocumentStatus, EnvelopeEvent, EsignEventId, Hire, HireId, Job, JobKind, JobStatus, Taken,
    World,
};

use crate::{
    Answer, AuditRecord, Conflict, DeliveryOutcome, EsignDelivery, EsignEvent, EventOutcome, Match,
    StoreError, TenantStore, engine::command::Command,
};

/// How often a hire that others change at the same moment is read again.
const TRIES: u32 = 30;
/// Most documents that one event can be matched to.
const MOST_MATCHES: usize = 32;

/// What became of an event that names documents of one hire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whether any document moved on.
    pub moved: bool,
    /// Documents that the hire does not need.
    pub unknown: Vec<DocumentKind>,
}

/// What became of a match by hand.
#[derive(Debug)]
pub enum Matched {
    /// Done; the event as it is kept now.
    Done(Box<EsignEvent>),
    /// The tenant has no such event.
    NoEvent,
    /// The event does not say what happened.
    Meaningless,
    /// The event was dropped, or is matched to this document or to very many already.
    Settled,
    /// The tenant has no such hire.
    NoHire,
    /// The hire does not need the document.
    NoDocument,
}

/// A change of a hire that is not committed yet.
struct Change {
    hire: Hire,
    read: u64,
    /// Documents that keep something more, with their status before.
    touched: Vec<(DocumentKind, DocumentStatus)>,
    moved: bool,
    unknown: Vec<DocumentKind>,
}

impl TenantStore<'_> {
    /// Records `event` for each of `documents`, with the note of its delivery; `None` when the tenant has no such hire.
    pub async fn record_event(
        &self,
        hire: HireId,
        documents: &[DocumentKind],
        (event, delivery): (&EnvelopeEvent, &EsignDelivery),
        world: &World,
    ) -> Result<Option<Recorded>, StoreError> {
        for _ in 0..TRIES {
            match self.try_record(hire, documents, (event, delivery), world).await {
                Err(StoreError::Conflict(Conflict::Stale | Conflict::Exists)) => {}
                done => return done,
            }
        }
        Err(StoreError::Busy("the hire changed at every try".into()))
    }

    async fn try_record(
        &self,
        hire: HireId,
        documents: &[DocumentKind],
        (event, delivery): (&EnvelopeEvent, &EsignDelivery),
        world: &World,
    ) -> Result<Option<Recorded>, StoreError> {
        let Some(change) = self.change(hire, documents, event, world).await? else { return Ok(None) };
        let recorded = Recorded { moved: change.moved, unknown: change.unknown.clone() };
        if !change.touched.is_empty() {
            let moved = if change.moved { DeliveryOutcome::Recorded } else { DeliveryOutcome::Unchanged };
            let command = self.noting(Command::new(), &delivery.ended(moved))?;
            self.recording(command, change, event, world)?.commit(self.store).await?;
        }
        Ok(Some(recorded))
    }

    /// Records the kept event `id` for the document that a person named, and settles it, in one transaction.
    /// `answer` gives what to keep for a repeated request.
    pub async fn match_event<F>(
        &self,
        id: EsignEventId,
        to: &Match,
        answer: F,
        world: &World,
    ) -> Result<Matched, StoreError>
    where
        F: Fn(&EsignEvent) -> Option<Answer> + Sync,
    {
        for _ in 0..TRIES {
            match self.try_match(id, to, &answer, world).await {
                Err(StoreError::Conflict(Conflict::Stale | Conflict::Exists)) => {}
                done => return done,
            }
        }
        Err(StoreError::Busy("the hire changed at every try".into()))
    }

    async fn try_match<F>(
        &self,
        id: EsignEventId,
        to: &Match,
        answer: &F,
        world: &World,
    ) -> Result<Matched, StoreError>
    where
        F: Fn(&EsignEvent) -> Option<Answer> + Sync,
    {
        let Some(kept) = self.find_esign_event(id).await? else { return Ok(Matched::NoEvent) };
        let Some(status) = kept.status else { return Ok(Matched::Meaningless) };
        if kept.outcome == EventOutcome::Dropped
            || kept.matches.contains(to)
            || kept.matches.len() >= MOST_MATCHES
        {
            return Ok(Matched::Settled);
        }
        let event = EnvelopeEvent { envelope: kept.envelope.clone(), status, at: kept.at };
        let documents = std::slice::from_ref(&to.document);
        let Some(change) = self.change(to.hire, documents, &event, world).await? else {
            return Ok(Matched::NoHire);
        };
        if !change.unknown.is_empty() {
            return Ok(Matched::NoDocument);
        }
        let matched = kept.matched_to(to, world.now());
        let mut command = self.settling(Command::new(), &kept, &matched, world)?;
        if !change.touched.is_empty() {
            command = self.recording(command, change, &event, world)?;
        }
        command.answering(answer(&matched), world)?.commit(self.store).await?;
        Ok(Matched::Done(Box::new(matched)))
    }

    async fn change(
        &self,
        hire: HireId,
        documents: &[DocumentKind],
        event: &EnvelopeEvent,
        world: &World,
    ) -> Result<Option<Change>, StoreError> {
        let Some(hire) = self.find::<Hire>(hire).await? else { return Ok(None) };
        let (read, touched, unknown) = (hire.version, Vec::new(), Vec::new());
        let mut change = Change { hire, read, touched, moved: false, unknown };
        for kind in documents {
            let before = change.hire.documents.get(kind).map(|record| record.status);
            match (change.hire.take_document(kind, event, world.now()), before) {
                (Some(Taken::Unchanged), _) => {}
                (Some(taken), Some(before)) => {
                    change.moved |= taken == Taken::Moved;
                    change.touched.push((kind.clone(), before));
                }
                _ => change.unknown.push(kind.clone()),
            }
        }
        Ok(Some(change))
    }

    /// Adds the writes of a change, and of the job that becomes due by it.
    fn recording(
        &self,
        mut command: Command,
        change: Change,
        event: &EnvelopeEvent,
        world: &World,
    ) -> Result<Command, StoreError> {
        let Change { mut hire, read, touched, .. } = change;
        let job = hire.is_due().then(|| Job::new(JobKind::MAILBOX, hire.id, world));
        if let Some(job) = &job {
            (hire.mailbox_job, hire.provisioning) = (Some(job.id), Some(JobStatus::Pending));
        }
        hire.version = read + 1;
        command = command.and(self.replacing(&hire, read)?, Conflict::Stale);
        for (kind, before) in touched {
            let now = hire.documents.get(&kind).map(|record| record.status);
            let told = json!({ kind.as_str(): now, "envelope": event.envelope, "event": event.status });
            let values = (json!({ kind.as_str(): before }), told);
            let record = AuditRecord::new(self.scope, "hire.document", hire.id.to_string(), values, world);
            command = command.audited(self.scope, &record)?;
        }
        match job {
            Some(job) => self.adding_job(command, &job, world),
            None => Ok(command),
        }
    }
}
