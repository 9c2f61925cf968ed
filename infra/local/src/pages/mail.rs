//! The outbox: what the recipients' inboxes hold.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Serialize;
use serde_json::{Value, json};
use vestibule_models::{MailEvent, SentMail};

use super::render::time;
use super::{Local, Page, PageError};

/// What can be made to happen to a mail: the last part of the path, and the button's words.
const HAPPENINGS: [(&str, &str, MailEvent); 6] = [
    ("delivery", "It arrives", MailEvent::Delivery),
    ("delay", "It is delayed", MailEvent::Delay),
    ("soft-bounce", "It comes back for now", MailEvent::SoftBounce),
    ("bounce", "It comes back for good", MailEvent::Bounce),
    ("complaint", "It is called unwanted", MailEvent::Complaint),
    ("reject", "It is not sent", MailEvent::Reject),
];

#[derive(Serialize)]
struct MailView {
    id: String,
    at: String,
    from: String,
    to: String,
    subject: String,
    html: Option<String>,
    text: Option<String>,
    links: Vec<String>,
}

impl From<SentMail> for MailView {
    fn from(mail: SentMail) -> Self {
        Self {
            at: time(mail.at),
            to: mail.to.join(", "),
            id: mail.id,
            from: mail.from,
            subject: mail.subject,
            html: mail.html,
            links: mail.text.as_deref().map(links).unwrap_or_default(),
            text: mail.text.or(mail.raw),
        }
    }
}

/// The web addresses in a text, each once: a frame without rights follows none.
fn links(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|word| word.trim_matches(['<', '>', '(', ')', '"', '.', ',']));
    let mut links: Vec<_> = words.filter(|word| is_web(word)).map(str::to_owned).collect();
    links.dedup();
    links
}

fn is_web(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://")
}

/// The newest mails.
pub(super) fn newest(local: &Local, most: usize) -> Result<Value, PageError> {
    let sent = local.cloud.mailer().sent()?;
    let mails: Vec<_> = sent.into_iter().rev().take(most).map(MailView::from).collect();
    Ok(json!(mails))
}

/// All mails, newest first.
pub(super) async fn list_mails(State(local): State<Local>) -> Page {
    local.pages.show("mails.html", &json!({ "mails": newest(&local, usize::MAX)? }))
}

/// One mail; its HTML is shown in a frame without scripts and without this page's origin.
pub(super) async fn get_mail(State(local): State<Local>, Path(id): Path<String>) -> Page {
    let mut sent = local.cloud.mailer().sent()?.into_iter();
    let mail = sent.find(|mail| mail.id == id).ok_or(PageError::Unknown)?;
    let happenings = HAPPENINGS.map(|(path, words, _)| json!({ "path": path, "words": words }));
    local.pages.show("mail.html", &json!({ "mail": MailView::from(mail), "happenings": happenings }))
}

/// `POST /_local/mail/{id}/{what}`: lets something happen to a mail, as SES tells of it, and leads back to it.
pub(super) async fn let_happen(
    State(local): State<Local>,
    Path((id, what)): Path<(String, String)>,
) -> Result<Redirect, PageError> {
    let known = HAPPENINGS.iter().find(|(path, ..)| *path == what);
    let (_, _, event) = known.ok_or(PageError::Unknown)?;
    if local.cloud.mailer().tell(&id, *event)? {
        Ok(Redirect::to(&format!("/_local/mail/{id}")))
    } else {
        Err(PageError::Unknown)
    }
}
