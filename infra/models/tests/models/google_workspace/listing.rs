//! `users.list`: <https://developers.google.com/workspace/admin/directory/v1/guides/search-users>.

use serde_json::json;

use super::{CUSTOMER, Place, minutes, user};

impl Place {
    /// The primary addresses that a list shows.
    async fn listed(&self, parameters: &str) -> Vec<String> {
        let body = self.ok("GET", &format!("users?customer=my_customer&{parameters}"), None).await;
        let users = body["users"].as_array().into_iter().flatten();
        let mut found: Vec<_> = users.map(|user| user["primaryEmail"].as_str().unwrap().to_owned()).collect();
        found.sort();
        found
    }
}

#[tokio::test]
async fn users_are_found_by_address_and_external_id() {
    let place = Place::new().await;
    place.insert("kim").await;
    let mut other = user("kim.lee@corp.example");
    other["externalIds"] = json!([{ "type": "custom", "customType": "job", "value": "job_1" }]);
    let made = place.ok("POST", "users", Some(other)).await;
    let path = format!("users/{}/aliases", made["id"].as_str().unwrap());
    place.ok("POST", &path, Some(json!({ "alias": "lee@corp.example" }))).await;
    for (query, found) in [
        ("email:kim*", vec!["kim.lee@corp.example", "kim@corp.example"]),
        ("email:kim@corp.example", vec!["kim@corp.example"]),
        ("email=KIM@corp.example", vec!["kim@corp.example"]),
        ("email=lee@corp.example", vec!["kim.lee@corp.example"]),
        ("email=kim*", vec![]),
        ("externalId:job_1", vec!["kim.lee@corp.example"]),
        ("externalId=emp-123", vec!["kim@corp.example"]),
        ("externalId='emp-123'%20email:kim*", vec!["kim@corp.example"]),
        ("externalId=emp-123%20email:lee*", vec![]),
        ("isSuspended=false%20givenName:kim", vec!["kim.lee@corp.example", "kim@corp.example"]),
    ] {
        assert_eq!(place.listed(&format!("query={query}")).await, found, "{query}");
    }
    for query in ["kim", "nickname:kim", "email:", "email:'kim"] {
        let refused = place.refused("GET", &format!("users?customer=my_customer&query={query}"), None).await;
        assert_eq!(refused, (400, "invalid".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_their_tokens_end() {
    let place = Place::new().await;
    for name in ["kim", "lee", "max"] {
        place.insert(name).await;
    }
    let first = place.ok("GET", "users?customer=my_customer&maxResults=2", None).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let rest = format!("users?customer=my_customer&maxResults=2&pageToken={token}");
    let second = place.ok("GET", &rest, None).await;
    let ids = [&first, &second].map(|page| page["users"].as_array().unwrap().clone()).concat();
    let mut ids: Vec<_> = ids.iter().map(|user| user["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), second.get("nextPageToken")), (4, None));
    place.time.pass(minutes(72 * 60));
    let token = place.sign_in(&["user"]).await;
    let late = super::reason(place.call_as(&token, ("GET", &rest), None).await);
    assert_eq!(late, (400, "invalid".to_owned()));
    let sizes = ["0", "501", "many"];
    for size in sizes {
        let path = format!("users?customer=my_customer&maxResults={size}");
        let refused = super::reason(place.call_as(&token, ("GET", &path), None).await);
        assert_eq!(refused, (400, "invalid".to_owned()), "{size}");
    }
}

#[tokio::test]
async fn a_list_is_of_a_customer_or_of_one_of_its_domains() {
    let place = Place::new().await;
    let google = place.cloud.google_workspace();
    google.add_domain(CUSTOMER, "second.example", true).unwrap();
    google.add_user(CUSTOMER, "kim@second.example").unwrap();
    google.add_customer("C0other", "other.example").unwrap();
    google.add_user("C0other", "lee@other.example").unwrap();
    assert_eq!(place.listed("domain=second.example").await, ["kim@second.example"]);
    assert_eq!(place.listed("").await, ["admin@corp.example", "kim@second.example"]);
    for (path, status, reason) in [
        ("users", 400, "badRequest"),
        ("users?customer=C0other", 403, "forbidden"),
        ("users?domain=other.example", 404, "notFound"),
        ("users/lee@other.example", 403, "forbidden"),
        ("users/no@corp.example", 404, "notFound"),
    ] {
        assert_eq!(place.refused("GET", path, None).await, (status, reason.to_owned()), "{path}");
    }
}
