//! How long a version is locked: by the bucket's default, or as its put says.

use aws_sdk_s3::{
    primitives::{ByteStream, DateTime},
    types::ObjectLockMode,
};
use jiff::SignedDuration;
use vestibule_models::ObjectLock;

use super::{Account, DAYS, LOCKED, PLAIN, is, message, refusal};

const OPEN: &str = "lock-without-default";

#[tokio::test]
async fn the_buckets_default_locks_each_put() {
    let account = Account::open().await;
    account.put(LOCKED, "k", "x").await.unwrap();
    let head = account.client.head_object().bucket(LOCKED).key("k").send().await.unwrap();
    assert_eq!(head.object_lock_mode(), Some(&ObjectLockMode::Compliance));
    let end = account.now() + SignedDuration::from_hours(24 * i64::from(DAYS));
    assert_eq!(head.object_lock_retain_until_date().unwrap().to_millis().unwrap(), end.as_millisecond());
}

#[tokio::test]
async fn a_new_default_counts_for_later_puts_and_a_lock_is_never_taken_away() {
    let account = Account::open().await;
    let s3 = account.cloud.s3();
    let until = async |key: &str| {
        let head = account.client.head_object().bucket(LOCKED).key(key).send().await.unwrap();
        head.object_lock_retain_until_date().unwrap().secs() - account.now().as_second()
    };
    account.put(LOCKED, "before", "x").await.unwrap();
    s3.put_bucket(LOCKED, Some(ObjectLock { default_days: Some(1) })).unwrap();
    account.put(LOCKED, "after", "x").await.unwrap();
    assert_eq!((until("before").await, until("after").await), (86_400 * i64::from(DAYS), 86_400));
    assert!(s3.put_bucket(LOCKED, None).is_err());
    assert!(s3.put_bucket("Not A Name", None).is_err());
}

#[tokio::test]
async fn a_put_may_choose_its_own_time() {
    let account = Account::open().await;
    account.cloud.s3().put_bucket(OPEN, Some(ObjectLock { default_days: None })).unwrap();
    let in_hours =
        |hours| DateTime::from_secs((account.now() + SignedDuration::from_hours(hours)).as_second());
    let put =
        |bucket| account.client.put_object().bucket(bucket).key("k").body(ByteStream::from_static(b"x"));
    let chosen = || put(OPEN).object_lock_mode(ObjectLockMode::Compliance);
    let done = chosen().object_lock_retain_until_date(in_hours(2)).send().await.unwrap();
    let head = account.client.head_object().bucket(OPEN).key("k").send().await.unwrap();
    assert_eq!(head.object_lock_retain_until_date(), Some(&in_hours(2)));
    let remove = account.client.delete_object().bucket(OPEN).key("k").version_id(done.version_id().unwrap());
    assert_eq!(refusal(remove.clone().send().await), is(403, "AccessDenied"));
    account.turn(SignedDuration::from_hours(2));
    remove.send().await.unwrap();

    let past = chosen().object_lock_retain_until_date(in_hours(-1)).send().await;
    assert_eq!(refusal(past), is(400, "InvalidArgument"));
    assert_eq!(refusal(chosen().send().await), is(400, "InvalidArgument"));
    let odd = put(OPEN).object_lock_mode("FOREVER".into()).object_lock_retain_until_date(in_hours(2));
    assert_eq!(refusal(odd.send().await), is(400, "InvalidArgument"));
    let soft = put(OPEN).object_lock_mode(ObjectLockMode::Governance);
    let soft = soft.object_lock_retain_until_date(in_hours(2));
    assert!(message(soft.send().await).contains("x-amz-object-lock-mode: GOVERNANCE"));
    let unlocked = put(PLAIN).object_lock_mode(ObjectLockMode::Compliance);
    let unlocked = unlocked.object_lock_retain_until_date(in_hours(2)).send().await;
    assert_eq!(refusal(unlocked), is(400, "InvalidRequest"));
}

#[tokio::test]
async fn a_lock_without_a_default_locks_nothing_by_itself() {
    let account = Account::open().await;
    account.cloud.s3().put_bucket(OPEN, Some(ObjectLock { default_days: None })).unwrap();
    let put = account.sparing().put_object().bucket(OPEN).key("k").body(ByteStream::from_static(b"x"));
    let done = put.send().await.unwrap();
    let remove = account.client.delete_object().bucket(OPEN).key("k").version_id(done.version_id().unwrap());
    remove.send().await.unwrap();
}
