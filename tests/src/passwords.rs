//! How the owners of mailboxes come to their passwords.

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use vestibule_domain::FirstPassword;
use vestibule_models::SentMail;

use crate::{Actor, Answer, App, identity::token_behind};

/// The page behind the link of a mail.
pub const PASSWORD_PAGE: &str = "/mailbox/password";
/// A password that our policy and each provider takes.
pub const MAILBOX_PASSWORD: &str = "Gravel ottoman 7 fjord";

/// The temporary password in a mail: the line that the text template labels.
pub fn temporary_password(mail: &SentMail) -> Option<String> {
    let line = mail.text.as_deref()?.lines().find(|line| line.contains("Temporary password:"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The token of the link in a mail by which its owner chooses the password of a mailbox.
pub fn password_token(mail: &SentMail) -> Option<String> {
    token_behind(mail.text.as_deref()?, PASSWORD_PAGE)
}

impl App {
    /// From now on passwords of the sample tenant's mailboxes reach their owners in this way.
    pub async fn tell_passwords(&self, way: FirstPassword) {
        let tenant = self.stack.sample().tenant.id;
        self.set_text((format!("T#{tenant}"), "TENANT".to_owned()), ("first_password", way.name())).await;
    }

    /// Gives an attribute of a row a text.
    pub async fn set_text(&self, (pk, sk): (String, String), (attribute, value): (&str, &str)) {
        let update = self.client().update_item().table_name(self.stack.table_name());
        let update = update.key("PK", AttributeValue::S(pk)).key("SK", AttributeValue::S(sk));
        let update =
            update.update_expression("SET #name = :value").condition_expression("attribute_exists(PK)");
        let update = update.expression_attribute_names("#name", attribute);
        let update = update.expression_attribute_values(":value", AttributeValue::S(value.to_owned()));
        update.send().await.expect("an update");
    }

    /// A hire with a mailbox; its id and the token of the link in its mail.
    pub async fn hire_with_link(&self, family: &str) -> (String, String) {
        let (hire, job) = self.signed_hire("Kim", family).await;
        assert_eq!(self.run(&job).await["status"], "succeeded");
        (hire, self.newest_password_token())
    }

    /// The token of the link in the newest mail.
    pub fn newest_password_token(&self) -> String {
        let mails = self.stack.cloud().mailer().sent().expect("the mails");
        mails.last().and_then(password_token).expect("a link for a password")
    }
}

impl Actor {
    /// Opens the page of a link.
    pub async fn look_at_password(&self, token: &str) -> Answer {
        self.get(&format!("{PASSWORD_PAGE}?token={token}")).await
    }

    /// Sends the form of the page.
    pub async fn choose_password(&self, token: &str, password: &str) -> Answer {
        let form = [("token", token), ("password", password)];
        self.send(self.request(Method::POST, PASSWORD_PAGE).form(&form)).await
    }
}
