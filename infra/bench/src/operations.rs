//! The main operation of every function: an event that can be repeated and changes nothing.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use vestibule_bench::{
    events::sample,
    runtime_api::{Function, FunctionError},
};

use crate::setting::Setting;

/// The most that one invocation should cost: absolutely, set where the floor takes 104 us, and as that part of the floor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim {
    /// Processor time in microseconds.
    pub(crate) micros: u32,
    /// Processor time over that of the floor.
    pub(crate) ratio: f64,
}

/// Token, session, membership and roles are checked, then one read or query follows.
const WITH_A_CALLER: Aim = Aim { micros: 250, ratio: 2.4 };
/// One read and little else.
const ONE_READ: Aim = Aim { micros: 150, ratio: 1.44 };

/// One measured operation.
pub(crate) struct Operation {
    /// Folder name of the function.
    pub(crate) function: &'static str,
    /// What it does.
    pub(crate) name: &'static str,
    /// The event.
    pub(crate) event: Value,
    /// What one invocation should cost at most.
    pub(crate) aim: Option<Aim>,
    expected: Expected,
}

enum Expected {
    Ok,
    Contains(&'static str, Value),
}

impl Operation {
    /// Whether the function does here what is to be measured.
    pub(crate) async fn check(&self, function: &mut Function) -> Result<()> {
        let answer = function.invoke(&self.event).await;
        let answer = answer
            .map_err(|error: FunctionError| anyhow::anyhow!("{}: {}: {error}", self.function, self.name))?;
        let (pointer, value) = match &self.expected {
            Expected::Ok => ("/statusCode", &Value::from(200)),
            Expected::Contains(pointer, value) => (*pointer, value),
        };
        ensure!(
            answer.pointer(pointer) == Some(value),
            "{}: {}: unexpected answer {answer}",
            self.function,
            self.name
        );
        Ok(())
    }
}

/// All operations, in the order of the report.
pub(crate) fn all(setting: &Setting) -> Result<Vec<Operation>> {
    let mut all = with_a_caller(setting)?;
    all.extend(without_a_caller(setting)?);
    Ok(all)
}

fn with_a_caller(setting: &Setting) -> Result<Vec<Operation>> {
    let (hire, job, token) = (setting.hire.to_string(), setting.job.to_string(), setting.token()?);
    let token = ("{token}", token.as_str());
    let known = |function, name, field: &str| -> Result<String> {
        let id = sample(function, name, &[])?.pointer(field).and_then(Value::as_str).map(str::to_owned);
        id.with_context(|| format!("events/{function}/{name}.json has no {field}"))
    };
    let (sample_hire, sample_job) =
        (known("hires", "get", "/pathParameters/id")?, known("provision-run", "get", "/pathParameters/id")?);
    let get_hire = sample("hires", "get", &[token, (&sample_hire, &hire)])?;
    let get_job = sample("provision-run", "get", &[token, (&sample_job, &job)])?;
    let list = sample("hires", "list", &[token])?;
    Ok(vec![
        Operation {
            function: "hires",
            name: "show a hire",
            event: get_hire,
            aim: Some(WITH_A_CALLER),
            expected: Expected::Ok,
        },
        Operation {
            function: "hires",
            name: "list 20 hires",
            event: list,
            aim: Some(WITH_A_CALLER),
            expected: Expected::Ok,
        },
        Operation {
            function: "provision-run",
            name: "show a job",
            event: get_job,
            aim: Some(WITH_A_CALLER),
            expected: Expected::Ok,
        },
    ])
}

fn without_a_caller(setting: &Setting) -> Result<Vec<Operation>> {
    let mut claim = sample("mailbox-step", "claim", &[])?;
    (claim["tenant"], claim["job"]) = (setting.tenant().into(), setting.job.to_string().into());
    // No rule of the bus waits for this one, so the stack does nothing on top.
    let outbox = sample("outbox", "stream", &[("job.pending", "job.running")])?;
    let (webhook, sweep) = (ignored_event(setting)?, sample("provision-sweep", "scheduled", &[])?);
    let keys = sample("discovery", "keys", &[])?;
    let done = Expected::Contains("/ok", Value::Bool(true));
    let published = Expected::Contains("/batchItemFailures", Value::Array(Vec::new()));
    let nothing = Expected::Contains("", Value::Object(serde_json::Map::new()));
    Ok(vec![
        Operation {
            function: "esign-webhook",
            name: "a signed event of no interest",
            event: webhook,
            aim: Some(ONE_READ),
            expected: Expected::Ok,
        },
        Operation {
            function: "mailbox-step",
            name: "a task repeated",
            event: claim,
            aim: Some(ONE_READ),
            expected: done,
        },
        Operation {
            function: "provision-sweep",
            name: "nothing due",
            event: sweep,
            aim: None,
            expected: nothing,
        },
        Operation {
            function: "outbox",
            name: "publish one event",
            event: outbox,
            aim: None,
            expected: published,
        },
        Operation {
            function: "discovery",
            name: "show the keys",
            event: keys,
            aim: None,
            expected: Expected::Ok,
        },
    ])
}

/// A kind of event that is checked, read and dropped.
fn ignored_event(setting: &Setting) -> Result<Value> {
    let endpoint = sample("esign-webhook", "request", &[])?;
    let endpoint =
        endpoint["pathParameters"]["endpoint"].as_str().context("the sample names no endpoint")?.to_owned();
    let mut event = sample("esign-webhook", "request", &[(&endpoint, &setting.endpoint())])?;
    let body =
        sample("esign-webhook", "unknown-event", &[("{hire}", &setting.hire.to_string())])?.to_string();
    event["headers"]["x-docusign-signature-1"] = setting.signature(&body)?.into();
    event["headers"]["content-length"] = body.len().to_string().into();
    event["body"] = body.into();
    Ok(event)
}
