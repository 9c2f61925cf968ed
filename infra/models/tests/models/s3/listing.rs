//! Lists of objects and of versions.

use aws_sdk_s3::types::Object;

use super::{Account, PLAIN, is, refusal};

async fn filled(keys: &[&str]) -> Account {
    let account = Account::open().await;
    for key in keys {
        account.put(PLAIN, key, "x").await.unwrap();
    }
    account
}

#[tokio::test]
async fn keys_come_in_the_order_of_their_bytes() {
    let account = filled(&["b", "a/2", "é", "a/10", "Z", "<&\"'>", "a b"]).await;
    let listed = account.client.list_objects_v2().bucket(PLAIN).send().await.unwrap();
    let keys: Vec<_> = listed.contents().iter().filter_map(Object::key).collect();
    assert_eq!(keys, ["<&\"'>", "Z", "a b", "a/10", "a/2", "b", "é"]);
    assert_eq!((listed.key_count(), listed.is_truncated()), (Some(7), Some(false)));
    let one = &listed.contents()[0];
    assert_eq!((one.size(), one.e_tag()), (Some(1), Some("\"9dd4e461268c8034f5c8564e155c67a6\"")));
    assert_eq!(one.last_modified().unwrap().secs(), account.now().as_second());
}

#[tokio::test]
async fn a_list_begins_with_a_prefix_and_after_a_key() {
    let account = filled(&["a/1", "a/2", "a/3", "b/1"]).await;
    let list = account.client.list_objects_v2().bucket(PLAIN).prefix("a/");
    let keys = async |start: &str| {
        let listed = list.clone().start_after(start).send().await.unwrap();
        listed.contents().iter().map(|object| object.key().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("").await, ["a/1", "a/2", "a/3"]);
    assert_eq!(keys("a/1").await, ["a/2", "a/3"]);
    assert_eq!(keys("a/10").await, ["a/2", "a/3"]);
    assert!(keys("b").await.is_empty());
    assert_eq!(
        refusal(account.client.list_objects_v2().bucket("nobodys").send().await),
        is(404, "NoSuchBucket")
    );
}

#[tokio::test]
async fn pages_follow_each_other_and_hidden_objects_are_in_none() {
    let account = filled(&["1", "2", "3", "4", "5", "6", "7"]).await;
    for hidden in ["2", "3", "7"] {
        account.client.delete_object().bucket(PLAIN).key(hidden).send().await.unwrap();
    }
    let mut pages = account.client.list_objects_v2().bucket(PLAIN).max_keys(2).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        found.push(page.contents().iter().map(|object| object.key().unwrap().to_owned()).collect::<Vec<_>>());
    }
    assert_eq!(found, [["1", "4"], ["5", "6"]]);
    let list = account.client.list_objects_v2().bucket(PLAIN);
    let none = list.clone().max_keys(0).send().await.unwrap();
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    let many = list.clone().max_keys(5000).send().await.unwrap();
    assert_eq!((many.key_count(), many.max_keys()), (Some(4), Some(1000)));
    assert_eq!(refusal(list.clone().max_keys(-1).send().await), is(400, "InvalidArgument"));
    assert_eq!(refusal(list.continuation_token("%%").send().await), is(400, "InvalidArgument"));
}

#[tokio::test]
async fn every_version_and_marker_is_listed_the_newest_first() {
    let account = filled(&["a", "b", "a"]).await;
    let marker = account.client.delete_object().bucket(PLAIN).key("a").send().await.unwrap();
    let newest = account.put(PLAIN, "a", "again").await.unwrap();
    let listed = account.client.list_object_versions().bucket(PLAIN).send().await.unwrap();
    let keys: Vec<_> =
        listed.versions().iter().map(|one| (one.key().unwrap(), one.is_latest().unwrap())).collect();
    assert_eq!(keys, [("a", true), ("a", false), ("a", false), ("b", true)]);
    assert_eq!(listed.versions()[0].version_id(), newest.version_id());
    assert_eq!(listed.delete_markers()[0].version_id(), marker.version_id());
    assert_eq!(listed.delete_markers()[0].is_latest(), Some(false));
    let only = account.client.list_object_versions().bucket(PLAIN).prefix("b").send().await.unwrap();
    assert_eq!((only.versions().len(), only.delete_markers().len()), (1, 0));
}

#[tokio::test]
async fn pages_of_versions_leave_none_out() {
    let account = filled(&["a", "a", "b", "a", "c"]).await;
    account.client.delete_object().bucket(PLAIN).key("b").send().await.unwrap();
    let whole = account.client.list_object_versions().bucket(PLAIN).send().await.unwrap();
    let ids = |page: &aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput| {
        let versions = page.versions().iter().map(|one| (one.key(), one.version_id()));
        let markers = page.delete_markers().iter().map(|one| (one.key(), one.version_id()));
        let each = versions.chain(markers).map(|(key, id)| (key.unwrap().to_owned(), id.unwrap().to_owned()));
        each.collect::<Vec<_>>()
    };
    for size in 1..=3 {
        let (mut found, mut call) = (Vec::new(), account.client.list_object_versions().bucket(PLAIN));
        loop {
            let page = call.clone().max_keys(size).send().await.unwrap();
            found.extend(ids(&page));
            if page.is_truncated() != Some(true) {
                break;
            }
            call =
                call.set_key_marker(page.next_key_marker).set_version_id_marker(page.next_version_id_marker);
        }
        let mut all = ids(&whole);
        all.sort();
        found.sort();
        assert_eq!(found, all, "{size}");
    }
    let strange = account.client.list_object_versions().bucket(PLAIN).key_marker("a");
    assert_eq!(refusal(strange.version_id_marker("0").send().await), is(400, "InvalidArgument"));
}
