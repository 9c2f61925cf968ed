//! An access token for an application of a directory
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>).

use jiff::Timestamp;
use openidconnect::url::form_urlencoded::Serializer;
use secrecy::{ExposeSecret, SecretString};
use vestibule_domain::DirectoryId;

use super::super::MailboxError;
use super::super::vendors::{Answer, Token, TokenKey, Vendors, granted};
use super::Microsoft;

const HOST: &str = "login.microsoftonline.com";
const SCOPE: &str = "https://graph.microsoft.com/.default";

/// An application of a directory, and what it gives to new users.
#[derive(Debug, Clone, Copy)]
pub struct Application<'a> {
    /// The directory (tenant) id.
    pub directory: &'a DirectoryId,
    /// The application (client) id.
    pub client: &'a DirectoryId,
    /// The licence that gives a user a mailbox.
    pub licence: &'a DirectoryId,
    /// Where licences are used: two upper-case letters of ISO 3166.
    pub country: &'a str,
}

impl Vendors {
    /// The directory of `application`, by the application's secret.
    pub async fn microsoft(
        &self,
        application: Application<'_>,
        secret: &SecretString,
        now: Timestamp,
    ) -> Result<Microsoft, MailboxError> {
        let (directory, client) = (application.directory.as_str(), application.client.as_str());
        let key = TokenKey::of(&["microsoft", directory, client], secret);
        let access = self.access(key, now, self.ask(directory, client, secret, now)).await?;
        let (licence, country) = (application.licence.clone(), application.country.to_owned());
        Ok(Microsoft { access, licence, country })
    }

    async fn ask(
        &self,
        directory: &str,
        client: &str,
        secret: &SecretString,
        now: Timestamp,
    ) -> Result<Token, MailboxError> {
        let form = form(client, secret);
        match self.post_form(HOST, &[directory, "oauth2", "v2.0", "token"], form).await {
            Ok(answer) => granted(&answer, now).ok_or_else(|| refusal(&answer)),
            // Nothing was changed by asking.
            Err(error) => Err(MailboxError::Retry { code: error.code(), after: None }),
        }
    }
}

fn form(client: &str, secret: &SecretString) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials")
        .append_pair("client_id", client)
        .append_pair("client_secret", secret.expose_secret())
        .append_pair("scope", SCOPE);
    form.finish()
}

fn refusal(answer: &Answer) -> MailboxError {
    let number = answer.body.pointer("/error_codes/0").and_then(serde_json::Value::as_i64);
    let error = answer.text("/error").unwrap_or_default();
    tracing::info!(status = answer.status, number, error, "Microsoft gave no token");
    let code = match (number, error) {
        (Some(7_000_215), _) => "client_secret_refused",
        (Some(7_000_222), _) => "client_secret_expired",
        (Some(700_016), _) => "application_unknown",
        (Some(90_002), _) => "directory_unknown",
        (_, "invalid_client" | "unauthorized_client" | "invalid_request" | "invalid_scope") => {
            "credentials_refused"
        }
        _ => return MailboxError::Retry { code: "token_unavailable", after: answer.after },
    };
    MailboxError::Permanent { code }
}
