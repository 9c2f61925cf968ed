//! JSON logs on standard output, where Lambda picks them up.

use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{SettingError, Settings};

/// Starts logging at `LOG_LEVEL` (`error`, `warn`, `info`; `info` if missing). The SDKs stay at `warn`: their debug
/// output shows request bodies. A release has nothing below `info` at all. A second call changes nothing.
///
/// # Errors
/// The level is none of these, nor `debug` or `trace`.
pub fn start(settings: &Settings) -> Result<(), SettingError> {
    let level = settings.find("LOG_LEVEL").unwrap_or("info");
    let level: LevelFilter =
        level.parse().map_err(|_| SettingError::new("LOG_LEVEL", "is no level; give error, warn or info"))?;
    let quiet = ["aws", "hyper", "lambda_runtime"].map(|target| (target, LevelFilter::WARN));
    let filter = Targets::new().with_default(level).with_targets(quiet);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    let started = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    if started.is_err() {
        tracing::info!("logging was started before");
    }
    Ok(())
}
