//! Errors as RFC 9457 problem details: one type, one rendering, a closed list of codes.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_auth::{Denied, Grant};
use vestibule_store::{Conflict, CursorError, KeptAnswer, Quota, StoreError};

use crate::{limiting::limited, refusals::Missing, reply::json};

/// Every code a problem can carry. Clients may branch on these; they never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: not JSON, or not the right shape.
    BodyInvalid,
    /// 400: a query parameter, header or path part has the wrong form.
    ParameterInvalid,
    /// 400: a cursor that does not belong to this list.
    CursorInvalid,
    /// 401: no valid token, session or membership.
    Unauthenticated,
    /// 401: address, password or code do not fit; says no more than that.
    CredentialsInvalid,
    /// 401: the event's signature is missing, wrong or too old.
    SignatureInvalid,
    /// 403: known, but not allowed.
    Forbidden,
    /// 403: a request with cookies lacks the `X-CSRF-Token` of its session.
    CsrfInvalid,
    /// 403: no tenant is chosen; switch to one first.
    TenantRequired,
    /// 403: the request names another tenant than its token.
    TenantMismatch,
    /// 403: the tenant wants a second factor that this session lacks.
    SecondFactorRequired,
    /// 403: the check for programs was not passed.
    BotCheckFailed,
    /// 400: a mailed link or its token was used, replaced or has expired.
    LinkInvalid,
    /// 410: the invitation was accepted, declined, revoked or replaced, has expired, or whoever sent it may no longer invite.
    InvitationOver,
    /// 429: too many requests; see `Retry-After`.
    TooManyRequests,
    /// 404: no such thing, or not yours.
    NotFound,
    /// 405: the path exists, the method does not.
    MethodNotAllowed,
    /// 409: the thing is in a state that does not allow this.
    WrongState,
    /// 409: the deployment lacks a setting that this needs, or one names what is not there.
    NotConfigured,
    /// 409: the record cannot be read; the detail says how it can be cancelled or removed.
    Damaged,
    /// 409: somebody else changed it at the same moment.
    Conflict,
    /// 413: larger than allowed.
    TooLarge,
    /// 422: the shape is right, the meaning is not.
    Invalid,
    /// 422: the idempotency key was used for another request.
    IdempotencyKeyReused,
    /// 500: our fault; the cause is in the log.
    Internal,
    /// 503: busy; try again.
    Unavailable,
}

/// What is said to two requests that meet.
const AT_ONCE: [&str; 2] = [
    "A request with this Idempotency-Key is being worked on; send it again.",
    "Somebody changed this at the same moment; read it and try again.",
];

/// What is said of a job that must not go on beside a newer one.
const SUPERSEDED: &str = "Another job took the place of this one; look at that one.";

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::BodyInvalid | Self::ParameterInvalid | Self::CursorInvalid | Self::LinkInvalid => {
                StatusCode::BAD_REQUEST
            }
            Self::Unauthenticated | Self::CredentialsInvalid | Self::SignatureInvalid => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden
            | Self::CsrfInvalid
            | Self::TenantRequired
            | Self::TenantMismatch
            | Self::SecondFactorRequired
            | Self::BotCheckFailed => StatusCode::FORBIDDEN,
            Self::InvitationOver => StatusCode::GONE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongState | Self::NotConfigured | Self::Damaged | Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name in answers.
    fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
    }

    fn title(self) -> &'static str {
        match self {
            Self::BodyInvalid => "The body cannot be read",
            Self::ParameterInvalid => "A parameter cannot be used",
            Self::CursorInvalid => "The cursor cannot be used",
            Self::Unauthenticated => "Sign in first",
            Self::CredentialsInvalid => "The sign-in was not accepted",
            Self::CsrfInvalid => "The request could come from another site",
            Self::TenantRequired => "No tenant is chosen",
            Self::TenantMismatch => "Another tenant is named",
            Self::SecondFactorRequired => "A second factor is needed",
            Self::BotCheckFailed => "The check for programs was not passed",
            Self::LinkInvalid => "The link is no longer valid",
            Self::InvitationOver => "The invitation is over",
            Self::TooManyRequests => "Too many requests",
            Self::SignatureInvalid => "The signature does not fit",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::WrongState => "Not possible in this state",
            Self::NotConfigured => "The deployment lacks a setting",
            Self::Damaged => "The record cannot be read",
            Self::Conflict => "In conflict with what is there",
            Self::TooLarge => "Too large",
            Self::Invalid => "Some fields cannot be used",
            Self::IdempotencyKeyReused => "The idempotency key was used before",
            Self::Internal => "Something went wrong on our side",
            Self::Unavailable => "Busy",
        }
    }
}

/// One field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Path of the field in the body, such as `personalEmail`.
    pub field: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// The body of every error answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// A short summary of the code.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What to do about this very request.
    pub detail: String,
    /// The stable code.
    pub code: Code,
    /// The request's id, to name when asking for help.
    pub request_id: String,
    /// The fields concerned, for problems of a body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// Every way a request can end without its answer.
#[derive(Debug)]
pub enum ApiError {
    /// A problem to tell the client.
    Problem {
        /// Which.
        code: Code,
        /// What to do.
        detail: String,
        /// Fields concerned.
        fields: Vec<FieldProblem>,
    },
    /// Known, but without this permission.
    Denied(Denied),
    /// Known, but without any of these grants on the platform.
    NotGranted(Vec<Grant>),
    /// The answer kept for a repeated request, instead of doing the work again.
    Replay(KeptAnswer),
    /// A problem of a counted request.
    Limited {
        /// What is left.
        quota: Quota,
        /// The problem itself.
        problem: Box<ApiError>,
    },
    /// Our own failure, with the cause for the log.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// A problem without fields.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::Problem { code, detail: detail.into(), fields: Vec::new() }
    }

    /// A 404 that is the same for what does not exist and for what belongs to somebody else.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here, or it is not yours.")
    }

    /// A 401 for a sign-in, the same whatever was wrong with it.
    pub fn credentials() -> Self {
        Self::new(
            Code::CredentialsInvalid,
            "Check the address, the password and the code, or ask for a new password.",
        )
    }

    /// A 400 for a mailed link, the same whatever is wrong with it.
    pub fn link() -> Self {
        Self::new(Code::LinkInvalid, "Ask for a new link; each one works once and for a limited time.")
    }

    /// A 409 with what to do about the record, when it is the record that cannot be read.
    pub fn if_damaged(error: StoreError, detail: &str) -> Self {
        match error {
            StoreError::Row { .. } => Self::new(Code::Damaged, detail),
            other => other.into(),
        }
    }

    /// A 401 that says no more than that.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "Send a valid access token as `Authorization: Bearer ...`.")
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::KeyUsed) => Self::new(Code::Conflict, AT_ONCE[0]),
            StoreError::Conflict(Conflict::LinkUsed) => Self::link(),
            StoreError::Conflict(Conflict::Superseded) => Self::new(Code::WrongState, SUPERSEDED),
            StoreError::Conflict(_) => Self::new(Code::Conflict, AT_ONCE[1]),
            StoreError::Busy(why) => {
                tracing::warn!(why, "the table is busy");
                Self::new(Code::Unavailable, "The service is busy; send the request again.")
            }
            fault => Self::Fault(Box::new(fault)),
        }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<CursorError> for ApiError {
    fn from(error: CursorError) -> Self {
        let mut detail = error.to_string();
        detail.replace_range(..1, "T");
        Self::new(Code::CursorInvalid, format!("{detail}."))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut missing = None;
        let (code, detail, fields) = match self {
            Self::Denied(Denied(permission)) => {
                let name = missing.insert(permission.name().to_owned());
                (Code::Forbidden, format!("You lack the permission `{name}` in this organization."), vec![])
            }
            Self::NotGranted(grants) => {
                let names: Vec<_> = grants.iter().map(|grant| grant.name()).collect();
                let detail = format!("This needs the grant `{}` on the platform.", names.join("` or `"));
                missing = Some(names.join(" "));
                (Code::Forbidden, detail, vec![])
            }
            Self::Problem { code, detail, fields } => (code, detail, fields),
            Self::Replay(kept) => return replay(kept),
            Self::Limited { quota, problem } => return limited(quota, *problem),
            Self::Fault(error) => {
                tracing::error!(%error, "request failed");
                (
                    Code::Internal,
                    "Try again; if it stays, name the requestId when you ask for help.".into(),
                    vec![],
                )
            }
        };
        // The request id is filled in by `router::finish`, which knows it.
        let problem = Problem {
            kind: "about:blank",
            title: code.title(),
            status: code.status().as_u16(),
            detail,
            code,
            request_id: String::new(),
            fields,
        };
        let mut response = (code.status(), Json(&problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code == Code::Unauthenticated {
            response.headers_mut().insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if code == Code::TooManyRequests {
            response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        // What met something else at the same moment can be sent again at once.
        if code == Code::Unavailable || AT_ONCE.contains(&problem.detail.as_str()) {
            response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if code.status() == StatusCode::FORBIDDEN {
            let missing = missing.unwrap_or_else(|| code.name());
            response.extensions_mut().insert(Missing(missing));
        }
        response.extensions_mut().insert(std::sync::Arc::new(problem));
        response
    }
}

fn replay(kept: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = json(status, kept.body);
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
