//! The built binaries behind the Lambda Runtime API: each function of the template starts with the template's settings
//! and answers its sample events.
//!
//! `VESTIBULE_BINARIES` names the folders of the binaries, separated as in `PATH`: the first that has a function counts.
//! Without it those of `cargo build` are taken, which is called first. Nothing is skipped.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod bounds;
mod identity;

use std::{collections::BTreeSet, path::PathBuf, process::Command, sync::LazyLock};

use serde_json::{Value, json};
use vestibule_bench::{
    binaries,
    events::sample,
    runtime_api::{Function, FunctionError, RuntimeApi, StartError},
    stack::{self, admin_token},
};
use vestibule_local::{Stack, functions::NAMES};

/// The folders that may have the binaries.
static FOLDERS: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    let given = std::env::vars_os().find_map(|(name, value)| (name == "VESTIBULE_BINARIES").then_some(value));
    given
        .map_or_else(built, |given| std::env::split_paths(&given).map(|folder| root().join(folder)).collect())
});

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the binaries; this test lies in the `deps` folder beside them.
fn built() -> Vec<PathBuf> {
    let build = ["build", "--workspace", "--bins", "--locked", "--quiet"];
    assert!(Command::new(env!("CARGO")).args(build).current_dir(root()).status().unwrap().success());
    vec![std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned()]
}

fn binary(function: &str) -> PathBuf {
    let found = FOLDERS.iter().find_map(|folder| binaries::find(folder, function));
    found.unwrap_or_else(|| panic!("{function} is not built in any of {:?}", *FOLDERS))
}

async fn stack() -> Stack {
    stack::start().await.unwrap()
}

async fn start(stack: &Stack, function: &str, extra: &[(&str, &str)]) -> Result<Function, StartError> {
    let mut settings = stack.settings(function).unwrap();
    settings.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut started = RuntimeApi::start().await.unwrap().spawn(&binary(function), settings).unwrap();
    started.ready().await.map(|_| started)
}

async fn answer(function: &str, event: &Value) -> Result<Value, FunctionError> {
    let stack = stack().await;
    start(&stack, function, &[])
        .await
        .unwrap_or_else(|error| panic!("{function}: {error}"))
        .invoke(event)
        .await
}

async fn http(function: &str, event: &Value) -> (u64, Value) {
    let answer = answer(function, event).await.unwrap();
    let status = answer["statusCode"].as_u64().unwrap();
    (status, serde_json::from_str(answer["body"].as_str().unwrap()).unwrap())
}

#[tokio::test]
async fn every_function_of_the_template_is_built() {
    let stack = stack().await;
    let functions: BTreeSet<_> =
        stack.template().functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(functions, NAMES.iter().copied().collect());
}

#[tokio::test]
async fn no_function_starts_with_the_sign_in_switched_off() {
    let stack = stack().await;
    for function in NAMES.iter().copied() {
        let refused = start(&stack, function, &[("DEBUG_BYPASS_AUTH", "true")]).await.unwrap_err();
        let StartError::Ended { status, output } = refused else { panic!("{function}: {refused}") };
        assert!(
            !status.contains("status: 0") && output.contains("DEBUG_BYPASS_AUTH"),
            "{function}: {status}: {output}"
        );
    }
}

#[tokio::test]
async fn discovery_shows_the_keys_and_the_description() {
    let (status, keys) = http("discovery", &sample("discovery", "keys", &[]).unwrap()).await;
    assert_eq!((status, keys["keys"][0]["alg"].as_str()), (200, Some("ES256")), "{keys}");
    let (status, document) = http("discovery", &sample("discovery", "openapi", &[]).unwrap()).await;
    assert_eq!((status, document["openapi"].as_str().map(|version| &version[..2])), (200, Some("3.")));
}

#[tokio::test]
async fn strangers_get_401_from_every_staff_operation() {
    for (function, names) in [
        (
            "hires",
            &["list", "create", "get", "reset-password", "show-offboarding", "offboard", "call-back"][..],
        ),
        ("organizations", &["found", "get", "update"][..]),
        ("team", &["list", "get", "update", "remove", "explain", "create-role", "remove-role"][..]),
        ("connections", &["connection", "connect", "check", "list", "create-endpoint", "add-key"][..]),
        ("provision-run", &["run", "list", "get", "retry", "cancel"][..]),
        ("promo", &["list", "table", "create-account"][..]),
    ] {
        let stack = stack().await;
        let mut started = start(&stack, function, &[]).await.unwrap();
        for name in names {
            let answer = started.invoke(&sample(function, name, &[]).unwrap()).await.unwrap();
            assert_eq!(answer["statusCode"], 401, "{function}/{name}: {answer}");
            let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(problem["code"], "unauthenticated", "{function}/{name}");
        }
    }
}

#[tokio::test]
async fn staff_get_their_lists() {
    let stack = stack().await;
    let token = admin_token(&stack).unwrap();
    for function in ["hires", "team", "provision-run", "connections"] {
        let event = sample(function, "list", &[("{token}", &token)]).unwrap();
        let answer = start(&stack, function, &[]).await.unwrap().invoke(&event).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{function}: {answer}");
        let page: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert!(page["items"].is_array(), "{function}: {page}");
    }
}

#[tokio::test]
async fn staff_get_their_lists_as_pages() {
    let stack = stack().await;
    let event = sample("console", "hires", &[("{token}", &admin_token(&stack).unwrap())]).unwrap();
    let answer = start(&stack, "console", &[]).await.unwrap().invoke(&event).await.unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let page = answer["body"].as_str().unwrap();
    assert!(page.contains("<h1>Hires</h1>") && page.contains("Ada Sample"), "{page}");
}

#[tokio::test]
async fn the_webhook_knows_no_foreign_endpoint_and_takes_no_unsigned_event() {
    let event = sample("esign-webhook", "request", &[]).unwrap();
    let (status, problem) = http("esign-webhook", &event).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "{problem}");
    let stack = stack().await;
    let endpoint = stack.sample().endpoint.to_string();
    let known = event["pathParameters"]["endpoint"].as_str().unwrap();
    let event = sample("esign-webhook", "request", &[(known, &endpoint)]).unwrap();
    let answer = start(&stack, "esign-webhook", &[]).await.unwrap().invoke(&event).await.unwrap();
    assert_eq!(answer["statusCode"], 401, "{answer}");
    assert!(answer["body"].as_str().unwrap().contains("signature_invalid"), "{answer}");
}

#[tokio::test]
async fn attack_2_an_event_that_is_no_request_is_told_so_and_ends_no_process() {
    for (function, name, status) in [
        ("auth", "page-verify-email", 200),
        ("connections", "list", 401),
        ("console", "hires", 303),
        ("discovery", "keys", 200),
        ("esign-webhook", "request", 404),
        ("hires", "list", 401),
        ("organizations", "get", 401),
        ("team", "list", 401),
        ("provision-run", "list", 401),
        ("promo", "list", 401),
        ("mailbox-password", "show", 400),
        ("session", "me", 401),
    ] {
        let good = sample(function, name, &[]).unwrap();
        let (mut port, mut blank, mut body) = (good.clone(), good.clone(), good.clone());
        port["headers"]["host"] = json!("localhost:99999");
        blank["headers"]["host"] = json!("a b");
        (body["isBase64Encoded"], body["body"]) = (json!(true), json!("no Base64!"));
        let stack = stack().await;
        let mut started = start(&stack, function, &[]).await.unwrap();
        for (event, expected) in [(&port, 400), (&blank, 400), (&body, 400), (&good, status)] {
            let answer = started.invoke(event).await.unwrap();
            assert_eq!(answer["statusCode"], expected, "{function}: {event}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_sweep_counts_what_it_did() {
    let nothing = answer("provision-sweep", &sample("provision-sweep", "scheduled", &[]).unwrap()).await;
    assert_eq!(nothing.unwrap(), json!({}));
    let gone =
        answer("provision-sweep", &sample("provision-sweep", "job-pending", &[]).unwrap()).await.unwrap();
    assert_eq!(gone.as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>(), 1, "{gone}");
}

#[tokio::test]
async fn a_task_of_an_unknown_job_fails_for_good() {
    let refused = answer("mailbox-step", &sample("mailbox-step", "claim", &[]).unwrap()).await.unwrap_err();
    assert_eq!(refused.error_type, "Permanent");
    assert!(refused.error_message.contains("job_missing"), "{refused}");
}

#[tokio::test]
async fn the_dispatcher_publishes_all_it_is_given() {
    let answer = answer("dispatcher", &sample("dispatcher", "stream", &[]).unwrap()).await;
    assert_eq!(answer.unwrap(), json!({ "batchItemFailures": [] }));
}

#[tokio::test]
async fn an_event_about_no_mail_of_ours_is_acknowledged() {
    let bounce = answer("email-events", &sample("email-events", "bounce", &[]).unwrap()).await.unwrap();
    assert_eq!(bounce, json!({ "event": "bounced", "mail": "unknown" }));
    assert_eq!(answer("email-events", &json!({})).await.unwrap(), json!({ "event": "foreign" }));
}
