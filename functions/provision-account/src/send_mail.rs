//! `POST /api/admin/users/resend-invitation` and `POST /api/admin/users/reset-password`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{ApiError, Fields, PlatformMutation, Reply, limiting::admit_source};
use vestibule_auth::{Grant, PlatformScope};
use vestibule_domain::{IdentityMailKind, User, UserState};
use vestibule_store::FoundAccount;

use crate::{
    Provisioning,
    account_view::AccountView,
    which::{WhichAccount, named, person, wrong},
};

async fn send(
    state: &Provisioning,
    scope: &PlatformScope,
    request: &PlatformMutation<WhichAccount>,
    found: &FoundAccount,
    mail: (&str, &User, IdentityMailKind),
) -> Result<Reply, ApiError> {
    let (action, person, kind) = mail;
    let api = &state.api;
    let address = api.store.sealer().address_key(&person.email);
    admit_source(api.table(), &state.limits, &format!("mail@{address}")).await?;
    let reply = Reply::new(StatusCode::ACCEPTED, &AccountView::from(found))?;
    let answer = request.answer(&reply);
    api.store.administration(scope).send_account_mail(person, (action, kind), answer, &api.world).await?;
    Ok(reply)
}

async fn wanted(
    state: &Provisioning,
    request: &PlatformMutation<WhichAccount>,
) -> Result<(PlatformScope, FoundAccount), ApiError> {
    let scope = request.begin(Grant::GeneralAdmin)?;
    let by = (request.body.user_id.as_deref(), request.body.email.as_deref());
    let found = named(&state.api, &scope, by, Fields::default()).await?;
    Ok((scope, found))
}

/// Sends the invitation of an account again whose person has not set a password yet. The new link counts for 7 days; the one
/// before does not count any more.
#[utoipa::path(post, path = "/api/admin/users/resend-invitation", tag = "accounts", responses((status = 202, body = AccountView), (status = 404), (status = 409), (status = 429)))]
pub async fn resend_account_invitation(
    State(state): State<Provisioning>,
    request: PlatformMutation<WhichAccount>,
) -> Result<Reply, ApiError> {
    let (scope, found) = wanted(&state, &request).await?;
    let person = person(&found)?;
    if person.status.state != UserState::Invited {
        return Err(wrong(format!(
            "The account is {}; only one that is invited gets another invitation.",
            person.status.state.name()
        )));
    }
    let kind = IdentityMailKind::AccountInvitation { user: person.id };
    send(&state, &scope, &request, &found, ("account.invitation", person, kind)).await
}

/// Sends the person a link that sets a new password; until they follow it the old one stays.
#[utoipa::path(post, path = "/api/admin/users/reset-password", tag = "accounts", responses((status = 202, body = AccountView), (status = 404), (status = 409), (status = 429)))]
pub async fn send_password_reset(
    State(state): State<Provisioning>,
    request: PlatformMutation<WhichAccount>,
) -> Result<Reply, ApiError> {
    let (scope, found) = wanted(&state, &request).await?;
    let person = person(&found)?;
    if !person.is_active() {
        let instead = match person.status.state {
            UserState::Invited => "send the invitation again",
            _ => "restore it first",
        };
        return Err(wrong(format!("The account is {}: {instead}.", person.status.state.name())));
    }
    send(
        &state,
        &scope,
        &request,
        &found,
        ("account.password_reset", person, IdentityMailKind::ResetPassword),
    )
    .await
}
