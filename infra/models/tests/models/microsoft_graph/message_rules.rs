//! Rules of an inbox: <https://learn.microsoft.com/graph/api/mailfolder-post-messagerules>.

use http::StatusCode;
use serde_json::json;

use super::Place;

#[tokio::test]
async fn a_rule_hands_mail_on_and_is_taken_away() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    let path = format!("users/{id}/mailFolders/inbox/messageRules");
    let rule = json!({
        "displayName": "Handed over", "sequence": 1, "isEnabled": true,
        "actions": { "redirectTo": [{ "emailAddress": { "address": "lee@corp.example" } }], "stopProcessingRules": true },
    });
    let early = place.refused("POST", &path, Some(rule.clone())).await;
    assert_eq!(early, (404, "MailboxNotEnabledForRESTAPI".to_owned()));
    place.assign(&id).await;
    let (status, made) = place.call("POST", &path, Some(rule.clone())).await;
    assert_eq!((status, &made["actions"]), (StatusCode::CREATED, &rule["actions"]));
    let listed = place.ok("GET", &path, None).await;
    assert_eq!(listed["value"][0]["id"], made["id"]);
    for member in ["displayName", "sequence", "actions"] {
        let mut broken = rule.clone();
        broken.as_object_mut().unwrap().remove(member);
        let refused = place.refused("POST", &path, Some(broken)).await;
        assert_eq!(refused, (400, "ErrorInvalidRequest".to_owned()), "{member}");
    }
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    place.ok("DELETE", &one, None).await;
    assert_eq!(place.refused("DELETE", &one, None).await, (404, "ErrorItemNotFound".to_owned()));
    assert!(place.users()[0].message_rules.is_empty());
}
