//! Putting and getting: versions, preconditions, faults, and what a restart finds.

use aws_sdk_s3::primitives::ByteStream;
use vestibule_models::{Fault, FaultKind, Service};

use super::{Account, LOCKED, PLAIN, is, refusal};

#[tokio::test]
async fn what_is_put_is_read_back_as_it_was_described() {
    let account = Account::open().await;
    let put = account.client.put_object().bucket(PLAIN).key("a/b c+d%&<é>").content_type("text/plain");
    let put = put.body(ByteStream::from_static(b"text")).send().await.unwrap();
    let got = account.client.get_object().bucket(PLAIN).key("a/b c+d%&<é>").send().await.unwrap();
    assert_eq!((put.version_id(), put.e_tag()), (got.version_id(), got.e_tag()));
    // MD5 of `text`.
    assert_eq!(got.e_tag(), Some("\"1cb251ec0d568de6a929b520c4aed8d1\""));
    assert_eq!((got.content_length(), got.content_type()), (Some(4), Some("text/plain")));
    assert_eq!(got.last_modified().unwrap().secs(), account.now().as_second());
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"text");
    let head = account.client.head_object().bucket(PLAIN).key("a/b c+d%&<é>").send().await.unwrap();
    assert_eq!((head.content_length(), head.version_id()), (Some(4), put.version_id()));
    assert!(head.object_lock_mode().is_none());
}

#[tokio::test]
async fn each_put_is_a_version_and_none_is_lost() {
    let account = Account::open().await;
    let first = account.put(PLAIN, "k", "one").await.unwrap();
    account.put(PLAIN, "k", "two").await.unwrap();
    assert_eq!(account.text(PLAIN, "k").await.as_deref(), Some("two"));
    let get = |id: &str| account.client.get_object().bucket(PLAIN).key("k").version_id(id).send();
    let old = get(first.version_id().unwrap()).await.unwrap();
    assert_eq!(old.body.collect().await.unwrap().to_vec(), b"one");
    assert_eq!(refusal(get(&"0".repeat(32)).await), is(404, "NoSuchVersion"));
    assert_eq!(refusal(get("yesterday").await), is(400, "InvalidArgument"));
}

#[tokio::test]
async fn what_is_not_there_is_missed_by_its_name() {
    let account = Account::open().await;
    let get = |bucket: &str| account.client.get_object().bucket(bucket).key("k").send();
    assert_eq!(refusal(get(PLAIN).await), is(404, "NoSuchKey"));
    assert_eq!(refusal(get("nobodys").await), is(404, "NoSuchBucket"));
    assert_eq!(refusal(account.put("nobodys", "k", "x").await), is(404, "NoSuchBucket"));
    let head = account.client.head_object().bucket(PLAIN).key("k").send().await;
    assert!(head.unwrap_err().into_service_error().is_not_found());
}

#[tokio::test]
async fn a_put_for_a_new_object_only_is_refused_when_there_is_one() {
    let account = Account::open().await;
    let put = |body: &'static [u8]| {
        let call = account.client.put_object().bucket(LOCKED).key("k").if_none_match("*");
        call.body(ByteStream::from_static(body)).send()
    };
    put(b"one").await.unwrap();
    assert_eq!(refusal(put(b"two").await), is(412, "PreconditionFailed"));
    assert_eq!(account.text(LOCKED, "k").await.as_deref(), Some("one"));
    account.client.delete_object().bucket(LOCKED).key("k").send().await.unwrap();
    put(b"three").await.unwrap();
    let fault = FaultKind::Refuse {
        error: "ConditionalRequestConflict".to_owned(),
        status: 409,
        message: "another request is under way".to_owned(),
    };
    account.cloud.faults().set(Fault::new(Service::S3, "PutObject", fault));
    assert_eq!(refusal(put(b"four").await), is(409, "ConditionalRequestConflict"));
    let etag = account.client.put_object().bucket(LOCKED).key("k").if_none_match("\"e\"").send().await;
    assert_eq!(refusal(etag), is(501, "NotImplemented"));
}

#[tokio::test]
async fn a_key_ends_at_1024_bytes() {
    let account = Account::open().await;
    let longest = "é".repeat(512);
    account.put(PLAIN, &longest, "x").await.unwrap();
    assert_eq!(account.text(PLAIN, &longest).await.as_deref(), Some("x"));
    assert_eq!(refusal(account.put(PLAIN, &format!("{longest}a"), "x").await), is(400, "KeyTooLongError"));
}

#[tokio::test]
async fn faults_hit_before_or_after_the_effect() {
    let account = Account::open().await;
    let plant = |operation, kind| account.cloud.faults().set(Fault::new(Service::S3, operation, kind));
    plant("PutObject", FaultKind::Throttle { retry_after: 1 });
    assert_eq!(refusal(account.put(PLAIN, "k", "x").await), is(503, "SlowDown"));
    assert_eq!(account.text(PLAIN, "k").await, None);
    plant("PutObject", FaultKind::LoseAnswer);
    let lost = account.put(PLAIN, "k", "x").await.unwrap_err();
    assert!(lost.raw_response().is_none(), "{lost:?}");
    assert_eq!(account.text(PLAIN, "k").await.as_deref(), Some("x"));
    plant("ListObjectsV2", FaultKind::Garbage);
    assert!(account.client.list_objects_v2().bucket(PLAIN).send().await.is_err());
    let calls: Vec<_> = account.cloud.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["PutObject", "GetObject", "PutObject", "GetObject", "ListObjectsV2"]);
}

#[tokio::test]
async fn objects_and_locks_are_still_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let put = {
        let account = Account::opened(Some(folder.path())).await;
        account.put(LOCKED, "k", "kept").await.unwrap()
    };
    let account = Account::opened(Some(folder.path())).await;
    assert_eq!(account.text(LOCKED, "k").await.as_deref(), Some("kept"));
    let call = account.client.delete_object().bucket(LOCKED).key("k");
    let removed = call.version_id(put.version_id().unwrap()).send().await;
    assert_eq!(refusal(removed), is(403, "AccessDenied"));
    assert!(folder.path().join("s3.db").exists());
}
