//! The customer's domains: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/domains>.

use serde_json::json;

use super::{CUSTOMER, Place};

#[tokio::test]
async fn domains_are_listed_with_what_is_proved_of_them() {
    let place = Place::new().await;
    place.cloud.google_workspace().add_domain(CUSTOMER, "new.example", false).unwrap();
    let listed = place.ok("GET", "customer/my_customer/domains", None).await;
    let told = |at: usize| {
        let domain = &listed["domains"][at];
        (domain["domainName"].clone(), domain["isPrimary"].clone(), domain["verified"].clone())
    };
    assert_eq!(told(0), (json!("corp.example"), json!(true), json!(true)));
    assert_eq!(told(1), (json!("new.example"), json!(false), json!(false)));
    let one = place.ok("GET", &format!("customer/{CUSTOMER}/domains/new.example"), None).await;
    assert_eq!(one["verified"], false);
    for (path, status, reason) in [
        ("customer/my_customer/domains/no.example", 404, "notFound"),
        ("customer/C0other/domains", 403, "forbidden"),
    ] {
        assert_eq!(place.refused("GET", path, None).await, (status, reason.to_owned()));
    }
}
