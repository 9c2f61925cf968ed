//! Asking for a mail, and the rules of new passwords.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::{Action, BotVerdict};
use vestibule_api::{ApiError, Fields, Keyed, Origin, Reply, bots::bot, limiting};
use vestibule_auth::Password;
use vestibule_domain::{Email, IdentityMailKind, IdentityMailRequest, MailId, SignInChange, User};

use crate::{
    Auth, kept,
    sign_in::attempt::{Group, address},
    sign_up::register::{MAIL_SENT, MailSent},
};

/// An address to write to.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskForMail {
    /// The address of the account.
    #[schema(example = "kim@example.org")]
    pub email: String,
    /// What the bot check of the form gave, where one is on.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    pub bot_token: Option<String>,
}

impl Auth {
    /// Counts mails to one address, whoever asks for them.
    pub async fn admit_mail(&self, email: &Email) -> Result<(), ApiError> {
        let key = self.api.store.sealer().address_key(email);
        limiting::admit_source(self.api.table(), &self.limits, &format!("mail@{key}")).await.map(drop)
    }

    /// Records that a mail was asked for. Whether there is an account shows later, to the sender.
    pub async fn ask_for_mail(
        &self,
        request: &AskForMail,
        origin: &Origin,
        action: Action,
        mail: IdentityMailKind,
        keyed: &Keyed,
    ) -> Result<Response, ApiError> {
        let email = address(&request.email)?;
        let quota = self.admit(Group::Ask, origin).await?;
        let wanted = if matches!(mail, IdentityMailKind::MagicLink) { "magic-link" } else { "new-password" };
        keyed
            .under(&self.api, kept::of_address(wanted, &self.api.store.sealer().address_key(&email)))
            .await?;
        let token = request.bot_token.as_deref();
        if self.bots.check(action, token, origin.source_ip.as_deref()).await == BotVerdict::Refused {
            return Err(bot());
        }
        self.admit_mail(&email).await?;
        let request = self.mail(email, mail, origin);
        let reply = Reply::new(StatusCode::ACCEPTED, &MailSent { message: MAIL_SENT })?;
        let answer = keyed.answer(&reply);
        self.api.store.platform().request_mail(&request, answer, &self.api.world).await?;
        Ok(limiting::with_quota(reply.into_response(), quota))
    }

    /// A mail to record.
    pub fn mail(&self, email: Email, mail: IdentityMailKind, origin: &Origin) -> IdentityMailRequest {
        let world = &self.api.world;
        IdentityMailRequest {
            id: MailId::new(world),
            email,
            mail,
            device: Some(origin.device()),
            at: world.now(),
        }
    }

    /// Word to a person that their ways to sign in were changed.
    pub fn sign_in_changed(
        &self,
        user: &User,
        change: SignInChange,
        origin: &Origin,
    ) -> Vec<IdentityMailRequest> {
        let mail = IdentityMailKind::SignInChanged { user: user.id, change };
        vec![self.mail(user.email.clone(), mail, origin)]
    }

    /// Whether a new password is good enough; 422 with what to do about it.
    pub fn check_password(
        &self,
        password: &Password,
        name: &str,
        email: &Email,
        field: &str,
    ) -> Result<(), ApiError> {
        let mut fields = Fields::default();
        let context = [name, email.local(), email.as_str(), &*self.product];
        let checked = fields.take(field, self.policy.check(password, &context));
        checked.ok_or_else(|| fields.into_error())
    }
}
