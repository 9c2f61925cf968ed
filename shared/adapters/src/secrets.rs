//! Secrets Manager with a short memory.
//!
//! A rotated secret counts within five minutes; within them a warm function asks once per secret.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::fault::{Fault, fault_of};

const TIME_TO_LIVE: SignedDuration = SignedDuration::from_mins(5);

/// Why a secret could not be had. Neither case says anything about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// There is no secret of that name, or it has no current text value.
    #[error("the secret does not exist")]
    NotFound,
    /// The service did not give it now.
    #[error("the secret is unavailable")]
    Unavailable,
}

/// Reads current secret values by name.
#[derive(Debug)]
pub struct Secrets {
    client: Client,
    cache: Cache,
}

impl Secrets {
    /// A reader with an empty cache.
    pub fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config), cache: Cache::default() }
    }

    /// The current value of the secret `name`, at most five minutes old at `now`.
    pub async fn get(&self, name: &str, now: Timestamp) -> Result<SecretString, SecretsError> {
        if let Some(value) = self.cache.fresh(name, now) {
            return Ok(value);
        }
        let answer = self
            .client
            .get_secret_value()
            .secret_id(name)
            .send()
            .await
            .map_err(|error| meaning(&fault_of(&error)))?;
        let value = answer.secret_string.ok_or(SecretsError::NotFound)?;
        let value = SecretString::from(value);
        self.cache.keep(name, value.clone(), now);
        Ok(value)
    }
}

fn meaning(fault: &Fault) -> SecretsError {
    match fault {
        Fault::Answered { code, .. } if code == "ResourceNotFoundException" => SecretsError::NotFound,
        _ => SecretsError::Unavailable,
    }
}

#[derive(Debug, Default)]
struct Cache(Mutex<HashMap<String, (SecretString, Timestamp)>>);

impl Cache {
    fn fresh(&self, name: &str, now: Timestamp) -> Option<SecretString> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, read_at) = entries.get(name)?;
        let age = now.duration_since(*read_at);
        (age >= SignedDuration::ZERO && age < TIME_TO_LIVE).then(|| value.clone())
    }

    fn keep(&self, name: &str, value: SecretString, now: Timestamp) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name.to_owned(), (value, now));
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn a_value_is_remembered_for_five_minutes_and_no_longer() {
        let cache = Cache::default();
        cache.keep("esign/acme", SecretString::from("planted"), at(0));
        assert_eq!(cache.fresh("esign/acme", at(299)).unwrap().expose_secret(), "planted");
        assert!(cache.fresh("esign/acme", at(300)).is_none());
        assert!(cache.fresh("esign/other", at(0)).is_none());
    }

    #[test]
    fn a_clock_that_went_back_makes_no_value_last_longer() {
        let cache = Cache::default();
        cache.keep("esign/acme", SecretString::from("planted"), at(1_000));
        assert!(cache.fresh("esign/acme", at(0)).is_none());
    }

    #[test]
    fn debug_output_shows_no_value() {
        let cache = Cache::default();
        cache.keep("esign/acme", SecretString::from("planted"), at(0));
        assert!(!format!("{cache:?}").contains("planted"));
    }

    #[test]
    fn only_the_services_own_word_means_not_found() {
        let answered = |code: &str| Fault::Answered { code: code.to_owned(), status: 400, after: None };
        assert_eq!(meaning(&answered("ResourceNotFoundException")), SecretsError::NotFound);
        assert_eq!(meaning(&answered("AccessDeniedException")), SecretsError::Unavailable);
        assert_eq!(meaning(&Fault::Lost("timed_out")), SecretsError::Unavailable);
    }
}
