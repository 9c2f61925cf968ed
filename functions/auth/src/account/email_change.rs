//! `POST /api/v1/auth/email`, `.../email/confirm` and `.../email/undo`

use axum::{extract::State, response::Response};
use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Fields, Keyed, Origin, OwnMutation, Reply, Submission};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{IdentityMailKind, UserId};
use vestibule_store::{Conflict, EndSessions, StoreError, UserChange};

use crate::{
    Auth, kept,
    sign_in::attempt::{Group, address},
    sign_up::asker::{AskedToken, Asker, MailSentWithReceipt, Wish, kept_receipt},
};

/// The new address, and the proof of who asks.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeEmail {
    /// The address to be.
    pub email: String,
    /// The password; left out by somebody who has none.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
}

/// The token of a mailed link.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailedToken {
    /// The `token` of the link's address.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub token: SecretString,
}

/// Asks for a change of address: a link goes to the new one. The answer is the same when the new
/// address has an account already; then nothing comes of it. Another spelling of the caller's own address is
/// refused: mails go to the address as it was proved.
#[utoipa::path(post, path = "/api/v1/auth/email", tag = "profile", responses((status = 202, body = MailSentWithReceipt)))]
pub async fn change_email(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<ChangeEmail>,
) -> Result<Response, ApiError> {
    let email = address(&request.email)?;
    if email != caller.user.email && email.canonical() == caller.user.email.canonical() {
        let mut fields = Fields::default();
        fields.refuse("email", "This is your address already; capital and small letters make no difference.");
        return Err(fields.into_error());
    }
    auth.admit_mail(&email).await?;
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let user = &mut caller.user;
    let change = UserChange {
        action: "user.email_request",
        answer: keyed.answer(&kept_receipt()?),
        forgive: true,
        mails: vec![auth.mail(email.clone(), IdentityMailKind::ConfirmEmail { user: user.id }, &origin)],
        ..UserChange::default()
    };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(auth.acknowledge(Wish::Address(user.id, &email)))
}

/// Makes the new address the person's, by the link that was mailed to it. The link alone is not enough:
/// it would give its reader's address to somebody else's account. The old address is told, with a link
/// to undo it.
#[utoipa::path(post, path = "/api/v1/auth/email/confirm", tag = "profile", responses((status = 204), (status = 401)))]
pub async fn confirm_email(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    Submission { body: request, keyed }: Submission<AskedToken>,
) -> Result<Reply, ApiError> {
    let asker = Asker::new(&headers, request.receipt.as_ref(), request.password.as_ref());
    confirm(&auth, request.token.expose_secret(), asker, &origin, &keyed).await
}

/// Gives a person their old address back, by the link in the notice to it. Signs out everywhere;
/// the password must be set anew.
#[utoipa::path(post, path = "/api/v1/auth/email/undo", tag = "profile", responses((status = 204)))]
pub async fn undo_email(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<MailedToken>,
) -> Result<Reply, ApiError> {
    undo(&auth, request.token.expose_secret(), &origin, &keyed).await
}

pub(crate) async fn confirm(
    auth: &Auth,
    token: &str,
    asker: Asker<'_>,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Reply, ApiError> {
    let quota = auth.admit(Group::Link, origin).await?;
    let platform = auth.api.store.platform();
    let token = LinkToken::parse(token, Purpose::ChangeEmail).map_err(|_| ApiError::link())?;
    let (digest, name) = (token.digest(), Purpose::ChangeEmail.name());
    keyed.under(&auth.api, kept::of_link(name, &digest)).await?;
    let found = platform.follow(UserId::from_bytes(token.id), (name, &digest), auth.api.world.now()).await?;
    let (mut user, link) = found.ok_or_else(ApiError::link)?;
    let (actor, old) = (origin.actor(&user), user.email.clone());
    let old_key = auth.api.store.sealer().address_key(&old);
    // The password goes along with the person.
    let (password, devices) = platform
        .find_sign_in(&old_key)
        .await?
        .map_or((None, Vec::new()), |sign_in| (sign_in.password, sign_in.devices));
    auth.let_through(&asker, Wish::Address(user.id, &link.email), (&old, password.as_ref()), (origin, quota))
        .await?;
    if platform.is_restless(user.id, auth.api.world.now()).await? {
        let detail = "The address was changed too often. Wait some days and ask for the change again.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    user.email = link.email;
    let reply = Reply::empty();
    let change = UserChange {
        action: "user.email",
        answer: keyed.answer(&reply),
        values: (json!(null), json!({ "confirmed": true })),
        password: password.as_ref(),
        link: Some((name, &digest)),
        moved_from: Some(&old_key),
        devices: &devices,
        mails: vec![auth.mail(old, IdentityMailKind::EmailChanged { user: user.id }, origin)],
        ..UserChange::default()
    };
    taken_is_gone(platform.change_user(&mut user, &change, &actor, &auth.api.world).await)?;
    Ok(reply)
}

pub(crate) async fn undo(
    auth: &Auth,
    token: &str,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Reply, ApiError> {
    auth.admit(Group::Link, origin).await?;
    let platform = auth.api.store.platform();
    let token = LinkToken::parse(token, Purpose::UndoEmail).map_err(|_| ApiError::link())?;
    let (id, digest) = (UserId::from_bytes(token.id), token.digest());
    keyed.under(&auth.api, kept::of_link(Purpose::UndoEmail.name(), &digest)).await?;
    let found = platform.follow_undo(id, &digest, auth.api.world.now()).await?;
    let (mut user, link, links) = found.ok_or_else(ApiError::link)?;
    if link.email.canonical() == user.email.canonical() {
        return Err(ApiError::link());
    }
    let (actor, key) = (origin.actor(&user), auth.api.store.sealer().address_key(&user.email));
    user.email = link.email.clone();
    user.epoch += 1;
    // Whoever changed the address may know the password, which does not go along, and may have added
    // ways of their own to sign in, which go as well.
    let changed = link.expires.saturating_sub(Purpose::UndoEmail.lasts()).unwrap_or(jiff::Timestamp::MIN);
    let (kept, added): (Vec<_>, Vec<_>) =
        user.connections.into_iter().partition(|connection| connection.since < changed);
    user.connections = kept;
    user.totp = user.totp.filter(|totp| totp.confirmed.is_some_and(|confirmed| confirmed < changed));
    user.recovery.clear();
    let added: Vec<String> = added.into_iter().map(|connection| connection.key).collect();
    let reply = Reply::empty();
    let change = UserChange {
        action: "user.email_undo",
        answer: keyed.answer(&reply),
        values: (json!(null), json!({ "undone": true })),
        end: EndSessions::All,
        drop_links: &links,
        disconnect: &added,
        moved_from: Some(&key),
        mails: vec![auth.mail(link.email, IdentityMailKind::ResetPassword, origin)],
        ..UserChange::default()
    };
    taken_is_gone(platform.change_user(&mut user, &change, &actor, &auth.api.world).await)?;
    Ok(reply)
}

/// A taken address answers like a used link: it tells nobody who has an account.
fn taken_is_gone(done: Result<(), StoreError>) -> Result<(), ApiError> {
    match done {
        Err(StoreError::Conflict(Conflict::AddressTaken)) => Err(ApiError::link()),
        other => Ok(other?),
    }
}
