//! What an invitation shows of its mail.

use serde_json::{Value, json};
use vestibule_tests::{Actor, App};

const INVITES: &str = "/api/admin/team/invites";

/// The path of a new invitation of an address.
async fn invite(admin: &Actor, address: &str) -> String {
    let body = json!({ "emails": [address], "roles": ["viewer"] });
    let made = admin.post(INVITES, &body).await.expect(200).body;
    format!("{INVITES}/{}", made["results"][0]["invitation"]["id"].as_str().unwrap())
}

/// The invitation, once its mail is told to have come to this; null while nothing is wrong.
async fn told(admin: &Actor, path: &str, state: impl Into<Value>) -> Value {
    let state = state.into();
    for _ in 0..200 {
        let shown = admin.get(path).await.expect(200).body;
        if shown["mailProblem"]["state"] == state {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{path} does not show {state}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_shows_that_its_mail_did_not_arrive_and_its_address_gets_no_other() {
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    for (address, state) in
        [("bounce@simulator.amazonses.com", "bounced"), ("complaint@simulator.amazonses.com", "complained")]
    {
        let path = invite(&admin, address).await;
        told(&admin, &path, state).await;
        let resent = admin.post(&format!("{path}/resend"), &json!({})).await.expect(200).body;
        assert_eq!(resent["mailProblem"]["state"], json!(state), "it is told at once");
        assert_eq!(told(&admin, &path, state).await["timesSent"], json!(2));
        app.mails_settled().await;
        assert_eq!(app.mails_to(address).len(), 1, "nothing more is sent to {address}");
    }
    for address in ["ooto@simulator.amazonses.com", "lou@example.org"] {
        let path = invite(&admin, address).await;
        app.link(address, "invitation", 1).await;
        app.mails_settled().await;
        app.events_settled().await;
        // What came back late is told until it is known that the mail arrived; both are on their way at once.
        told(&admin, &path, Value::Null).await;
    }
}
