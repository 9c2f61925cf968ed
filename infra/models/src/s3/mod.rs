//! Amazon S3: buckets whose objects keep all their versions, and may be locked. Requests come in path style.
//!
//! Objects lie in a file of their own: who can write the other models' state cannot write them.

mod body;
mod checksum;
mod delete;
mod headers;
mod list;
mod list_versions;
mod put;
mod read;
mod refused;
mod rows;
mod target;
mod xml;

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderMap, request::Parts};

pub use rows::ObjectLock;
pub use target::{S3Operation, S3Target};

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError},
    storage::Storage,
};
use refused::Refused;
use rows::{Bucket, Objects};

pub(crate) use xml::refusal;

/// A refusal in the form of S3, for what stands in front of it.
pub fn s3_refusal(status: u16, code: &str, message: &str) -> Response {
    refusal(&ServiceError::new(status, code, message))
}

/// The buckets of the account.
#[derive(Clone, Debug)]
pub struct S3 {
    storage: Storage,
    options: Arc<CloudOptions>,
}

/// A request as its operation sees it.
struct Request<'a> {
    target: &'a S3Target,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl S3 {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    /// Makes a bucket, or gives it another default for the versions to come. A lock is never taken away.
    pub fn put_bucket(&self, name: &str, lock: Option<ObjectLock>) -> Result<(), CloudError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        if !(3..=63).contains(&name.len()) || !name.bytes().all(fits) {
            return Err(CloudError::Refused(format!("{name} is no name of a bucket")));
        }
        self.storage.transact(|rows| {
            let objects = self.objects(rows);
            let known = objects.find_bucket(name)?;
            if lock.is_none() && known.is_some_and(|bucket| bucket.lock.is_some()) {
                return Err(CloudError::Refused(format!("the object lock of {name} cannot be taken away")));
            }
            objects.save_bucket(&Bucket { name: name.to_owned(), lock })
        })
    }

    pub(crate) fn perform(&self, head: &Parts, body: &[u8]) -> Response {
        let Some(target) = S3Target::read(head) else {
            return Refused::new(403, "AccessDenied", "Access Denied").into_response();
        };
        let request = Request { target: &target, headers: &head.headers, body };
        self.answer(&request).unwrap_or_else(Refused::into_response)
    }

    fn answer(&self, request: &Request<'_>) -> Result<Response, Refused> {
        let operation = request.target.operation.clone();
        let operation = operation.map_err(|what| Refused::not_modelled(&what))?;
        headers::check(operation, request.headers)?;
        let perform = match operation {
            S3Operation::PutObject => put::put_object,
            S3Operation::GetObject => read::get_object,
            S3Operation::HeadObject => read::head_object,
            S3Operation::DeleteObject => delete::delete_object,
            S3Operation::ListObjectsV2 => list::list_objects,
            S3Operation::ListObjectVersions => list_versions::list_versions,
        };
        self.storage.transact(|rows| perform(&self.objects(rows), request))
    }

    fn objects<'r, 'c>(&self, rows: &'r crate::storage::Rows<'c>) -> Objects<'r, 'c> {
        Objects { rows, now: (self.options.clock)() }
    }
}
