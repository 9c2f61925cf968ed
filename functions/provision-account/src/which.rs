//! Whose account an action is about: by the person's id or by their address.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Code, Fields};
use vestibule_auth::PlatformScope;
use vestibule_domain::{Email, User, UserId, UserState};
use vestibule_store::FoundAccount;

use crate::account_view::DAMAGED;

/// An account: by one of the two.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhichAccount {
    /// The person's id.
    pub user_id: Option<String>,
    /// The person's address.
    #[schema(example = "kim@acme.example")]
    pub email: Option<String>,
}

/// The account that `userId` or `email` names.
pub(crate) async fn named(
    api: &Api,
    scope: &PlatformScope,
    (id, email): (Option<&str>, Option<&str>),
    mut fields: Fields,
) -> Result<FoundAccount, ApiError> {
    let (store, now) = (api.store.administration(scope), api.world.now());
    let found = match (id, email) {
        (Some(id), None) if fields.is_empty() => match id.parse::<UserId>() {
            Ok(id) => store.find_account_of(id, now).await.map_err(|e| ApiError::if_damaged(e, DAMAGED))?,
            // An id that cannot exist answers like one that does not.
            Err(_) => None,
        },
        (None, Some(email)) => {
            let email = fields.take("email", Email::parse(email));
            match email.filter(|_| fields.is_empty()) {
                Some(email) => {
                    let found = store.find_account_by_address(&email, now).await;
                    found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?
                }
                None => return Err(fields.into_error()),
            }
        }
        (Some(_), None) => return Err(fields.into_error()),
        _ => {
            fields.refuse("userId", "Give either `userId` or `email`.");
            return Err(fields.into_error());
        }
    };
    found.ok_or_else(ApiError::not_found)
}

/// The person of an account whose record can be read, and who is not gone.
pub(crate) fn person(found: &FoundAccount) -> Result<&User, ApiError> {
    if found.account.status.state == UserState::Removed {
        return Err(wrong("The account was removed; provision the address anew."));
    }
    found.person.as_ref().ok_or_else(|| ApiError::new(Code::Damaged, DAMAGED))
}

pub(crate) fn wrong(detail: impl Into<String>) -> ApiError {
    ApiError::new(Code::WrongState, detail.into())
}
