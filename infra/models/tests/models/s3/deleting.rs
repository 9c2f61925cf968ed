//! Deleting: markers hide, versions go for good unless they are locked.

use jiff::SignedDuration;

use super::{Account, DAYS, LOCKED, PLAIN, is, refusal};

#[tokio::test]
async fn an_object_is_hidden_by_a_marker_and_shown_by_taking_it_away() {
    let account = Account::open().await;
    account.put(PLAIN, "k", "x").await.unwrap();
    let hidden = account.client.delete_object().bucket(PLAIN).key("k").send().await.unwrap();
    assert_eq!(hidden.delete_marker(), Some(true));
    let marker = hidden.version_id().unwrap();
    let get = account.client.get_object().bucket(PLAIN).key("k");
    let missed = get.clone().send().await.unwrap_err();
    let raw = missed.raw_response().unwrap().headers();
    assert_eq!((raw.get("x-amz-delete-marker"), raw.get("x-amz-version-id")), (Some("true"), Some(marker)));
    assert_eq!(refusal(get.clone().send().await), is(404, "NoSuchKey"));
    assert_eq!(refusal(get.version_id(marker).send().await), is(405, "MethodNotAllowed"));
    let removed = account.client.delete_object().bucket(PLAIN).key("k").version_id(marker).send().await;
    assert_eq!(removed.unwrap().delete_marker(), Some(true));
    assert_eq!(account.text(PLAIN, "k").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn what_was_never_there_gets_a_marker_too() {
    let account = Account::open().await;
    let hidden = account.client.delete_object().bucket(PLAIN).key("k").send().await.unwrap();
    assert_eq!(hidden.delete_marker(), Some(true));
    let listed = account.client.list_object_versions().bucket(PLAIN).send().await.unwrap();
    assert_eq!(listed.delete_markers().len(), 1);
}

#[tokio::test]
async fn a_version_without_a_lock_goes_for_good() {
    let account = Account::open().await;
    let put = account.put(PLAIN, "k", "x").await.unwrap();
    let call = account.client.delete_object().bucket(PLAIN).key("k").version_id(put.version_id().unwrap());
    call.clone().send().await.unwrap();
    assert_eq!(account.text(PLAIN, "k").await, None);
    let listed = account.client.list_object_versions().bucket(PLAIN).send().await.unwrap();
    assert!(listed.versions().is_empty() && listed.delete_markers().is_empty());
    call.send().await.unwrap();
}

#[tokio::test]
async fn a_locked_version_stays_until_its_time_is_over_whoever_asks() {
    let account = Account::open().await;
    let put = account.put(LOCKED, "k", "x").await.unwrap();
    let call = account.client.delete_object().bucket(LOCKED).key("k").version_id(put.version_id().unwrap());
    assert_eq!(refusal(call.clone().send().await), is(403, "AccessDenied"));
    let bypass = call.clone().bypass_governance_retention(true).send().await;
    assert_eq!(refusal(bypass), is(403, "AccessDenied"));
    // A marker hides it and no more.
    account.client.delete_object().bucket(LOCKED).key("k").send().await.unwrap();
    assert_eq!(refusal(call.clone().send().await), is(403, "AccessDenied"));
    account.turn(SignedDuration::from_hours(24 * i64::from(DAYS)) - SignedDuration::from_millis(1));
    assert_eq!(refusal(call.clone().send().await), is(403, "AccessDenied"));
    account.turn(SignedDuration::from_millis(1));
    call.send().await.unwrap();
    let listed = account.client.list_object_versions().bucket(LOCKED).send().await.unwrap();
    assert_eq!((listed.versions().len(), listed.delete_markers().len()), (0, 1));
}
