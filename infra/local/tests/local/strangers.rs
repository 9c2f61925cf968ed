//! Pages of other sites, whose browser runs on the same machine.

use reqwest::{Client, RequestBuilder, StatusCode};
use vestibule_local::{Stack, StackOptions};

use crate::stack::options;

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

/// The stack's address and its port.
fn port(url: &str) -> &str {
    url.rsplit(':').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_8_no_foreign_page_resets_the_stack_or_changes_anything_at_the_aws_port() {
    let stack = Stack::start(options(None)).await.unwrap();
    let client = Client::new();
    let reset = format!("{}/_local/reset", stack.url());
    let faults = format!("{}/_faults", stack.aws_url());
    let call = format!("{}/2015-03-31/functions/provision-sweep/invocations", stack.aws_url());
    let requests = || {
        [client.post(&reset), client.delete(&faults), client.put(&faults).json(&[(); 0]), client.post(&call)]
    };
    for (name, value) in [
        ("origin", "https://evil.example".to_owned()),
        ("origin", "null".to_owned()),
        ("origin", "http://127.0.0.1:1".to_owned()),
        ("origin", format!("http://localhost.evil.example:{}", port(stack.url()))),
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
    ] {
        for request in requests() {
            assert_eq!(status(request.header(name, &value)).await, StatusCode::FORBIDDEN, "{name}: {value}");
        }
    }
    for request in requests() {
        assert_eq!(status(request.header("host", "evil.example")).await, StatusCode::MISDIRECTED_REQUEST);
    }
    // Programs say nothing of the kind, and the stack's own pages name it.
    assert_eq!(status(client.post(&reset)).await, StatusCode::OK);
    let own = client.post(&reset).header("origin", stack.url()).header("sec-fetch-site", "same-origin");
    assert_eq!(status(own).await, StatusCode::OK);
    assert_eq!(status(client.delete(&faults)).await, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_8_a_name_that_was_made_lead_here_reads_nothing() {
    let bypass = StackOptions { debug_bypass: true, ..options(None) };
    let stack = Stack::start(bypass).await.unwrap();
    let client = Client::new();
    let own = port(stack.aws_url()).to_owned();
    let secret = || {
        client
            .post(stack.aws_url())
            .header("x-amz-target", "secretsmanager.GetSecretValue")
            .header("content-type", "application/x-amz-json-1.1")
            .body(r#"{"SecretId":"vestibule/signing-key"}"#)
    };
    assert_eq!(status(secret()).await, StatusCode::OK);
    for host in [
        format!("evil.example:{own}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1.evil.example:{own}"),
        "127.0.0.1:1".to_owned(),
    ] {
        assert_eq!(status(secret().header("host", &host)).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
        let faults = client.get(format!("{}/_faults", stack.aws_url())).header("host", &host);
        assert_eq!(status(faults).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    the_api_is_closed_to_other_sites(&stack, &client).await;
    // The API itself answers whoever names a sample person, while sign-in is switched off.
    let hires = |host: &str| {
        client
            .get(format!("{}/api/hires", stack.url()))
            .header("x-debug-user", "debug_tenant_admin")
            .header("host", host)
    };
    for host in ["localhost", "127.0.0.1:80", "localhost:9999"] {
        assert_eq!(status(hires(host)).await, StatusCode::OK, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080"] {
        assert_eq!(status(hires(host)).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
        for path in ["/_local/token/debug_tenant_admin", "/_local/esign", "/_local/mail"] {
            let page = client.get(format!("{}{path}", stack.url())).header("host", host);
            assert_eq!(status(page).await, StatusCode::MISDIRECTED_REQUEST, "{host}{path}");
        }
    }
}

/// Also to their reading, since what has no credentials acts as somebody.
async fn the_api_is_closed_to_other_sites(stack: &Stack, client: &Client) {
    for path in ["/api/hires", "/api/super-admin/audit"] {
        let get = || client.get(format!("{}{path}", stack.url()));
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert_eq!(
                status(get().header(name, value)).await,
                StatusCode::FORBIDDEN,
                "{path}: {name}: {value}"
            );
        }
        assert_eq!(status(get()).await, StatusCode::OK, "{path}");
        let own = get().header("origin", stack.url()).header("sec-fetch-site", "same-origin");
        assert_eq!(status(own).await, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_of_ones_own_is_answered() {
    let mut chosen = options(None);
    chosen.parameters.insert("SiteUrl".to_owned(), "https://portal.example:8443".to_owned());
    let stack = Stack::start(chosen).await.unwrap();
    let keys =
        |host: &str| Client::new().get(format!("{}/.well-known/jwks.json", stack.url())).header("host", host);
    assert_eq!(status(keys("portal.example:8443")).await, StatusCode::OK);
    assert_eq!(status(keys("evil.example:8443")).await, StatusCode::MISDIRECTED_REQUEST);
}
