//! What is left after the models are opened again on the same folder.

use std::fs;

use axum::body::Body;
use http::Request;
use serde_json::json;
use vestibule_models::Rule;

use crate::support::{ORGANIZATION, answer, mail_input, ok, opened};

const PASSWORD: &str = "correct Horse 7 battery";

#[tokio::test]
async fn state_survives_and_no_password_lies_in_the_state_file() {
    let folder = tempfile::tempdir().unwrap();
    {
        let cloud = opened(Some(folder.path()));
        let user = mail_input(json!({ "Name": "kim", "DisplayName": "Kim", "Password": PASSWORD }));
        ok(&cloud, "WorkMailService.CreateUser", &user).await;
        cloud.secrets().put("key", "deep-secret").unwrap();
        let rule = Rule {
            name: "r".to_owned(),
            bus: "default".to_owned(),
            pattern: json!({ "source": ["a"] }),
            target_function: "f".to_owned(),
        };
        cloud.events().add_rule(rule).unwrap();
        let entry = json!({ "Source": "a", "DetailType": "t", "Detail": "{}" });
        ok(&cloud, "AWSEvents.PutEvents", &json!({ "Entries": [entry] })).await;
        let mail = json!({ "FromEmailAddress": "a@acme.example", "Destination": { "ToAddresses": ["k@example.test"] },
            "Content": { "Simple": { "Subject": { "Data": "s" }, "Body": { "Text": { "Data": PASSWORD } } } } });
        answer(
            &cloud,
            Request::post("/v2/email/outbound-emails").body(Body::from(mail.to_string())).unwrap(),
        )
        .await;
    }
    let cloud = opened(Some(folder.path()));
    let user = cloud.work_mail().users(ORGANIZATION).unwrap().remove(0);
    assert!(cloud.work_mail().password_matches(&user, PASSWORD));
    assert_eq!(cloud.events().pending().unwrap().len(), 1);
    assert_eq!(cloud.mailer().sent().unwrap()[0].text.as_deref(), Some(PASSWORD));
    assert!(cloud.secrets().exists("key").unwrap());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let bytes = fs::read(entry.path()).unwrap();
        let name = entry.file_name().into_string().unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(name.starts_with("mail.db") || !has(PASSWORD), "{name}");
        assert!(name.starts_with("secrets.db") || !has("deep-secret"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn the_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let cloud = opened(Some(folder.path()));
    cloud.secrets().put("key", "value").unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
}
