//! How a page is served: what it reads is asked, its forms call one operation each and lead on, and a form that was refused
//! comes back with what was typed and the problem at its field.

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{Method, StatusCode};
use serde_json::Value;
use vestibule_api::site::check_sender;
use vestibule_invoke::{Body, NoAnswer};

use crate::{
    Console, answers, browser,
    form::Form,
    page::{Action, Page, Then},
    pages,
    paths::fill,
    place::Place,
    respond::Left,
    visit::{Asked, Told, Visit},
    words,
};

/// A form that was sent, and where.
struct Sent<'a> {
    page: &'static Page,
    action: &'static Action,
    visit: &'a Visit,
    place: &'a Place,
    form: &'a Form,
}

/// `GET` of a page.
pub(crate) async fn show(page: &'static Page, State(console): State<Console>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let Some(place) = Place::of(&mut parts).await else { return console.nothing() };
    let mut response = match answers::read(page, &visit, &place).await {
        Ok(answers) => console.page((page.template, page), (&visit, &place), answers, Left::default()),
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
    let visit = Visit::new(console.clone(), &parts);
    let Some(place) = Place::of(&mut parts).await else { return console.nothing() };
    let (longest, most) = page.longest();
    let form = match Form::read(Request::from_parts(parts, body), longest).await {
        Ok(form) => form,
        Err(status) => {
            let detail = format!("This form cannot be read. Open the page and send it again. {most}");
            return console.told(status, &detail);
        }
    };
    let Some(action) = page.does.iter().find(|action| action.name == form.text("do")) else {
        return console.told(StatusCode::BAD_REQUEST, "This page has no such form. Open it again.");
    };
    let sent = Sent { page, action, visit: &visit, place: &place, form: &form };
    let mut response = carry_out(&sent, &console).await.unwrap_or_else(|NoAnswer| console.unavailable());
    visit.hand_on(&mut response);
    response
}

async fn carry_out(sent: &Sent<'_>, console: &Console) -> Result<Response, NoAnswer> {
    let Sent { page, action, visit, place, form } = *sent;
    let Some(asked) = asked(sent) else { return Ok(console.nothing()) };
    let told = visit.ask_one(asked).await?;
    if told.status.is_success() {
        return done(sent, told, console).await;
    }
    if told.status == StatusCode::UNAUTHORIZED && told.body["code"] == "unauthenticated" {
        return Ok(browser::to_sign_in());
    }
    let (problem, typed) = (words::of(told.body), form.typed(action.body));
    let left = Left { did: action.name, problem, typed, status: told.status };
    let mut answers = answers::read(page, visit, place).await?;
    if action.again.is_some() {
        answers.insert("result".to_owned(), left.typed.clone());
    }
    Ok(console.page((action.again.unwrap_or(page.template), page), (visit, place), answers, left))
}

/// The operation that a form asks for; `None` where a value of its path is missing.
fn asked(sent: &Sent<'_>) -> Option<Asked> {
    let Sent { page, action, place, form, .. } = sent;
    let value = |from: &&str| {
        let known = place.path.get(*from).and_then(Value::as_str);
        Some(known.unwrap_or_else(|| form.text(from)).to_owned())
    };
    let path = fill(action.operation.path, &action.from.iter().map(value).collect::<Vec<_>>())?;
    let bodyless = action.operation.method == Method::DELETE || action.operation.path.ends_with("/verify");
    let body = if bodyless { Body::Empty } else { form.body(action.body) };
    let asked = Asked::new(action.operation, path, asked_query(action, form));
    // Another tab may have gone to another business meanwhile: what this page says is meant for its own.
    let tenant = if page.apart() { "" } else { form.text("in") };
    Some(asked.sending(body, form.text("csrf"), form.text("once")).within(tenant))
}

/// The query that a form's operation takes.
fn asked_query(action: &Action, form: &Form) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, field) in action.query.iter().filter(|(_, field)| !form.text(field).is_empty()) {
        query.append_pair(name, form.text(field));
    }
    query.extend_pairs(action.always);
    query.finish()
}

/// What comes after a form that did its work.
async fn done(sent: &Sent<'_>, told: Told, console: &Console) -> Result<Response, NoAnswer> {
    let Sent { page, action, visit, place, form } = *sent;
    Ok(match action.then {
        Then::Stay => {
            let other = action.instead.filter(|(field, _)| !told.body[*field].is_null());
            let said = other.map_or(action.name, |(_, said)| said);
            Redirect::to(&place.again(said)).into_response()
        }
        Then::Go(path) => {
            let path = pages::lead(path, &told.body, &place.path);
            Redirect::to(&format!("{path}?done={}", action.name)).into_response()
        }
        // An answer that is repeated lacks what was shown once.
        Then::Show(_) if told.body["shownOnce"].as_array().is_some_and(|names| !names.is_empty()) => {
            Redirect::to(&place.again("shown")).into_response()
        }
        Then::Show(template) => {
            let mut answers = answers::read(page, visit, place).await?;
            answers.insert("result".to_owned(), told.body);
            answers.insert("sent".to_owned(), form.typed(action.body));
            console.page((template, page), (visit, place), answers, Left::default())
        }
    })
}
