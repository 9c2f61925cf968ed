//! `POST /api/v1/auth/second-factor`

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin, Submission, TokensView, limiting};
use vestibule_auth::{RecoveryCodes, TotpSecret};
use vestibule_domain::{SignInChange, User};
use vestibule_store::Basis;

use crate::{Auth, kept, sign_in::attempt::Group, sign_in::begin::Proof};

/// How often a right code is judged anew because something else changed the person.
const TRIES: u32 = 8;
const RECOVERY_CODE: &str = "recovery_code";

/// The ticket of the first factor, and a code.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecondFactor {
    /// The ticket, as the first step gave it.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub ticket: SecretString,
    /// Six digits of the authenticator, or a recovery code.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub code: SecretString,
    /// Whether the tokens come as cookies, for browsers.
    #[serde(default)]
    pub cookies: bool,
}

/// Finishes a sign-in with a code. Each code works once. Wrong codes count like wrong passwords.
#[utoipa::path(post, path = "/api/v1/auth/second-factor", tag = "sign-in",
    responses((status = 200, body = TokensView), (status = 401), (status = 403)))]
pub async fn second_factor(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<SecondFactor>,
) -> Result<Response, ApiError> {
    let delivery = origin.delivery(request.cookies)?;
    give_code(&auth, (&request.ticket, &request.code), &origin, delivery, &keyed).await
}

/// Finishes the sign-in of a ticket with a code.
pub(crate) async fn give_code(
    auth: &Auth,
    (ticket, code): (&SecretString, &SecretString),
    origin: &Origin,
    delivery: Delivery,
    keyed: &Keyed,
) -> Result<Response, ApiError> {
    let (now, platform) = (auth.api.world.now(), auth.api.store.platform());
    let quota = auth.admit(Group::SignIn, origin).await?;
    let ticket = ticket.expose_secret();
    auth.api.trust.keep_up(ticket, now).await;
    let claims = auth.api.trust.verifier().verify_ticket(ticket, now);
    let claims = claims.map_err(|_| ApiError::credentials())?;
    keyed.under(&auth.api, kept::of_ticket(claims.sub)).await?;
    let user = platform.find_user(claims.sub).await?.filter(User::is_active);
    let mut user = user.filter(|user| user.epoch == claims.epoch).ok_or_else(ApiError::credentials)?;
    let counted = auth.count(&user.email, Basis::Guess, quota).await?;
    let Some(sign_in) = counted.sign_in() else {
        return Err(auth.refuse(&counted, &user.email, origin, "locked").await?);
    };
    for attempt in 1.. {
        let Some(method) = use_code(&mut user, code.expose_secret(), now) else {
            if attempt == 1 {
                return Err(auth.refuse(&counted, &user.email, origin, "second_factor").await?);
            }
            break;
        };
        (user.version, user.edits) = (user.version + 1, user.edits + 1);
        let proof = Proof {
            strong: true,
            tenant: sign_in.tenant.filter(|_| !claims.platform),
            keyed: Some((keyed, delivery)),
            changed: Some(&user),
            uses_up: (method == RECOVERY_CODE)
                .then_some(SignInChange::RecoveryCodeUsed { left: user.recovery.len() }),
            ..Proof::new((user.id, user.epoch), &counted, &user.email, sign_in, method)
        };
        let done = auth.begin(&proof, origin, delivery, &counted).await;
        // Something else about the person was written at the same moment: the code is judged by that.
        if !matches!(done, Err(ApiError::Problem { code: Code::Conflict, .. })) || attempt == TRIES {
            return done;
        }
        let found = platform.find_user(claims.sub).await?.filter(User::is_active);
        user = found.filter(|user| user.epoch == claims.epoch).ok_or_else(ApiError::credentials)?;
    }
    // It was right, and another sign-in used it up at the same moment.
    Err(limiting::refused(counted.quota, ApiError::credentials()))
}

/// Takes a code of the authenticator or a recovery code, and marks it used.
pub(crate) fn use_code(user: &mut User, code: &str, now: jiff::Timestamp) -> Option<&'static str> {
    let totp = user.totp.as_mut().filter(|totp| totp.confirmed.is_some())?;
    let secret = TotpSecret::from_base64url(&totp.secret).ok()?;
    if let Some(step) = secret.check(code, now, totp.last_step) {
        totp.last_step = Some(step);
        return Some("totp");
    }
    let place = RecoveryCodes::find(code, &user.recovery)?;
    user.recovery.remove(place);
    Some(RECOVERY_CODE)
}
