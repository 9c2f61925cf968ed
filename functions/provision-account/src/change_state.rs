//! `POST /api/admin/users/suspend`, `.../restore` and `.../remove`

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{Api, ApiError, Fields, PlatformMutation, Reply};
use vestibule_auth::{Grant, PlatformScope};
use vestibule_domain::{Account, Tenant, User, UserState};
use vestibule_store::{Conflict, FoundAccount, RemovalOutcome, StoreError};

use crate::{
    account_view::AccountView,
    which::{WhichAccount, named, person, wrong},
};

/// Looks after the first, and the time before the second one.
const LOOKS: u32 = 8;
const PAUSE: Duration = Duration::from_millis(20);

type Request = PlatformMutation<WhichAccount>;

async fn wanted(api: &Api, request: &Request) -> Result<(PlatformScope, FoundAccount), ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    let by = (request.body.user_id.as_deref(), request.body.email.as_deref());
    let found = named(api, &scope, by, Fields::default()).await?;
    person(&found)?;
    if found.administers {
        return Err(wrong("This person administers the platform; the grant has to be taken first."));
    }
    Ok((scope, found))
}

/// The answer that shows the account as it becomes, and what is without an administrator by it.
fn shown(
    found: &FoundAccount,
    (person, account): &(User, Account),
    left: &[Tenant],
) -> Result<Reply, ApiError> {
    let (person, account) = (Some(person.clone()), account.clone());
    let after = FoundAccount { account, person, locked: false, ..found.clone() };
    Reply::new(StatusCode::OK, &AccountView::from(&after).leaving(left))
}

async fn restated(
    api: &Api,
    (scope, found): (PlatformScope, FoundAccount),
    request: &Request,
    (action, state): (&str, UserState),
) -> Result<Reply, ApiError> {
    let store = api.store.administration(&scope);
    let after = store.restate(&found, state, &api.world).await?.ok_or_else(ApiError::not_found)?;
    // Told and not refused: whoever took an account over may be its only administrator, and must be kept out at once.
    let left = match state {
        UserState::Suspended => store.led_only_by(after.0.id).await?,
        _ => Vec::new(),
    };
    let reply = shown(&found, &after, &left)?;
    store.change_state(action, &found.account, after, request.answer(&reply), &api.world).await?;
    Ok(reply)
}

/// Keeps a person out, everywhere. Their sessions end, and nothing signs them in; their places stay. `withoutAdministrator` names the
/// organizations that nobody can administer meanwhile.
#[utoipa::path(post, path = "/api/admin/users/suspend", tag = "accounts", responses((status = 200, body = AccountView), (status = 404), (status = 409)))]
pub async fn suspend_account(State(api): State<Api>, request: Request) -> Result<Reply, ApiError> {
    let found = wanted(&api, &request).await?;
    if found.1.account.status.state == UserState::Suspended {
        return Err(wrong("The account is suspended already."));
    }
    restated(&api, found, &request, ("account.suspend", UserState::Suspended)).await
}

/// Lets a suspended person in again. Who had not set a password yet is invited again: send another invitation.
#[utoipa::path(post, path = "/api/admin/users/restore", tag = "accounts", responses((status = 200, body = AccountView), (status = 404), (status = 409)))]
pub async fn restore_account(State(api): State<Api>, request: Request) -> Result<Reply, ApiError> {
    let found = wanted(&api, &request).await?;
    if found.1.account.status.state != UserState::Suspended {
        return Err(wrong(format!(
            "The account is {}; it is not kept out.",
            found.1.account.status.state.name()
        )));
    }
    restated(&api, found, &request, ("account.restore", UserState::Active)).await
}

/// Removes a person: they leave every organization, their sessions end, and the address is free for a new account. The last
/// administrator of an organization is not removed.
#[utoipa::path(post, path = "/api/admin/users/remove", tag = "accounts", responses((status = 200, body = AccountView), (status = 404), (status = 409)))]
pub async fn remove_account(State(api): State<Api>, request: Request) -> Result<Reply, ApiError> {
    let mut done = remove(&api, &request).await?;
    // It takes several transactions: of two that remove the same person one looks again, and goes on from there.
    for attempt in 1..=LOOKS {
        if let Some(reply) = done {
            return Ok(reply);
        }
        tokio::time::sleep(PAUSE * attempt).await;
        done = remove(&api, &request).await?;
    }
    done.ok_or_else(|| wrong("The account is being changed by others at this moment; try again."))
}

/// `None` if somebody else changed the person meanwhile.
async fn remove(api: &Api, request: &Request) -> Result<Option<Reply>, ApiError> {
    let (scope, found) = wanted(api, request).await?;
    let store = api.store.administration(&scope);
    let after =
        store.restate(&found, UserState::Removed, &api.world).await?.ok_or_else(ApiError::not_found)?;
    let reply = shown(&found, &after, &[])?;
    match store.remove_account(&found, after, request.answer(&reply), &api.world).await {
        Ok(RemovalOutcome::Done) => Ok(Some(reply)),
        Ok(RemovalOutcome::LastAdministrator(tenant)) => Err(wrong(format!(
            "The organization {} ({}) would be left without an administrator who can sign in; give somebody else that role first.",
            tenant.name, tenant.id
        ))),
        Err(StoreError::Conflict(Conflict::Stale)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
