//! A table of a test's own, a clock it can move, and a look at the rows behind the store.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, SharedCredentialsProvider, retry::RetryConfig},
    types::AttributeValue,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::{SdkConfig, region::Region};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use vestibule_auth::FieldKeys;
use vestibule_domain::{EventId, World};
use vestibule_store::{Sealer, Store, table_definition};

/// 2026-11-20T09:00:00Z in milliseconds.
const START: i64 = 1_795_165_200_000;

/// A row as the service gives it.
pub(crate) type Row = std::collections::HashMap<String, AttributeValue>;

/// An empty table with its store.
pub(crate) struct Table {
    pub(crate) store: Store,
    pub(crate) world: World,
    /// Whether the service counts capacity as documented: `DynamoDB` Local says four units for a
    /// transaction of one small write as for one of five, and leaves out misses in a batch read.
    pub(crate) counts_units: bool,
    /// The ring of keys that seal personal data.
    pub(crate) ring: SecretString,
    clock: Arc<AtomicI64>,
    config: SdkConfig,
    client: Client,
    name: String,
}

impl Table {
    pub(crate) async fn new() -> Self {
        let named = endpoint_by_name();
        let counts_units = named.is_none();
        let endpoint = match named {
            Some(url) => url,
            None => in_memory().await,
        };
        let credentials = Credentials::new("local", "local", None, None, "contract");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .endpoint_url(endpoint)
            .build();
        let clock = Arc::new(AtomicI64::new(START));
        let world = world(clock.clone());
        let name = format!("contract-{}", EventId::new(&world).ulid());
        let client = Client::new(&config);
        let create = table_definition(&client, &name).unwrap();
        create.send().await.unwrap();
        let ring = FieldKeys::generate(&world);
        let store = Store::new(&config, name.as_str(), sealer(&ring, &world));
        Self { store, world, counts_units, ring, clock, config, client, name }
    }

    /// Another store over the same table.
    pub(crate) fn with_sealer(&self, sealer: Sealer) -> Store {
        Store::new(&self.config, self.name.as_str(), sealer)
    }

    /// A store whose calls go to `endpoint`.
    pub(crate) fn elsewhere(&self, endpoint: &str) -> Store {
        let config = self.config.to_builder().endpoint_url(endpoint).build();
        Store::new(&config, self.name.as_str(), sealer(&self.ring, &self.world))
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: SignedDuration) {
        let millis = i64::try_from(by.as_millis()).unwrap();
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    /// Every row, each as its attributes in order, sorted.
    pub(crate) async fn rows(&self) -> Vec<String> {
        let mut rows: Vec<_> = self.items().await.iter().map(as_text).collect();
        rows.sort();
        rows
    }

    /// Every row as the service gives it, in no order.
    pub(crate) async fn items(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let scan = self.client.scan().table_name(&self.name).consistent_read(true);
            let page = scan.set_exclusive_start_key(start).send().await.unwrap();
            rows.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return rows;
            }
        }
    }

    /// The kinds of all rows with their number, such as `audit 2, hire 1`.
    pub(crate) async fn kinds(&self) -> String {
        let mut counts = std::collections::BTreeMap::<String, u32>::new();
        for row in self.rows().await {
            let kind = row.split("item=S(\"").nth(1).and_then(|rest| rest.split('"').next());
            *counts.entry(kind.unwrap_or("?").to_owned()).or_default() += 1;
        }
        let counted = counts.iter().map(|(kind, count)| format!("{kind} {count}"));
        counted.collect::<Vec<_>>().join(", ")
    }

    /// How many rows an index holds.
    pub(crate) async fn index_size(&self, index: &str) -> usize {
        let scan = self.client.scan().table_name(&self.name).index_name(index);
        scan.send().await.unwrap().items().len()
    }

    /// Sets one attribute behind the store's back.
    pub(crate) async fn set(&self, (pk, sk): (&str, &str), attribute: &str, value: AttributeValue) {
        let update = self.client.update_item().table_name(&self.name);
        let update = update.set_key(Some(key(pk, sk))).update_expression("SET #a = :v");
        let update = update.expression_attribute_names("#a", attribute);
        let set = update.expression_attribute_values(":v", value).send().await;
        set.unwrap();
    }

    /// Removes a row behind the store's back.
    pub(crate) async fn remove(&self, (pk, sk): (&str, &str)) {
        let delete = self.client.delete_item().table_name(&self.name);
        delete.set_key(Some(key(pk, sk))).send().await.unwrap();
    }
}

/// Seals with the current key of `ring`.
pub(crate) fn sealer(ring: &SecretString, world: &World) -> Sealer {
    Sealer::new(FieldKeys::from_secret(ring).unwrap(), world.clone())
}

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn key(pk: &str, sk: &str) -> Row {
    Row::from([("PK".into(), text(pk)), ("SK".into(), text(sk))])
}

fn as_text(row: &Row) -> String {
    let mut fields: Vec<_> = row.iter().map(|(name, value)| format!("{name}={}", in_order(value))).collect();
    fields.sort();
    fields.join(" ")
}

/// A value with its maps in order, so that equal rows are equal texts.
fn in_order(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => format!("{{{}}}", as_text(map)),
        AttributeValue::L(list) => format!("{:?}", list.iter().map(in_order).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

fn world(clock: Arc<AtomicI64>) -> World {
    let now = move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap();
    World::new(now, |buffer| aws_lc_rs::rand::fill(buffer).unwrap())
}

fn endpoint_by_name() -> Option<String> {
    let named = std::env::vars().find(|(name, _)| name == "VESTIBULE_DYNAMODB_ENDPOINT");
    named.map(|(_, url)| url)
}

async fn in_memory() -> String {
    let database = dynoxide::Database::memory().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    url
}
