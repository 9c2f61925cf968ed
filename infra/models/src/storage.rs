//! Durable rows (model, key, JSON) in one `SQLite` file, or in memory.
//!
//! Every operation of a model runs in one immediate transaction that is committed before its answer is sent. WAL with
//! `synchronous=NORMAL` keeps each committed row when the process is killed.

use std::{
    fs::OpenOptions,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::CloudError;

#[derive(Clone, Debug)]
pub(crate) struct Storage(Arc<Mutex<Connection>>);

impl Storage {
    /// Opens `file` in `data_dir`, readable by its owner only, or a database in memory.
    pub(crate) fn open(data_dir: Option<&Path>, file: &str) -> Result<Self, CloudError> {
        let connection = match data_dir {
            Some(directory) => {
                let path = directory.join(file);
                make_private(&path)?;
                Connection::open(path)?
            }
            None => Connection::open_in_memory()?,
        };
        connection.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;
             CREATE TABLE IF NOT EXISTS rows(
                 model TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY(model, key)
             ) WITHOUT ROWID;",
        )?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Runs `work` in one transaction, committed when it succeeds and rolled back when it does not.
    pub(crate) fn transact<T, E: From<CloudError>>(
        &self,
        work: impl FnOnce(&Rows<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(CloudError::from)?;
        let rows = Rows(transaction);
        let done = work(&rows)?;
        rows.0.commit().map_err(CloudError::from)?;
        Ok(done)
    }
}

/// The file and, through `SQLite`, its journal files get mode 0600 before anything is written to them.
fn make_private(path: &Path) -> Result<(), CloudError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(CloudError::DataDirectory)
}

/// The rows as seen and changed by one transaction.
#[derive(Debug)]
pub(crate) struct Rows<'c>(Transaction<'c>);

impl Rows<'_> {
    pub(crate) fn find<T: DeserializeOwned>(&self, model: &str, key: &str) -> Result<Option<T>, CloudError> {
        let mut statement = self.0.prepare_cached("SELECT json FROM rows WHERE model=?1 AND key=?2")?;
        let json: Option<String> = statement.query_row(params![model, key], |row| row.get(0)).optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    pub(crate) fn put<T: Serialize>(&self, model: &str, key: &str, value: &T) -> Result<(), CloudError> {
        let mut statement =
            self.0.prepare_cached("INSERT OR REPLACE INTO rows(model, key, json) VALUES(?1, ?2, ?3)")?;
        statement.execute(params![model, key, serde_json::to_string(value)?])?;
        Ok(())
    }

    /// Whether a row was there to remove.
    pub(crate) fn remove(&self, model: &str, key: &str) -> Result<bool, CloudError> {
        let mut statement = self.0.prepare_cached("DELETE FROM rows WHERE model=?1 AND key=?2")?;
        Ok(statement.execute(params![model, key])? > 0)
    }

    /// All rows whose key starts with `prefix`, as key and value, in the order of their keys.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        model: &str,
        prefix: &str,
    ) -> Result<Vec<(String, T)>, CloudError> {
        // Keys are ASCII, so the last character there is ends the range.
        let sql =
            "SELECT key, json FROM rows WHERE model=?1 AND key>=?2 AND key<?2||char(1114111) ORDER BY key";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut found = Vec::new();
        let mut rows = statement.query(params![model, prefix])?;
        while let Some(row) = rows.next()? {
            let json: String = row.get(1)?;
            found.push((row.get(0)?, serde_json::from_str(&json)?));
        }
        Ok(found)
    }

    /// At most `limit` values whose key starts with `prefix` and comes after `after`, in the order of their keys.
    pub(crate) fn page<T: DeserializeOwned>(
        &self,
        model: &str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<T>, CloudError> {
        let sql = "SELECT json FROM rows WHERE model=?1 AND key>=?2 AND key<?2||char(1114111) AND key>?3
             ORDER BY key LIMIT ?4";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut found = Vec::new();
        let mut rows = statement.query(params![model, prefix, after, limit])?;
        while let Some(row) = rows.next()? {
            let json: String = row.get(0)?;
            found.push(serde_json::from_str(&json)?);
        }
        Ok(found)
    }

    /// Adds one to a stored counter and returns its new value.
    pub(crate) fn count(&self, model: &str, key: &str) -> Result<u64, CloudError> {
        let next = self.find::<u64>(model, key)?.unwrap_or(0) + 1;
        self.put(model, key, &next)?;
        Ok(next)
    }
}
