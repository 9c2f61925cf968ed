use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt as _;
use vestibule_domain::World;
use vestibule_models::{Cloud, CloudOptions, Rule};

use super::vendors::{GOOGLE_SCOPES, MICROSOFT_PERMISSIONS};
use crate::template::Template;

fn router(cloud: &Cloud) -> axum::Router {
    let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, |buffer| buffer.fill(7));
    super::router((cloud.clone(), world), &Template::default(), None).unwrap()
}

async fn get(cloud: &Cloud, host: &str, path: &str) -> (StatusCode, String) {
    let router = router(cloud);
    let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn post(cloud: &Cloud, path: &str) -> StatusCode {
    let router = router(cloud);
    let request = Request::post(path).header("host", "localhost").body(Body::empty()).unwrap();
    router.oneshot(request).await.unwrap().status()
}

async fn send_mail(cloud: &Cloud, subject: &str) {
    let mail = json!({
        "FromEmailAddress": "hr@acme.test",
        "ConfigurationSetName": "main",
        "Destination": {"ToAddresses": ["ada@acme.test"]},
        "Content": {"Simple": {
            "Subject": {"Data": subject},
            "Body": {"Html": {"Data": "<p title=\"x\">hello</p>"}, "Text": {"Data": "hello <there>"}},
        }},
    });
    cloud.mailer().add_configuration_set("main");
    let request = Request::post("/v2/email/outbound-emails").body(Body::from(mail.to_string())).unwrap();
    let response = cloud.router().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn mails_are_listed_and_shown_with_everything_escaped() {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    send_mail(&cloud, "<script>alert(1)</script>").await;
    let (_, list) = get(&cloud, "localhost:8080", "/_local/mail").await;
    assert!(list.contains("&lt;script&gt;") && !list.contains("<script>"), "{list}");
    let id = cloud.mailer().sent().unwrap()[0].id.clone();
    let (status, mail) = get(&cloud, "127.0.0.1:8080", &format!("/_local/mail/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!mail.contains("<script>") && mail.contains("hello &lt;there&gt;"), "{mail}");
    assert!(mail.contains("srcdoc=\"&lt;p title=&quot;x&quot;&gt;hello"), "{mail}");
}

#[tokio::test]
async fn what_can_happen_to_a_mail_is_on_its_page_and_happens() {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    cloud.mailer().add_configuration_set("main");
    let types = ["BOUNCE", "COMPLAINT", "REJECT", "DELIVERY", "DELIVERY_DELAY"].map(str::to_owned);
    cloud.mailer().add_event_destination("main", &types).unwrap();
    let (name, bus, pattern) = ("all".to_owned(), "default".to_owned(), json!({ "source": ["aws.ses"] }));
    cloud.events().add_rule(Rule { name, bus, pattern, target_function: "events".to_owned() }).unwrap();
    send_mail(&cloud, "Hello").await;
    let id = cloud.mailer().sent().unwrap()[0].id.clone();
    let (_, page) = get(&cloud, "localhost", &format!("/_local/mail/{id}")).await;
    let actions = page.matches("action=\"/_local/mail/").count();
    let before = cloud.events().pending().unwrap().len();
    for what in ["delivery", "delay", "soft-bounce", "bounce", "complaint", "reject"] {
        let path = format!("/_local/mail/{id}/{what}");
        assert!(page.contains(&format!("action=\"{path}\"")), "{page}");
        assert_eq!(post(&cloud, &path).await, StatusCode::SEE_OTHER, "{what}");
    }
    assert_eq!((actions, cloud.events().pending().unwrap().len() - before), (6, 6));
    for path in [format!("/_local/mail/{id}/lost"), "/_local/mail/none/bounce".to_owned()] {
        assert_eq!(post(&cloud, &path).await, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn empty_lists_and_unknown_pages_are_answered() {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    for path in ["/_local/", "/_local/mail", "/_local/workflows"] {
        assert_eq!(get(&cloud, "localhost", path).await.0, StatusCode::OK, "{path}");
    }
    for path in ["/_local/mail/none", "/_local/workflows/none"] {
        assert_eq!(get(&cloud, "localhost", path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn other_host_names_are_refused() {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    assert_eq!(get(&cloud, "evil.test:8080", "/_local/mail").await.0, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn a_vendor_gives_a_domain_its_place_and_what_a_connection_needs() {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    let open = async |provider: &str, domain: &str| {
        let request = Request::post(format!("/_local/vendors/{provider}"))
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Body::from(json!({ "domain": domain }).to_string()));
        let answer = router(&cloud).oneshot(request.unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default())
    };
    for _ in 0..2 {
        let (status, google) = open("google", "acme.example").await;
        assert_eq!(
            (status, google["admin"].as_str()),
            (StatusCode::OK, Some("workspace-admin@acme.example"))
        );
        assert_eq!(google["key"]["type"], "service_account");
        let (status, microsoft) = open("microsoft", "acme.example").await;
        assert_eq!((status, microsoft["country"].as_str()), (StatusCode::OK, Some("NL")));
    }
    assert_eq!(open("somebody", "acme.example").await.0, StatusCode::NOT_FOUND);
}

#[test]
fn a_vendor_grants_what_the_pages_tell_people_to_grant() {
    let sorted = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let google = include_str!("../../../../docs/google-workspace.md");
    let scopes = google.split("```text\n").skip(1).filter_map(|block| block.split("```").next());
    let told = scopes.flat_map(|block| block.trim().split(',')).filter(|text| text.starts_with("https://"));
    assert_eq!(sorted(told.collect()), sorted(GOOGLE_SCOPES.to_vec()));
    let microsoft = include_str!("../../../../docs/microsoft-365.md");
    let table = microsoft.split("| permission | for |").nth(1).unwrap().split("\n\n").next().unwrap();
    let told = table.lines().filter_map(|row| row.trim().strip_prefix("| `")?.split('`').next());
    assert_eq!(sorted(told.collect()), sorted(MICROSOFT_PERMISSIONS.to_vec()));
}
