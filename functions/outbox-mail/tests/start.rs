//! The binary as Lambda starts it.

use std::{
    io,
    process::{Command, Output},
};

fn start(settings: &[(&str, &str)]) -> io::Result<Output> {
    let mut function = Command::new(env!("CARGO_BIN_EXE_outbox-mail"));
    function.env_clear().env("AWS_LAMBDA_FUNCTION_NAME", "outbox-mail").envs(settings.iter().copied());
    function.output()
}

#[test]
fn it_refuses_to_start_without_an_origin_for_its_links() {
    for site in ["", "accounts.example", "https://accounts.example/", "https://kim@accounts.example"] {
        let ended = start(&[("SITE_URL", site), ("PRODUCT_NAME", "Test Brand")]).unwrap();
        assert!(!ended.status.success());
        assert!(String::from_utf8_lossy(&ended.stderr).contains("SITE_URL"), "{site}");
    }
}
