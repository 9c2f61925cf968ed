//! One attempt to sign in, on whatever path: counted by source and by address before anything is
//! compared, refused the same way whatever was wrong.

use vestibule_api::{ApiError, BodyProblem, Code, Origin, limiting};
use vestibule_auth::{Password, PasswordHash, Verdict};
use vestibule_domain::{Email, IdentityMailKind, UserState};
use vestibule_store::{AddressKey, Attempt, Attempted, Basis, Ended, Quota, SignIn, StoreError};

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
        limiting::admit(self.api.table(), &self.limits, group.name(), origin).await
    }

    /// Counts an attempt with `email`; 429 when it is one too many in this minute, or too many are under way.
    pub async fn count(&self, email: &Email, basis: Basis, quota: Quota) -> Result<Counted, ApiError> {
        let platform = self.api.store.platform();
        let address = self.api.store.sealer().address_key(email);
        match platform.attempt(&address, basis, &self.limits, &self.api.world).await? {
            Attempted::Counted(attempt) => {
                let quota = if attempt.quota.remaining < quota.remaining { attempt.quota } else { quota };
                Ok(Counted { address, attempt: Some(*attempt), quota })
            }
            Attempted::Locked => Ok(Counted { address, attempt: None, quota }),
            Attempted::TooMany(quota) => Err(limiting::too_many(quota)),
            Attempted::UnderWay => {
                Err(wait(quota, SOON, "Several sign-ins with this address are being checked."))
            }
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
        self.settle(counted, email, origin, Ended::Wrong(&origin.stranger(), reason)).await?;
        Ok(limiting::refused(counted.quota, ApiError::credentials()))
    }

    /// Notes that an attempt was right so far and waits for a code. 429 when as many wait as may fail: a code
    /// of one of them is what is missing.
    pub async fn await_code(
        &self,
        counted: &Counted,
        email: &Email,
        origin: &Origin,
    ) -> Result<(), ApiError> {
        let full = counted.attempt.as_ref().filter(|attempt| attempt.id.is_some());
        if full.is_some_and(|attempt| attempt.failures > self.limits.failures) {
            self.settle(counted, email, origin, Ended::Unjudged).await?;
            let seconds = u32::try_from(self.limits.lock.as_secs()).unwrap_or(u32::MAX);
            return Err(wait(
                counted.quota,
                seconds,
                "Several sign-ins wait for their code; finish one of them.",
            ));
        }
        Ok(self.settle(counted, email, origin, Ended::AwaitsCode).await?)
    }

    /// Gives an answer, and takes the attempt back if it was none about what was guessed.
    pub async fn unjudged<T>(
        &self,
        counted: &Counted,
        email: &Email,
        origin: &Origin,
        done: Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        if done.is_err() {
            self.settle(counted, email, origin, Ended::Unjudged).await?;
        }
        done
    }

    async fn settle(
        &self,
        counted: &Counted,
        email: &Email,
        origin: &Origin,
        ended: Ended<'_>,
    ) -> Result<(), StoreError> {
        let world = &self.api.world;
        // Written for addresses without an account too; the sender drops it.
        let until = world.now().saturating_add(self.limits.lock).unwrap_or(jiff::Timestamp::MAX);
        let locked = self.mail(email.clone(), IdentityMailKind::LockedOut { until }, origin);
        let (platform, attempt) = (self.api.store.platform(), counted.attempt.as_ref());
        if attempt.is_none_or(|attempt| attempt.id.is_none()) && !matches!(ended, Ended::Wrong(..)) {
            return Ok(());
        }
        platform.settle(&counted.address, attempt, ended, (&self.limits, &locked), world).await
    }
}

/// Seconds in which attempts that are being checked end.
const SOON: u32 = 2;

/// The 429 of somebody who did nothing wrong.
fn wait(quota: Quota, seconds: u32, why: &str) -> ApiError {
    let detail = format!("{why} Wait {seconds} seconds and send the request again.");
    let problem = Box::new(ApiError::new(Code::TooManyRequests, detail));
    ApiError::Limited { quota: Quota { resets: seconds, ..quota }, problem }
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
