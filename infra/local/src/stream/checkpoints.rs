//! How far each shard was read, kept over restarts: a JSON file replaced as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The last sequence number done, by shard.
pub(crate) struct Checkpoints {
    file: Option<PathBuf>,
    done: BTreeMap<String, String>,
}

impl Checkpoints {
    /// Reads `<name>.checkpoints.json` in the data directory; in memory without one.
    pub(crate) fn open(data_dir: Option<&Path>, name: &str) -> io::Result<Self> {
        let file = data_dir.map(|directory| directory.join(format!("{name}.checkpoints.json")));
        let done = match file.as_ref().map(fs::read) {
            Some(Ok(bytes)) => serde_json::from_slice(&bytes)?,
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => BTreeMap::new(),
        };
        Ok(Self { file, done })
    }

    pub(super) fn get(&self, shard: &str) -> Option<&str> {
        self.done.get(shard).map(String::as_str)
    }

    pub(super) fn set(&mut self, shard: &str, sequence: &str) -> io::Result<()> {
        self.done.insert(shard.to_owned(), sequence.to_owned());
        let Some(file) = &self.file else { return Ok(()) };
        let fresh = file.with_extension("new");
        let mut written = fs::File::create(&fresh)?;
        written.write_all(&serde_json::to_vec(&self.done)?)?;
        fs::rename(fresh, file)
    }
}

#[cfg(test)]
mod tests {
    use super::Checkpoints;

    #[test]
    fn the_place_in_a_shard_survives_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let mut first = Checkpoints::open(Some(directory.path()), "outbox").unwrap();
        first.set("shard", "17").unwrap();
        let second = Checkpoints::open(Some(directory.path()), "outbox").unwrap();
        assert_eq!(second.get("shard"), Some("17"));
        assert_eq!(second.get("other"), None);
    }
}
