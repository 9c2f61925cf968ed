//! Sign-ups as a table. It is personal data in bulk, so each part of it is recorded before it is given out.

use axum::response::{IntoResponse as _, Response};
use http::{
    HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK},
};
use serde_json::json;
use url::form_urlencoded::Serializer;
use vestibule_api::{Api, ApiError, csv::Report};
use vestibule_domain::PromoSignup;
use vestibule_store::{Administration, Page};

use crate::signup_query::Wanted;

const COLUMNS: [&str; 10] =
    ["id", "email", "name", "company", "created", "repeats", "status", "since", "job", "error"];
const KIND: &str = "text/csv; charset=utf-8";
const NAME: &str = "attachment; filename=\"promo-signups.csv\"";

/// A part of the table; the first one has the names of the columns.
pub(crate) async fn part(
    api: &Api,
    store: &Administration<'_>,
    wanted: &Wanted,
) -> Result<Response, ApiError> {
    let page = match &wanted.address {
        Some(address) => store.find_promo_signup_by_address(address).await?.0,
        None => store.export_promo_signups(&wanted.filter, &wanted.page, &api.cursors).await??,
    };
    store.record_reading("promo.export", told(wanted, &page), &api.world).await?;
    let first = wanted.page.cursor.is_none();
    let mut report = if first { Report::new(&COLUMNS)? } else { Report::going_on() };
    page.items.iter().try_for_each(|signup| row(&mut report, signup))?;
    for id in &page.damaged {
        let mut cells = [""; COLUMNS.len()];
        (cells[0], cells[6]) = (id, "damaged");
        report.row(&cells)?;
    }
    let mut response =
        ([(CONTENT_TYPE, KIND), (CONTENT_DISPOSITION, NAME)], report.finish()?).into_response();
    if let Some(next) = &page.next {
        response.headers_mut().insert(LINK, link(wanted, next)?);
    }
    Ok(response)
}

/// What is recorded: never what was searched for, only that something was.
fn told(wanted: &Wanted, page: &Page<PromoSignup>) -> serde_json::Value {
    let searched = match (&wanted.address, &wanted.filter.name) {
        (Some(_), _) => Some("email"),
        (None, Some(_)) => Some("name"),
        (None, None) => None,
    };
    let (entries, first) = (page.items.len(), wanted.page.cursor.is_none());
    json!({
        "format": "csv", "status": wanted.filter.status, "searched": searched, "entries": entries, "first": first,
    })
}

fn row(report: &mut Report, signup: &PromoSignup) -> Result<(), ApiError> {
    let (id, created, since) = (signup.id.to_string(), signup.created.to_string(), signup.since.to_string());
    let (repeats, job) = (signup.repeats.to_string(), signup.job.map(|job| job.id.to_string()));
    let or_empty = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    let [company, job, error] = [&signup.company, &job, &signup.error].map(or_empty);
    let (email, name) = (signup.email.as_str(), signup.name.as_str());
    let status = signup.status.name();
    report.row(&[&id, email, name, &company, &created, &repeats, status, &since, &job, &error])
}

/// Where the next part is.
fn link(wanted: &Wanted, cursor: &str) -> Result<HeaderValue, ApiError> {
    let mut query = Serializer::new(String::new());
    if let Some(status) = wanted.filter.status {
        query.append_pair("status", status.name());
    }
    if let Some(name) = &wanted.filter.name {
        query.append_pair("name", name);
    }
    let query = query.append_pair("cursor", cursor).finish();
    let link = format!("</admin/promo-signups?{query}>; rel=\"next\"");
    HeaderValue::try_from(link).map_err(|error| ApiError::Fault(Box::new(error)))
}
