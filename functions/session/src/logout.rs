//! `POST /api/v1/auth/logout`

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::request::Parts;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Code, Keyed, Origin, Parting, Reply, Submission, tokens};
use vestibule_auth::Actor;
use vestibule_domain::User;
use vestibule_store::{Conflict, EndSessions, SelfAccess, Session, StoreError, UserChange};

use crate::Sessions;

/// Which sessions to end.
#[derive(Debug, Default, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The one of this request.
    #[default]
    This,
    /// All but the one of this request.
    Others,
    /// All.
    All,
}

/// What to end.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Logout {
    /// `this` when absent.
    #[serde(default)]
    pub sessions: Which,
    /// The refresh token, from a program whose access token has ended; browsers have it in a cookie.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<SecretString>,
}

/// Ends sessions. From the next request on their tokens are refused. The access token may have ended meanwhile: the
/// refresh token shows whose session it is too. A session that is over already is no problem.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "sessions",
    responses((status = 204), (status = 401), (status = 403)))]
pub async fn logout(
    State(state): State<Sessions>,
    parts: Parts,
    Submission { body: request, keyed }: Submission<Logout>,
) -> Result<Response, ApiError> {
    leave(&state.api, &parts, (request.sessions, request.refresh_token.as_ref()), &keyed).await
}

/// The same, for whoever asks.
pub(crate) async fn leave(
    api: &Api,
    parts: &Parts,
    (which, refresh): (Which, Option<&SecretString>),
    keyed: &Keyed,
) -> Result<Response, ApiError> {
    let parting = Parting::read(parts, api, refresh).await?;
    match end(api, &parting, which, (&Origin::of(parts), keyed)).await {
        // A browser that lost the answer gets rid of its cookies by the repeated one.
        Err(kept @ ApiError::Replay(_)) => Ok(left(which, kept.into_response())),
        answer => answer,
    }
}

async fn end(
    api: &Api,
    parting: &Parting,
    which: Which,
    (origin, keyed): (&Origin, &Keyed),
) -> Result<Response, ApiError> {
    let platform = api.store.platform();
    let partition = format!("session.{}.{}", parting.user, parting.session);
    let found = platform.self_access((parting.user, parting.session), None, api.world.now()).await?;
    let Some(SelfAccess { session, user, .. }) = found else {
        keyed.under(api, partition).await?;
        return Ok(over(which));
    };
    let (actor, reply) = (origin.actor(&user), Reply::empty());
    if matches!(which, Which::This) {
        parting.may_end(&session)?;
        keyed.under(api, partition).await?;
        let answer = keyed.answer(&reply);
        let ending = (user.id, session.id, session.tenant);
        match platform.end_family(ending, "session.end", &actor, answer, &api.world).await {
            Ok(()) | Err(StoreError::Conflict(Conflict::Stale)) => {}
            Err(error) => return Err(error.into()),
        }
    } else {
        parting.may_end_others(&session)?;
        keyed.under(api, partition).await?;
        end_many(api, user, &session, which, (&actor, keyed)).await?;
    }
    Ok(left(which, reply.into_response()))
}

async fn end_many(
    api: &Api,
    mut user: User,
    session: &Session,
    which: Which,
    (actor, keyed): (&Actor, &Keyed),
) -> Result<(), ApiError> {
    user.epoch += 1;
    let end = match which {
        Which::Others => EndSessions::Others(session.id),
        _ => EndSessions::All,
    };
    let answer = keyed.answer(&Reply::empty());
    let change = UserChange { action: "user.logout", end, answer, ..UserChange::default() };
    Ok(api.store.platform().change_user(&mut user, &change, actor, &api.world).await?)
}

/// The answer for a session that has ended already: it is left, and it ends no other.
fn over(which: Which) -> Response {
    if matches!(which, Which::This) {
        return left(which, Reply::empty().into_response());
    }
    let detail = "The session is over. Sign in again to end the others.";
    let mut response = ApiError::new(Code::Unauthenticated, detail).into_response();
    tokens::forget_cookies(&mut response);
    response
}

fn left(which: Which, mut response: Response) -> Response {
    if !matches!(which, Which::Others) {
        tokens::forget_cookies(&mut response);
    }
    response
}
