//! An access token for a service account that acts as an administrator
//! (<https://developers.google.com/identity/protocols/oauth2/service-account#httprest>).

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Header, encode};
use openidconnect::url::form_urlencoded::Serializer;
use secrecy::SecretString;
use serde_json::json;

use super::super::MailboxError;
use super::super::vendors::{Answer, TokenKey, Vendors, granted};
use super::{Google, ServiceAccount};

const HOST: &str = "oauth2.googleapis.com";
/// What the assertion is for; the vendor compares it with its own address.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Users with their addresses, and groups to see who holds one. Each must be delegated exactly so.
pub(super) const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
];
/// What ends the sessions of a user.
const SECURITY: &str = "https://www.googleapis.com/auth/admin.directory.user.security";

/// What a token is asked for. One scope that is not delegated refuses the whole token, so no more is asked for than is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scopes {
    /// To make mailboxes and to look after them.
    Usual,
    /// Also to end sessions, for a person who leaves.
    Leaving,
}

impl Scopes {
    fn asked(self) -> String {
        let further = (self == Self::Leaving).then_some(SECURITY);
        SCOPES.into_iter().chain(further).collect::<Vec<_>>().join(" ")
    }
}

/// The longest life of an assertion, in seconds.
const LIFE: i64 = 3_600;

impl Vendors {
    /// The customer whose administrator is `admin`, by the key file of a service account, with a token for `scopes`.
    pub async fn google(
        &self,
        admin: &str,
        key_file: &SecretString,
        scopes: Scopes,
        now: Timestamp,
    ) -> Result<Google, MailboxError> {
        let scopes = scopes.asked();
        let key = TokenKey::of(&["google", admin, &scopes], key_file);
        let ask = async {
            let account = ServiceAccount::read(key_file);
            let account = account.map_err(|_| MailboxError::Permanent { code: "key_unreadable" })?;
            let form = form(&account, (admin, &scopes), now)?;
            match self.post_form(HOST, &["token"], form).await {
                Ok(answer) => granted(&answer, now).ok_or_else(|| refusal(&answer)),
                // Nothing was changed by asking.
                Err(error) => Err(MailboxError::Retry { code: error.code(), after: None }),
            }
        };
        let access = self.access(key, now, ask).await?;
        Ok(Google { access, admin: admin.to_owned() })
    }
}

fn form(
    account: &ServiceAccount,
    (admin, scopes): (&str, &str),
    now: Timestamp,
) -> Result<String, MailboxError> {
    let unsigned = MailboxError::Permanent { code: "key_unreadable" };
    let head = Header {
        kid: Some(account.key_id.clone()).filter(|id| !id.is_empty()),
        ..Header::new(Algorithm::RS256)
    };
    let claims = json!({
        "iss": account.email,
        "sub": admin,
        "scope": scopes,
        "aud": AUDIENCE,
        "iat": now.as_second(),
        "exp": now.as_second() + LIFE,
    });
    let key = account.signing_key().map_err(|()| unsigned.clone())?;
    let assertion = encode(&head, &claims, &key).map_err(|_| unsigned)?;
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", GRANT).append_pair("assertion", &assertion);
    Ok(form.finish())
}

fn refusal(answer: &Answer) -> MailboxError {
    let error = answer.text("/error").unwrap_or_default();
    tracing::info!(status = answer.status, error, "Google gave no token");
    let code = match error {
        "unauthorized_client" => "delegation_missing",
        "invalid_grant" => "key_or_administrator_refused",
        // Some of the scopes are delegated, and not all that are asked for.
        "access_denied" => "scope_missing",
        "invalid_client" | "invalid_request" | "invalid_scope" => "credentials_refused",
        _ => return MailboxError::Retry { code: "token_unavailable", after: answer.after },
    };
    MailboxError::Permanent { code }
}
