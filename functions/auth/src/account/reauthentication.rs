//! Proving once more who one is, before credentials are changed.

use secrecy::SecretString;
use vestibule_api::{ApiError, Code, Origin, SignedIn};
use vestibule_auth::{Actor, Verdict};
use vestibule_domain::User;
use vestibule_store::{Basis, UserChange};

use crate::{
    Auth,
    sign_in::attempt::{Counted, Group, given_password},
};

/// Without a password, only a session this young may change credentials.
const FRESH: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

impl Auth {
    /// Checks the person's password, or, where they have none, that they signed in just now. Wrong
    /// passwords count like those of a sign-in.
    pub async fn reauthenticate(
        &self,
        caller: &SignedIn,
        password: Option<&SecretString>,
        field: &str,
        origin: &Origin,
    ) -> Result<Counted, ApiError> {
        if caller.user.second_factor().is_some() && !caller.session.strong {
            let detail = "Sign in with your second factor first.";
            return Err(ApiError::new(Code::SecondFactorRequired, detail));
        }
        let given = password.map(|password| given_password(field, password)).transpose()?;
        let quota = self.admit(Group::Account, origin).await?;
        let counted = self.count(&caller.user.email, Basis::Guess, quota).await?;
        let stored = counted.sign_in().and_then(|sign_in| sign_in.password.clone());
        if stored.is_none() && counted.attempt.is_some() {
            let age = self.api.world.now().duration_since(caller.session.created);
            if age < FRESH {
                return Ok(counted);
            }
            // No guess was made.
            return self.unjudged(&counted, &caller.user.email, origin, Err(stale())).await.map(|()| counted);
        }
        let Some(given) = given else {
            return Err(self.refuse(&counted, &caller.user.email, origin, "no_password").await?);
        };
        match self.verify(given, stored).await? {
            Verdict::Right { .. } => Ok(counted),
            Verdict::Wrong => Err(self.refuse(&counted, &caller.user.email, origin, "password").await?),
        }
    }

    /// Writes a change by somebody who proved again who they are. The proof is not held against them when the
    /// change meets another one.
    pub async fn change_proved(
        &self,
        counted: &Counted,
        user: &mut User,
        change: &UserChange<'_>,
        (actor, origin): (&Actor, &Origin),
    ) -> Result<(), ApiError> {
        let email = user.email.clone();
        let done = self.api.store.platform().change_user(user, change, actor, &self.api.world).await;
        self.unjudged(counted, &email, origin, done.map_err(ApiError::from)).await
    }
}

fn stale() -> ApiError {
    ApiError::new(Code::CredentialsInvalid, "Sign in again and repeat this within ten minutes.")
}
