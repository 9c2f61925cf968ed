//! A table, a bus and the dispatcher between them, with consumers that misbehave.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vestibule_api::Settings;
use vestibule_api::{EventFunction as _, function::handle};
use vestibule_dispatcher::{Change, Consumer, Dispatcher};
use vestibule_domain::{EventId, World};
use vestibule_models::{Cloud, CloudOptions, Rule};
use vestibule_store::Owed;

use crate::table::Table;

pub(crate) const TABLE: &str = "dispatcher";
const BUS: &str = "events";

/// The dispatcher in its surroundings.
pub(crate) struct Stack {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    clock: Arc<AtomicI64>,
}

impl Stack {
    /// Starts everything; further consumers join before the bus, so that they could hold it up.
    pub(crate) async fn start(further: Vec<Box<dyn Consumer>>) -> Self {
        Self::with_table(further, true).await
    }

    /// The same, with a table that may not answer.
    pub(crate) async fn with_table(further: Vec<Box<dyn Consumer>>, answers: bool) -> Self {
        let clock = Arc::new(AtomicI64::new(1_790_000_000));
        let (seconds, counter) = (clock.clone(), AtomicU64::new(1));
        let world = World::new(
            move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap(),
            move |buffer| {
                let next = counter.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                buffer.iter_mut().zip(next.iter().rev().cycle()).for_each(|(byte, next)| *byte = *next);
            },
        );
        let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
        cloud.events().add_bus(BUS);
        let rule = Rule {
            bus: BUS.to_owned(),
            name: "all".to_owned(),
            target_function: "nobody".to_owned(),
            pattern: json!({ "source": ["vestibule"] }),
        };
        cloud.events().add_rule(rule).unwrap();
        let outside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tables = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let variables = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL", &url(&outside)),
            ("AWS_ENDPOINT_URL_DYNAMODB", &url(&tables)),
            ("TABLE_NAME", TABLE),
            ("EVENT_BUS", BUS),
        ];
        let settings = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::new(settings).unwrap();
        tokio::spawn(axum::serve(outside, cloud.router()).into_future());
        let client = Client::new(&settings.aws("DYNAMODB").unwrap());
        let table = Table::new(client);
        if answers {
            table.serve(tables).await;
            vestibule_store::table_definition(&table.client, TABLE).unwrap().send().await.unwrap();
        }
        let mut dispatcher = Dispatcher::open(&settings, world).await.unwrap();
        let bus = std::mem::take(&mut dispatcher.consumers);
        dispatcher.consumers = further.into_iter().chain(bus).collect();
        Self { dispatcher, table, cloud, clock }
    }

    /// Delivers a batch of new `outbox` rows; what is answered.
    pub(crate) async fn deliver(&self, sequences: std::ops::Range<u32>) -> Value {
        let records: Vec<_> =
            sequences.map(|number| record(&number.to_string(), &self.dispatcher.world)).collect();
        handle(&self.dispatcher, json!({ "Records": records })).await.unwrap()
    }

    /// Runs the schedule after the longest pause.
    pub(crate) async fn sweep(&self) -> Value {
        self.clock.fetch_add(4_000, Ordering::SeqCst);
        let event = json!({ "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
        handle(&self.dispatcher, event).await.unwrap()
    }

    /// What a consumer is owed, due within the longest pause.
    pub(crate) async fn owed(&self, consumer: &str) -> Vec<Owed> {
        let soon = self.dispatcher.world.now() + jiff::SignedDuration::from_secs(4_000);
        self.dispatcher.store.platform().owed_to(consumer, soon, 1_000).await.unwrap()
    }

    /// How many events the bus took.
    pub(crate) fn events(&self) -> usize {
        self.cloud.events().pending().unwrap().len()
    }
}

fn record(sequence: &str, world: &World) -> Value {
    let id = EventId::new(world).to_string();
    let row = json!({
        "item": { "S": "outbox" }, "id": { "S": id }, "detail_type": { "S": "job.pending" },
        "detail": { "M": { "job": { "S": "job_1" } } }, "at": { "S": "2026-11-20T09:15:00Z" },
        "sealed": { "B": "AQID" },
    });
    json!({ "eventName": "INSERT", "dynamodb": { "SequenceNumber": sequence, "NewImage": row } })
}

/// Takes nothing until it is well.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ailing {
    pub(crate) well: Arc<AtomicBool>,
    pub(crate) taken: Arc<Mutex<Vec<String>>>,
}

impl Consumer for Ailing {
    fn name(&self) -> &'static str {
        "ailing"
    }

    fn wants(&self, change: &Change) -> bool {
        change.is_new("outbox")
    }

    fn take<'a>(&'a self, changes: &'a [Change]) -> BoxFuture<'a, Vec<usize>> {
        Box::pin(async move {
            if !self.well.load(Ordering::SeqCst) {
                return (0..changes.len()).collect();
            }
            self.taken.lock().unwrap().extend(changes.iter().map(|change| change.sequence.clone()));
            Vec::new()
        })
    }
}

/// Never answers in time.
#[derive(Debug)]
pub(crate) struct Slow;

impl Consumer for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn wants(&self, _: &Change) -> bool {
        true
    }

    fn take<'a>(&'a self, _: &'a [Change]) -> BoxFuture<'a, Vec<usize>> {
        Box::pin(async {
            tokio::time::sleep(Duration::from_hours(1)).await;
            Vec::new()
        })
    }
}
