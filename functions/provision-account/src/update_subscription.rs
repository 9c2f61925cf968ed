//! `POST /api/admin/users/update-subscription`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Fields, PlatformMutation, Reply};
use vestibule_auth::Grant;
use vestibule_domain::{Account, Tier};
use vestibule_store::FoundAccount;

use crate::{
    account_view::AccountView,
    which::{named, person, wrong},
};

/// An account and its new tier.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSubscription {
    /// The person's id; this or `email`.
    pub user_id: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// `free`, `platinum` or `operandi`.
    #[schema(example = "platinum", pattern = "^(free|platinum|operandi)$")]
    pub tier: String,
}

/// Gives an account another tier. What its organizations have by theirs stays.
#[utoipa::path(post, path = "/api/admin/users/update-subscription", tag = "accounts", responses((status = 200, body = AccountView), (status = 404), (status = 409)))]
pub async fn update_account_subscription(
    State(api): State<Api>,
    request: PlatformMutation<UpdateSubscription>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    let mut fields = Fields::default();
    let tier = fields.take("tier", Tier::parse(&request.body.tier));
    let by = (request.body.user_id.as_deref(), request.body.email.as_deref());
    let found = named(&api, &scope, by, fields).await?;
    if scope.actor().user() == Some(found.account.user) {
        return Err(wrong("This is your own account; another administrator has to change it."));
    }
    person(&found)?;
    let tier = tier.unwrap_or(found.account.tier);
    let account = Account { tier, ..found.account.clone() };
    let reply = Reply::new(StatusCode::OK, &AccountView::from(&FoundAccount { account, ..found.clone() }))?;
    let answer = request.answer(&reply);
    api.store.administration(&scope).change_tier(&found.account, tier, answer, &api.world).await?;
    Ok(reply)
}
