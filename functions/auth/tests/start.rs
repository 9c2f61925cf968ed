//! The binary as Lambda starts it.

use std::process::Command;

#[test]
fn a_deployed_function_refuses_to_start_with_sign_in_switched_off() {
    let mut function = Command::new(env!("CARGO_BIN_EXE_auth"));
    function.env("AWS_LAMBDA_FUNCTION_NAME", "auth").env("DEBUG_BYPASS_AUTH", "true");
    let ended = function.output().unwrap();
    assert!(!ended.status.success());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("DEBUG_BYPASS_AUTH"));
}
