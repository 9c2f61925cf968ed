//! Amazon S3, driven by its own SDK.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step of a test ends the test")]

mod checksums;
mod deleting;
mod listing;
mod locking;
mod refusing;
mod writing;

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use aws_credential_types::Credentials;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::{
    Client, Config,
    config::{BehaviorVersion, Region, RequestChecksumCalculation, retry::RetryConfig},
    error::{ProvideErrorMetadata, SdkError},
    operation::put_object::{PutObjectError, PutObjectOutput},
    primitives::ByteStream,
};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use vestibule_models::{Cloud, CloudOptions, ObjectLock};

pub(crate) const LOCKED: &str = "locked";
pub(crate) const PLAIN: &str = "plain";
pub(crate) const DAYS: u32 = 30;

/// Two buckets behind a socket, one of them with an object lock, and a clock to turn.
pub(crate) struct Account {
    pub(crate) cloud: Cloud,
    pub(crate) client: Client,
    now: Arc<Mutex<Timestamp>>,
}

impl Account {
    pub(crate) async fn open() -> Self {
        Self::opened(None).await
    }

    pub(crate) async fn opened(data_dir: Option<&Path>) -> Self {
        let now = Arc::new(Mutex::new("2026-11-29T22:14:00.123Z".parse().unwrap()));
        let clock = Arc::clone(&now);
        let options = CloudOptions {
            clock: Arc::new(move || *clock.lock().unwrap_or_else(PoisonError::into_inner)),
            ..CloudOptions::default()
        };
        let cloud = Cloud::open(data_dir, options).unwrap();
        cloud.s3().put_bucket(LOCKED, Some(ObjectLock { default_days: Some(DAYS) })).unwrap();
        cloud.s3().put_bucket(PLAIN, None).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, cloud.router()).into_future());
        Self { cloud, client: Client::from_conf(config(&url)), now }
    }

    /// The same buckets, for a client that sends checksums only where it must.
    pub(crate) fn sparing(&self) -> Client {
        let config = self.client.config().to_builder();
        Client::from_conf(
            config.request_checksum_calculation(RequestChecksumCalculation::WhenRequired).build(),
        )
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn turn(&self, by: SignedDuration) {
        *self.now.lock().unwrap() += by;
    }

    pub(crate) async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: &'static str,
    ) -> Result<PutObjectOutput, SdkError<PutObjectError, HttpResponse>> {
        let body = ByteStream::from_static(body.as_bytes());
        self.client.put_object().bucket(bucket).key(key).body(body).send().await
    }

    /// The text of the current version, if there is one.
    pub(crate) async fn text(&self, bucket: &str, key: &str) -> Option<String> {
        let answer = self.client.get_object().bucket(bucket).key(key).send().await.ok()?;
        let bytes = answer.body.collect().await.unwrap().into_bytes();
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }
}

fn config(url: &str) -> Config {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::from_keys("local", "local", None))
        .endpoint_url(url)
        .force_path_style(true)
        .retry_config(RetryConfig::disabled())
        .build()
}

/// Status and code of a refusal.
pub(crate) fn refusal<T: fmt::Debug, E: ProvideErrorMetadata>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> (u16, String) {
    let error = answer.expect_err("must be refused");
    let status = error.raw_response().expect("was answered").status().as_u16();
    (status, error.code().unwrap_or_default().to_owned())
}

/// Its message.
pub(crate) fn message<T: fmt::Debug, E: ProvideErrorMetadata>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> String {
    answer.expect_err("must be refused").message().unwrap_or_default().to_owned()
}

pub(crate) fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
