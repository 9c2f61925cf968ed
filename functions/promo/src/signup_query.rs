//! Which sign-ups are wanted.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{ApiError, Argument, Code, Description, PageQuery};
use vestibule_domain::{Email, SignupStatus};
use vestibule_store::{PageRequest, SignupFilter};

/// Longest text of a search.
const LONGEST: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    status: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

/// The query, as it was understood.
#[derive(Debug)]
pub struct Wanted {
    /// Those of this status and name.
    pub filter: SignupFilter,
    /// The one with this address.
    pub address: Option<Email>,
    /// Which page of them.
    pub page: PageRequest,
}

/// The query. What is wrong with it is told after it is known who asks.
#[derive(Debug)]
pub struct SignupQuery(pub Result<Wanted, ApiError>);

/// Which sign-ups are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `SignupQuery` reads")]
struct SignupParameters {
    /// Those with this status.
    #[param(pattern = "^(new|provisioning|account|failed|needs_attention)$")]
    status: Option<String>,
    /// Those of people whose name has words that begin so, at least three letters of one; accents and case do not count.
    #[param(max_length = 80)]
    name: Option<String>,
    /// The one with this very address; nothing else but it can be given then.
    email: Option<String>,
}

impl Argument for SignupQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<SignupParameters>();
        operation.parameters::<PageQuery>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignupQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let only = "Only `status`, `name`, `email`, `limit` (1 to 100) and `cursor` can be given.";
        let raw = Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only));
        Ok(Self(raw.and_then(|Query(raw)| read(raw))))
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::ParameterInvalid, detail)
}

fn read(raw: Raw) -> Result<Wanted, ApiError> {
    let Raw { limit, cursor, status, name, email } = raw;
    let status = status.map(|text| {
        let detail = "`status`: give `new`, `provisioning`, `account`, `failed` or `needs_attention`.";
        SignupStatus::find(&text).ok_or_else(|| refused(detail))
    });
    let status = status.transpose()?;
    if name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > LONGEST) {
        return Err(refused("`name`: give 1 to 80 characters."));
    }
    let address = email.as_deref().map(Email::parse).transpose();
    let address = address.map_err(|invalid| refused(&format!("`email`: {invalid}")))?;
    if address.is_some() && (status.is_some() || name.is_some()) {
        return Err(refused("`email` finds one sign-up; leave `status` and `name` out."));
    }
    let page = PageQuery::checked(limit, cursor)?.into();
    Ok(Wanted { filter: SignupFilter { status, name }, address, page })
}
