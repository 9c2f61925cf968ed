//! Waiting for what a stack does by itself.

use std::time::Duration;

/// How long anything may take, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(4);
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What `look` finds once it finds something, or `None` after four minutes. The pauses between looks
/// grow: fifty who wait must not be the load that they wait for.
pub(crate) async fn found<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.ok()
}
