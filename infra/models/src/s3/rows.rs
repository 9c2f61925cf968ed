//! Buckets and versions of objects, as one transaction sees them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::refused::Refused;
use crate::{error::CloudError, storage::Rows};

const BUCKETS: &str = "bucket";
const OBJECTS: &str = "object";
const BODIES: &str = "body";

/// A bucket; its versioning is always on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) lock: Option<ObjectLock>,
}

/// The object lock of a bucket. Its only mode is COMPLIANCE: before its time nobody removes a locked version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLock {
    /// For how many days a version is locked whose put says nothing of it; `None` locks no such version.
    pub default_days: Option<u32>,
}

/// An object's versions, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) versions: Vec<Version>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) at: Timestamp,
    /// `None` for a delete marker, which hides the versions before it.
    pub(super) content: Option<Content>,
}

/// What is known of a version's bytes; they lie in a row of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) size: usize,
    /// MD5 in hexadecimal.
    pub(super) etag: String,
    pub(super) media_type: String,
    /// Name of the algorithm as headers spell it, such as `crc32`; the checksum in base64.
    pub(super) checksum: (String, String),
    pub(super) locked_until: Option<Timestamp>,
}

impl Object {
    /// The version that counts when none is named.
    pub(super) fn current(&self) -> Option<(&Version, &Content)> {
        let newest = self.versions.first()?;
        newest.content.as_ref().map(|content| (newest, content))
    }
}

pub(super) struct Objects<'r, 'c> {
    pub(super) rows: &'r Rows<'c>,
    pub(super) now: Timestamp,
}

impl Objects<'_, '_> {
    pub(super) fn bucket(&self, name: &str) -> Result<Bucket, Refused> {
        let missing = || Refused::new(404, "NoSuchBucket", "The specified bucket does not exist");
        self.find_bucket(name)?.ok_or_else(missing)
    }

    pub(super) fn find_bucket(&self, name: &str) -> Result<Option<Bucket>, CloudError> {
        self.rows.find(BUCKETS, name)
    }

    pub(super) fn save_bucket(&self, bucket: &Bucket) -> Result<(), CloudError> {
        self.rows.put(BUCKETS, &bucket.name, bucket)
    }

    pub(super) fn object(&self, bucket: &str, key: &str) -> Result<Object, CloudError> {
        let empty = || Object { key: key.to_owned(), versions: Vec::new() };
        Ok(self.rows.find(OBJECTS, &row(bucket, key))?.unwrap_or_else(empty))
    }

    /// Keeps what is left of an object; without versions there is none.
    pub(super) fn save(&self, bucket: &str, object: &Object) -> Result<(), CloudError> {
        let row = row(bucket, &object.key);
        if object.versions.is_empty() {
            return self.rows.remove(OBJECTS, &row).map(drop);
        }
        self.rows.put(OBJECTS, &row, object)
    }

    /// At most `limit` objects with this prefix, in the order of their keys' bytes, after one of them.
    pub(super) fn page(
        &self,
        bucket: &str,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Object>, CloudError> {
        self.rows.page(OBJECTS, &row(bucket, prefix), &row(bucket, after), limit)
    }

    pub(super) fn body(&self, version: &str) -> Result<Vec<u8>, CloudError> {
        let text: Option<String> = self.rows.find(BODIES, version)?;
        let damaged = |_| CloudError::Refused("a stored body is damaged".to_owned());
        STANDARD.decode(text.unwrap_or_default()).map_err(damaged)
    }

    pub(super) fn save_body(&self, version: &str, bytes: &[u8]) -> Result<(), CloudError> {
        self.rows.put(BODIES, version, &STANDARD.encode(bytes))
    }

    pub(super) fn remove_body(&self, version: &str) -> Result<bool, CloudError> {
        self.rows.remove(BODIES, version)
    }
}

/// A bucket's name has no slash, so the first one ends it.
fn row(bucket: &str, key: &str) -> String {
    format!("{bucket}/{key}")
}
