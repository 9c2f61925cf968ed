//! The outbox: what the recipients' inboxes hold.

use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use vestibule_models::SentMail;

use super::render::time;
use super::{Local, Page, PageError};

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
    local.pages.show("mail.html", &json!({ "mail": MailView::from(mail) }))
}
