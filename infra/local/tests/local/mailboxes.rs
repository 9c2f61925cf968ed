//! The sample tenant's accounts at the mailbox providers, and the credentials for them.

use reqwest::Client;
use serde_json::Value;
use vestibule_domain::MailboxProvider::{Google, Microsoft};
use vestibule_local::{
    Stack,
    sample::{GOOGLE_CUSTOMER, MICROSOFT_CLIENT, MICROSOFT_DIRECTORY, google_admin},
};

use crate::stack::options;

fn secrets(stack: &Stack) -> [Value; 2] {
    let tenant = stack.sample().tenant.id;
    let read = |name: String| stack.cloud().secrets().value(&name).unwrap().unwrap();
    let [key, secret] = [Google, Microsoft].map(|provider| read(provider.secret_of(tenant)));
    [serde_json::from_str(&key).unwrap(), secret.into()]
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_stay_over_a_restart_and_open_the_accounts() {
    let directory = tempfile::tempdir().unwrap();
    let first = Stack::start(options(Some(directory.path()))).await.unwrap();
    let before = secrets(&first);
    first.stop().await;
    let second = Stack::start(options(Some(directory.path()))).await.unwrap();
    assert_eq!(before, secrets(&second));
    let [key, secret] = before;
    assert_eq!(
        (&key["type"], &key["token_uri"]),
        (&"service_account".into(), &"https://oauth2.googleapis.com/token".into())
    );
    let users = second.cloud().google_workspace().users(GOOGLE_CUSTOMER).unwrap();
    assert_eq!(Some(&users[0].primary_email), google_admin(&second.sample().tenant).as_ref());
    let url =
        format!("{}/login.microsoftonline.com/{MICROSOFT_DIRECTORY}/oauth2/v2.0/token", second.aws_url());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", MICROSOFT_CLIENT),
        ("client_secret", secret.as_str().unwrap()),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let answer = Client::new().post(url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_a_connection_has_replaced_stays() {
    let directory = tempfile::tempdir().unwrap();
    let first = Stack::start(options(Some(directory.path()))).await.unwrap();
    let name = Microsoft.secret_of(first.sample().tenant.id);
    first.cloud().secrets().put(&name, "of-my-own").unwrap();
    first.stop().await;
    let second = Stack::start(options(Some(directory.path()))).await.unwrap();
    assert_eq!(secrets(&second)[1], "of-my-own");
}
