//! An event as staff see it.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_store::{EsignEvent, Match};

/// What to do about an event whose record cannot be read.
pub(crate) const DAMAGED: &str = "The record of this event cannot be read. Look for the envelope at the provider; the record goes by itself.";

/// A document that an event was matched to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EsignMatchView {
    /// The hire's id.
    pub hire: String,
    /// Which document, such as `w9`.
    pub document: String,
}

/// An e-sign event that fitted no document when it came.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EsignEventView {
    /// The event's id; a repeated delivery has the same.
    pub id: String,
    /// `unmatched`, `matched` or `dropped`.
    pub outcome: &'static str,
    /// `no_correlation`, `unreadable_correlation`, `unknown_hire`, `unknown_document`, `damaged_hire`,
    /// `too_many_documents` or `no_event_kind`.
    pub reason: String,
    /// `docusign` or `standard`.
    pub provider: String,
    /// `sent`, `viewed`, `signed`, `declined`, `voided` or `expired`; empty when the event does not tell.
    pub kind: String,
    /// The provider's id of the envelope; `null` when the event names none.
    pub envelope: Option<String>,
    /// What stood in the field for our value: several texts with line breaks between, at most 4,000 characters;
    /// invisible characters are written as `\u{..}`.
    pub correlation: Option<String>,
    /// When it happened by the provider's clock (RFC 3339); `null` when the event does not tell.
    pub at: Option<String>,
    /// When it came first (RFC 3339).
    pub received: String,
    /// When it was matched or dropped (RFC 3339).
    pub settled: Option<String>,
    /// The documents that it was matched to.
    pub matches: Vec<EsignMatchView>,
}

impl From<&EsignEvent> for EsignEventView {
    fn from(event: &EsignEvent) -> Self {
        let reason = serde_json::to_value(event.reason).ok();
        let matched = |Match { hire, document }: &Match| EsignMatchView {
            hire: hire.to_string(),
            document: document.to_string(),
        };
        Self {
            id: event.id.to_string(),
            outcome: event.outcome.name(),
            reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)).unwrap_or_default(),
            provider: event.provider.clone(),
            kind: event.kind.clone(),
            envelope: Some(event.envelope.clone()).filter(|id| !id.is_empty()),
            correlation: event.correlation.as_deref().map(escaped),
            at: event.at.map(|at| at.to_string()),
            received: event.received.to_string(),
            settled: event.settled.map(|at| at.to_string()),
            matches: event.matches.iter().map(matched).collect(),
        }
    }
}

/// The text with everything written out that a screen does not show or that turns what it shows.
fn escaped(text: &str) -> String {
    let shown = |c: char| c == '\n' || c == ' ' || !c.escape_debug().to_string().starts_with("\\u");
    let plain = |c: char| shown(c) && !c.is_control() || c == '\n';
    let part = |c: char| if plain(c) { c.to_string() } else { c.escape_unicode().to_string() };
    text.chars().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_written_out() {
        assert_eq!(escaped("hire_1/w9 \u{e4}\u{674e}\n"), "hire_1/w9 \u{e4}\u{674e}\n");
        assert_eq!(escaped("a\u{200b}b\u{202e}c\0\u{a0}"), "a\\u{200b}b\\u{202e}c\\u{0}\\u{a0}");
    }
}
