//! What `users.insert` does not take: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>.

use serde_json::{Value, json};

use super::{CUSTOMER, Place, user};

const INVALID: &str = "invalid";

/// The example's body with one member changed, or taken out.
fn with(name: &str, value: Option<Value>) -> Value {
    let mut body = user("kim@corp.example");
    match value {
        Some(value) => body[name] = value,
        None => {
            body.as_object_mut().unwrap().remove(name);
        }
    }
    body
}

#[tokio::test]
async fn address_names_and_password_are_required() {
    let place = Place::new().await;
    for body in [
        with("primaryEmail", None),
        with("name", None),
        with("name", Some(json!({ "givenName": "Kim" }))),
        with("name", Some(json!({ "familyName": "Doe" }))),
        with("password", None),
    ] {
        let refused = place.refused("POST", "users", Some(body.clone())).await;
        assert_eq!(refused, (400, "required".to_owned()), "{body}");
    }
    assert!(place.users().is_empty());
}

#[tokio::test]
async fn a_name_has_up_to_60_characters() {
    let place = Place::new().await;
    let named =
        |length: usize| with("name", Some(json!({ "givenName": "é".repeat(length), "familyName": "Doe" })));
    for length in [0, 61] {
        let refused = place.refused("POST", "users", Some(named(length))).await;
        assert_eq!(refused, (400, INVALID.to_owned()), "{length}");
    }
    place.ok("POST", "users", Some(named(60))).await;
}

#[tokio::test]
async fn a_password_has_8_to_100_ascii_characters_or_is_a_hash_of_its_form() {
    let place = Place::new().await;
    for password in ["short 7", &"x".repeat(101), "pässword of mine"] {
        let refused = place.refused("POST", "users", Some(with("password", Some(json!(password))))).await;
        assert_eq!(refused, (400, INVALID.to_owned()), "{password}");
    }
    let hashed = |function: &str, hash: &str| {
        let mut body = user(&format!("kim.{}@corp.example", hash.len()));
        (body["hashFunction"], body["password"]) = (json!(function), json!(hash));
        body
    };
    let sha1 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8";
    for (function, hash) in [
        ("MD5", sha1),
        ("SHA-1", "plain password"),
        ("crypt", "$6$rounds=10001$salt$hash"),
        ("crypt", "$2b$12$bcrypt"),
        ("bcrypt", "$2b$12$bcrypt"),
    ] {
        let refused = place.refused("POST", "users", Some(hashed(function, hash))).await;
        assert_eq!(refused, (400, INVALID.to_owned()), "{function} {hash}");
    }
    for (function, hash) in
        [("SHA-1", sha1), ("crypt", "$6$rounds=10000$salt$hash"), ("crypt", "$1$salt$hash")]
    {
        place.ok("POST", "users", Some(hashed(function, hash))).await;
    }
}

#[tokio::test]
async fn an_address_is_on_a_verified_domain_of_the_customer() {
    let place = Place::new().await;
    let google = place.cloud.google_workspace();
    google.add_domain(CUSTOMER, "new.example", false).unwrap();
    google.add_customer("C0other", "other.example").unwrap();
    for (address, status, reason) in [
        ("kim@nowhere.example", 404, "notFound"),
        ("kim@other.example", 403, "forbidden"),
        ("kim@new.example", 400, INVALID),
        ("kim doe@corp.example", 400, INVALID),
        ("kim+doe@corp.example", 400, INVALID),
        (".kim@corp.example", 400, INVALID),
        ("kim..doe@corp.example", 400, INVALID),
        ("@corp.example", 400, INVALID),
        ("kim", 400, INVALID),
        (&format!("{}@corp.example", "k".repeat(65)), 400, INVALID),
    ] {
        let refused = place.refused("POST", "users", Some(user(address))).await;
        assert_eq!(refused, (status, reason.to_owned()), "{address}");
    }
    google.add_domain(CUSTOMER, "new.example", true).unwrap();
    place.ok("POST", "users", Some(user("kim.o'doe-1_a@new.example"))).await;
}

#[tokio::test]
async fn members_have_their_form() {
    let place = Place::new().await;
    for (name, value) in [
        ("externalIds", json!([{ "value": "emp-123" }])),
        ("externalIds", json!([{ "type": "custom", "value": "emp-123" }])),
        ("externalIds", json!({ "type": "organization", "value": "emp-123" })),
        ("orgUnitPath", json!("/Staff")),
        ("recoveryPhone", json!("0201234567")),
        ("recoveryEmail", json!("kim")),
        ("suspended", json!("yes")),
        ("nickname", json!("Kim")),
    ] {
        let body = with(name, Some(value.clone()));
        let refused = place.refused("POST", "users", Some(body)).await;
        assert_eq!(refused, (400, INVALID.to_owned()), "{name} {value}");
    }
    place.cloud.google_workspace().add_org_unit(CUSTOMER, "/Staff").unwrap();
    let mut body = with("orgUnitPath", Some(json!("/Staff")));
    body["recoveryPhone"] = json!("+31201234567");
    body["externalIds"] = json!([{ "type": "custom", "customType": "job", "value": "job-1" }]);
    let made = place.ok("POST", "users", Some(body)).await;
    assert_eq!((&made["orgUnitPath"], &made["recoveryPhone"]), (&json!("/Staff"), &json!("+31201234567")));
    let broken = place.call_as(&place.token, ("POST", "users"), Some(json!("text"))).await;
    assert_eq!(super::reason(broken), (400, "parseError".to_owned()));
}

#[tokio::test]
async fn a_customer_has_no_more_users_than_its_subscription_allows() {
    let place = Place::new().await;
    // The administrator is one.
    place.cloud.google_workspace().set_user_limit(CUSTOMER, Some(2)).unwrap();
    let id = place.insert("kim").await;
    let over = place.refused("POST", "users", Some(user("lee@corp.example"))).await;
    assert_eq!(over, (412, "limitExceeded".to_owned()));
    // What was refused holds no address.
    place.cloud.google_workspace().set_user_limit(CUSTOMER, None).unwrap();
    place.insert("lee").await;
    place.ok("DELETE", &format!("users/{id}"), None).await;
    place.cloud.google_workspace().set_user_limit(CUSTOMER, Some(2)).unwrap();
    let back = place.refused("POST", &format!("users/{id}/undelete"), None).await;
    assert_eq!(back, (412, "limitExceeded".to_owned()));
}

#[tokio::test]
async fn what_is_not_modelled_is_named() {
    let place = Place::new().await;
    assert_eq!(
        place.refused("GET", "customer/my_customer/orgunits", None).await,
        (404, "notFound".to_owned())
    );
}
