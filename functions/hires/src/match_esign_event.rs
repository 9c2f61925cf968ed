//! `POST /api/esign/events/{id}/match`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Code, Fields, Mutation, Reply};
use vestibule_domain::{DocumentKind, EsignEventId, HireId, Invalid, Permission};
use vestibule_store::{Conflict, Match, Matched, StoreError};

use crate::{
    esign_event_view::{DAMAGED, EsignEventView},
    view,
};

/// Where an event belongs.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MatchEsignEvent {
    /// The hire's id.
    #[schema(example = "hire_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub hire: String,
    /// Which of the hire's documents, such as `w9`.
    #[schema(example = "w9")]
    pub document: String,
}

/// Records an event for a document, as if it had named it. An event about several documents is matched once for each.
#[utoipa::path(post, path = "/api/esign/events/{id}/match", tag = "esign", responses((status = 200, body = EsignEventView)))]
pub async fn match_esign_event(
    State(api): State<Api>,
    ApiPath(id): ApiPath<EsignEventId>,
    request: Mutation<MatchEsignEvent>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    let store = api.store.tenant(&scope);
    let damaged = |error| ApiError::if_damaged(error, DAMAGED);
    store.find_esign_event(id).await.map_err(damaged)?.ok_or_else(ApiError::not_found)?;
    let to = read(&request.body)?;
    let reply = |event: &_| Reply::new(StatusCode::OK, &EsignEventView::from(event));
    let answer = |event: &_| request.answer(&reply(event).ok()?);
    match store.match_event(id, &to, answer, &api.world).await {
        Ok(Matched::Done(event)) => reply(&event),
        Ok(refused) => Err(refusal(&refused)),
        Err(StoreError::Conflict(_)) => Err(changed()),
        Err(error) => Err(ApiError::if_damaged(error, view::DAMAGED)),
    }
}

fn changed() -> ApiError {
    StoreError::Conflict(Conflict::Stale).into()
}

fn read(body: &MatchEsignEvent) -> Result<Match, ApiError> {
    let mut fields = Fields::default();
    let hire =
        body.hire.parse::<HireId>().map_err(|_| Invalid::new("Give a hire's id; it begins with hire_."));
    let hire = fields.take("hire", hire);
    let document = fields.take("document", DocumentKind::parse(&body.document));
    match (hire, document) {
        (Some(hire), Some(document)) => Ok(Match { hire, document }),
        _ => Err(fields.into_error()),
    }
}

fn refusal(refused: &Matched) -> ApiError {
    let (field, detail) = match refused {
        Matched::NoHire => ("hire", "There is no such hire."),
        Matched::NoDocument => {
            ("document", "This hire does not need such a document; see `GET /api/hires/{id}`.")
        }
        Matched::Meaningless => {
            let detail =
                "This event does not say what happened. Look at the envelope at the provider, then drop it.";
            return ApiError::new(Code::WrongState, detail);
        }
        Matched::Settled => {
            let detail = "This event was dropped, or is matched to this document already; look at it again.";
            return ApiError::new(Code::WrongState, detail);
        }
        Matched::NoEvent | Matched::Done(_) => return ApiError::not_found(),
    };
    let mut fields = Fields::default();
    fields.refuse(field, detail);
    fields.into_error()
}
