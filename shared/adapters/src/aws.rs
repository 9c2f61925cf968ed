//! The AWS client configuration, built from a function's settings alone.
//!
//! Lambda always provides region and credentials as variables, so no provider chain is walked: nothing is
//! probed over the network and a cold start stays fast.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
pub use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
pub use aws_types::SdkConfig;
use aws_types::region::Region;

const CONNECT: Duration = Duration::from_secs(1);

/// A setting that an AWS client cannot do without is absent or empty; carries the setting's name, never a
/// value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {0} is missing or empty")]
pub struct SettingMissing(pub &'static str);

/// Configuration for one service's client.
///
/// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, where set, `AWS_SESSION_TOKEN`. The
/// endpoint is `AWS_ENDPOINT_URL_<service_endpoint_key>` (`WORKMAIL`, `SESV2`, `SFN`, `EVENTBRIDGE`,
/// `SECRETS_MANAGER`, `DYNAMODB`, `S3`), else `AWS_ENDPOINT_URL`, else the region's own. Limits: connect 1 s,
/// attempt 5 s, operation 10 s; at most two attempts. Clients whose calls have effects (`WorkMail`, SES, Step
/// Functions) switch retries off themselves.
pub fn sdk_config(
    settings: &BTreeMap<String, String>,
    service_endpoint_key: &str,
) -> Result<SdkConfig, SettingMissing> {
    let credentials = Credentials::new(
        required(settings, "AWS_ACCESS_KEY_ID")?,
        required(settings, "AWS_SECRET_ACCESS_KEY")?,
        present(settings, "AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "settings",
    );
    let endpoint = present(settings, &format!("AWS_ENDPOINT_URL_{service_endpoint_key}"))
        .or_else(|| present(settings, "AWS_ENDPOINT_URL"));
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required(settings, "AWS_REGION")?.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts())
        // Answers are small and the attempt has a time limit: a second watch over each body finds nothing more.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(RetryConfig::standard().with_max_attempts(2));
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    Ok(builder.build())
}

/// HTTP for all clients of one function: the trusted certificates are read once and the connections
/// shared. It belongs to the async runtime that it is first used on.
pub fn http_client() -> SharedHttpClient {
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT).build())
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(10))
        .build()
}

fn present<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    settings.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

fn required<'a>(
    settings: &'a BTreeMap<String, String>,
    name: &'static str,
) -> Result<&'a str, SettingMissing> {
    present(settings, name).ok_or(SettingMissing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(extra: &[(&str, &str)]) -> BTreeMap<String, String> {
        let base = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "planted-secret"),
        ];
        base.iter().chain(extra).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_endpoint_of_the_service_wins_over_the_common_one() {
        let both = settings(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:2"),
        ]);
        let endpoint = |key| sdk_config(&both, key).unwrap().endpoint_url().map(str::to_owned);
        assert_eq!(endpoint("SFN").unwrap(), "http://127.0.0.1:2");
        assert_eq!(endpoint("WORKMAIL").unwrap(), "http://127.0.0.1:1");
    }

    #[test]
    fn without_an_endpoint_the_regions_own_is_used() {
        let config = sdk_config(&settings(&[("AWS_ENDPOINT_URL", "")]), "SFN").unwrap();
        assert_eq!(config.endpoint_url(), None);
        assert_eq!(config.region().unwrap().as_ref(), "eu-west-1");
    }

    #[test]
    fn a_missing_or_empty_setting_is_named() {
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let mut absent = settings(&[]);
            absent.remove(name);
            assert_eq!(sdk_config(&absent, "SFN").unwrap_err().0, name);
            assert_eq!(sdk_config(&settings(&[(name, "")]), "SFN").unwrap_err().0, name);
        }
    }

    #[test]
    fn limits_and_attempts_are_bounded() {
        let config = sdk_config(&settings(&[]), "SFN").unwrap();
        assert_eq!(config.retry_config().unwrap().max_attempts(), 2);
        let limits = config.timeout_config().unwrap();
        assert_eq!(limits.connect_timeout(), Some(Duration::from_secs(1)));
        assert_eq!(limits.operation_attempt_timeout(), Some(Duration::from_secs(5)));
        assert_eq!(limits.operation_timeout(), Some(Duration::from_secs(10)));
    }
}
