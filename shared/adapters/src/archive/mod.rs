//! The archive: a bucket of S3 with object lock, where what is kept is never written over and stays for years.
//!
//! Names are unique forever. Each one is written once, on the condition that nothing has it, so that of two writers one is told. Whoever
//! may only put and read can neither change nor remove what lies here; who may delete can hide a name behind a marker, and no more.

pub mod checkpoints;
mod errors;

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_types::SdkConfig;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use errors::ArchiveError;
use errors::{hidden, is_missing, meaning};

use crate::fault::{Fault, fault_of};

/// Nothing larger is kept or read, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// What became of bytes to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// They lie under their name.
    New,
    /// Something has that name already: other bytes, or these, if the answer to an earlier attempt was lost. Reading tells which.
    Exists,
}

/// One bucket. Its object lock has a default retention, so each object is locked by being kept.
#[derive(Debug, Clone)]
pub struct Archive {
    client: Client,
    bucket: String,
}

impl Archive {
    /// The bucket of this name. With an endpoint of its own the bucket stands in the path of addresses, as a service without TLS and
    /// names for buckets needs it.
    pub fn new(config: &SdkConfig, bucket: impl Into<String>) -> Self {
        let elsewhere = config.endpoint_url().is_some();
        let config = Builder::from(config).force_path_style(elsewhere).build();
        Self { client: Client::from_conf(config), bucket: bucket.into() }
    }

    /// Keeps `bytes` (at most [`LARGEST`]) under `name` (1 to 1024 bytes) unless something has it, with a checksum that the service
    /// verifies. It can be repeated.
    pub async fn keep(&self, name: &str, bytes: &[u8]) -> Result<Kept, ArchiveError> {
        if bytes.len() > LARGEST {
            return Err(ArchiveError::Permanent { code: "too_large" });
        }
        let checksum = STANDARD.encode(digest(&SHA256, bytes));
        let put = self.client.put_object().bucket(&self.bucket).key(name).if_none_match("*");
        let put = put.checksum_sha256(&checksum).body(ByteStream::from(bytes.to_vec()));
        match put.send().await {
            // The service repeats the checksum of what it has kept.
            Ok(answer) if answer.checksum_sha256() == Some(checksum.as_str()) => Ok(Kept::New),
            Ok(_) => Err(meaning(Fault::Lost("answer_unreadable"))),
            Err(error) => match fault_of(&error) {
                Fault::Answered { code, .. } if code == "PreconditionFailed" => Ok(Kept::Exists),
                fault => Err(meaning(fault)),
            },
        }
    }

    /// The bytes under `name`; `None` when nothing was ever kept there. What somebody has hidden is no absence but an error, `hidden`,
    /// and so is an object beyond [`LARGEST`], `too_large`.
    pub async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        match self.client.get_object().bucket(&self.bucket).key(name).send().await {
            Ok(answer) => whole(answer).await.map(Some),
            Err(error) if hidden(error.raw_response()) => Err(ArchiveError::Permanent { code: "hidden" }),
            Err(error) => match fault_of(&error) {
                fault if is_missing(&fault) => Ok(None),
                fault => Err(meaning(fault)),
            },
        }
    }

    /// The first name with this prefix: the newest one, if all of them go on with [`newest_first`].
    ///
    /// A name that somebody has hidden is not among them; a gap in the numbers tells of it.
    pub async fn newest(&self, prefix: &str) -> Result<Option<String>, ArchiveError> {
        Ok(self.list(prefix, "", 1).await?.into_iter().next())
    }

    /// Names with this prefix that come after the name `after` (empty: from the first), in the order of their bytes, at most 1000. It is
    /// empty when there is none left; the last name is the next `after`.
    pub async fn names(&self, prefix: &str, after: &str) -> Result<Vec<String>, ArchiveError> {
        self.list(prefix, after, 1000).await
    }

    async fn list(&self, prefix: &str, after: &str, most: i32) -> Result<Vec<String>, ArchiveError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).max_keys(most);
        let after = Some(after).filter(|after| !after.is_empty()).map(str::to_owned);
        let answer = list.set_start_after(after).send().await.map_err(|error| meaning(fault_of(&error)))?;
        // An answer of another make has no count.
        let unreadable = || meaning(Fault::Lost("answer_unreadable"));
        let count = answer.key_count().ok_or_else(unreadable)?;
        let names: Option<Vec<_>> =
            answer.contents.unwrap_or_default().into_iter().map(|one| one.key).collect();
        let names = names.ok_or_else(unreadable)?;
        if usize::try_from(count).is_ok_and(|count| count == names.len()) {
            Ok(names)
        } else {
            Err(unreadable())
        }
    }
}

/// The part of a name that puts the highest number first: lists come in the order of bytes only. 20 digits that count down.
///
/// ```text
/// checkpoints/18446744073709551613   number 2
/// checkpoints/18446744073709551614   number 1
/// ```
pub fn newest_first(number: u64) -> String {
    format!("{:020}", u64::MAX - number)
}

/// The whole object, unless it is too large. The client has held it against the checksum that it was kept with.
async fn whole(answer: GetObjectOutput) -> Result<Vec<u8>, ArchiveError> {
    let lost = || meaning(Fault::Lost("answer_unreadable"));
    let mut body = answer.body;
    if answer.version_id.is_none() {
        return Err(lost());
    }
    let mut bytes = Vec::new();
    while let Some(part) = body.try_next().await.map_err(|_| lost())? {
        if bytes.len() + part.len() > LARGEST {
            return Err(ArchiveError::Permanent { code: "too_large" });
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_higher_number_comes_first(one: u64, other: u64) {
            assert_eq!(one.cmp(&other), newest_first(other).cmp(&newest_first(one)));
            assert_eq!(newest_first(one).len(), 20);
        }
    }
}
