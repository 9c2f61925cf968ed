//! A page of answers, or what stands in its way.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use serde_json::{Map, Value, json};
use vestibule_pages::kit;

use crate::{Console, browser, page::Page, paths::text_at, place::Place, shell, visit::Visit};

/// What a form left behind that was refused.
#[derive(Debug, Default)]
pub(crate) struct Left {
    pub(crate) did: &'static str,
    pub(crate) problem: Value,
    pub(crate) typed: Value,
    pub(crate) status: StatusCode,
}

/// The element that tells of a refused form, where the form is shown.
const TOLD: &str = "id=\"refused\"";

/// What a person without a business is told on a page of one.
const NOWHERE: &str = "You work in no business at present. Choose one of yours, or create one.";

impl Console {
    /// The page `template` of answers, for `page`.
    pub(crate) fn page(
        &self,
        (template, page): (&str, &'static Page),
        (visit, place): (&Visit, &Place),
        mut values: Map<String, Value>,
        left: Left,
    ) -> Response {
        let refused = |name: &str| values.get(&format!("{name} refused"));
        if refused("context").is_some_and(|problem| problem["status"] == 401) {
            return browser::to_sign_in();
        }
        if let Some(home) = values.get("context").and_then(elsewhere).filter(|_| page.path == "/home") {
            // A greeting goes along.
            let said = place.query.get("done").and_then(Value::as_str).filter(|it| *it == "joined");
            let said = said.map(|it| format!("?done={it}")).unwrap_or_default();
            return Redirect::to(&format!("{home}{said}")).into_response();
        }
        let wrong = refused("context").cloned().or_else(|| missing(page, &values));
        let problems =
            page.reads.iter().filter_map(|read| Some((read.name.to_owned(), refused(read.name)?.clone())));
        let problems: Map<String, Value> = problems.collect();
        shell::complete(&mut values, self, visit, place);
        values.insert("problems".to_owned(), Value::Object(problems));
        if let Some(problem) = wrong {
            let status = problem["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            let status = status.and_then(|status| StatusCode::from_u16(status).ok());
            let status = status.unwrap_or(StatusCode::BAD_GATEWAY);
            if let Some(read) = page.reads.first().filter(|it| it.asks && status == StatusCode::BAD_REQUEST) {
                values.insert("did".to_owned(), json!(read.name));
                values.insert("problem".to_owned(), problem);
                return self.html(status, template, &values);
            }
            values.insert("refusal".to_owned(), problem);
            return self.html(status, "message.html", &values);
        }
        if left.did.is_empty() {
            return self.html(left.status, template, &values);
        }
        values.insert("did".to_owned(), json!(left.did));
        values.insert("problem".to_owned(), left.problem);
        values.insert("typed".to_owned(), left.typed);
        // What was refused may have gone from the page meanwhile: it is told above the page then.
        let loose = self.renderer.render(template, &values).is_ok_and(|html| !html.contains(TOLD));
        values.insert("loose".to_owned(), json!(loose));
        self.html(left.status, template, &values)
    }

    /// A page of values with a status.
    pub(crate) fn html(&self, status: StatusCode, template: &str, values: &Map<String, Value>) -> Response {
        match self.renderer.render(template, values) {
            Ok(html) => browser::page(status, html),
            Err(error) => {
                // The engine's own words may quote a value, so only its place is told.
                tracing::error!(template, kind = ?error.kind(), line = error.line(), at = error.name(), "page");
                (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown. It is not your fault.")
                    .into_response()
            }
        }
    }

    /// A message as a page, for whoever it may be.
    pub(crate) fn told(&self, status: StatusCode, detail: &str) -> Response {
        self.refused(status, json!({ "detail": detail, "status": status.as_u16() }))
    }

    /// A refusal as a page, for whoever it may be.
    pub(crate) fn refused(&self, status: StatusCode, refusal: Value) -> Response {
        let css = kit::style_path(None);
        let values = Map::from_iter([("css".to_owned(), json!(css)), ("refusal".to_owned(), refusal)]);
        self.html(status, "message.html", &values)
    }

    /// There is no such thing.
    pub(crate) fn nothing(&self) -> Response {
        self.told(StatusCode::NOT_FOUND, "There is no such thing.")
    }

    /// A function did not answer.
    pub(crate) fn unavailable(&self) -> Response {
        let mut response =
            self.told(StatusCode::SERVICE_UNAVAILABLE, "This part did not answer. Try again in a moment.");
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        response
    }
}

/// Where somebody begins who works from outside, or who only administers the platform.
fn elsewhere(context: &Value) -> Option<String> {
    let outside = text_at(context, "tenant.kind").filter(|kind| kind != "team");
    outside.map(|kind| format!("/portal/{kind}")).or_else(|| shell::begins(context).map(str::to_owned))
}

/// Why the page's first answer is not there.
fn missing(page: &Page, values: &Map<String, Value>) -> Option<Value> {
    let first = page.reads.first()?;
    if let Some(problem) = values.get(&format!("{} refused", first.name)) {
        return Some(problem.clone());
    }
    let context = values.get("context").cloned().unwrap_or_default();
    let nowhere = context["tenant"].is_null();
    if let Some(permission) = first.must.filter(|permission| !nowhere && !shell::has(&context, permission)) {
        let detail = "None of your roles here allows this.";
        return Some(json!({ "detail": detail, "status": 403, "permission": permission }));
    }
    if values.contains_key(first.name) || first.needs.is_some() {
        return None;
    }
    Some(if nowhere {
        json!({ "detail": NOWHERE, "status": 403, "link": "/settings/tenants", "label": "My businesses" })
    } else {
        json!({ "detail": "There is no such thing.", "status": 404 })
    })
}
