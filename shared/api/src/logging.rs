//! JSON logs on standard output, where Lambda picks them up.

use tracing_subscriber::EnvFilter;

/// Starts logging at `level` (`error`, `warn`, `info`, `debug`). The SDKs stay at `warn`: their
/// debug output shows request bodies. A second call changes nothing.
pub fn start(level: &str) {
    let filter =
        EnvFilter::new(format!("{level},aws=warn,hyper=warn,aws_smithy_runtime=warn,lambda_runtime=warn"));
    let started = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
