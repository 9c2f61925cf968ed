//! What is sent to a function again and again, and what it must answer each time.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use vestibule_bench::runtime_api::Function;

/// What an answer must be like, so that nothing else is measured by mistake.
#[derive(Debug)]
pub(crate) enum Expected {
    Ok,
    Contains(&'static str, Value),
}

/// Events for one function.
pub(crate) struct Work {
    events: Vec<Value>,
    next: usize,
    chained: bool,
    expected: Expected,
}

impl Work {
    /// The same event each time.
    pub(crate) fn same(event: Value, expected: Expected) -> Self {
        Self::each(vec![event], expected)
    }

    /// One event after the other, and again from the start.
    pub(crate) fn each(events: Vec<Value>, expected: Expected) -> Self {
        Self { events, next: 0, chained: false, expected }
    }

    /// The same event, but each time with the refresh token of the last answer.
    pub(crate) fn chained(event: Value, expected: Expected) -> Self {
        Self { chained: true, ..Self::same(event, expected) }
    }

    /// Sends the next event and checks the answer.
    pub(crate) async fn once(&mut self, function: &mut Function) -> Result<()> {
        let event = self.events.get_mut(self.next).context("there is no event to send")?;
        let answer = function.invoke(event).await?;
        let (pointer, value) = match &self.expected {
            Expected::Ok => ("/statusCode", &Value::from(200)),
            Expected::Contains(pointer, value) => (*pointer, value),
        };
        ensure!(answer.pointer(pointer) == Some(value), "unexpected answer {answer}");
        if self.chained {
            event["body"] = json!({ "refreshToken": refresh_token(&answer)? }).to_string().into();
        }
        self.next = (self.next + 1) % self.events.len();
        Ok(())
    }
}

/// The refresh token in an answer.
pub(crate) fn refresh_token(answer: &Value) -> Result<String> {
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())?;
    body["refreshToken"].as_str().map(str::to_owned).with_context(|| format!("no tokens in {answer}"))
}
