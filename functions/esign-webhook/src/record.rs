//! Recording an event on every document that it names. What fits no document is kept for a person.

use std::collections::BTreeMap;

use vestibule_adapters::esign::{SignEvent, SignKind};
use vestibule_api::ApiError;
use vestibule_auth::TenantScope;
use vestibule_domain::{Correlation, DocumentKind, DocumentStatus, EnvelopeEvent, HireId};
use vestibule_store::{DeliveryOutcome, EsignDelivery, EsignEvent, EventOutcome, StoreError, Unfit};

use crate::{Webhook, receive_event::Outcome};

/// Characters of our field's text that are kept of an event that fits no document.
const KEPT_TEXT: usize = 4_000;
/// Hires of one event that are recorded at once, each in a transaction of its own: the function has ten seconds.
const MOST_HIRES: usize = 50;

pub(crate) async fn record(
    state: &Webhook,
    scope: &TenantScope,
    event: &SignEvent,
    delivery: &EsignDelivery,
) -> Result<Outcome, ApiError> {
    let status = match &event.kind {
        SignKind::Other(word) if word.is_empty() => {
            return unmatched(state, scope, (event, None, delivery), Unfit::NoEventKind).await;
        }
        kind => status(kind),
    };
    let Some(status) = status else {
        state.store.tenant(scope).note_delivery(delivery).await?;
        return Ok(Outcome::Ignored);
    };
    let (named, mut unfit) = documents(event);
    for correlations in portions(spelled(named.iter().skip(MOST_HIRES))) {
        let event = &SignEvent { correlations, ..event.clone() };
        unmatched(state, scope, (event, Some(status), delivery), Unfit::TooManyDocuments).await?;
    }
    let envelope = event.provider_document_id.clone();
    let happened = EnvelopeEvent { envelope, status, at: event.occurred_at };
    let store = state.store.tenant(scope);
    let (mut moved, mut delivery) = (false, delivery.clone());
    for (hire, documents) in named.into_iter().take(MOST_HIRES) {
        let recorded = match store.record_event(hire, &documents, (&happened, &delivery), &state.world).await
        {
            // One that cannot be read costs the others nothing.
            Err(error @ StoreError::Row { .. }) => {
                state.store.tell(&error);
                unfit = unfit.or(Some(Unfit::DamagedHire));
                continue;
            }
            done => done?,
        };
        match recorded {
            None => unfit = unfit.or(Some(Unfit::UnknownHire)),
            Some(recorded) => {
                if recorded.moved {
                    (moved, delivery) = (true, delivery.ended(DeliveryOutcome::Recorded));
                }
                unfit = unfit.or((!recorded.unknown.is_empty()).then_some(Unfit::UnknownDocument));
            }
        }
    }
    if let Some(reason) = unfit {
        let kept = unmatched(state, scope, (event, Some(status), &delivery), reason).await?;
        return Ok(if moved { Outcome::Recorded } else { kept });
    }
    if moved {
        return Ok(Outcome::Recorded);
    }
    // Where nothing was written, nothing told of the delivery either.
    store.note_delivery(&delivery.ended(DeliveryOutcome::Unchanged)).await?;
    Ok(Outcome::Unchanged)
}

/// The documents that the event names, by hire, and why it does not fit, if it says something else too.
fn documents(event: &SignEvent) -> (BTreeMap<HireId, Vec<DocumentKind>>, Option<Unfit>) {
    let found: Vec<_> = event.correlations.iter().flat_map(|text| Correlation::read_all(text)).collect();
    let unfit = match found.as_slice() {
        [] => Some(Unfit::NoCorrelation),
        all => all.contains(&None).then_some(Unfit::UnreadableCorrelation),
    };
    let mut named = BTreeMap::<_, Vec<_>>::new();
    for Correlation { hire, document } in found.into_iter().flatten() {
        let documents = named.entry(hire).or_default();
        if !documents.contains(&document) {
            documents.push(document);
        }
    }
    (named, unfit)
}

/// The documents as our field names them.
fn spelled<'a>(named: impl Iterator<Item = (&'a HireId, &'a Vec<DocumentKind>)>) -> Vec<String> {
    let each = |(hire, documents): (&HireId, &Vec<DocumentKind>)| {
        documents.iter().map(|document| format!("{hire}/{document}")).collect::<Vec<_>>()
    };
    named.flat_map(each).collect()
}

/// The texts in as many kept events as they need, so that none of them is cut off.
fn portions(texts: Vec<String>) -> Vec<Vec<String>> {
    let (mut all, mut length) = (Vec::<Vec<String>>::new(), KEPT_TEXT);
    for text in texts {
        // One for the line break behind it.
        length += text.chars().count() + 1;
        match all.last_mut() {
            Some(last) if length <= KEPT_TEXT => last.push(text),
            _ => {
                length = text.chars().count() + 1;
                all.push(vec![text]);
            }
        }
    }
    all
}

async fn unmatched(
    state: &Webhook,
    scope: &TenantScope,
    (event, status, delivery): (&SignEvent, Option<DocumentStatus>, &EsignDelivery),
    reason: Unfit,
) -> Result<Outcome, ApiError> {
    tracing::warn!(delivery = event.delivery_key, ?reason, "an event fits no document");
    let provider = event.provider.as_str();
    let text: String = event.correlations.join("\n").chars().take(KEPT_TEXT).collect();
    let kept = EsignEvent {
        id: EsignEvent::id_of((provider, &event.delivery_key, &text), event.occurred_at),
        outcome: EventOutcome::Unmatched,
        reason,
        provider: provider.to_owned(),
        kind: event.kind.word().to_owned(),
        status,
        envelope: event.provider_document_id.clone(),
        correlation: (!text.is_empty()).then_some(text),
        at: event.occurred_at,
        received: state.world.now(),
        settled: None,
        matches: Vec::new(),
        version: 0,
    };
    let (store, delivery) = (state.store.tenant(scope), delivery.ended(DeliveryOutcome::Unmatched));
    if !store.record_unmatched(&kept, &delivery, &state.world).await? {
        store.note_delivery(&delivery).await?;
    }
    Ok(Outcome::Unmatched)
}

fn status(kind: &SignKind) -> Option<DocumentStatus> {
    match kind {
        SignKind::Sent => Some(DocumentStatus::Sent),
        SignKind::Viewed => Some(DocumentStatus::Viewed),
        SignKind::Signed => Some(DocumentStatus::Signed),
        SignKind::Declined => Some(DocumentStatus::Declined),
        SignKind::Voided => Some(DocumentStatus::Voided),
        SignKind::Expired => Some(DocumentStatus::Expired),
        SignKind::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_06_however_many_documents_an_event_names_none_is_cut_off() {
        for count in [0, 1, 50, 113, 114, 950] {
            let texts: Vec<String> = (0..count).map(|number| format!("hire_{number:026}/w9")).collect();
            let portions = portions(texts.clone());
            assert_eq!(portions.concat(), texts, "{count}");
            assert!(
                portions.iter().all(|portion| portion.join("\n").chars().count() <= KEPT_TEXT),
                "{count}"
            );
        }
    }
}
