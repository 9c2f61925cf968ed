//! The tenant and its domains: <https://learn.microsoft.com/graph/api/domain-list> and
//! <https://learn.microsoft.com/graph/api/organization-list>.

use serde_json::json;

use super::{Place, TENANT};

#[tokio::test]
async fn domains_say_whether_they_are_verified_and_the_organization_lists_those() {
    let place = Place::new().await;
    place.cloud.microsoft_graph().add_domain(TENANT, "new.example", false).unwrap();
    let domains = place.ok("GET", "domains", None).await;
    let told = |at: usize| (domains["value"][at]["id"].clone(), domains["value"][at]["isVerified"].clone());
    assert_eq!(told(0), (json!("corp.example"), json!(true)));
    assert_eq!(told(1), (json!("new.example"), json!(false)));
    assert_eq!(place.ok("GET", "domains/new.example", None).await["isVerified"], false);
    let missing = place.refused("GET", "domains/no.example", None).await;
    assert_eq!(missing, (404, "Request_ResourceNotFound".to_owned()));
    let organization = &place.ok("GET", "organization", None).await["value"][0];
    assert_eq!(organization["id"], TENANT);
    let verified = organization["verifiedDomains"].as_array().unwrap();
    assert_eq!((verified.len(), &verified[0]["name"]), (1, &json!("corp.example")));
}
