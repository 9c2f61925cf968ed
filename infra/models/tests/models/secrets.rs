//! Secrets and their versions.

use serde_json::json;

use crate::support::{cloud, ok, refused};

const GET: &str = "secretsmanager.GetSecretValue";

#[tokio::test]
async fn a_secret_is_read_by_name_and_arn() {
    let cloud = cloud();
    let made = ok(
        &cloud,
        "secretsmanager.CreateSecret",
        &json!({ "Name": "app/signing-key", "SecretString": "s3cret" }),
    )
    .await;
    for id in [&made["Name"], &made["ARN"]] {
        let value = ok(&cloud, GET, &json!({ "SecretId": id })).await;
        assert_eq!(
            (&value["SecretString"], &value["VersionStages"]),
            (&json!("s3cret"), &json!(["AWSCURRENT"]))
        );
        assert!(value["CreatedDate"].is_f64());
    }
    assert_eq!(refused(&cloud, GET, &json!({ "SecretId": "other" })).await, "ResourceNotFoundException");
    let again = json!({ "Name": "app/signing-key", "SecretString": "x" });
    assert_eq!(refused(&cloud, "secretsmanager.CreateSecret", &again).await, "ResourceExistsException");
}

#[tokio::test]
async fn a_new_version_becomes_current_and_the_old_one_previous() {
    let cloud = cloud();
    cloud.secrets().put("key", "one").unwrap();
    ok(
        &cloud,
        "secretsmanager.PutSecretValue",
        &json!({ "SecretId": "key", "SecretString": "two", "ClientRequestToken": "t2" }),
    )
    .await;
    assert_eq!(ok(&cloud, GET, &json!({ "SecretId": "key" })).await["SecretString"], "two");
    let previous = json!({ "SecretId": "key", "VersionStage": "AWSPREVIOUS" });
    assert_eq!(ok(&cloud, GET, &previous).await["SecretString"], "one");
    let described = ok(&cloud, "secretsmanager.DescribeSecret", &json!({ "SecretId": "key" })).await;
    assert_eq!(described["VersionIdsToStages"]["t2"], json!(["AWSCURRENT"]));
    let clash = json!({ "SecretId": "key", "SecretString": "three", "ClientRequestToken": "t2" });
    assert_eq!(refused(&cloud, "secretsmanager.PutSecretValue", &clash).await, "ResourceExistsException");
}

#[tokio::test]
async fn putting_the_same_value_again_makes_no_version() {
    let cloud = cloud();
    cloud.secrets().put("key", "one").unwrap();
    let before = ok(&cloud, GET, &json!({ "SecretId": "key" })).await;
    cloud.secrets().put("key", "one").unwrap();
    assert_eq!(ok(&cloud, GET, &json!({ "SecretId": "key" })).await, before);
    assert!(cloud.secrets().exists("key").unwrap());
    assert!(!cloud.secrets().exists("other").unwrap());
}

#[tokio::test]
async fn a_removed_secret_is_given_to_nobody_and_keeps_its_name_for_a_while() {
    const DELETE: &str = "secretsmanager.DeleteSecret";
    let cloud = cloud();
    cloud.secrets().put("app/key", "one").unwrap();
    for days in [6, 31] {
        let wrong = json!({ "SecretId": "app/key", "RecoveryWindowInDays": days });
        assert_eq!(refused(&cloud, DELETE, &wrong).await, "InvalidParameterException");
    }
    let request = json!({ "SecretId": "app/key", "RecoveryWindowInDays": 7 });
    assert!(ok(&cloud, DELETE, &request).await["DeletionDate"].is_f64());
    assert_eq!(refused(&cloud, GET, &json!({ "SecretId": "app/key" })).await, "InvalidRequestException");
    let again = json!({ "Name": "app/key", "SecretString": "x" });
    assert_eq!(refused(&cloud, "secretsmanager.CreateSecret", &again).await, "InvalidRequestException");
    assert_eq!(refused(&cloud, DELETE, &json!({ "SecretId": "other" })).await, "ResourceNotFoundException");
    assert!(cloud.secrets().names("app/").unwrap().is_empty());
}
