//! Nothing secret is anywhere it does not belong.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use vestibule_domain::FirstPassword;
use vestibule_tests::{
    App,
    passwords::{MAILBOX_PASSWORD, password_token, temporary_password},
};

/// Keeps every log line of this process.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn b05_planted_secrets_are_found_nowhere() {
    let logs = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(logs.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = App::start().await;
    let mut answers = Vec::new();
    for way in [FirstPassword::Mailed, FirstPassword::Link] {
        app.tell_passwords(way).await;
        answers.extend(use_everything(&app).await);
    }
    let mails = app.stack.cloud().mailer().sent().unwrap();
    let mut planted: Vec<_> = mails.iter().filter_map(temporary_password).collect();
    let links: Vec<_> = mails.iter().filter_map(password_token).collect();
    assert_eq!((planted.len(), links.len()), (4, 4));
    let chosen = [("9", 422), ("", 200)]
        .map(|(more, status)| (format!("{MAILBOX_PASSWORD}{}", more.repeat(60)), status));
    for (password, status) in &chosen {
        // A page may be sent the link that it was opened by, and nothing else of it.
        let page = app.anonymous().choose_password(links.last().unwrap(), password).await.expect(*status);
        answers.push(page.text.replace(links.last().unwrap(), ""));
    }
    assert!(
        app.mailboxes().iter().any(|user| app
            .stack
            .cloud()
            .work_mail()
            .password_matches(user, MAILBOX_PASSWORD))
    );
    planted.extend(links);
    planted.push(MAILBOX_PASSWORD.to_owned());
    planted.extend(app.private_keys());
    let places = [
        ("table", app.dump().await.join("\n")),
        ("histories", app.histories().join("\n")),
        ("answers", answers.join("\n")),
        ("logs", logs.text()),
    ];
    let mut hits = 0;
    for (place, text) in &places {
        assert!(text.len() > 500, "{place} has been looked at");
        let found = planted.iter().filter(|secret| text.contains(secret.as_str())).count();
        println!("{place}: {} bytes searched for {} secrets, {found} hits", text.len(), planted.len());
        hits += found;
    }
    assert_eq!(hits, 0);
}

/// Two hires, two mailboxes, two new passwords; every answer that was given.
async fn use_everything(app: &App) -> Vec<String> {
    let admin = app.admin();
    let mut answers = vec![admin.post("/api/hires", &json!({ "password": "x" })).await.text];
    for family in ["Doe", "Roe"] {
        let (hire, job) = app.signed_hire("Kim", family).await;
        app.run(&job).await;
        let reset = admin.post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await.expect(202);
        app.ended(reset.body["job"].as_str().unwrap()).await;
        let (hire, job) = (format!("/api/hires/{hire}"), format!("/api/provision/jobs/{job}"));
        for path in [hire.as_str(), job.as_str(), "/api/hires", "/.well-known/jwks.json"] {
            answers.push(admin.get(path).await.text);
        }
        answers.push(reset.text);
    }
    answers
}
