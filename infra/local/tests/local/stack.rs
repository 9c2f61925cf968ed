//! The stack as a whole: it starts from the template, keeps its data and gives it to nobody else.

use std::path::Path;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_local::{Stack, StackOptions};

pub(crate) fn options(data_dir: Option<&Path>) -> StackOptions {
    StackOptions { data_dir: data_dir.map(Path::to_path_buf), pace: 0.01, ..StackOptions::default() }
}

pub(crate) async fn get(stack: &Stack, path: &str) -> Value {
    let world = vestibule_api::lambda::world();
    let token = stack.sample().token("debug_tenant_admin", &world).unwrap().unwrap();
    let request = reqwest::Client::new().get(format!("{}{path}", stack.url()));
    let answer = request.bearer_auth(token.0.expose_secret()).send().await.unwrap();
    serde_json::from_slice(&answer.error_for_status().unwrap().bytes().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_data_are_still_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let first = Stack::start(options(Some(directory.path()))).await.unwrap();
    let before = (get(&first, "/.well-known/jwks.json").await, get(&first, "/api/hires").await);
    first.stop().await;
    let second = Stack::start(options(Some(directory.path()))).await.unwrap();
    let after = (get(&second, "/.well-known/jwks.json").await, get(&second, "/api/hires").await);
    assert_eq!(before, after);
    assert!(!after.1["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_belongs_to_one_stack() {
    let directory = tempfile::tempdir().unwrap();
    let first = Stack::start(options(Some(directory.path()))).await.unwrap();
    let second = Stack::start(options(Some(directory.path()))).await;
    let refusal = second.err().unwrap().to_string();
    assert!(refusal.starts_with("another stack uses the data directory"), "{refusal}");
    first.stop().await;
    assert!(Stack::start(options(Some(directory.path()))).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_listens_on_loopback_only() {
    let stack = Stack::start(options(None)).await.unwrap();
    for url in [stack.url(), stack.aws_url(), stack.dynamodb_url()] {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_of_the_template_answers_to_its_name() {
    let stack = Stack::start(options(None)).await.unwrap();
    assert_eq!(stack.template().functions.len(), vestibule_local::functions::NAMES.len());
    let tick =
        json!({ "version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {} });
    assert_eq!(stack.invoke("provision-sweep", tick).await.unwrap(), json!({}));
    let arn = &stack.template().function("dispatcher").unwrap().arn;
    assert!(stack.invoke(arn, json!({ "Records": [] })).await.is_ok());
    assert!(stack.invoke("nobody", json!({})).await.is_err());
}
