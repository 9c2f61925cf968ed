//! How a page is served: what it reads is asked at once, its forms call one operation each and lead on, and a form that was
//! refused comes back with what was typed and the problem at its field.

use axum::{
    extract::{FromRequestParts as _, RawPathParams, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{StatusCode, request::Parts};
use serde_json::{Map, Value, json};
use vestibule_api::site::check_sender;
use vestibule_invoke::{Body, NoAnswer};

use crate::{
    Console, browser,
    form::Form,
    operations::{CONTEXT, TENANTS},
    page::{Action, Page, Read, Then, fill, text_at},
    pages, shell,
    visit::{Asked, Told, Visit},
    words,
};

/// The question of a page: where it is, and what its address says.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) here: String,
    pub(crate) path: Map<String, Value>,
    pub(crate) query: Map<String, Value>,
}

impl Place {
    pub(crate) async fn of(parts: &mut Parts) -> Self {
        let params = RawPathParams::from_request_parts(parts, &()).await;
        let path =
            params.map(|params| params.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect());
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = query.map(|(name, value)| (name.into_owned(), json!(value))).collect();
        Self { here: parts.uri.path().to_owned(), path: path.unwrap_or_default(), query }
    }

    fn query(&self, names: &[&str], with: &[(&str, &str)]) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, from) in with {
            pairs.append_pair(name, self.path.get(*from).and_then(Value::as_str).unwrap_or_default());
        }
        for name in names {
            if let Some(value) =
                self.query.get(*name).and_then(Value::as_str).filter(|value| !value.is_empty())
            {
                pairs.append_pair(name, value);
            }
        }
        pairs.finish()
    }
}

/// What a form left behind that was refused, or whose answer is shown.
#[derive(Debug, Default)]
struct Left {
    did: &'static str,
    problem: Value,
    typed: Value,
    status: StatusCode,
}

/// `GET` of a page.
pub(crate) async fn show(page: &'static Page, State(console): State<Console>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let (visit, place) = (Visit::new(console.clone(), &parts), Place::of(&mut parts).await);
    let mut response = match answers(page, &visit, &place).await {
        Ok(answers) => console.page(page.template, page, &visit, &place, answers, Left::default()),
        Err(NoAnswer) => console.unavailable(),
    };
    visit.hand_on(&mut response);
    response
}

/// `POST` of a page: one of its forms.
pub(crate) async fn act(page: &'static Page, State(console): State<Console>, request: Request) -> Response {
    if let Err(error) = check_sender(request.headers(), &console.site) {
        return error.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let (visit, place) = (Visit::new(console.clone(), &parts), Place::of(&mut parts).await);
    let form = match Form::read(Request::from_parts(parts, body)).await {
        Ok(form) => form,
        Err(status) => {
            return console.told(
                status,
                "This form cannot be read. Open the page and send it again; a file may have 1 MiB.",
            );
        }
    };
    let Some(action) = page.does.iter().find(|action| action.name == form.text("do")) else {
        return console.told(StatusCode::BAD_REQUEST, "This page has no such form. Open it again.");
    };
    let mut response = carry_out(page, action, &visit, &place, &form, &console)
        .await
        .unwrap_or_else(|NoAnswer| console.unavailable());
    visit.hand_on(&mut response);
    response
}

async fn carry_out(
    page: &'static Page,
    action: &'static Action,
    visit: &Visit,
    place: &Place,
    form: &Form,
    console: &Console,
) -> Result<Response, NoAnswer> {
    let mut values = Vec::new();
    for from in action.from {
        values.push(match place.path.get(*from).and_then(Value::as_str) {
            Some(value) => Some(value.to_owned()),
            None => Some(form.text(from).to_owned()),
        });
    }
    let Some(path) = fill(action.operation.path, &values) else {
        return Ok(console.told(StatusCode::NOT_FOUND, "There is no such thing."));
    };
    let bodyless = action.operation.method == http::Method::DELETE
        || action.body.is_empty() && action.operation.path.ends_with("/verify");
    let body = if bodyless { Body::Empty } else { form.body(action.body) };
    let asked = Asked::new(action.operation, path, asked_query(action, form)).sending(
        body,
        form.text("csrf"),
        form.text("key"),
    );
    let told = visit.ask_one(asked).await?;
    if told.status.is_success() {
        return done(page, action, visit, place, told, console).await;
    }
    if told.status == StatusCode::UNAUTHORIZED && told.body["code"] == "unauthenticated" {
        return Ok(browser::to_sign_in());
    }
    let left = Left {
        did: action.name,
        problem: words::of(told.body),
        typed: form.typed(action.body),
        status: told.status,
    };
    let mut answers = answers(page, visit, place).await?;
    if action.again.is_some() {
        answers.insert("result".to_owned(), left.typed.clone());
    }
    Ok(console.page(action.again.unwrap_or(page.template), page, visit, place, answers, left))
}

/// The query that a form's operation takes.
fn asked_query(action: &Action, form: &Form) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, field) in action.query.iter().filter(|(_, field)| !form.text(field).is_empty()) {
        query.append_pair(name, form.text(field));
    }
    query.finish()
}

/// What comes after a form that did its work.
async fn done(
    page: &'static Page,
    action: &'static Action,
    visit: &Visit,
    place: &Place,
    told: Told,
    console: &Console,
) -> Result<Response, NoAnswer> {
    let there = |path: &str| {
        let mark = if path.contains('?') { '&' } else { '?' };
        Redirect::to(&format!("{path}{mark}done={}", action.name)).into_response()
    };
    Ok(match action.then {
        Then::Stay => there(&place.here),
        Then::Go(path) => there(&pages::lead(path, &told.body, &place.path)),
        Then::Show(template) => {
            let mut answers = answers(page, visit, place).await?;
            answers.insert("result".to_owned(), told.body);
            console.page(template, page, visit, place, answers, Left::default())
        }
    })
}

/// Asks everything that a page shows: first what depends on nothing, then what depends on an answer.
async fn answers(page: &'static Page, visit: &Visit, place: &Place) -> Result<Map<String, Value>, NoAnswer> {
    let mut values = Map::new();
    let later = |read: &Read| read.needs.is_some() || read.from.iter().any(|from| from.contains('.'));
    let (after, first): (Vec<&Read>, Vec<&Read>) = page.reads.iter().partition(|read| later(read));
    let frame = [Read::new("context", CONTEXT), Read::new("memberships", TENANTS)];
    let first: Vec<&Read> = frame.iter().chain(first).collect();
    fetch(&first, visit, place, &mut values).await?;
    fetch(&after, visit, place, &mut values).await?;
    Ok(values)
}

async fn fetch(
    reads: &[&Read],
    visit: &Visit,
    place: &Place,
    values: &mut Map<String, Value>,
) -> Result<(), NoAnswer> {
    let known = Value::Object(values.clone());
    let mut asked = Vec::new();
    for read in reads {
        let found = |from: &&str| match place.path.get(*from).and_then(Value::as_str) {
            Some(value) => Some(value.to_owned()),
            None => text_at(&known, from),
        };
        let Some(path) = fill(read.operation.path, &read.from.iter().map(found).collect::<Vec<_>>()) else {
            continue;
        };
        if read.needs.is_some_and(|permission| !shell::has(&known["context"], permission)) {
            continue;
        }
        asked.push((read.name, Asked::new(read.operation, path, place.query(read.query, read.with))));
    }
    let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
    let told = visit.ask(asked.into_iter().map(|(_, asked)| asked).collect()).await?;
    for (name, Told { status, body }) in names.into_iter().zip(told) {
        let (key, body) = if status.is_success() {
            (name.to_owned(), body)
        } else {
            (format!("{name} refused"), words::of(body))
        };
        values.insert(key, body);
    }
    Ok(())
}

impl Console {
    /// A page of answers; or what stands in its way.
    fn page(
        &self,
        template: &str,
        page: &'static Page,
        visit: &Visit,
        place: &Place,
        mut values: Map<String, Value>,
        left: Left,
    ) -> Response {
        let refused = |name: &str| values.get(&format!("{name} refused"));
        if refused("context").is_some_and(|problem| problem["status"] == 401) {
            return browser::to_sign_in();
        }
        let kind = values.get("context").and_then(|context| text_at(context, "tenant.kind"));
        if page.path == "/home"
            && let Some(kind) = kind.filter(|kind| kind != "team")
        {
            return Redirect::to(&format!("/portal/{kind}")).into_response();
        }
        let first = page.reads.first().map(|read| read.name);
        let wrong = refused("context").or_else(|| refused(first?)).cloned();
        let mut problems = Map::new();
        for read in page.reads {
            if let Some(problem) = refused(read.name) {
                problems.insert(read.name.to_owned(), problem.clone());
            }
        }
        shell::complete(&mut values, self, visit, place);
        values.insert("problems".to_owned(), Value::Object(problems));
        if let Some(problem) = wrong {
            let status = problem["status"]
                .as_u64()
                .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
            values.insert("refusal".to_owned(), problem);
            return self.html(status.unwrap_or(StatusCode::BAD_GATEWAY), "message.html", values);
        }
        if !left.did.is_empty() {
            values.insert("did".to_owned(), json!(left.did));
            values.insert("problem".to_owned(), left.problem);
            values.insert("typed".to_owned(), left.typed);
        }
        self.html(left.status, template, values)
    }

    /// A page of values with a status.
    pub(crate) fn html(&self, status: StatusCode, template: &str, values: Map<String, Value>) -> Response {
        match self.renderer.render(template, &Value::Object(values)) {
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
        let css = vestibule_pages::kit::style_path(None);
        let values = Map::from_iter([("css".to_owned(), json!(css)), ("refusal".to_owned(), refusal)]);
        self.html(status, "message.html", values)
    }

    fn unavailable(&self) -> Response {
        let mut response =
            self.told(StatusCode::SERVICE_UNAVAILABLE, "This part did not answer. Try again in a moment.");
        response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("2"));
        response
    }
}
