//! Names, passwords, lists and lookups.

use serde_json::json;

use super::{create, enabled, error, work_mail};
use crate::support::{ORGANIZATION, cloud, refused};

const PASSWORD: &str = "correct Horse 7 battery";

#[tokio::test]
async fn a_user_is_disabled_until_registered_and_found_by_id_name_and_email() {
    let cloud = cloud();
    let id = create(&cloud, "kim").await;
    let before = work_mail(&cloud, "DescribeUser", json!({ "UserId": "KIM" })).await;
    assert_eq!(
        (&before["State"], before.get("Email"), before.get("EnabledDate")),
        (&json!("DISABLED"), None, None)
    );
    work_mail(&cloud, "RegisterToWorkMail", json!({ "EntityId": "kim", "Email": "Kim@acme.example" })).await;
    for key in [id.as_str(), "kim", "kim@acme.example"] {
        let user = work_mail(&cloud, "DescribeUser", json!({ "UserId": key })).await;
        assert_eq!(
            (&user["UserId"], &user["State"], &user["Email"]),
            (&json!(id), &json!("ENABLED"), &json!("kim@acme.example"))
        );
        assert!(user["MailboxProvisionedDate"].is_f64());
    }
    let entity = work_mail(&cloud, "DescribeEntity", json!({ "Email": "kim@acme.example" })).await;
    assert_eq!(entity, json!({ "EntityId": id, "Name": "kim", "Type": "USER" }));
}

#[tokio::test]
async fn creation_refuses_taken_reserved_and_malformed_names() {
    let cloud = cloud();
    create(&cloud, "kim").await;
    let attempt = |name: &str| json!({ "Name": name, "DisplayName": "Kim" });
    assert_eq!(error(&cloud, "CreateUser", attempt("Kim")).await, "NameAvailabilityException");
    assert_eq!(error(&cloud, "CreateUser", attempt("administrator")).await, "ReservedNameException");
    assert_eq!(error(&cloud, "CreateUser", attempt("kim lee")).await, "InvalidParameterException");
    assert_eq!(error(&cloud, "CreateUser", attempt(&"k".repeat(65))).await, "InvalidParameterException");
    assert_eq!(error(&cloud, "CreateUser", json!({ "Name": "lee" })).await, "InvalidParameterException");
    let role = json!({ "Name": "lee", "DisplayName": "Lee", "Role": "SYSTEM_USER" });
    assert_eq!(error(&cloud, "CreateUser", role).await, "InvalidParameterException");
}

#[tokio::test]
async fn an_unknown_organization_is_named_as_such() {
    let cloud = cloud();
    let wrong = json!({ "OrganizationId": "m-00000000000000000000000000000000", "UserId": "kim" });
    assert_eq!(
        refused(&cloud, "WorkMailService.DescribeUser", &wrong).await,
        "OrganizationNotFoundException"
    );
    let malformed = json!({ "OrganizationId": "acme", "UserId": "kim" });
    assert_eq!(
        refused(&cloud, "WorkMailService.DescribeUser", &malformed).await,
        "InvalidParameterException"
    );
    let found = work_mail(&cloud, "DescribeOrganization", json!({})).await;
    assert_eq!((&found["State"], &found["DefaultMailDomain"]), (&json!("Active"), &json!("acme.example")));
}

#[tokio::test]
async fn passwords_follow_the_policy_and_are_never_shown() {
    let cloud = cloud();
    let id = enabled(&cloud, "kim", "kim@acme.example").await;
    let reset = |password: &str| json!({ "UserId": id, "Password": password });
    for weak in ["Sh0rt!", "alllowercase", "onlylower12", &"Aa1".repeat(22)] {
        assert_eq!(error(&cloud, "ResetPassword", reset(weak)).await, "InvalidPasswordException", "{weak}");
    }
    assert_eq!(
        error(&cloud, "ResetPassword", reset("Snowman \u{2603} 12345")).await,
        "InvalidParameterException"
    );
    work_mail(&cloud, "ResetPassword", reset(PASSWORD)).await;
    let user = cloud.work_mail().users(ORGANIZATION).unwrap().remove(0);
    assert!(cloud.work_mail().password_matches(&user, PASSWORD));
    assert!(!cloud.work_mail().password_matches(&user, "correct Horse 7 batterx"));
    assert!(format!("{user:?}").contains("PasswordHash(..)"));
    let disabled = create(&cloud, "lee").await;
    let early = json!({ "UserId": disabled, "Password": PASSWORD });
    assert_eq!(error(&cloud, "ResetPassword", early).await, "EntityStateException");
}

#[tokio::test]
async fn users_are_listed_in_pages_with_one_filter() {
    let cloud = cloud();
    for name in ["kim", "kira", "lee"] {
        create(&cloud, name).await;
    }
    let first = work_mail(&cloud, "ListUsers", json!({ "MaxResults": 2 })).await;
    assert_eq!(first["Users"].as_array().unwrap().len(), 2);
    let rest =
        work_mail(&cloud, "ListUsers", json!({ "MaxResults": 2, "NextToken": first["NextToken"] })).await;
    assert_eq!((rest["Users"].as_array().unwrap().len(), rest.get("NextToken")), (1, None));
    let filtered = work_mail(&cloud, "ListUsers", json!({ "Filters": { "UsernamePrefix": "ki" } })).await;
    assert_eq!(filtered["Users"].as_array().unwrap().len(), 2);
    let two = json!({ "Filters": { "UsernamePrefix": "ki", "State": "DISABLED" } });
    assert_eq!(error(&cloud, "ListUsers", two).await, "InvalidParameterException");
}
