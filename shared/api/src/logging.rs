//! JSON logs on standard output, where Lambda picks them up.

use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Starts logging at `level` (`error`, `warn`, `info`). The SDKs stay at `warn`: their debug output shows
/// request bodies. A release has nothing below `info` at all. A second call changes nothing.
pub fn start(level: &str) {
    let quiet = ["aws", "hyper", "lambda_runtime"].map(|target| (target, LevelFilter::WARN));
    let filter = Targets::new().with_default(level.parse().unwrap_or(LevelFilter::INFO)).with_targets(quiet);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    let started = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    if started.is_err() {
        tracing::info!("logging was started before");
    }
}
