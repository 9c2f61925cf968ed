//! A table and the outside systems, all on loopback and in memory, under a clock that the test moves.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use aws_sdk_dynamodb::Client;
use dynoxide::Database;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use vestibule_api::{Settings, state::open_store};
use vestibule_auth::FieldKeys;
use vestibule_domain::World;
use vestibule_models::{Cloud, CloudOptions};
use vestibule_store::Store;

/// Names another `DynamoDB` to run against than the one in memory.
const OTHER_TABLES: &str = "VESTIBULE_DYNAMODB_ENDPOINT";
/// Longer than a lease.
const STEP_MILLIS: i64 = 30_000;

/// Everything a case needs that cases of one test can share.
#[expect(missing_debug_implementations, reason = "the outside systems have no text")]
pub struct Stack {
    /// The settings of a function on this stack.
    pub settings: Settings,
    /// The table.
    pub store: Store,
    /// Clock and randomness of the workers.
    pub world: World,
    /// The outside systems.
    pub cloud: Cloud,
    /// Reads the table past the store.
    pub rows: Client,
    /// The table's name.
    pub table: String,
    clock: Arc<AtomicI64>,
    numbers: AtomicU64,
}

impl Stack {
    /// Starts everything within the test's own runtime.
    pub async fn start() -> Self {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
        let cloud =
            Cloud::open(None, CloudOptions { clock: instant(&clock), ..CloudOptions::default() }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, cloud.router()).into_future());
        let seed = RandomState::new().build_hasher().finish();
        let table = format!("saga-{seed:016x}");
        let settings = Settings::new(
            [
                ("AWS_REGION", "eu-west-1"),
                ("AWS_ACCESS_KEY_ID", "local"),
                ("AWS_SECRET_ACCESS_KEY", "local"),
                ("AWS_ENDPOINT_URL", &outside),
                ("VENDOR_ENDPOINT_URL", &outside),
                ("AWS_ENDPOINT_URL_DYNAMODB", &tables().await),
                ("TABLE_NAME", &table),
                ("FIELD_KEYS_SECRET", "field-keys"),
                ("SITE_URL", "https://accounts.vestibule.example"),
                ("PRODUCT_NAME", "Vestibule"),
                ("MAIL_FROM", "Accounts <accounts@vestibule.example>"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
        .unwrap();
        let rows = Client::new(&settings.aws("DYNAMODB").unwrap());
        vestibule_store::table_definition(&rows, &table).unwrap().send().await.unwrap();
        let (now, state) = (instant(&clock), AtomicU64::new(seed));
        let world = World::new(move || now(), move |buffer| fill(&state, buffer));
        let ring = FieldKeys::generate(&world);
        cloud.secrets().put("field-keys", ring.expose_secret()).unwrap();
        let store = open_store(&settings, &world).await.unwrap();
        Self { settings, store, world, cloud, rows, table, clock, numbers: AtomicU64::new(1) }
    }

    /// Moves the clock on far enough for every lease to end.
    pub fn outlast_leases(&self) {
        self.clock.fetch_add(STEP_MILLIS, Ordering::SeqCst);
    }

    /// Moves the clock on to `at`, if it is not there yet.
    pub fn move_to(&self, at: Timestamp) {
        self.clock.fetch_max(at.as_millisecond() + 1, Ordering::SeqCst);
    }

    /// A number that this stack has not given before.
    pub fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst)
    }
}

async fn tables() -> String {
    if let Some((_, other)) = std::env::vars().find(|(name, _)| name == OTHER_TABLES) {
        return other;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    url
}

fn instant(clock: &Arc<AtomicI64>) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    let clock = Arc::clone(clock);
    Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap())
}

/// `SplitMix64`.
fn fill(state: &AtomicU64, buffer: &mut [u8]) {
    for byte in buffer {
        let mut mixed = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        *byte = (mixed ^ (mixed >> 31)).to_le_bytes()[0];
    }
}
