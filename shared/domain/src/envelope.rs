//! The e-sign envelopes of one document, and what they say together about it.
//!
//! Events arrive in any order and more than once. Whatever the order, the same events leave the same record: each
//! envelope keeps the event that counts most, and the document's status follows from all envelopes.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::DocumentStatus;

/// Most envelopes kept for one document. Those that matter least are forgotten first.
pub const MOST_ENVELOPES: usize = 20;

/// What one event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeEvent {
    /// The vendor's id of the envelope, at most 128 characters; empty when the event names none.
    pub envelope: String,
    /// What happened to it; never [`DocumentStatus::Pending`].
    pub status: DocumentStatus,
    /// When, by the vendor's clock; `None` when the event does not tell.
    pub at: Option<Timestamp>,
}

/// One envelope in which the document was sent out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The vendor's id; empty for all events that named none.
    pub id: String,
    /// How far it has come.
    pub status: DocumentStatus,
    /// When it came so far, by the vendor's clock, where an event told.
    pub at: Option<Timestamp>,
    /// The earliest time that any of its events told: which of two envelopes is newer.
    pub began: Option<Timestamp>,
}

impl Envelope {
    fn of(event: &EnvelopeEvent) -> Self {
        Self { id: event.envelope.clone(), status: event.status, at: event.at, began: event.at }
    }

    /// Takes a further event of this envelope. Of two that end it without a signature the earlier counts.
    fn take(&mut self, event: &EnvelopeEvent) {
        self.began = earlier(self.began, event.at);
        let weight = |status: DocumentStatus, at| (status.rank(), Reverse(late(at)), Reverse(status as u8));
        if weight(event.status, event.at) > weight(self.status, self.at) {
            (self.status, self.at) = (event.status, event.at);
        }
    }

    /// Signed over with the signer over ended; then the newer one; then the further one.
    fn weight(&self) -> (u8, Option<Timestamp>, u8, Reverse<u8>, &str) {
        let standing = match self.status {
            DocumentStatus::Signed => 2,
            DocumentStatus::Sent | DocumentStatus::Viewed => 1,
            _ => 0,
        };
        (standing, self.began, self.status.rank(), Reverse(self.status as u8), &self.id)
    }
}

/// One required document of one hire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredRecord")]
pub struct DocumentRecord {
    /// How far it has come, after all its envelopes.
    pub status: DocumentStatus,
    /// When the status last changed here.
    pub changed: Timestamp,
    /// Its envelopes, the one that decides first; at most [`MOST_ENVELOPES`].
    pub envelopes: Vec<Envelope>,
    /// The latest time that an event of a forgotten envelope told.
    pub forgotten: Option<Timestamp>,
}

/// What an event did to a document's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Nothing.
    Unchanged,
    /// The record keeps something more; the document stands as before.
    Remembered,
    /// The document has another status, or another envelope decides it.
    Moved,
}

impl DocumentRecord {
    /// A document that was not sent yet.
    pub fn pending(now: Timestamp) -> Self {
        Self { status: DocumentStatus::Pending, changed: now, envelopes: Vec::new(), forgotten: None }
    }

    /// The envelope that decides the status.
    pub fn envelope(&self) -> Option<&Envelope> {
        self.envelopes.first()
    }

    /// Takes an event; `now` is our own clock.
    pub fn take(&mut self, event: &EnvelopeEvent, now: Timestamp) -> Taken {
        let (before, is_forgotten) = (self.clone(), self.is_forgotten(event));
        match self.envelopes.iter_mut().find(|known| known.id == event.envelope) {
            Some(known) => known.take(event),
            None if is_forgotten => return Taken::Unchanged,
            None => self.envelopes.push(Envelope::of(event)),
        }
        self.envelopes.sort_by(|one, other| other.weight().cmp(&one.weight()));
        for dropped in self.envelopes.split_off(self.envelopes.len().min(MOST_ENVELOPES)) {
            self.forgotten = self.forgotten.max(dropped.at).max(dropped.began);
        }
        let decides = |record: &Self| record.envelope().map(|decides| (decides.id.clone(), decides.status));
        if decides(self) != decides(&before) {
            self.status = self.envelope().map_or(self.status, |decides| decides.status);
            self.changed = now;
            return Taken::Moved;
        }
        if *self == before { Taken::Unchanged } else { Taken::Remembered }
    }

    /// Whether the event may be an old one of an envelope that is kept no more.
    fn is_forgotten(&self, event: &EnvelopeEvent) -> bool {
        event.status != DocumentStatus::Signed && event.at.is_some_and(|at| Some(at) <= self.forgotten)
    }
}

/// A record as the table has it; the first ones had one envelope only, whose status was the document's.
#[derive(Deserialize)]
struct StoredRecord {
    status: DocumentStatus,
    changed: Timestamp,
    provider_document: Option<String>,
    #[serde(default)]
    envelopes: Vec<Envelope>,
    #[serde(default)]
    forgotten: Option<Timestamp>,
}

impl From<StoredRecord> for DocumentRecord {
    fn from(stored: StoredRecord) -> Self {
        let StoredRecord { status, changed, provider_document, mut envelopes, forgotten } = stored;
        if envelopes.is_empty() && status != DocumentStatus::Pending {
            let (id, at) = (provider_document.unwrap_or_default(), Some(changed));
            envelopes.push(Envelope { id, status, at, began: at });
        }
        Self { status, changed, envelopes, forgotten }
    }
}

impl DocumentStatus {
    /// The status as it is written in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Viewed => "viewed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Expired => "expired",
            Self::Signed => "signed",
        }
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// Sorts a time that is not told behind all others.
fn late(at: Option<Timestamp>) -> (bool, Option<Timestamp>) {
    (at.is_none(), at)
}

#[cfg(test)]
mod tests;
