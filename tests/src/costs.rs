//! What each operation costs, measured on a running stack: HTTP operations by the `x-cost`
//! header, workflows, the sweep and the mail sender by the cost that their log lines carry.

mod identity;
pub(crate) mod spending;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{Event, Subscriber, field::Visit};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _};
use vestibule_store::Cost;

use crate::{Answer, App, completed};

/// Price of a million write units, dollars (us-east-1, on demand, standard class).
const WRITE_PRICE: f64 = 0.625;
/// Price of a million read units, dollars.
const READ_PRICE: f64 = 0.125;
/// Price of a million state transitions, dollars (standard workflows).
const TRANSITION_PRICE: f64 = 25.0;

/// What one operation was seen to cost.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The operation.
    pub name: String,
    /// Round trips and units.
    pub cost: Cost,
    /// State transitions of workflows it starts, until they end.
    pub transitions: usize,
}

/// The most an operation may cost.
#[derive(Debug, Deserialize)]
pub struct Budget {
    /// The operation.
    pub name: String,
    /// Round trips and units.
    #[serde(flatten)]
    pub most: Cost,
}

/// The budgets in `tests/budgets.toml`.
pub fn budgets() -> Vec<Budget> {
    file().operation
}

/// The most that any answer of an operation may cost, by the operation: round trips, read and write units.
pub fn answers() -> BTreeMap<String, [f64; 3]> {
    file().answers
}

#[derive(Deserialize)]
struct File {
    operation: Vec<Budget>,
    answers: BTreeMap<String, [f64; 3]>,
}

fn file() -> File {
    toml::from_str(include_str!("../budgets.toml")).expect("tests/budgets.toml is well-formed")
}

/// The function that does its work behind every command, at a time of its own.
const BEHIND: &str = "vestibule_dispatcher";

/// Adds up the cost in the log lines named `event`, one for each invocation of a function that takes events: that of
/// numbering the audit log behind every command by itself.
#[derive(Clone, Default)]
struct Logged {
    sum: Arc<Mutex<Cost>>,
    behind: Arc<Mutex<Cost>>,
}

#[derive(Default)]
struct Line {
    cost: Cost,
    counted: bool,
    behind: bool,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.counted = format!("{value:?}") == "event";
        }
    }
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.behind |= field.name() == "function" && value == BEHIND;
    }
    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        if field.name() == "round_trips" {
            self.cost.round_trips = u32::try_from(value).unwrap_or(u32::MAX);
        }
    }
    fn record_f64(&mut self, field: &tracing::field::Field, value: f64) {
        match field.name() {
            "read_units" => self.cost.read_units = value,
            "write_units" => self.cost.write_units = value,
            _ => {}
        }
    }
}

impl<S: Subscriber> Layer<S> for Logged {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        if line.counted {
            let sum = if line.behind { &self.behind } else { &self.sum };
            let mut sum = sum.lock().expect("the sum");
            sum.round_trips += line.cost.round_trips;
            sum.read_units += line.cost.read_units;
            sum.write_units += line.cost.write_units;
        }
    }
}

impl Logged {
    fn take(&self) -> Cost {
        std::mem::take(&mut self.sum.lock().expect("the sum"))
    }

    fn take_behind(&self) -> Cost {
        std::mem::take(&mut self.behind.lock().expect("the sum"))
    }
}

/// Runs every operation once on a stack of its own. Must run on a single-threaded runtime, where
/// the log lines of the functions stay on the caller's thread.
pub async fn measure() -> Vec<Measured> {
    let logged = Logged::default();
    // With one collector alone, a line that another thread writes first is taken for one that nobody wants.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(logged.clone()));
    let app = App::start().await;
    // What becomes of mails is told when it is measured.
    app.keep_events();
    let mut all = Vec::new();
    let (hire, job) = documents(&app, &mut all).await;
    provisioning(&app, &mut all, &logged, &hire, &job).await;
    logged.take();
    let event = json!({ "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
    app.stack.invoke("provision-sweep", event).await.expect("a sweep");
    all.push(Measured { name: "sweep with nothing due".into(), cost: logged.take(), transitions: 0 });
    identity::measure(&mut all, &logged).await;
    all
}

async fn documents(app: &App, all: &mut Vec<Measured>) -> (String, String) {
    let admin = app.admin();
    let kim = json!({ "givenName": "Kim", "familyName": "Doe", "personalEmail": "kim@example.org" });
    let made = admin.post_once("/api/hires", &kim, "cost-1").await.expect(201);
    all.push(http("POST /api/hires", &made));
    let hire = made.body["id"].as_str().expect("an id").to_owned();
    let webhook = "POST /api/esign/webhook/{provider}/{endpoint}";
    for (kind, what) in [
        ("w9", "a document moves on"),
        ("baa", ""),
        ("hire_agreement", "the last document"),
        ("w9", "a repeated event"),
    ] {
        let taken = app.deliver(&completed(&hire, kind)).await.expect(200);
        if !what.is_empty() {
            all.push(http(&format!("{webhook} ({what})"), &taken));
        }
    }
    events(app, all).await;
    let shown = admin.get(&format!("/api/hires/{hire}")).await.expect(200);
    all.push(http("GET /api/hires/{id}", &shown));
    all.push(http("GET /api/hires", &admin.get("/api/hires").await.expect(200)));
    (hire, shown.body["job"].as_str().expect("a job").to_owned())
}

/// Events that fit no document.
async fn events(app: &App, all: &mut Vec<Measured>) {
    let (admin, path) = (app.admin(), "/api/esign/events");
    let hires = admin.get("/api/hires").await.expect(200).body;
    let hire = hires["items"].as_array().and_then(|all| all.last()).expect("a sample hire")["id"].clone();
    for (number, verb) in ["match", "drop"].into_iter().enumerate() {
        let mut unfit = completed("nobody", "w9");
        unfit["data"]["envelopeId"] = json!(verb);
        let taken = app.deliver(&unfit).await.expect(200);
        let listed = admin.get(&format!("{path}?outcome=unmatched")).await.expect(200);
        let id = listed.body["items"][0]["id"].as_str().expect("an id");
        let body = if verb == "match" { json!({ "hire": hire, "document": "w9" }) } else { json!({}) };
        let done = admin.post_once(&format!("{path}/{id}/{verb}"), &body, &format!("cost-e{number}")).await;
        if verb == "match" {
            all.push(http(
                "POST /api/esign/webhook/{provider}/{endpoint} (an event that fits nothing)",
                &taken,
            ));
            all.push(http("GET /api/esign/events", &listed));
        }
        all.push(http(&format!("POST /api/esign/events/{{id}}/{verb}"), &done.expect(200)));
    }
}

async fn provisioning(app: &App, all: &mut Vec<Measured>, logged: &Logged, hire: &str, job: &str) {
    let admin = app.admin();
    let path = format!("/api/provision/jobs/{job}");
    let cancelled = admin.post_once(&format!("{path}/cancel"), &json!({}), "cost-2").await.expect(202);
    all.push(http("POST /api/provision/jobs/{id}/cancel", &cancelled));
    logged.take();
    let retried = admin.post_once(&format!("{path}/retry"), &json!({}), "cost-3").await.expect(202);
    all.push(http("POST /api/provision/jobs/{id}/retry", &retried));
    app.ended(job).await;
    all.push(workflow("workflow: a mailbox job from start to end", logged, app, job));
    all.push(http("GET /api/provision/jobs/{id}", &admin.get(&path).await.expect(200)));
    all.push(http("GET /api/provision/jobs", &admin.get("/api/provision/jobs").await.expect(200)));
    let reset = format!("/api/hires/{hire}/reset-password");
    let reset = admin.post_once(&reset, &json!({}), "cost-4").await.expect(202);
    all.push(http("POST /api/hires/{id}/reset-password", &reset));
    let reset = reset.body["job"].as_str().expect("a job");
    app.ended(reset).await;
    all.push(workflow("workflow: a credentials job from start to end", logged, app, reset));
    reports(app, all, logged, "with a password").await;
    app.signed_hire("Lee", "Roe").await;
    let ran = admin
        .send(admin.request(Method::POST, "/api/provision/run").header("idempotency-key", "cost-5"))
        .await;
    all.push(http("POST /api/provision/run", &ran.clone().expect(202)));
    app.ended(ran.body["id"].as_str().expect("a job")).await;
}

/// What the mail service tells of the newest mail: it arrived, and it came back after all.
async fn reports(app: &App, all: &mut Vec<Measured>, logged: &Logged, mail: &str) {
    let mut event = app.newest_event();
    for (kind, what) in [("Delivery", "arrived"), ("Bounce", "came back")] {
        event["detail"]["eventType"] = json!(kind);
        event["detail"]["bounce"] = json!({ "bounceType": "Permanent" });
        logged.take();
        assert_eq!(app.report(event.clone()).await["mail"], "recorded", "{what}");
        let name = format!("mail event: a mail {mail} {what}");
        all.push(Measured { name, cost: logged.take(), transitions: 0 });
    }
}

fn http(name: &str, answer: &Answer) -> Measured {
    let cost = answer.headers.get("x-cost").and_then(|cost| cost.to_str().ok());
    let cost: Value = serde_json::from_str(cost.expect("the x-cost header")).expect("a cost");
    Measured { name: name.into(), cost: serde_json::from_value(cost).expect("a cost"), transitions: 0 }
}

fn workflow(name: &str, logged: &Logged, app: &App, job: &str) -> Measured {
    let machines = app.stack.cloud().step_functions();
    let all = machines.executions().expect("the executions");
    let runs = all.iter().filter(|execution| execution.name.starts_with(job));
    let events = runs.flat_map(|execution| machines.history(&execution.arn).expect("a history"));
    let transitions = events.filter(|event| event.kind.ends_with("StateEntered")).count();
    Measured { name: name.into(), cost: logged.take(), transitions }
}

/// The table of `docs/costs.md`.
pub fn document(all: &[Measured]) -> String {
    let mut text = String::from(
        "# What each operation costs\n\n\
         Written by `cargo run -p vestibule-tests --bin costs` from a running stack; a test compares each\n\
         operation with its budget in `tests/budgets.toml`. Round trips are calls to the table, retries\n\
         included; an authenticated request's first one reads session, membership, roles and the kept answer\n\
         together. Units are DynamoDB's own count, indexes included. Dollars are for a million operations at\n\
         list price (us-east-1, on demand: 0.625 for a million write units, 0.125 for a million read units,\n\
         25 for a million state transitions); functions, gateway and mail come on top. A conditional write that is\n\
         refused is a round trip here and a write unit on the bill, but no answer tells its units.\n\n\
         | operation | round trips | read units | write units | transitions | dollars per million |\n\
         |---|---:|---:|---:|---:|---:|\n",
    );
    for Measured { name, cost, transitions } in all {
        let steps = f64::from(u32::try_from(*transitions).unwrap_or(u32::MAX));
        let dollars =
            cost.read_units * READ_PRICE + cost.write_units * WRITE_PRICE + steps * TRANSITION_PRICE;
        let Cost { round_trips, read_units, write_units, .. } = cost;
        let _ = writeln!(
            text,
            "| {name} | {round_trips} | {read_units} | {write_units} | {transitions} | {dollars:.2} |"
        );
    }
    text
}
