//! The functions of the stack, called by name or ARN with JSON as the Lambda service calls them:
//! payload limits, timeouts, crashes and repeated asynchronous calls included.

mod handler;
mod invocation;
mod task;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

pub use handler::{EventHandler, Handler, event_handler};
pub use vestibule_api::FunctionError;

use crate::template::Function;
use invocation::Hosted;

const SYNCHRONOUS_LIMIT: usize = 6 * 1024 * 1024;
const ASYNCHRONOUS_LIMIT: usize = 1024 * 1024;
/// Lambda waits one minute before the first repetition of an asynchronous call and two before the second.
const REPETITION: Duration = Duration::from_mins(1);

/// Why an invocation gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// No function has this name or ARN.
    #[error("Function not found: {0}")]
    NotFound(String),
    /// The payload is larger than Lambda takes; both numbers in bytes.
    #[error("Request must be smaller than {limit} bytes for the InvokeFunction operation, was {size}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// The size of the payload.
        size: usize,
    },
    /// The function answered with an error, crashed or took too long.
    #[error(transparent)]
    Function(#[from] FunctionError),
}

/// The registry of functions; clones share it.
#[derive(Clone)]
pub struct Functions {
    hosted: Arc<RwLock<BTreeMap<String, Arc<Hosted>>>>,
    scale: f64,
    frozen: watch::Sender<bool>,
}

impl Functions {
    /// An empty registry. `scale` is a factor on the waits before repetitions.
    pub fn new(scale: f64) -> Self {
        Self { hosted: Arc::default(), scale, frozen: watch::Sender::new(false) }
    }

    /// Hosts a function, or replaces its handler.
    pub fn register(&self, function: &Function, handler: Handler) {
        let hosted = Arc::new(Hosted { function: function.clone(), handler });
        let mut known = self.hosted.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(function.physical_name.clone(), hosted);
    }

    /// Calls the function and waits for its answer; once begun it goes on when the caller goes away.
    pub async fn invoke(&self, name: &str, payload: Value) -> Result<Value, InvokeError> {
        let hosted = self.find(name)?;
        let text = within(SYNCHRONOUS_LIMIT, &payload)?;
        Ok(hosted.invoke(text, self.frozen.subscribe()).await?)
    }

    /// Calls the function soon, with two repetitions when it fails (or as many as the template says).
    pub fn invoke_later(&self, name: &str, payload: Value) -> Result<(), InvokeError> {
        self.find(name)?;
        within(ASYNCHRONOUS_LIMIT, &payload)?;
        let functions = self.clone();
        let name = name.to_owned();
        tokio::spawn(async move {
            if let Err(error) = functions.deliver(&name, payload).await {
                tracing::error!(function = name, %error, "an asynchronous call failed for good");
            }
        });
        Ok(())
    }

    /// An asynchronous call with its repetitions, up to its end.
    pub async fn deliver(&self, name: &str, payload: Value) -> Result<Value, InvokeError> {
        let hosted = self.find(name)?;
        let text = within(ASYNCHRONOUS_LIMIT, &payload)?;
        let mut attempt = 0;
        loop {
            match hosted.invoke(text.clone(), self.frozen.subscribe()).await {
                Err(error) if attempt < hosted.function.retries => {
                    attempt += 1;
                    tracing::warn!(function = name, %error, attempt, "an asynchronous call is repeated");
                    tokio::time::sleep((REPETITION * attempt).mul_f64(self.scale)).await;
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Ends everything that runs, as a killed process does: no caller hears of it, then or later.
    pub fn freeze(&self) {
        self.frozen.send_replace(true);
    }

    fn find(&self, name: &str) -> Result<Arc<Hosted>, InvokeError> {
        let known = self.hosted.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(name).or_else(|| known.values().find(|h| h.function.answers_to(name)));
        found.cloned().ok_or_else(|| InvokeError::NotFound(name.to_owned()))
    }
}

fn within(limit: usize, payload: &Value) -> Result<String, InvokeError> {
    let text = payload.to_string();
    let size = text.len();
    if size > limit { Err(InvokeError::TooLarge { limit, size }) } else { Ok(text) }
}
