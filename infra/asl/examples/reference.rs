//! Runs scenarios in this interpreter and prints what happened as JSON, to be compared with another interpreter.
//! `reference --invoke-url URL --scenarios FILE`, where FILE is
//! `{"definitions": {name: machine}, "scenarios": [{"id", "definition", "input"}]}` and URL answers
//! `POST /2015-03-31/functions/{function}/invocations`. Waits are skipped, timeouts are not.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_asl::{
    Abort, BoxFuture, Definition, Event, Execution, Journal, JournalFailed, Lambda, Pace, RealPace, Runner,
    Start, TaskFailure,
};

const PARALLEL: usize = 8;

#[derive(Deserialize)]
struct Work {
    definitions: BTreeMap<String, Value>,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    id: String,
    definition: String,
    input: Value,
}

/// Invokes functions over HTTP.
struct Functions {
    client: Client,
    invoke_url: String,
}

impl Functions {
    async fn call(&self, function: &str, payload: Value) -> Result<Value, TaskFailure> {
        let client_failure =
            |error: &dyn Error| TaskFailure::new("Lambda.SdkClientException", error.to_string());
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.invoke_url);
        let request = self.client.post(url).json(&payload);
        let response = request.send().await.map_err(|error| client_failure(&error))?;
        let status = response.status();
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let failed = header("x-amz-function-error").is_some();
        let code = header("x-amzn-errortype");
        let request_id = header("x-amzn-requestid").unwrap_or_default();
        let answer: Value = response.json().await.map_err(|error| client_failure(&error))?;
        if status.is_success() {
            return if failed { Err(TaskFailure::of_function(&answer)) } else { Ok(answer) };
        }
        let code = code.unwrap_or_else(|| "Unknown".to_owned());
        let message = answer["message"].as_str().unwrap_or_default();
        let cause = format!(
            "{message} (Service: AWSLambda; Status Code: {}; Error Code: {code}; Request ID: {request_id}; Proxy: null)",
            status.as_u16(),
        );
        Err(TaskFailure::new(format!("Lambda.{code}"), cause))
    }
}

impl Lambda for Functions {
    fn invoke(&self, function: &str, payload: Value) -> BoxFuture<'_, Result<Value, TaskFailure>> {
        let function = function.to_owned();
        Box::pin(async move { self.call(&function, payload).await })
    }
}

/// The system clock without waits and backoffs.
struct Hurried(RealPace);

impl Pace for Hurried {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn timeout(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.0.timeout(duration)
    }

    fn jitter(&self) -> f64 {
        self.0.jitter()
    }
}

/// Collects the states entered, each as `[name, input]`.
#[derive(Default)]
struct StatesEntered(Mutex<Vec<Value>>);

impl Journal for StatesEntered {
    fn save(&self, _: &Execution, new_events: &[Event]) -> Result<(), JournalFailed> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for details in new_events.iter().filter_map(|event| event.details.get("stateEnteredEventDetails")) {
            let input = details["input"].as_str().unwrap_or_default();
            let input: Value = serde_json::from_str(input).map_err(|error| JournalFailed(error.into()))?;
            states.push(json!([details["name"], input]));
        }
        Ok(())
    }
}

async fn run(
    scenario: &Scenario,
    definitions: &BTreeMap<String, Definition>,
    functions: &Functions,
) -> Result<Value, Box<dyn Error>> {
    let pace = Hurried(RealPace::default());
    let (journal, abort) = (StatesEntered::default(), Abort::new());
    let definition = definitions.get(&scenario.definition).ok_or("a scenario names no definition")?;
    let runner = Runner { definition, lambda: functions, pace: &pace, journal: &journal, abort: &abort };
    let start = Start {
        arn: format!("arn:aws:states:eu-west-1:123456789012:execution:reference:{}", scenario.id),
        name: scenario.id.clone(),
        state_machine_arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:reference".to_owned(),
        state_machine_name: "reference".to_owned(),
        input: scenario.input.clone(),
        at: pace.now(),
    };
    let ended = runner.run(Execution::new(start)).await?;
    let states = journal.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(json!({
        "id": scenario.id,
        "status": ended.status,
        "output": ended.output,
        "error": ended.error,
        "cause": ended.cause,
        "states": states,
    }))
}

fn arguments() -> Result<(String, String), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [first, url, second, file] if first == "--invoke-url" && second == "--scenarios" => {
            Ok((url.clone(), file.clone()))
        }
        _ => Err("usage: reference --invoke-url URL --scenarios FILE".to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (invoke_url, file) = arguments()?;
    Url::parse(&invoke_url)?;
    let work: Work = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let parse = |(name, machine): (String, Value)| {
        let definition = Definition::parse(&name, &machine.to_string())?;
        Ok::<_, vestibule_asl::Refused>((name, definition))
    };
    let definitions = work.definitions.into_iter().map(parse).collect::<Result<BTreeMap<_, _>, _>>()?;
    let functions = Functions { client: Client::builder().no_proxy().build()?, invoke_url };
    let runs: Vec<Value> = stream::iter(&work.scenarios)
        .map(|scenario| run(scenario, &definitions, &functions))
        .buffer_unordered(PARALLEL)
        .try_collect()
        .await?;
    println!("{}", serde_json::to_string(&runs)?);
    Ok(())
}
