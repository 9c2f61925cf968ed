//! Nothing secret is anywhere it does not belong.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use vestibule_tests::App;

/// Keeps every log line of this process.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

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
    let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(logs.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = App::start().await;
    let mut answers = Vec::new();
    let mut passwords = Vec::new();
    for family in ["Doe", "Roe"] {
        let (hire, job) = app.signed_hire("Kim", family).await;
        app.run(&job).await;
        let path = format!("/api/hires/{hire}/reset-password");
        let reset = app.admin().post(&path, &json!({})).await.expect(202);
        app.ended(reset.body["job"].as_str().unwrap()).await;
        for path in [format!("/api/hires/{hire}"), format!("/api/provision/jobs/{job}"), "/api/hires".into(), "/.well-known/jwks.json".into()] {
            answers.push(app.admin().get(&path).await.text);
        }
        answers.push(reset.text);
    }
    answers.push(app.admin().post("/api/hires", &json!({ "password": "x" })).await.text);
    for mail in app.stack.cloud().mailer().sent().unwrap() {
        let text = mail.text.unwrap();
        let line = text.lines().find(|line| line.contains("Temporary password:")).unwrap();
        passwords.push(line.split_once(':').unwrap().1.trim().to_owned());
    }
    assert_eq!(passwords.len(), 4);
    let mut planted = passwords;
    planted.extend(app.private_keys());
    let places = [
        ("table", app.dump().await.join("\n")),
        ("histories", app.histories().join("\n")),
        ("answers", answers.join("\n")),
        ("logs", String::from_utf8(logs.0.lock().unwrap().clone()).unwrap()),
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
