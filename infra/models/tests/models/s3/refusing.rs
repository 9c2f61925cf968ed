//! What the model does not do it refuses by name, before anything is done.

use std::fmt;

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    primitives::{ByteStream, DateTime},
    types::{
        ObjectCannedAcl, ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockRetention,
        ObjectLockRetentionMode, StorageClass,
    },
};
use axum::body::Body;
use http::{Request, StatusCode};

use super::{Account, LOCKED, is, refusal};
use crate::support::send;

/// The refusal of a call names what it asked for.
fn refused<T: fmt::Debug, E: ProvideErrorMetadata>(
    answer: Result<T, SdkError<E, HttpResponse>>,
    named: &str,
) {
    let error = answer.expect_err(named);
    let told = error.message().unwrap_or_default().to_owned();
    assert!(told.contains(named), "{named}: {told}");
    assert_eq!(refusal(Err::<T, _>(error)), is(501, "NotImplemented"), "{named}");
}

#[tokio::test]
async fn operations_that_are_not_modelled_are_named() {
    let account = Account::open().await;
    let client = &account.client;
    account.put(LOCKED, "k", "x").await.unwrap();
    let until = DateTime::from_secs(account.now().as_second() + 60);
    let retention = ObjectLockRetention::builder().mode(ObjectLockRetentionMode::Compliance);
    let retention = retention.retain_until_date(until).build();
    refused(
        client.put_object_retention().bucket(LOCKED).key("k").retention(retention).send().await,
        "PUT object ?retention",
    );
    let hold = ObjectLockLegalHold::builder().status(ObjectLockLegalHoldStatus::On).build();
    refused(
        client.put_object_legal_hold().bucket(LOCKED).key("k").legal_hold(hold).send().await,
        "PUT object ?legal-hold",
    );
    refused(
        client.get_object_attributes().bucket(LOCKED).key("k").object_attributes("ETag".into()).send().await,
        "attributes",
    );
    refused(
        client.copy_object().bucket(LOCKED).key("j").copy_source("locked/k").send().await,
        "x-amz-copy-source",
    );
    refused(client.create_multipart_upload().bucket(LOCKED).key("k").send().await, "POST object ?uploads");
    refused(client.create_bucket().bucket("another").send().await, "PUT bucket");
    refused(client.delete_bucket().bucket(LOCKED).send().await, "DELETE bucket");
    refused(client.delete_bucket_policy().bucket(LOCKED).send().await, "DELETE bucket ?policy");
    refused(client.get_object_lock_configuration().bucket(LOCKED).send().await, "GET bucket ?object-lock");
    refused(client.list_objects().bucket(LOCKED).send().await, "GET bucket");
    refused(client.list_buckets().send().await, "GET service");
    assert_eq!(account.text(LOCKED, "k").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn parts_of_operations_that_are_not_modelled_are_named() {
    let account = Account::open().await;
    let client = &account.client;
    let put = || client.put_object().bucket(LOCKED).key("k").body(ByteStream::from_static(b"x"));
    refused(put().acl(ObjectCannedAcl::PublicRead).send().await, "x-amz-acl");
    refused(put().metadata("color", "red").send().await, "x-amz-meta-color");
    refused(put().storage_class(StorageClass::Glacier).send().await, "x-amz-storage-class");
    refused(put().tagging("a=b").send().await, "x-amz-tagging");
    refused(
        put().object_lock_legal_hold_status(ObjectLockLegalHoldStatus::On).send().await,
        "x-amz-object-lock-legal-hold",
    );
    refused(put().if_match("\"e\"").send().await, "if-match");
    refused(put().content_encoding("gzip").send().await, "content-encoding");
    refused(put().cache_control("no-store").send().await, "cache-control");
    assert_eq!(account.text(LOCKED, "k").await, None);
    account.put(LOCKED, "k", "x").await.unwrap();
    let get = || client.get_object().bucket(LOCKED).key("k");
    refused(get().range("bytes=0-0").send().await, "range");
    refused(get().if_none_match("\"e\"").send().await, "if-none-match");
    refused(get().part_number(1).send().await, "partNumber");
    refused(get().response_content_type("text/html").send().await, "response-content-type");
    refused(client.list_objects_v2().bucket(LOCKED).delimiter("/").send().await, "delimiter");
    refused(client.list_objects_v2().bucket(LOCKED).fetch_owner(true).send().await, "fetch-owner");
    refused(
        client.list_object_versions().bucket(LOCKED).encoding_type("url".into()).send().await,
        "encoding-type",
    );
    refused(client.delete_object().bucket(LOCKED).key("k").mfa("1 2").send().await, "x-amz-mfa");
    refused(client.get_object().bucket(LOCKED).key("line\nbreak").send().await, "control characters");
}

#[tokio::test]
async fn who_has_not_signed_for_s3_finds_no_bucket() {
    let account = Account::open().await;
    account.put(LOCKED, "k", "x").await.unwrap();
    let bare = Request::get("/locked/k").body(Body::empty()).unwrap();
    assert_eq!(send(&account.cloud, bare).await.status(), StatusCode::NOT_FOUND);
    let other = Request::get("/locked/k")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=me/20261129/eu-west-1/ses/aws4_request, ..");
    assert_eq!(
        send(&account.cloud, other.body(Body::empty()).unwrap()).await.status(),
        StatusCode::NOT_FOUND
    );
}
