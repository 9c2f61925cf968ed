//! `POST /api/hires`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Fields, Mutation, Reply};
use vestibule_domain::{Domain, Email, Hire, HireName, Permission, PersonName, Tenant};

use crate::view::HireView;

/// A new hire.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateHire {
    /// Given name, 1 to 60 characters of any script.
    #[schema(example = "José")]
    pub given_name: String,
    /// Family name, 1 to 60 characters of any script.
    #[schema(example = "Ó'Brien")]
    pub family_name: String,
    /// Where the person can be reached before the mailbox exists; not at the corporate domain.
    #[schema(example = "jose@example.org")]
    pub personal_email: String,
}

/// Adds a hire. The answer holds, for each required document, the correlation value to put into
/// the e-sign document.
#[utoipa::path(post, path = "/api/hires", tag = "hires", responses((status = 201, body = HireView)))]
pub async fn create_hire(State(api): State<Api>, request: Mutation<CreateHire>) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    let store = api.store.tenant(&scope);
    let tenant = store.settings().await?;
    let (name, email) = read(&request.body, &tenant)?;
    let hire = Hire::new(name, email, &tenant.documents, &api.world);
    let reply = Reply::new(StatusCode::CREATED, &HireView::from(&hire))?;
    store.create_hire(&hire, request.answer(&reply), &api.world).await?;
    Ok(reply)
}

fn read(body: &CreateHire, tenant: &Tenant) -> Result<(HireName, Email), ApiError> {
    let mut fields = Fields::default();
    let given = fields.take("givenName", PersonName::parse(&body.given_name));
    let family = fields.take("familyName", PersonName::parse(&body.family_name));
    let email = fields.take("personalEmail", Email::parse(&body.personal_email));
    if email.as_ref().is_some_and(|email| is_within(email, tenant.domain.as_ref())) {
        fields.refuse(
            "personalEmail",
            "Give an address outside the company: the new mailbox does not exist yet.",
        );
        return Err(fields.into_error());
    }
    match (given, family, email) {
        (Some(given), Some(family), Some(email)) => Ok((HireName { given, family }, email)),
        _ => Err(fields.into_error()),
    }
}

/// Whether the address is at the company's own mail domain.
fn is_within(email: &Email, domain: Option<&Domain>) -> bool {
    domain.is_some_and(|domain| email.domain() == domain.as_str())
}
