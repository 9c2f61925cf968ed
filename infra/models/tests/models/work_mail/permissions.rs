//! Rights of others in a mailbox.

use serde_json::json;

use super::{create, enabled, error, work_mail};
use crate::support::cloud;

#[tokio::test]
async fn rights_replace_those_from_before_and_go_with_their_deletion() {
    let cloud = cloud();
    let (kim, lee) =
        (enabled(&cloud, "kim", "kim@acme.example").await, enabled(&cloud, "lee", "lee@acme.example").await);
    let give = |values: &[&str]| json!({ "EntityId": kim, "GranteeId": lee, "PermissionValues": values });
    work_mail(&cloud, "PutMailboxPermissions", give(&["SEND_AS"])).await;
    work_mail(&cloud, "PutMailboxPermissions", give(&["FULL_ACCESS"])).await;
    let listed = work_mail(&cloud, "ListMailboxPermissions", json!({ "EntityId": kim })).await;
    let expected = json!([{ "GranteeId": lee, "GranteeType": "USER", "PermissionValues": ["FULL_ACCESS"] }]);
    assert_eq!(listed["Permissions"], expected);
    let take = json!({ "EntityId": kim, "GranteeId": lee });
    work_mail(&cloud, "DeleteMailboxPermissions", take.clone()).await;
    work_mail(&cloud, "DeleteMailboxPermissions", take).await;
    let listed = work_mail(&cloud, "ListMailboxPermissions", json!({ "EntityId": kim })).await;
    assert_eq!(listed["Permissions"], json!([]));
    assert_eq!(cloud.work_mail().mutations().unwrap()["DeleteMailboxPermissions"], 1);
}

#[tokio::test]
async fn rights_are_listed_page_by_page() {
    let cloud = cloud();
    let kim = enabled(&cloud, "kim", "kim@acme.example").await;
    for name in ["ann", "bea", "cyd"] {
        let other = enabled(&cloud, name, &format!("{name}@acme.example")).await;
        let give = json!({ "EntityId": kim, "GranteeId": other, "PermissionValues": ["SEND_AS"] });
        work_mail(&cloud, "PutMailboxPermissions", give).await;
    }
    let page = json!({ "EntityId": kim, "MaxResults": 2 });
    let first = work_mail(&cloud, "ListMailboxPermissions", page).await;
    assert_eq!(first["Permissions"].as_array().unwrap().len(), 2);
    let next = json!({ "EntityId": kim, "MaxResults": 2, "NextToken": first["NextToken"] });
    let second = work_mail(&cloud, "ListMailboxPermissions", next).await;
    assert_eq!((second["Permissions"].as_array().unwrap().len(), second["NextToken"].is_null()), (1, true));
    let bad = json!({ "EntityId": kim, "NextToken": "x" });
    assert_eq!(error(&cloud, "ListMailboxPermissions", bad).await, "InvalidParameterException");
}

#[tokio::test]
async fn both_need_a_mailbox_in_use_and_the_right_must_be_known() {
    let cloud = cloud();
    let (kim, lee) = (enabled(&cloud, "kim", "kim@acme.example").await, create(&cloud, "lee").await);
    let give = |from: &str, to: &str, right: &str| json!({ "EntityId": from, "GranteeId": to, "PermissionValues": [right] });
    for (body, expected) in [
        (give(&kim, &lee, "SEND_AS"), "EntityStateException"),
        (give(&lee, &kim, "SEND_AS"), "EntityStateException"),
        (give(&kim, "nobody-of-that-id", "SEND_AS"), "EntityNotFoundException"),
        (give(&kim, &kim, "READ"), "InvalidParameterException"),
    ] {
        assert_eq!(error(&cloud, "PutMailboxPermissions", body).await, expected);
    }
}
