//! The beginning of a session, behind whichever proof.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{
    ApiError, Delivery, Grant, Keyed, Origin, Reply, TokensView, deliver, kept_tokens, limiting,
    tokens::SESSION_LIFETIME,
};
use vestibule_auth::{PasswordHash, RefreshToken, TokenDigest};
use vestibule_domain::{
    Email, IdentityMailKind, IdentityMailRequest, SessionId, SignInChange, TenantId, User, UserId,
};
use vestibule_store::{AddressKey, Conflict, Opening, Session, SignIn, StoreError};

use crate::{Auth, sign_in::attempt::Counted};

/// Most devices remembered.
const DEVICES: usize = 20;
/// What can be sent as a second factor.
const METHODS: [&str; 2] = ["totp", "recovery_code"];

/// What was proved, and by whom.
#[derive(Debug)]
pub struct Proof<'a> {
    /// Who signs in.
    pub user: UserId,
    /// Their epoch as read.
    pub epoch: u64,
    /// What stands for their address.
    pub address: &'a AddressKey,
    /// The address itself, for the notice about a new device.
    pub email: &'a Email,
    /// Devices seen before.
    pub devices: &'a [String],
    /// Where the session begins.
    pub tenant: Option<TenantId>,
    /// How they signed in, such as `password`.
    pub method: &'a str,
    /// Whether a second factor was given.
    pub strong: bool,
    /// The person with what the sign-in changes about them; version counted up.
    pub changed: Option<&'a User>,
    /// The password's hash with today's parameters.
    pub rehashed: Option<&'a PasswordHash>,
    /// The mailed link that is used up.
    pub link: Option<(&'a str, &'a TokenDigest)>,
    /// What the sign-in changes about the ways to sign in.
    pub uses_up: Option<SignInChange>,
    /// Keeps the answer, which goes out in this way.
    pub keyed: Option<(&'a Keyed, Delivery)>,
}

impl<'a> Proof<'a> {
    /// What was proved by `method` alone, without a second factor; `user` is who signs in and their epoch as read.
    pub fn new(
        user: (UserId, u64),
        counted: &'a Counted,
        email: &'a Email,
        sign_in: &'a SignIn,
        method: &'a str,
    ) -> Self {
        Self {
            user: user.0,
            epoch: user.1,
            address: &counted.address,
            email,
            devices: &sign_in.devices,
            tenant: sign_in.tenant,
            method,
            strong: false,
            changed: None,
            rehashed: None,
            link: None,
            uses_up: None,
            keyed: None,
        }
    }
}

/// The answer to a first factor when there is a second.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorView {
    /// Send it with a code to `/api/v1/auth/second-factor` within five minutes.
    #[schema(required = false)]
    pub ticket: String,
    /// What can be sent: `totp` and `recovery_code`.
    pub methods: Vec<&'static str>,
}

/// The ticket of an answer, for pages that ask for the code themselves.
#[derive(Clone)]
pub struct Asked(pub String);

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked")
    }
}

/// The answer to a sign-in: tokens, or the question for a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignInView {
    /// Signed in.
    Tokens(TokensView),
    /// One more step.
    SecondFactor(SecondFactorStep),
}

/// The answer to a first factor when there is a second.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorStep {
    /// The step.
    pub second_factor: SecondFactorView,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<&'static str>,
}

/// What is kept of the question for a second factor: all but the ticket.
pub(crate) fn kept_question() -> Result<Reply, ApiError> {
    Reply::new(
        StatusCode::OK,
        &json!({ "secondFactor": { "methods": METHODS }, "shownOnce": ["secondFactor.ticket"] }),
    )
}

impl Auth {
    /// Begins a session and hands out its tokens. What was right is not held against anybody when it comes
    /// to nothing, because the link was used or the account changed at the same moment.
    pub async fn begin(
        &self,
        proof: &Proof<'_>,
        origin: &Origin,
        delivery: Delivery,
        counted: &Counted,
    ) -> Result<Response, ApiError> {
        let opened = self.open_session(proof, origin).await;
        let (grant, refresh) = self.unjudged(counted, proof.email, origin, opened).await?;
        let response = deliver(&self.api, &self.signer, &grant, Some(&refresh), delivery).await?;
        Ok(limiting::with_quota(response, counted.quota))
    }

    /// Asks for the second factor of somebody whose first one was right; `platform` says whether they sign in to the platform.
    pub async fn ask_second_factor(
        &self,
        who: (UserId, u64),
        platform: bool,
        (counted, email): (&Counted, &Email),
        origin: &Origin,
    ) -> Result<Response, ApiError> {
        self.await_code(counted, email, origin).await?;
        let ticket = self.signer.ticket(who, platform, self.api.world.now()).await?;
        let ticket = ticket.0.expose_secret().to_owned();
        let asked = Asked(ticket.clone());
        let second_factor = SecondFactorView { ticket, methods: METHODS.to_vec() };
        let mut response =
            Json(SignInView::SecondFactor(SecondFactorStep { second_factor, shown_once: Vec::new() }))
                .into_response();
        response.extensions_mut().insert(asked);
        Ok(limiting::with_quota(response, counted.quota))
    }

    /// The session and its first refresh token, written in one transaction.
    pub async fn open_session(
        &self,
        proof: &Proof<'_>,
        origin: &Origin,
    ) -> Result<(Grant, RefreshToken), ApiError> {
        let world = &self.api.world;
        let devices = self.recognise(proof, origin);
        let mails = self.notices(proof, origin, devices.is_some());
        let id = SessionId::new(world);
        let refresh = RefreshToken::new(proof.user, id, world);
        let mut session = new_session(proof, id, &refresh, origin, world.now());
        let actor = vestibule_auth::Actor::User {
            id: proof.user,
            email: proof.email.clone(),
            source_ip: origin.source_ip.clone(),
            user_agent: origin.user_agent.clone(),
        };
        loop {
            let grant =
                Grant { user: proof.user, session: id, tenant: session.tenant, ends: session.expires };
            let kept = |(keyed, delivery): (&Keyed, Delivery)| {
                kept_tokens(&grant, delivery, true).map(|reply| keyed.answer(&reply))
            };
            let answer = proof.keyed.map(kept).transpose()?.flatten();
            let opening = Opening {
                user: proof.user,
                address: proof.address,
                session: &session,
                actor: &actor,
                changed: proof.changed,
                devices: devices.as_deref(),
                rehashed: proof.rehashed,
                link: proof.link,
                mails: &mails,
                answer,
            };
            match self.api.store.platform().open_session(&opening, world).await {
                Ok(()) => return Ok((grant, refresh)),
                // No longer a member of the tenant used last: the session begins outside of any.
                Err(StoreError::Conflict(Conflict::NotMember)) if session.tenant.is_some() => {
                    session.tenant = None;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The devices to remember, when this one was not seen before.
    fn recognise(&self, proof: &Proof<'_>, origin: &Origin) -> Option<Vec<String>> {
        let agent = origin.user_agent.as_deref().unwrap_or_default();
        let device = self.api.store.sealer().keys().blind_index(&format!("device\n{agent}"));
        if proof.devices.contains(&device) {
            return None;
        }
        let skipped = (proof.devices.len() + 1).saturating_sub(DEVICES);
        Some(proof.devices.iter().skip(skipped).cloned().chain([device]).collect())
    }

    /// What the person is told about this sign-in.
    fn notices(&self, proof: &Proof<'_>, origin: &Origin, new_device: bool) -> Vec<IdentityMailRequest> {
        let user = proof.user;
        // The first device of all is the one the account was made with.
        let device =
            (new_device && !proof.devices.is_empty()).then_some(IdentityMailKind::NewDevice { user });
        let change = proof.uses_up.clone().map(|change| IdentityMailKind::SignInChanged { user, change });
        device.into_iter().chain(change).map(|mail| self.mail(proof.email.clone(), mail, origin)).collect()
    }
}

fn new_session(
    proof: &Proof<'_>,
    id: SessionId,
    refresh: &RefreshToken,
    origin: &Origin,
    now: jiff::Timestamp,
) -> Session {
    Session {
        id,
        tenant: proof.tenant,
        epoch: proof.epoch,
        created: now,
        refreshed: Some(now),
        refreshed_before: None,
        expires: now.saturating_add(SESSION_LIFETIME).unwrap_or(jiff::Timestamp::MAX),
        ended: None,
        strong: proof.strong,
        method: proof.method.to_owned(),
        device: Some(origin.device()),
        current: Some(refresh.digest()),
        previous: None,
        salt: None,
    }
}
