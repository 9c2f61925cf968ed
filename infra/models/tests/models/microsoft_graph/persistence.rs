//! What is left after the model is opened again on the same folder.

use std::fs;

use vestibule_models::GraphSettings;

use super::{PASSWORD, Place, SECRET, minutes};

#[tokio::test]
async fn users_tokens_and_settings_survive_and_no_secret_lies_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let token = {
        let place = Place::open(Some(folder.path())).await;
        let id = place.create("kim").await;
        place.assign(&id).await;
        place.set(GraphSettings { read_lag: minutes(1), ..GraphSettings::default() });
        place.token
    };
    let place = Place { token: token.clone(), ..Place::open(Some(folder.path())).await };
    let users = place.users();
    assert!(users[0].password_matches(PASSWORD) && users[0].has_mailbox);
    place.create("lee").await;
    let missing = place.refused("GET", "users/lee@corp.example", None).await;
    assert_eq!(missing, (404, "Request_ResourceNotFound".to_owned()));
    assert_eq!(place.cloud.microsoft_graph().mutations().unwrap()["CreateUser"], 2);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for secret in [PASSWORD, SECRET, token.as_str()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}
