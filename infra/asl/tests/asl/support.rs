//! Scripted functions, a clock that moves by waiting, a journal in memory.

use std::{sync::Mutex, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_asl::{
    Abort, BoxFuture, Definition, Event, Execution, Journal, JournalFailed, Lambda, Pace, Runner, Start,
    TaskFailure, substitute,
};

type Answer = Result<Value, TaskFailure>;
type Script = Box<dyn Fn(usize, &Value) -> Option<Answer> + Send + Sync>;

/// Answers by script, which sees the number of the call (from 0) and the payload; `None` never answers.
pub(crate) struct Functions {
    script: Script,
    pub(crate) calls: Mutex<Vec<(String, Value)>>,
}

impl Functions {
    pub(crate) fn new(script: impl Fn(usize, &Value) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), calls: Mutex::default() }
    }

    pub(crate) fn well() -> Self {
        Self::new(|_, _| Some(Ok(json!({}))))
    }

    /// Fails the first calls with these errors, then does well.
    pub(crate) fn failing(errors: &[&str]) -> Self {
        let errors: Vec<_> = errors.iter().map(|error| (*error).to_owned()).collect();
        Self::new(move |call, _| {
            Some(errors.get(call).map_or(Ok(json!({})), |error| Err(TaskFailure::new(error, "why"))))
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

impl Lambda for Functions {
    fn invoke(&self, function: &str, payload: Value) -> BoxFuture<'_, Answer> {
        let mut calls = self.calls.lock().unwrap();
        let answer = (self.script)(calls.len(), &payload);
        calls.push((function.to_owned(), payload));
        Box::pin(async move {
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

/// Sleeping moves the clock and is noted; timeouts strike at once only where functions never answer.
pub(crate) struct Clock {
    now: Mutex<Timestamp>,
    pub(crate) slept: Mutex<Vec<Duration>>,
    pub(crate) jitter: f64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { now: Mutex::new(start()), slept: Mutex::default(), jitter: 0.5 }
    }

    pub(crate) fn seconds_slept(&self) -> Vec<u64> {
        self.slept.lock().unwrap().iter().map(Duration::as_secs).collect()
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(duration).unwrap();
    }
}

impl Pace for Clock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.slept.lock().unwrap().push(duration);
        self.advance(duration);
        Box::pin(std::future::ready(()))
    }

    /// The shorter of two timeouts strikes first, as it would.
    fn timeout(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let pause = Duration::from_micros(duration.as_secs().min(100_000) * 100);
        Box::pin(tokio::time::sleep(pause))
    }

    fn jitter(&self) -> f64 {
        self.jitter
    }
}

/// Keeps every snapshot; fails from a given save on.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) saves: Mutex<Vec<Execution>>,
    pub(crate) events: Mutex<Vec<Event>>,
    pub(crate) fails_from: Option<usize>,
}

impl Memory {
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.events.lock().unwrap().iter().map(|event| event.kind.clone()).collect()
    }

    pub(crate) fn entered(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        let entered = events.iter().filter_map(|event| event.details.get("stateEnteredEventDetails"));
        entered.map(|details| details["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl Journal for Memory {
    fn save(&self, execution: &Execution, new_events: &[Event]) -> Result<(), JournalFailed> {
        let mut saves = self.saves.lock().unwrap();
        if self.fails_from.is_some_and(|from| saves.len() >= from) {
            return Err(JournalFailed("disk full".into()));
        }
        let stored = serde_json::from_str(&serde_json::to_string(execution).unwrap()).unwrap();
        saves.push(stored);
        self.events.lock().unwrap().extend_from_slice(new_events);
        Ok(())
    }
}

/// Everything a run needs.
pub(crate) struct Stage {
    pub(crate) definition: Definition,
    pub(crate) functions: Functions,
    pub(crate) clock: Clock,
    pub(crate) journal: Memory,
    pub(crate) abort: Abort,
}

impl Stage {
    pub(crate) fn new(definition: Definition, functions: Functions) -> Self {
        Self { definition, functions, clock: Clock::new(), journal: Memory::default(), abort: Abort::new() }
    }

    pub(crate) async fn resume(&self, execution: Execution) -> Result<Execution, JournalFailed> {
        let Self { definition, functions, clock, journal, abort } = self;
        Runner { definition, lambda: functions, pace: clock, journal, abort }.run(execution).await
    }

    pub(crate) async fn run(&self, input: Value) -> Execution {
        self.resume(execution(input)).await.unwrap()
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn execution(input: Value) -> Execution {
    Execution::new(Start {
        arn: "arn:aws:states:eu-west-1:000000000000:execution:m:e".to_owned(),
        name: "e".to_owned(),
        state_machine_arn: "arn:aws:states:eu-west-1:000000000000:stateMachine:m".to_owned(),
        state_machine_name: "m".to_owned(),
        input,
        at: start(),
    })
}

/// A machine of these states that starts at `A`.
pub(crate) fn machine(states: &Value) -> Definition {
    Definition::parse("test", &json!({ "StartAt": "A", "States": states }).to_string()).unwrap()
}

/// A Task state that calls function `f` with its whole input, with further fields.
pub(crate) fn task(more: Value) -> Value {
    let mut task = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": "f", "Payload.$": "$" },
    });
    let Value::Object(more) = more else { panic!("fields are an object") };
    task.as_object_mut().unwrap().extend(more);
    task
}

/// One of the machines that deploy.
pub(crate) fn deployed(name: &str) -> Definition {
    let file = format!("{}/../statemachines/{name}.asl.json", env!("CARGO_MANIFEST_DIR"));
    let json = std::fs::read_to_string(&file).unwrap();
    let functions = [
        ("MailboxStepFunctionArn", "mailbox-step"),
        ("ImportStepFunctionArn", "import-step"),
        ("AccountStepFunctionArn", "account-step"),
    ];
    let values = functions.map(|(name, function)| (name.to_owned(), function.to_owned())).into();
    Definition::parse(&file, &substitute(&json, &values).unwrap()).unwrap()
}
