//! What a person is told who starts the stack the wrong way.

use std::io::Write as _;
use std::process::{Command, Output};

use vestibule_local::{Stack, StackOptions};

fn run(arguments: &[&str]) -> Output {
    let mut vestibule = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    vestibule.env("RUST_BACKTRACE", "1").env_remove("LOG_LEVEL").env_remove("DEBUG_BYPASS_AUTH");
    vestibule.args(arguments).output().unwrap()
}

/// What is printed for arguments that keep the stack from starting: one sentence.
fn refusal(arguments: &[&str]) -> String {
    let ended = run(arguments);
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success(), "{arguments:?} started: {told}");
    assert!(!told.contains("backtrace") && !told.contains("panicked"), "{told}");
    told
}

fn with_parameter(parameter: &str) -> String {
    let told = refusal(&["--ephemeral", "--port", "0", "--log-level", "error", "--parameter", parameter]);
    assert_eq!(told.trim_end().lines().count(), 1, "{told}");
    told
}

#[test]
fn newcomer_11_an_unknown_parameter_is_told_the_right_name() {
    for (parameter, told) in [
        ("SiteURL=http://localhost", "there is no parameter SiteURL; did you mean SiteUrl?"),
        ("signinsperminute=7", "there is no parameter signinsperminute; did you mean SignInsPerMinute?"),
        ("PRODUCT_NAME=Acme", "there is no parameter PRODUCT_NAME; did you mean ProductName?"),
        ("PaswordProfil=owasp", "there is no parameter PaswordProfil; did you mean PasswordProfile?"),
        ("Colour=red", "there is no parameter Colour; infra/template.yaml lists them"),
    ] {
        assert_eq!(with_parameter(parameter).trim_end(), format!("vestibule: {told}"));
    }
}

#[test]
fn fault_10_a_value_that_would_fail_people_later_names_its_parameter() {
    for (parameter, told) in [
        ("ProductName=", "the parameter ProductName must be one plain line"),
        ("ProductName=Acme\r\nBcc: a@example.org", "the parameter ProductName must be one plain line"),
        ("ProductName=:", "the setting PRODUCT_NAME (parameter ProductName) must"),
        ("MailFrom=Acme <a@example.org>", "the parameter MailFrom must be one plain mail address"),
        (
            "MailFrom=a@example.org\nBcc: b@example.org",
            "the parameter MailFrom must be one plain mail address",
        ),
        ("SiteUrl=https://portal.example/", "the parameter SiteUrl must be an origin"),
        ("SiteUrl=https://portal.example:99999", "the setting SITE_URL (parameter SiteUrl) is not an origin"),
        ("HomeUrl=javascript:alert(1)", "the parameter HomeUrl must be a web address"),
        ("HomeUrl=//evil.example", "the parameter HomeUrl must be a web address"),
        ("Issuer=https://a.example?x", "the parameter Issuer must be a web address"),
        ("PasswordProfile=weak", "the parameter PasswordProfile must be owasp, strong or m=KiB"),
        (
            "PasswordProfile=m=9999999,t=1,p=1",
            "the setting PASSWORD_PROFILE (parameter PasswordProfile) is no cost",
        ),
        (
            "PasswordProfile=m=600000,t=1,p=1",
            "the setting PASSWORD_PROFILE (parameter PasswordProfile) costs more than",
        ),
        ("PasswordMinLength=7", "the parameter PasswordMinLength must be a whole number from 8 to 64"),
        ("SignInsPerMinute=0", "the parameter SignInsPerMinute must be a whole number from 1"),
        ("AuthMemory=64", "the parameter AuthMemory must be a whole number from 128 to 10240"),
        ("BotCheck=captcha", "the parameter BotCheck must be one of off, recaptcha"),
        ("BotCheck=turnstile", "the setting BOT_CHECK_SECRET names a secret that is not filled in"),
        ("BotCheckHostnames=https://a.example", "the parameter BotCheckHostnames must be hosts"),
        ("BotCheckSiteKey=a b", "the parameter BotCheckSiteKey must be the key that the vendor shows"),
        ("LogLevel=loud", "the parameter LogLevel must be one of error, warn, info"),
        ("DefaultEndpoint=ep_1", "the parameter DefaultEndpoint must be the id of an e-sign endpoint"),
        ("DefaultEsignProvider=x", "the parameter DefaultEsignProvider must be one of docusign, standard"),
        ("PromoTenant=test-brand", "the parameter PromoTenant must be the id of an organization"),
        ("PromoRole=No role", "the parameter PromoRole must be the name of a role"),
        ("Stage=Prod", "the parameter Stage must be 1 to 16"),
    ] {
        let refused = with_parameter(parameter);
        assert!(refused.starts_with("vestibule: ") && refused.contains(told), "{parameter}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_10_a_colon_in_the_products_name_breaks_no_second_factor() {
    for name in ["Acme: Portal", "\"Acme\" <b> & Söhne", "100% 社内"] {
        let parameters = [("ProductName".to_owned(), name.to_owned())].into();
        let stack = Stack::start(StackOptions { parameters, ..StackOptions::default() }).await.unwrap();
        let token = stack.sample().token("debug_tenant_admin", stack.world()).unwrap().unwrap();
        let password = secrecy::ExposeSecret::expose_secret(&stack.sample().password).to_owned();
        let request = reqwest::Client::new().post(format!("{}/api/v1/auth/totp", stack.url()));
        let request = request.bearer_auth(secrecy::ExposeSecret::expose_secret(&token.0));
        let answer = request.json(&serde_json::json!({ "password": password })).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
    }
}

#[test]
fn newcomer_11_a_wrong_option_names_itself() {
    let level = refusal(&["--log-level", "loud"]);
    assert!(level.contains("--log-level") && level.contains("give error, warn, info"), "{level}");
    for wrong in ["", "info,loud", "vestibule=loud", "info;warn"] {
        assert!(refusal(&["--log-level", wrong]).contains("--log-level"), "{wrong}");
    }
    let port = refusal(&["--port", "99999"]);
    assert!(port.contains("--port"), "{port}");
    assert!(refusal(&["--parameter", "SiteUrl"]).contains("give it as NAME=VALUE"));
    let missing = refusal(&["--ephemeral", "--port", "0", "--oidc-providers", "no-such-file.json"]);
    assert!(missing.starts_with("vestibule: --oidc-providers no-such-file.json: "), "{missing}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(br#"{"google":{"issuer":"accounts","clientId":"x","clientSecret":"planted"}}"#).unwrap();
    let wrong = refusal(&["--ephemeral", "--port", "0", "--oidc-providers", file.path().to_str().unwrap()]);
    assert!(wrong.starts_with("vestibule: --oidc-providers "), "{wrong}");
    assert!(wrong.contains("provider `google`, field `issuer`: ") && !wrong.contains("planted"), "{wrong}");
}

#[test]
fn newcomer_11_the_port_counts_before_and_after_demo_and_one_in_use_is_told() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for arguments in
        [&["--ephemeral", "--port", &port][..], &["--port", &port, "demo"], &["demo", "--port", &port]]
    {
        let told = refusal(arguments);
        assert!(told.contains(&format!("port {port} is in use; choose another with --port")), "{told}");
    }
    let kept = refusal(&["--data-dir", "x", "demo"]);
    assert!(kept.contains("leave --data-dir"), "{kept}");
}
