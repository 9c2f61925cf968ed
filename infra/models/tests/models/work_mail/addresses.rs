//! Registration, addresses and aliases.

use serde_json::json;
use vestibule_models::UserState;

use super::{create, enabled, error, work_mail};
use crate::support::{ORGANIZATION, cloud};

#[tokio::test]
async fn an_address_belongs_to_one_entity_on_a_verified_domain() {
    let cloud = cloud();
    cloud.work_mail().add_domain(ORGANIZATION, "new.example", false).unwrap();
    enabled(&cloud, "kim", "kim@acme.example").await;
    let lee = create(&cloud, "lee").await;
    let attempt = |email: &str| json!({ "EntityId": lee, "Email": email });
    assert_eq!(
        error(&cloud, "RegisterToWorkMail", attempt("kim@acme.example")).await,
        "EmailAddressInUseException"
    );
    assert_eq!(
        error(&cloud, "RegisterToWorkMail", attempt("lee@other.example")).await,
        "MailDomainNotFoundException"
    );
    assert_eq!(
        error(&cloud, "RegisterToWorkMail", attempt("lee@new.example")).await,
        "MailDomainStateException"
    );
    assert_eq!(
        error(&cloud, "RegisterToWorkMail", attempt("lee lee@acme.example")).await,
        "InvalidParameterException"
    );
    let nobody = json!({ "EntityId": "nobody-of-that-id", "Email": "n@acme.example" });
    assert_eq!(error(&cloud, "RegisterToWorkMail", nobody).await, "EntityNotFoundException");
}

#[tokio::test]
async fn registering_again_is_a_no_op_with_the_same_address_only() {
    let cloud = cloud();
    let id = enabled(&cloud, "kim", "kim@acme.example").await;
    work_mail(&cloud, "RegisterToWorkMail", json!({ "EntityId": id, "Email": "kim@acme.example" })).await;
    let other = json!({ "EntityId": id, "Email": "kim2@acme.example" });
    assert_eq!(error(&cloud, "RegisterToWorkMail", other).await, "EntityAlreadyRegisteredException");
    assert_eq!(cloud.work_mail().mutations().unwrap()["RegisterToWorkMail"], 1);
}

#[tokio::test]
async fn only_a_disabled_user_is_deleted_and_the_mailbox_outlives_deregistration() {
    let cloud = cloud();
    let id = enabled(&cloud, "kim", "kim@acme.example").await;
    assert_eq!(error(&cloud, "DeleteUser", json!({ "UserId": id })).await, "EntityStateException");
    work_mail(&cloud, "DeregisterFromWorkMail", json!({ "EntityId": id })).await;
    assert_eq!(
        error(&cloud, "DeregisterFromWorkMail", json!({ "EntityId": id })).await,
        "EntityStateException"
    );
    let user = cloud.work_mail().users(ORGANIZATION).unwrap().remove(0);
    assert_eq!((user.state, user.email), (UserState::Disabled, None));
    let first_mailbox = user.mailbox.unwrap();
    assert!(first_mailbox.deprovisioned_at.is_some());
    work_mail(&cloud, "RegisterToWorkMail", json!({ "EntityId": id, "Email": "kim@acme.example" })).await;
    let mailbox = cloud.work_mail().users(ORGANIZATION).unwrap().remove(0).mailbox.unwrap();
    assert_eq!((mailbox.provisioned_at, mailbox.deprovisioned_at), (first_mailbox.provisioned_at, None));
    work_mail(&cloud, "DeregisterFromWorkMail", json!({ "EntityId": id })).await;
    for _ in 0..2 {
        work_mail(&cloud, "DeleteUser", json!({ "UserId": id })).await;
    }
    assert!(cloud.work_mail().users(ORGANIZATION).unwrap().is_empty());
    create(&cloud, "kim").await;
}

#[tokio::test]
async fn aliases_and_primary_addresses_share_one_name_space() {
    let cloud = cloud();
    let id = enabled(&cloud, "kim", "kim@acme.example").await;
    enabled(&cloud, "lee", "lee@acme.example").await;
    let alias = |address: &str| json!({ "EntityId": id, "Alias": address });
    assert_eq!(error(&cloud, "CreateAlias", alias("lee@acme.example")).await, "EmailAddressInUseException");
    work_mail(&cloud, "CreateAlias", alias("k@acme.example")).await;
    work_mail(&cloud, "UpdatePrimaryEmailAddress", json!({ "EntityId": id, "Email": "k@acme.example" }))
        .await;
    let user = work_mail(&cloud, "DescribeUser", json!({ "UserId": id })).await;
    assert_eq!(user["Email"], "k@acme.example");
    assert_eq!(
        error(&cloud, "DescribeEntity", json!({ "Email": "kim@acme.example" })).await,
        "EntityNotFoundException"
    );
    work_mail(&cloud, "CreateAlias", alias("kim@acme.example")).await;
    work_mail(&cloud, "DeleteAlias", alias("kim@acme.example")).await;
    assert_eq!(work_mail(&cloud, "ListAliases", json!({ "EntityId": id })).await, json!({ "Aliases": [] }));
}

#[tokio::test]
async fn a_foreign_user_holds_its_name_and_address() {
    let cloud = cloud();
    cloud.work_mail().add_foreign_user(ORGANIZATION, "kim", "kim@acme.example").unwrap();
    assert_eq!(
        error(&cloud, "CreateUser", json!({ "Name": "kim", "DisplayName": "K" })).await,
        "NameAvailabilityException"
    );
    assert!(cloud.work_mail().mutations().unwrap().is_empty());
    assert!(cloud.work_mail().add_foreign_user(ORGANIZATION, "lee", "kim@acme.example").is_err());
    work_mail(&cloud, "UpdateUser", json!({ "UserId": "kim", "DisplayName": "Kim Lee", "FirstName": "Kim" }))
        .await;
    let user = work_mail(&cloud, "DescribeUser", json!({ "UserId": "kim" })).await;
    assert_eq!((&user["DisplayName"], &user["FirstName"]), (&json!("Kim Lee"), &json!("Kim")));
}

#[tokio::test]
async fn a_mail_domain_tells_whether_it_is_verified() {
    let cloud = cloud();
    let status = async |domain: &str| {
        work_mail(&cloud, "GetMailDomain", json!({ "DomainName": domain })).await["OwnershipVerificationStatus"]
            .clone()
    };
    cloud.work_mail().add_domain(ORGANIZATION, "waiting.example", false).unwrap();
    assert_eq!(status("Waiting.example").await, "PENDING");
    let organization = work_mail(&cloud, "DescribeOrganization", json!({})).await;
    assert_eq!(status(organization["DefaultMailDomain"].as_str().unwrap()).await, "VERIFIED");
    let unknown = json!({ "DomainName": "other.example" });
    assert_eq!(error(&cloud, "GetMailDomain", unknown).await, "MailDomainNotFoundException");
}
