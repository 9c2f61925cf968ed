//! The stack's own pages under `/_local/`: what runs, the mails that went out, the workflows and
//! their histories. Only for requests that name this machine, since mails hold first passwords.

mod mail;
mod names;
pub(crate) mod people;
mod render;
#[cfg(test)]
mod tests;
mod vendors;
mod workflows;

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use vestibule_domain::World;
use vestibule_models::{Cloud, CloudError};

use crate::guard::{Guard, names_and_pages};
use crate::sample::{ADMINISTRATORS, PEOPLE, Person, colleagues};
use crate::template::Template;
use render::Pages;

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:; form-action 'self'";

/// Mails and workflows on the first page.
const RECENT: usize = 5;

#[derive(Clone)]
struct Local {
    cloud: Cloud,
    world: World,
    pages: Arc<Pages>,
    functions: Arc<[FunctionRow]>,
    /// The password of the sample people, if there are any.
    password: Option<Arc<str>>,
}

#[derive(serde::Serialize)]
struct FunctionRow {
    name: String,
    routes: Vec<String>,
    timeout: u64,
}

/// A page that cannot be shown.
enum PageError {
    Unknown,
    Broken(String),
}

impl From<CloudError> for PageError {
    fn from(error: CloudError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<minijinja::Error> for PageError {
    fn from(error: minijinja::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, "There is no such page.").into_response(),
            Self::Broken(error) => {
                tracing::error!(error, "a page cannot be shown");
                (StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be shown; see the log.").into_response()
            }
        }
    }
}

type Page = Result<Html<String>, PageError>;

/// The pages over the models.
///
/// # Errors
/// A page template is malformed.
pub fn router((cloud, world): (Cloud, World), template: &Template, password: Option<&str>) -> Result<Router> {
    let row = |function: &crate::template::Function| FunctionRow {
        name: function.name.clone(),
        timeout: function.timeout.as_secs(),
        routes: template
            .routes
            .iter()
            .filter(|route| function.answers_to(&route.function))
            .map(|route| format!("{} {}", route.method, route.path))
            .collect(),
    };
    let functions = template.functions.iter().map(row).collect();
    let password = password.map(Into::into);
    let local = Local { cloud, world, pages: Arc::new(Pages::new()?), functions, password };
    let pages = Router::new()
        .route("/_local/", get(index))
        .route("/_local/mail", get(mail::list_mails))
        .route("/_local/mail/{id}", get(mail::get_mail))
        .route("/_local/mail/{id}/{what}", post(mail::let_happen))
        .route("/_local/dns/{name}", get(names::get_name).put(names::put_name).post(names::add_record))
        .route("/_local/vendors/{provider}", post(vendors::open))
        .route("/_local/workflows", get(workflows::list_executions))
        .route("/_local/workflows/{name}", get(workflows::get_execution))
        .with_state(local);
    let product = template.functions.iter().find_map(|function| function.environment.get("PRODUCT_NAME"));
    let product = product.cloned().unwrap_or_default();
    let components = get(move || async move { vestibule_console::components(&product) });
    // It has the policy of the pages that it shows the parts of.
    let components = Router::new().route("/_local/components", components);
    Ok(guarded(pages).merge(components.layer(from_fn_with_state(Guard::any_port(), names_and_pages))))
}

async fn index(State(local): State<Local>) -> Page {
    let people =
        PEOPLE.map(|person| json!({ "name": person.name, "role": person.role, "email": person.email }));
    let administrator =
        |person: &Person| json!({ "name": person.name, "role": person.role, "email": person.email });
    let administrators: Vec<_> = ADMINISTRATORS.iter().map(administrator).collect();
    let colleagues = colleagues::told();
    let values = json!({
        "administrators": administrators,
        "colleagues": colleagues,
        "mails": mail::newest(&local, RECENT)?,
        "executions": workflows::newest(&local, RECENT)?,
        "people": people,
        "password": local.password.as_deref(),
        "functions": &*local.functions,
    });
    local.pages.show("index.html", &values)
}

/// What every page of the stack's own goes through: names and pages of other sites are refused.
pub(crate) fn guarded(router: Router) -> Router {
    router.layer(from_fn(headers)).layer(from_fn_with_state(Guard::any_port(), names_and_pages))
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}
