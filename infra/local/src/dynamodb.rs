//! The table's database: a `DynamoDB` over `SQLite`, served by this process on loopback.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Starts the database in `table.db` of the data directory, or in memory, and gives its URL.
pub(crate) async fn start(
    data_dir: Option<&Path>,
    servers: &mut JoinSet<()>,
    mut stop: watch::Receiver<bool>,
) -> Result<String> {
    let database = match data_dir {
        Some(directory) => {
            let file = directory.join("table.db");
            let path = file.to_str().ok_or_else(|| anyhow!("{} is no UTF-8 path", file.display()))?;
            Database::new(path).map_err(|error| anyhow!("{path} cannot be opened: {error:?}"))?
        }
        None => Database::memory().map_err(|error| anyhow!("no database in memory: {error:?}"))?,
    };
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
