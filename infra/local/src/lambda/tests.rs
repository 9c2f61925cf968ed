use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{FunctionError, Functions, Handler, InvokeError, event_handler};
use crate::template::Function;

fn function(name: &str) -> Function {
    Function {
        physical_name: format!("vestibule-{name}"),
        arn: format!("arn:aws:lambda:eu-west-1:000000000000:function:vestibule-{name}"),
        name: name.to_owned(),
        memory_mb: 128,
        timeout: Duration::from_millis(50),
        retries: 2,
        environment: BTreeMap::new(),
        statements: Vec::new(),
    }
}

fn hosting(handler: Handler) -> Functions {
    let functions = Functions::new(0.0);
    functions.register(&function("step"), handler);
    functions
}

fn refused() -> FunctionError {
    FunctionError { name: "Retry".to_owned(), message: "try later".to_owned() }
}

async fn error_name(functions: &Functions) -> String {
    match functions.invoke("step", json!({})).await.unwrap_err() {
        InvokeError::Function(error) => error.name,
        other => other.to_string(),
    }
}

#[tokio::test]
async fn a_function_answers_to_its_name_its_arn_and_its_code_folder() {
    let functions = hosting(event_handler(|event| async move { Ok(event) }));
    for name in ["step".to_owned(), function("step").physical_name, function("step").arn] {
        assert_eq!(functions.invoke(&name, json!({"a": 1})).await.unwrap(), json!({"a": 1}));
    }
    let unknown = functions.invoke("other", json!({})).await.unwrap_err();
    assert_eq!(unknown, InvokeError::NotFound("other".to_owned()));
}

#[tokio::test]
async fn an_endless_run_times_out() {
    let functions = hosting(event_handler(|_| std::future::pending()));
    assert_eq!(error_name(&functions).await, "Sandbox.Timedout");
}

async fn crash(_: Value) -> Result<Value, FunctionError> {
    panic!("the secret is hunter2")
}

#[tokio::test]
async fn a_panic_is_a_crash_without_its_message() {
    let functions = hosting(event_handler(crash));
    let error = functions.invoke("step", json!({})).await.unwrap_err().to_string();
    assert!(error.contains("Runtime exited") && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn payloads_beyond_the_limits_are_refused() {
    let functions = hosting(event_handler(|event| async move { Ok(event) }));
    let large = json!("x".repeat(2 * 1024 * 1024));
    assert!(functions.invoke("step", large.clone()).await.is_ok());
    assert!(matches!(functions.invoke_later("step", large), Err(InvokeError::TooLarge { .. })));
    let larger = json!("x".repeat(6 * 1024 * 1024));
    assert!(matches!(functions.invoke("step", larger).await, Err(InvokeError::TooLarge { .. })));
    let grows = hosting(event_handler(|_| async { Ok(json!("x".repeat(7_000_000))) }));
    assert_eq!(error_name(&grows).await, "Function.ResponseSizeTooLarge");
}

#[tokio::test]
async fn an_asynchronous_call_is_repeated_twice() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let functions = hosting(event_handler(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Err(refused()) }
    }));
    assert!(functions.deliver("step", json!({})).await.is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn workflows_see_the_errors_of_functions_by_name() {
    let fails = hosting(event_handler(|_| async { Err(refused()) }));
    let lambda: &dyn vestibule_asl::Lambda = &fails;
    assert_eq!(lambda.invoke("step", json!({})).await.unwrap_err().error, "Retry");
    let hangs = hosting(event_handler(|_| std::future::pending()));
    let lambda: &dyn vestibule_asl::Lambda = &hangs;
    assert_eq!(lambda.invoke("step", json!({})).await.unwrap_err().error, "Lambda.Unknown");
}
