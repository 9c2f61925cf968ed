//! One attempt to sign in, on whatever path: counted by source and by address before anything is
//! compared, refused the same way whatever was wrong.

use vestibule_api::{ApiError, BodyProblem, Code, Origin, limiting};
use vestibule_auth::{Password, PasswordHash, Verdict};
use vestibule_domain::{Email, IdentityMailKind, IdentityMailRequest, MailId, UserState};
use vestibule_store::{AddressKey, Attempt, Attempted, Quota, SignIn, StoreError};

use crate::Auth;

/// Routes that are counted together for one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Whatever signs in.
    SignIn,
    /// Whatever makes an account or has a mail sent.
    Ask,
    /// Whatever uses a mailed link up without signing in.
    Link,
    /// Whatever changes the credentials of somebody who is signed in.
    Account,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Ask => "ask",
            Self::Link => "link",
            Self::Account => "account",
        }
    }
}

/// An attempt that was counted and may go on.
#[derive(Debug)]
pub struct Counted {
    /// What stands for the address.
    pub address: AddressKey,
    /// The attempt; `None` when the address is locked: go through the motions and refuse.
    pub attempt: Option<Attempt>,
    /// What is left.
    pub quota: Quota,
}

impl Counted {
    /// The sign-in record of somebody who may sign in.
    pub fn sign_in(&self) -> Option<&SignIn> {
        let found = self.attempt.as_ref().and_then(|attempt| attempt.sign_in.as_ref());
        found.filter(|sign_in| sign_in.state == UserState::Active)
    }
}

impl Auth {
    /// Counts a request of the source among those of its group; 429 when it is one too many.
    pub async fn admit(&self, group: Group, origin: &Origin) -> Result<Quota, ApiError> {
        limiting::admit(&self.api, &self.limits, group.name(), origin).await
    }

    /// Counts an attempt with `email`; 429 when it is one too many in this minute.
    pub async fn count(&self, email: &Email, quota: Quota) -> Result<Counted, ApiError> {
        let platform = self.api.store.platform();
        let address = self.api.store.sealer().address_key(email);
        match platform.attempt(&address, &self.limits, self.api.world.now()).await? {
            Attempted::Counted(attempt) => {
                let quota = if attempt.quota.remaining < quota.remaining { attempt.quota } else { quota };
                Ok(Counted { address, attempt: Some(*attempt), quota })
            }
            Attempted::Locked => Ok(Counted { address, attempt: None, quota }),
            Attempted::TooMany(quota) => Err(limiting::too_many(quota)),
        }
    }

    /// Whether the password is the account's. Takes as long when there is no account, or it is
    /// locked or suspended.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, ApiError> {
        self.hasher.verify(password, stored).await.map_err(|error| ApiError::Fault(Box::new(error)))
    }

    /// Records a refused attempt and gives the answer to it: the same for every reason.
    pub async fn refuse(
        &self,
        counted: &Counted,
        email: &Email,
        origin: &Origin,
        reason: &str,
    ) -> Result<ApiError, StoreError> {
        let world = &self.api.world;
        let failures = counted.attempt.as_ref().map_or(0, |attempt| attempt.failures);
        // Written for addresses without an account too; the sender drops it.
        let mail = (failures == self.limits.failures).then(|| IdentityMailRequest {
            id: MailId::new(world),
            email: email.clone(),
            mail: IdentityMailKind::LockedOut {
                until: world.now().saturating_add(self.limits.lock).unwrap_or(jiff::Timestamp::MAX),
            },
            device: Some(origin.device()),
            at: world.now(),
        });
        let platform = self.api.store.platform();
        platform.record_refusal(&counted.address, &origin.stranger(), reason, mail.as_ref(), world).await?;
        Ok(limiting::refused(counted.quota, ApiError::credentials()))
    }
}

/// The address and password of a request, refused with 400 before anything is counted or hashed.
pub fn credentials(email: &str, password: &secrecy::SecretString) -> Result<(Email, Password), ApiError> {
    Ok((address(email)?, given_password("password", password)?))
}

/// An address as it was sent, refused with 400.
pub fn address(email: &str) -> Result<Email, ApiError> {
    Email::parse(email).map_err(|invalid| BodyProblem::of("email", &invalid))
}

/// A password as it was sent, refused with 400 when it can be none.
pub fn given_password(field: &str, password: &secrecy::SecretString) -> Result<Password, ApiError> {
    Password::parse(password).map_err(|invalid| BodyProblem::of(field, &invalid))
}

/// The refusal of something that is no person.
pub fn bot() -> ApiError {
    ApiError::new(Code::BotCheckFailed, "Load the page again and repeat the check.")
}
