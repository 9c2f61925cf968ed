//! The outbox: what the recipients' inboxes hold.

use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::json;
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
            text: mail.text.or(mail.raw),
        }
    }
}

/// All mails, newest first.
pub(super) async fn list_mails(State(local): State<Local>) -> Page {
    let sent = local.cloud.mailer().sent()?;
    let mails: Vec<MailView> = sent.into_iter().rev().map(MailView::from).collect();
    local.pages.show("mails.html", &json!({ "mails": mails }))
}

/// One mail; its HTML is shown in a frame without scripts and without this page's origin.
pub(super) async fn get_mail(State(local): State<Local>, Path(id): Path<String>) -> Page {
    let mut sent = local.cloud.mailer().sent()?.into_iter();
    let mail = sent.find(|mail| mail.id == id).ok_or(PageError::Unknown)?;
    local.pages.show("mail.html", &json!({ "mail": MailView::from(mail) }))
}
