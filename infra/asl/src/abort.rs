//! The handle by which `StopExecution` reaches a running execution.

use tokio::sync::watch;

/// What `StopExecution` said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Error name to show, if given.
    pub error: Option<String>,
    /// Cause to show, if given.
    pub cause: Option<String>,
}

/// Stops one execution; clones stop the same one.
#[derive(Clone, Debug)]
pub struct Abort(watch::Sender<Option<Stopped>>);

impl Default for Abort {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Abort {
    /// A handle that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the execution to end as `ABORTED`. The first call counts; gives whether this was it.
    pub fn stop(&self, stopped: Stopped) -> bool {
        self.0.send_if_modified(|value| {
            let first = value.is_none();
            value.get_or_insert(stopped);
            first
        })
    }

    pub(crate) fn requested(&self) -> Option<Stopped> {
        self.0.borrow().clone()
    }

    pub(crate) async fn stopped(&self) -> Stopped {
        let mut receiver = self.0.subscribe();
        // The guard must not live across the pause below: it cannot be sent between threads.
        let stopped = receiver.wait_for(Option::is_some).await.ok().map(|value| value.clone());
        match stopped {
            Some(value) => value.unwrap_or_default(),
            None => std::future::pending().await,
        }
    }
}
