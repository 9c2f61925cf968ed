//! What is left after the model is opened again on the same folder.

use std::fs;

use serde_json::json;
use vestibule_models::GoogleSettings;

use super::{PASSWORD, Place, minutes, user};

#[tokio::test]
async fn users_tokens_and_settings_survive_and_no_secret_lies_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let token = {
        let place = Place::open(Some(folder.path())).await;
        let id = place.insert("kim").await;
        place.ok("POST", &format!("users/{id}/aliases"), Some(json!({ "alias": "k@corp.example" }))).await;
        place.set(GoogleSettings { read_lag: minutes(1), ..GoogleSettings::default() });
        place.token
    };
    let place = Place::open(Some(folder.path())).await;
    let users = place.users();
    assert!(users[0].password_matches(PASSWORD) && users[0].aliases == ["k@corp.example"]);
    let made = place.call_as(&token, ("POST", "users"), Some(user("lee@corp.example"))).await;
    assert_eq!(made.0, http::StatusCode::OK);
    assert_eq!(place.refused("GET", "users/lee@corp.example", None).await, (404, "notFound".to_owned()));
    assert_eq!(place.cloud.google_workspace().mutations().unwrap()["users.insert"], 2);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for secret in [PASSWORD, &token, &place.key.private_key[40..80]] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}
