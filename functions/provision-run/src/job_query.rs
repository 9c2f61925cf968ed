//! Which jobs are wanted.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{ApiError, Argument, Code, Description, PageQuery};
use vestibule_domain::{HireId, JobStatus};
use vestibule_store::PageRequest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
    status: Option<String>,
    hire: Option<String>,
}

/// The query, as it was understood.
#[derive(Debug)]
pub struct Wanted {
    /// Those with this status.
    pub status: Option<JobStatus>,
    /// Those of this hire.
    pub hire: Option<HireId>,
    /// Which page of them.
    pub page: PageRequest,
}

/// The query. What is wrong with it is told after it is known who asks.
#[derive(Debug)]
pub struct JobQuery(pub Result<Wanted, ApiError>);

/// Which jobs are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `JobQuery` reads")]
struct JobParameters {
    /// Those with this status.
    #[param(pattern = "^(pending|running|compensating|succeeded|failed|needs_attention|cancelled)$")]
    status: Option<String>,
    /// Those of this hire, at most the 80 newest on one page.
    hire: Option<String>,
}

impl Argument for JobQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<JobParameters>();
        operation.parameters::<PageQuery>();
    }
}

impl<S: Send + Sync> FromRequestParts<S> for JobQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let only = "Only `status`, `hire`, `limit` (1 to 100) and `cursor` can be given.";
        let raw = Query::<Raw>::from_request_parts(parts, state).await.map_err(|_| refused(only));
        Ok(Self(raw.and_then(|Query(raw)| read(raw))))
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::ParameterInvalid, detail)
}

fn read(raw: Raw) -> Result<Wanted, ApiError> {
    let status = raw.status.map(|text| {
        let detail = "`status`: give `pending`, `running`, `compensating`, `succeeded`, `failed`, `needs_attention` or `cancelled`.";
        JobStatus::find(&text).ok_or_else(|| refused(detail))
    });
    let hire =
        raw.hire.map(|text| text.parse().map_err(|_| refused("`hire`: give the id of a hire, hire_..")));
    let (status, hire) = (status.transpose()?, hire.transpose()?);
    if hire.is_some() && raw.cursor.is_some() {
        return Err(refused("The jobs of one hire are on one page; leave `cursor` out."));
    }
    Ok(Wanted { status, hire, page: PageQuery::checked(raw.limit, raw.cursor)?.into() })
}
