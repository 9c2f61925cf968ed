//! The main operations of every function. All but those of a session change nothing when they are repeated.

use anyhow::{Context as _, Result};
use serde_json::Value;
use vestibule_bench::events::sample;

use crate::{
    people::PASSWORD,
    setting::Setting,
    work::{Expected, Work},
};

/// The most that one invocation should cost: absolutely, set where the floor takes 104 us, and as that part of the floor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim {
    /// Processor time in microseconds.
    pub(crate) micros: u32,
    /// Processor time over that of the floor.
    pub(crate) ratio: f64,
}

/// Token, session, membership and roles are checked; one thing is read along, a query follows.
const WITH_A_CALLER: Aim = Aim { micros: 250, ratio: 2.4 };
/// One read and little else.
const ONE_READ: Aim = Aim { micros: 150, ratio: 1.44 };

/// A refresh token is exchanged: one conditional write, one read, two signatures.
const REFRESH: Aim = Aim { micros: 200, ratio: 1.92 };

/// One measured operation.
pub(crate) struct Operation {
    /// Folder name of the function.
    pub(crate) function: &'static str,
    /// What it does.
    pub(crate) name: &'static str,
    /// The events.
    pub(crate) work: Work,
    /// What one invocation should cost at most.
    pub(crate) aim: Option<Aim>,
    /// Whether it hashes a password, and is measured beside the bare hash.
    pub(crate) hashes: bool,
}

impl Operation {
    fn new(function: &'static str, name: &'static str, aim: Option<Aim>, work: Work) -> Self {
        Self { function, name, work, aim, hashes: false }
    }
}

/// All operations, in the order of the report.
pub(crate) async fn all(setting: &Setting) -> Result<Vec<Operation>> {
    let mut all = sessions(setting).await?;
    all.extend(with_a_caller(setting)?);
    all.extend(without_a_caller(setting)?);
    Ok(all)
}

async fn sessions(setting: &Setting) -> Result<Vec<Operation>> {
    let login = |email: &String| sample("auth", "login", &[("{email}", email), ("{password}", PASSWORD)]);
    let logins = setting.people.iter().map(login).collect::<Result<Vec<_>>>()?;
    let login = Operation::new("auth", "sign in with a password", None, Work::each(logins, Expected::Ok));
    let refresh = sample("session", "refresh", &[("{refresh}", &setting.refresh_token().await?)])?;
    let refresh = Work::chained(refresh, Expected::Ok);
    let me = Work::same(sample("session", "me", &[("{token}", &setting.token()?)])?, Expected::Ok);
    Ok(vec![
        Operation { hashes: true, ..login },
        Operation::new("session", "refresh", Some(REFRESH), refresh),
        Operation::new("session", "show who is signed in", Some(WITH_A_CALLER), me),
    ])
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
    let page = sample("console", "hires", &[token])?;
    Ok(vec![
        // What it invokes runs within the stack: its own work alone is measured.
        Operation::new("console", "20 hires as a page, its own part", None, Work::same(page, Expected::Ok)),
        Operation::new("hires", "show a hire", Some(WITH_A_CALLER), Work::same(get_hire, Expected::Ok)),
        Operation::new("hires", "list 20 hires", Some(WITH_A_CALLER), Work::same(list, Expected::Ok)),
        Operation::new("provision-run", "show a job", Some(WITH_A_CALLER), Work::same(get_job, Expected::Ok)),
    ])
}

fn without_a_caller(setting: &Setting) -> Result<Vec<Operation>> {
    let mut claim = sample("mailbox-step", "claim", &[])?;
    (claim["tenant"], claim["job"]) = (setting.tenant().into(), setting.job.to_string().into());
    // No rule of the bus waits for this one, so the stack does nothing on top.
    let changes = sample("dispatcher", "stream", &[("job.pending", "job.running")])?;
    let (webhook, sweep) = (ignored_event(setting)?, sample("provision-sweep", "scheduled", &[])?);
    let (keys, mail) = (sample("discovery", "keys", &[])?, sample("outbox-mail", "stream", &[])?);
    let (report, unknown) = (sample("email-events", "delivery", &[])?, Value::String("unknown".to_owned()));
    let done = Expected::Contains("/ok", Value::Bool(true));
    let passed = || Expected::Contains("/batchItemFailures", Value::Array(Vec::new()));
    let nothing = Expected::Contains("", Value::Object(serde_json::Map::new()));
    Ok(vec![
        Operation::new(
            "esign-webhook",
            "a signed event of no interest",
            Some(ONE_READ),
            Work::same(webhook, Expected::Ok),
        ),
        Operation::new("mailbox-step", "a task repeated", Some(ONE_READ), Work::same(claim, done)),
        Operation::new("provision-sweep", "nothing due", None, Work::same(sweep, nothing)),
        Operation::new("dispatcher", "publish one event", None, Work::same(changes, passed())),
        Operation::new(
            "outbox-mail",
            "a mail that waits no longer",
            Some(ONE_READ),
            Work::same(mail, passed()),
        ),
        Operation::new(
            "email-events",
            "an event of no mail of ours",
            Some(ONE_READ),
            Work::same(report, Expected::Contains("/mail", unknown)),
        ),
        Operation::new("discovery", "show the keys", None, Work::same(keys, Expected::Ok)),
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
