//! The seam to the clock, to sleeping and to chance.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;

/// How time passes for an execution.
pub trait Pace: Send + Sync {
    /// The present.
    fn now(&self) -> Timestamp;

    /// Passes the time of a Wait state or of a backoff before a retry.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;

    /// Completes when a task or an execution has run for `duration` too long. A test clock that answers `sleep` at once
    /// must not answer this at once.
    fn timeout(&self, duration: Duration) -> BoxFuture<'_, ()>;

    /// A random number in `0.0..1.0`, for `JitterStrategy: FULL`.
    fn jitter(&self) -> f64;
}

/// The system clock, with waits and backoffs that can be shortened. Timeouts are never shortened.
#[derive(Clone, Copy, Debug)]
pub struct RealPace {
    /// Factor on every wait and backoff: 1.0 as deployed, 0.001 for tests.
    pub scale: f64,
}

impl Default for RealPace {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the seam to the system's clock and chance")]
impl Pace for RealPace {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let scaled = Duration::try_from_secs_f64(duration.as_secs_f64() * self.scale);
        Box::pin(tokio::time::sleep(scaled.unwrap_or(duration)))
    }

    fn timeout(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn jitter(&self) -> f64 {
        rand::random()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test]
    async fn waits_can_be_shortened() {
        RealPace { scale: 0.0 }.sleep(Duration::from_hours(1)).await;
        let pace = RealPace::default();
        let before = Instant::now();
        pace.sleep(Duration::from_millis(5)).await;
        pace.timeout(Duration::from_millis(5)).await;
        assert!(before.elapsed() >= Duration::from_millis(10));
        assert!((0.0..1.0).contains(&pace.jitter()));
    }
}
