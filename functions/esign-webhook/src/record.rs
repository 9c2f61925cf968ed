//! Recording an event: read the hire, move the document on, and when it was the last one, add
//! the job in the same transaction.

use vestibule_adapters::esign::{SignEvent, SignKind};
use vestibule_api::ApiError;
use vestibule_auth::TenantScope;
use vestibule_domain::{DocumentKind, DocumentRecord, DocumentStatus, HireId, Job, JobKind, JobStatus};
use vestibule_store::{Conflict, StoreError};

use crate::{Webhook, receive_event::Outcome};

/// How often a hire that others change at the same moment is read again.
const TRIES: u32 = 30;

pub(crate) async fn record(
    state: &Webhook,
    scope: &TenantScope,
    event: &SignEvent,
) -> Result<Outcome, ApiError> {
    let Some(status) = status(&event.kind) else {
        return Ok(Outcome::Ignored);
    };
    let Some((hire, kind)) = event.correlation.as_deref().and_then(correlation) else {
        return unmatched(state, scope, event, "no_correlation").await;
    };
    for _ in 0..TRIES {
        match try_once(state, scope, event, (hire, &kind, status)).await {
            Err(StoreError::Conflict(Conflict::Stale | Conflict::Exists)) => {}
            Ok(None) => return unmatched(state, scope, event, "unknown_hire_or_document").await,
            Ok(Some(outcome)) => return Ok(outcome),
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Busy("the hire changed at every try".into()).into())
}

/// One optimistic try; `None` when there is no such hire or document.
async fn try_once(
    state: &Webhook,
    scope: &TenantScope,
    event: &SignEvent,
    (hire, kind, status): (HireId, &DocumentKind, DocumentStatus),
) -> Result<Option<Outcome>, StoreError> {
    let store = state.store.tenant(scope);
    let Some(mut hire) = store.find_hire(hire).await? else {
        return Ok(None);
    };
    let Some(old) = hire.documents.get(kind).map(|record| record.status) else {
        return Ok(None);
    };
    let provider_document = Some(event.provider_document_id.clone());
    let next = DocumentRecord { status, changed: state.world.now(), provider_document };
    if !hire.take_document(kind, next) {
        return Ok(Some(Outcome::Unchanged));
    }
    let job = hire.is_due().then(|| Job::new(JobKind::Mailbox, hire.id, &state.world));
    if let Some(job) = &job {
        (hire.mailbox_job, hire.provisioning) = (Some(job.id), Some(JobStatus::Pending));
    }
    store.record_document(&mut hire, (kind, old), job.as_ref(), &state.world).await?;
    Ok(Some(Outcome::Recorded))
}

async fn unmatched(
    state: &Webhook,
    scope: &TenantScope,
    event: &SignEvent,
    reason: &str,
) -> Result<Outcome, ApiError> {
    tracing::warn!(delivery = event.delivery_key, reason, "an event fits no document");
    state.store.tenant(scope).record_unmatched(&event.delivery_key, reason, &state.world).await?;
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

/// Reads `<hire id>/<document kind>`.
fn correlation(text: &str) -> Option<(HireId, DocumentKind)> {
    let (hire, kind) = text.split_once('/')?;
    Some((hire.parse().ok()?, DocumentKind::parse(kind).ok()?))
}
