//! Secrets Manager with a short memory.
//!
//! A rotated secret counts within five minutes; within them a warm function asks once per secret.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_types::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use crate::fault::{Fault, fault_of};

const TIME_TO_LIVE: SignedDuration = SignedDuration::from_mins(5);

/// The shortest time after which a removed secret is gone for good.
const KEPT_DAYS: i64 = 7;
const GONE: [&str; 2] = ["ResourceNotFoundException", "InvalidRequestException"];

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

/// Why a secret was not written. The value before it is still the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// There is no secret of that name.
    #[error("the secret does not exist")]
    NotFound,
    /// Somebody else wrote a value after the version that was read.
    #[error("the secret was changed meanwhile")]
    Changed,
    /// The service did not take it, or its answer was lost.
    #[error("the secret is unavailable")]
    Unavailable,
}

/// The current value of a secret and which one it is.
#[derive(Debug, Clone)]
pub struct SecretVersion {
    /// The value.
    pub value: SecretString,
    /// Names the version, 32 to 64 characters.
    pub id: String,
    /// When it was written.
    pub written: Timestamp,
}

/// Reads current secret values by name, and writes them for the operator.
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
        match self.cache.fresh(name, now) {
            Some(value) => Ok(value),
            None => self.read(name, now).await,
        }
    }

    /// The value of the secret `name` as it is now, whatever is remembered.
    pub async fn read(&self, name: &str, now: Timestamp) -> Result<SecretString, SecretsError> {
        let value = self.fetch(name).await?.secret_string.ok_or(SecretsError::NotFound)?;
        let value = SecretString::from(value);
        self.cache.keep(name, value.clone(), now);
        Ok(value)
    }

    /// The current version of the secret `name`, whatever is remembered.
    pub async fn version(&self, name: &str) -> Result<SecretVersion, SecretsError> {
        let answer = self.fetch(name).await?;
        let value = answer.secret_string.ok_or(SecretsError::NotFound)?.into();
        let written = answer.created_date.and_then(|date| date.to_millis().ok());
        let written = written.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        let (id, written) = answer.version_id.zip(written).ok_or(SecretsError::Unavailable)?;
        Ok(SecretVersion { value, id, written })
    }

    /// Makes `value` the current value of the secret `name`, which exists.
    pub async fn write(&self, name: &str, value: &SecretString) -> Result<(), WriteError> {
        self.put(name, value, None).await
    }

    /// The same, if `read` is still the last version: of two that follow one version, the service
    /// takes one.
    pub async fn write_after(
        &self,
        read: &SecretVersion,
        name: &str,
        value: &SecretString,
    ) -> Result<(), WriteError> {
        self.put(name, value, Some(successor(&read.id))).await
    }

    /// Makes the secret `name` with its first value; [`WriteError::Changed`] when there is one of this name.
    pub async fn create(&self, name: &str, value: &SecretString) -> Result<(), WriteError> {
        let request = self.client.create_secret().name(name).secret_string(value.expose_secret());
        request.send().await.map(|_| ()).map_err(|error| refusal(&fault_of(&error)))
    }

    /// Takes the secret `name` away; one that is gone is fine. For a week the service keeps it, and gives it to nobody.
    pub async fn delete(&self, name: &str) -> Result<(), WriteError> {
        let request = self.client.delete_secret().secret_id(name).recovery_window_in_days(KEPT_DAYS);
        let answer = request.send().await;
        self.cache.forget(name);
        match answer.map_err(|error| fault_of(&error)) {
            // A secret that is on its way out is answered so as well.
            Err(Fault::Answered { code, .. }) if GONE.contains(&code.as_str()) => Ok(()),
            done => done.map(|_| ()).map_err(|fault| refusal(&fault)),
        }
    }

    async fn fetch(&self, name: &str) -> Result<GetSecretValueOutput, SecretsError> {
        let request = self.client.get_secret_value().secret_id(name);
        request.send().await.map_err(|error| meaning(&fault_of(&error)))
    }

    async fn put(&self, name: &str, value: &SecretString, id: Option<String>) -> Result<(), WriteError> {
        let request = self.client.put_secret_value().secret_id(name).set_client_request_token(id);
        let answer = request.secret_string(value.expose_secret()).send().await;
        self.cache.forget(name);
        answer.map(|_| ()).map_err(|error| refusal(&fault_of(&error)))
    }
}

/// The id of the version after `id`. The service refuses two different values under one id.
fn successor(id: &str) -> String {
    let hash = digest(&SHA256, format!("after {id}").as_bytes());
    let hex = |id: String, byte: &u8| id + &format!("{byte:02x}");
    hash.as_ref().iter().fold(String::new(), hex)
}

fn meaning(fault: &Fault) -> SecretsError {
    match fault {
        Fault::Answered { code, .. } if code == "ResourceNotFoundException" => SecretsError::NotFound,
        _ => SecretsError::Unavailable,
    }
}

fn refusal(fault: &Fault) -> WriteError {
    match fault {
        Fault::Answered { code, .. } if code == "ResourceNotFoundException" => WriteError::NotFound,
        Fault::Answered { code, .. } if code == "ResourceExistsException" => WriteError::Changed,
        _ => WriteError::Unavailable,
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

    fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn what_was_written_over_is_forgotten() {
        let cache = Cache::default();
        cache.keep("esign/acme", SecretString::from("planted"), at(0));
        cache.forget("esign/acme");
        assert!(cache.fresh("esign/acme", at(0)).is_none());
    }

    #[test]
    fn a_version_has_one_successor_with_a_name_that_the_service_takes() {
        let id = successor("0b1c");
        assert_eq!((id.len(), &id), (64, &successor("0b1c")));
        assert_ne!(id, successor(&id));
        let answered = |code: &str| Fault::Answered { code: code.to_owned(), status: 400, after: None };
        assert_eq!(refusal(&answered("ResourceExistsException")), WriteError::Changed);
        assert_eq!(refusal(&answered("ResourceNotFoundException")), WriteError::NotFound);
        assert_eq!(refusal(&Fault::Lost("timed_out")), WriteError::Unavailable);
    }
}
