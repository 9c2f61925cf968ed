//! The table's database: a `DynamoDB` over `SQLite`, served by this process on loopback.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, anyhow};
use dynoxide::Database;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A database in memory that more than one connection can reach, each time another one.
fn in_memory() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("file:vestibule-{number}?mode=memory&cache=shared")
}

// Each write asks for the last number of the stream. Without an index that reads the whole stream, which keeps what was
// written for a day: ten thousand writes took minutes.
fn index_stream(place: &str) -> rusqlite::Result<()> {
    let order = "CREATE INDEX IF NOT EXISTS stream_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";
    Connection::open(place)?.execute_batch(order)
}

/// Starts the database in `table.db` of the data directory, or in memory, and gives its URL.
pub(crate) async fn start(
    data_dir: Option<&Path>,
    servers: &mut JoinSet<()>,
    mut stop: watch::Receiver<bool>,
) -> Result<String> {
    let place = match data_dir {
        Some(directory) => {
            let file = directory.join("table.db");
            file.to_str().ok_or_else(|| anyhow!("{} is no UTF-8 path", file.display()))?.to_owned()
        }
        None => in_memory(),
    };
    let database = Database::new(&place).map_err(|error| anyhow!("{place} cannot be opened: {error:?}"))?;
    index_stream(&place).with_context(|| format!("{place} cannot be prepared"))?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for DynamoDB")?;
    let url = format!("http://{}", listener.local_addr()?);
    servers.spawn(async move {
        let stopped = async move {
            let _ = stop.wait_for(|stopped| *stopped).await;
        };
        if let Err(error) = dynoxide::server::serve_with_shutdown(listener, database, stopped).await {
            tracing::error!(error, "DynamoDB ended");
        }
    });
    Ok(url)
}
