//! Lists and filters: <https://learn.microsoft.com/graph/query-parameters> and
//! <https://learn.microsoft.com/graph/aad-advanced-queries>.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Place, TENANT, code, read, user};

fn query(path: &str, options: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(options).finish();
    format!("{path}?{query}")
}

impl Place {
    async fn found(&self, path: &str, filter: &str) -> Vec<String> {
        let body = self.ok("GET", &query(path, &[("$filter", filter)]), None).await;
        let names = body["value"].as_array().unwrap().iter();
        let mut names: Vec<_> = names
            .map(|each| each["userPrincipalName"].as_str().or(each["mail"].as_str()).unwrap().to_owned())
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn users_are_found_by_names_addresses_and_employee_id() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    place.assign(&id).await;
    place.cloud.microsoft_graph().add_proxy_address(TENANT, &id, "k@corp.example").unwrap();
    let mut other = user("o'lee@corp.example");
    (other["employeeId"], other["accountEnabled"]) = (json!("emp-456"), json!(false));
    place.ok("POST", "users", Some(other)).await;
    let (kim, lee) = (vec!["kim@corp.example"], vec!["o'lee@corp.example"]);
    for (filter, found) in [
        ("userPrincipalName eq 'KIM@corp.example'", &kim),
        ("userPrincipalName eq 'o''lee@corp.example'", &lee),
        ("mail eq 'kim@corp.example'", &kim),
        ("proxyAddresses/any(x:x eq 'smtp:k@corp.example')", &kim),
        ("proxyAddresses/any(x:x eq 'smtp:kim@corp.example')", &kim),
        ("proxyAddresses/any(x:x eq 'smtp:no@corp.example')", &vec![]),
        ("employeeId eq 'emp-456'", &lee),
        ("employeeId eq 'emp-123' and accountEnabled eq true", &kim),
        ("employeeId eq 'emp-123' and accountEnabled eq false", &vec![]),
        ("startswith(userPrincipalName,'ki')", &kim),
        ("mail eq 'kim@corp.example' or employeeId eq 'emp-456'", &vec![kim[0], lee[0]]),
    ] {
        assert_eq!(place.found("users", filter).await, *found, "{filter}");
    }
}

#[tokio::test]
async fn groups_are_found_by_their_addresses() {
    let place = Place::new().await;
    place.cloud.microsoft_graph().add_group(TENANT, "sales@corp.example").unwrap();
    for (filter, count) in [
        ("proxyAddresses/any(x:x eq 'smtp:sales@corp.example')", 1),
        ("mail eq 'sales@corp.example'", 1),
        ("mail eq 'kim@corp.example'", 0),
    ] {
        assert_eq!(place.found("groups", filter).await.len(), count, "{filter}");
    }
}

#[tokio::test]
async fn some_operators_need_the_header_and_the_count() {
    let place = Place::new().await;
    place.create("kim").await;
    let unsupported = (400, "Request_UnsupportedQuery".to_owned());
    for filter in ["endswith(mail,'corp.example')", "employeeId ne 'x'"] {
        let path = query("users", &[("$filter", filter), ("$count", "true")]);
        assert_eq!(place.refused("GET", &path, None).await, unsupported, "{filter}");
        let authorization = format!("Bearer {}", place.token);
        let headers = [("authorization", authorization.as_str()), ("consistencylevel", "eventual")];
        let bare = query("users", &[("$filter", filter)]);
        assert_eq!(code(&read(place.send_with(&headers, ("GET", &bare), None).await).await), unsupported);
        let (status, body) = read(place.send_with(&headers, ("GET", &path), None).await).await;
        assert!(status.is_success() && body["@odata.count"].is_u64(), "{filter}: {body}");
    }
    for (option, value) in [("$orderby", "displayName"), ("$search", "\"displayName:kim\"")] {
        assert_eq!(place.refused("GET", &query("users", &[(option, value)]), None).await, unsupported);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let place = Place::new().await;
    for filter in ["kim", "mail eq kim", "mail gt 'a'", "proxyAddresses/any(x:y eq 'a')"] {
        let refused = place.refused("GET", &query("users", &[("$filter", filter)]), None).await;
        assert_eq!(refused, (400, "Request_BadRequest".to_owned()), "{filter}");
    }
    for options in [[("$filter", "nickname eq 'k'")], [("$select", "id,nickname")]] {
        let refused = place.refused("GET", &query("users", &options), None).await;
        assert_eq!(refused, (400, "BadRequest".to_owned()), "{options:?}");
    }
    for top in ["0", "1000", "all"] {
        let refused = place.refused("GET", &query("users", &[("$top", top)]), None).await;
        assert_eq!(refused, (400, "Request_BadRequest".to_owned()), "{top}");
    }
    let unknown = place.refused("GET", "me", None).await;
    assert_eq!(unknown, (400, "Request_BadRequest".to_owned()));
}

#[tokio::test]
async fn pages_follow_each_other_by_their_link() {
    let place = Place::new().await;
    for name in ["kim", "lee", "max"] {
        place.create(name).await;
    }
    let mut path = query("users", &[("$top", "2"), ("$select", "id")]);
    let mut seen: Vec<Value> = Vec::new();
    for size in [2, 1] {
        let page = place.ok("GET", &path, None).await;
        let users = page["value"].as_array().unwrap();
        assert_eq!(users.len(), size);
        assert!(users.iter().all(|user| user.as_object().unwrap().len() == 1));
        seen.extend(users.clone());
        let link = page["@odata.nextLink"].as_str().unwrap_or_default();
        path = link.trim_start_matches("http://127.0.0.1:4000/graph.microsoft.com/v1.0/").to_owned();
    }
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!((seen.len(), path.as_str()), (3, ""));
}
