//! Who asked for what a mailed link does. The link shows who reads the mail; anybody can have it sent
//! to anybody. The receipt shows who asked: it is sealed, names what it is for, and is given to the
//! client that asks.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Fields, Origin, Reply, cookies};
use vestibule_auth::{PasswordHash, Purpose, Verdict};
use vestibule_domain::{Email, RegistrationId, UserId};
use vestibule_store::{Basis, Quota};

use crate::{
    Auth,
    sign_in::attempt::given_password,
    sign_up::register::{MAIL_SENT, accepted},
};

/// The token of a mailed link, and the proof that the one who follows it has asked for it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskedToken {
    /// The `token` of the link's address.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub token: SecretString,
    /// The `receipt` of the answer to the request; browsers have it in a cookie.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub receipt: Option<SecretString>,
    /// Without the receipt, the account's password.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
}

/// What happens next, and what shows that it was this client that asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailSentWithReceipt {
    /// Says that a mail is on its way if there is reason for one.
    pub message: &'static str,
    /// Makes the link of the mail work without the password; also set as a cookie. Keep it to yourself.
    #[schema(required = false)]
    pub receipt: String,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<String>,
}

/// What is kept of that answer: all but the receipt.
pub(crate) fn kept_receipt() -> Result<Reply, ApiError> {
    Reply::once(
        StatusCode::ACCEPTED,
        &MailSentWithReceipt { message: MAIL_SENT, receipt: String::new(), shown_once: Vec::new() },
        &["receipt"],
    )
}

/// What the one who follows a link shows.
pub(crate) struct Asker<'a> {
    receipt: Option<&'a str>,
    password: Option<&'a SecretString>,
}

impl<'a> Asker<'a> {
    /// What a request shows, with the receipt in its body or its cookie.
    pub(crate) fn new(
        headers: &'a HeaderMap,
        receipt: Option<&'a SecretString>,
        password: Option<&'a SecretString>,
    ) -> Self {
        let receipt = receipt.map(ExposeSecret::expose_secret);
        Self { receipt: receipt.or_else(|| cookies::find(headers, cookies::RECEIPT)), password }
    }
}

/// What somebody may have asked for.
#[derive(Clone, Copy)]
pub(crate) enum Wish<'a> {
    /// An account.
    Registration(RegistrationId),
    /// Another address for an account.
    Address(UserId, &'a Email),
}

impl Auth {
    /// The 202 that says the same whether or not a mail is sent, with the receipt for what was asked.
    pub(crate) fn acknowledge(&self, wish: Wish<'_>) -> Response {
        let sealed = self.api.store.sealer().keys().seal(b"", &self.bound(wish), self.api.world.bytes());
        let receipt = URL_SAFE_NO_PAD.encode(sealed);
        let mut response = accepted(&MailSentWithReceipt {
            message: MAIL_SENT,
            receipt: receipt.clone(),
            shown_once: Vec::new(),
        });
        cookies::set(&mut response, cookies::RECEIPT, &receipt, Purpose::VerifyEmail.lasts().as_secs(), true);
        response
    }

    /// Lets through who has the receipt for this wish, or knows the password of the account that it is
    /// about. A wrong password counts like one at a sign-in with its address.
    pub(crate) async fn let_through(
        &self,
        asker: &Asker<'_>,
        wish: Wish<'_>,
        (email, password): (&Email, Option<&PasswordHash>),
        (origin, quota): (&Origin, Quota),
    ) -> Result<(), ApiError> {
        if self.has_receipt(asker, wish).await {
            return Ok(());
        }
        let given = asker.password.filter(|_| password.is_some());
        let given = given.ok_or_else(|| not_shown(password.is_some()))?;
        let given = given_password("password", given)?;
        let counted = self.count(email, Basis::Guess, quota).await?;
        // While the address is locked no password is right.
        let stored = password.filter(|_| counted.attempt.is_some()).cloned();
        match self.verify(given, stored).await? {
            // Forgiven at once: what follows may still be refused.
            Verdict::Right { .. } => Ok(self.api.store.platform().forgive(&counted.address).await?),
            Verdict::Wrong => Err(self.refuse(&counted, email, origin, "password").await?),
        }
    }

    async fn has_receipt(&self, asker: &Asker<'_>, wish: Wish<'_>) -> bool {
        let sealed = asker.receipt.and_then(|receipt| URL_SAFE_NO_PAD.decode(receipt).ok());
        let Some(sealed) = sealed else { return false };
        let personal = self.api.store.sealer();
        personal.prepare_for(&sealed).await;
        personal.keys().open(&sealed, &self.bound(wish)).is_ok()
    }

    fn bound(&self, wish: Wish<'_>) -> Vec<u8> {
        let bound = match wish {
            Wish::Registration(id) => format!("receipt\nregistration\n{id}"),
            Wish::Address(user, email) => {
                format!("receipt\naddress\n{user}\n{}", self.api.store.sealer().address_key(email))
            }
        };
        bound.into_bytes()
    }
}

/// The refusal of a receipt that does not fit: what to send instead.
fn not_shown(has_password: bool) -> ApiError {
    let mut fields = Fields::default();
    if has_password {
        fields.refuse("password", "Give the account's password, or the `receipt` that the request answered.");
    } else {
        fields
            .refuse("receipt", "Give the `receipt` that the request answered; a browser has it in a cookie.");
    }
    fields.into_error()
}
