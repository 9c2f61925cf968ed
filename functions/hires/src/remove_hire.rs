//! `DELETE /api/hires/{id}`

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, ApiPath, Code, Mutation, Nothing, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{Hire, HireId, Permission};
use vestibule_store::{Removal, StoreError};

use crate::again::again;

/// A mailbox that stands although its hire is removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingMailbox {
    /// Its address; nobody else gets it.
    pub address: String,
    /// Where it is: `google`, `microsoft` or `workmail`.
    pub provider: &'static str,
    /// The provider's id of it.
    pub id: String,
}

/// What was removed, and what was not.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedHire {
    /// The mailbox that stands and was left alone; `null` when there is none that is known.
    pub mailbox: Option<StandingMailbox>,
}

impl RemovedHire {
    fn of(hire: &Hire) -> Self {
        let standing = hire.mailbox.clone().zip(hire.mailbox_provider()).zip(hire.address.as_ref());
        let mailbox = standing.map(|((id, provider), address)| StandingMailbox {
            address: address.to_string(),
            provider: provider.name(),
            id,
        });
        Self { mailbox }
    }
}

/// Removes a hire and its jobs, once they have ended. A mailbox that stands is named in the answer and left as it is. A hire whose record
/// cannot be read is removed too; then no mailbox is named.
#[utoipa::path(delete, path = "/api/hires/{id}", tag = "hires", responses((status = 200, body = RemovedHire)))]
pub async fn remove_hire(
    State(api): State<Api>,
    ApiPath(id): ApiPath<HireId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    again(|| remove(&api, &scope, id, &request)).await
}

async fn remove(
    api: &Api,
    scope: &TenantScope,
    id: HireId,
    request: &Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let store = api.store.tenant(scope);
    let (removal, reply) = match store.find::<Hire>(id).await {
        Ok(Some(hire)) => {
            let reply = Reply::new(StatusCode::OK, &RemovedHire::of(&hire))?;
            (store.remove_hire(&hire, request.answer(&reply), &api.world).await?, reply)
        }
        Ok(None) => return Err(ApiError::not_found()),
        Err(StoreError::Row { .. }) => {
            let reply = Reply::new(StatusCode::OK, &RemovedHire { mailbox: None })?;
            (store.remove_damaged_hire(id, request.answer(&reply), &api.world).await?, reply)
        }
        Err(error) => return Err(error.into()),
    };
    match removal {
        Removal::Removed => Ok(reply),
        Removal::Missing => Err(ApiError::not_found()),
        Removal::Whole | Removal::JobOpen => {
            let detail =
                "A job of this hire has not ended, or cannot be read; cancel it, then remove the hire.";
            Err(ApiError::new(Code::WrongState, detail))
        }
    }
}
