//! What a password's hash costs can change; who has one signs in all the same.

use std::path::Path;

use vestibule_tests::{App, identity::PASSWORD};

use crate::behind::row;

const KIM: &str = "kim@example.org";

async fn with_profile(data_dir: &Path, profile: &str) -> App {
    let (data_dir, profile) = (data_dir.to_path_buf(), profile.to_owned());
    App::identity_with(move |options| {
        // A table elsewhere would not be there again after the restart under the same name.
        options.dynamodb_endpoint = None;
        options.table_name = None;
        options.data_dir = Some(data_dir);
        options.parameters.insert("PasswordProfile".into(), profile);
        // What the strong profile needs; with less the function does not start.
        options.parameters.insert("AuthMemory".into(), "2048".into());
    })
    .await
}

async fn hash(app: &App) -> String {
    row(app, KIM).await["password"].as_s().unwrap().clone()
}

#[tokio::test]
async fn onb_7_a_hash_of_1_gib_and_5_lanes_works_and_is_renewed_at_the_next_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let app = with_profile(folder.path(), "strong").await;
    app.newcomer(KIM).await;
    let strong = hash(&app).await;
    assert!(strong.starts_with("$argon2id$v=19$m=1048576,t=1,p=5"), "the profile of 1 GiB and 5 lanes");
    let App { stack, .. } = app;
    stack.stop().await;

    let app = with_profile(folder.path(), "m=256,t=1,p=1").await;
    app.try_login(&app.anonymous(), KIM, "not the password at all").await.expect(401);
    assert_eq!(hash(&app).await, strong, "a wrong password renews nothing");
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(200);
    let renewed = hash(&app).await;
    assert!(renewed.starts_with("$argon2id$v=19$m=256,t=1,p=1"), "renewed at the sign-in");
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(200);
    assert_eq!(hash(&app).await, renewed, "and then kept");
}
