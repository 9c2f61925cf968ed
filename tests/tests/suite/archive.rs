//! The archive against the stack's S3: kept once, read back, listed, and what its refusals mean.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_adapters::archive::{Archive, ArchiveError, Kept, LARGEST, newest_first};
use vestibule_adapters::aws;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::App;

fn bucket(app: &App) -> &str {
    &app.stack.template().buckets[0].name
}

/// The archive as somebody with this access key has it.
fn archive_of(app: &App, key: &str) -> Archive {
    let mut settings = app.stack.own_settings();
    settings.insert("AWS_ACCESS_KEY_ID".to_owned(), key.to_owned());
    Archive::new(&aws::sdk_config(&settings, "S3").unwrap(), bucket(app))
}

async fn opened() -> (App, Archive) {
    let app = App::start().await;
    let archive = archive_of(&app, "local");
    (app, archive)
}

/// A call that the archive never makes.
fn raw(app: &App, method: reqwest::Method, name: &str) -> reqwest::RequestBuilder {
    let url = format!("{}/{}/{name}", app.stack.aws_url(), bucket(app));
    let scope = "AWS4-HMAC-SHA256 Credential=local/20261129/eu-west-1/s3/aws4_request, ..";
    let request = reqwest::Client::new().request(method, url).header("authorization", scope);
    request.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
}

fn plant(app: &App, operation: &str, kind: FaultKind) {
    // The client makes two attempts.
    app.stack.cloud().faults().set(Fault::new(Service::S3, operation, kind).times(2));
}

fn retry(code: &'static str) -> ArchiveError {
    ArchiveError::Retry { code, after: None }
}

fn permanent(code: &'static str) -> ArchiveError {
    ArchiveError::Permanent { code }
}

#[tokio::test]
async fn a_name_is_kept_once_and_never_written_over() {
    let (_app, archive) = opened().await;
    assert_eq!(archive.read("log/1").await, Ok(None));
    assert_eq!(archive.keep("log/1", b"one").await, Ok(Kept::New));
    assert_eq!(archive.keep("log/1", b"two").await, Ok(Kept::Exists));
    assert_eq!(archive.read("log/1").await, Ok(Some(b"one".to_vec())));
    assert_eq!(archive.keep("log/nothing", b"").await, Ok(Kept::New));
    assert_eq!(archive.read("log/nothing").await, Ok(Some(Vec::new())));
}

#[tokio::test]
async fn of_writers_at_once_one_is_told_that_it_was_first() {
    let (_app, archive) = opened().await;
    let bodies: Vec<_> = (0..8_u8).map(|number| vec![number]).collect();
    let told = futures::future::join_all(bodies.iter().map(|body| archive.keep("log/1", body))).await;
    let first: Vec<_> = (0..8).filter(|place| told[*place] == Ok(Kept::New)).collect();
    assert_eq!(first.len(), 1, "{told:?}");
    assert_eq!(archive.read("log/1").await, Ok(Some(bodies[first[0]].clone())));
}

#[tokio::test]
async fn what_was_kept_while_the_answer_was_lost_is_found_by_reading() {
    let (app, archive) = opened().await;
    let lost = Fault::new(Service::S3, "PutObject", FaultKind::LoseAnswer);
    app.stack.cloud().faults().set(lost);
    // The client itself repeats it.
    assert_eq!(archive.keep("log/1", b"one").await, Ok(Kept::Exists));
    assert_eq!(archive.read("log/1").await, Ok(Some(b"one".to_vec())));
}

#[tokio::test]
async fn names_come_newest_first_as_they_are_made() {
    let (_app, archive) = opened().await;
    assert_eq!(archive.newest("log/").await, Ok(None));
    for number in [9, 100, 10, 1] {
        archive.keep(&format!("log/{}", newest_first(number)), b"x").await.unwrap();
    }
    archive.keep("aaa", b"x").await.unwrap();
    let name = |number| format!("log/{}", newest_first(number));
    assert_eq!(archive.newest("log/").await, Ok(Some(name(100))));
    assert_eq!(archive.names("log/", "").await, Ok([100, 10, 9, 1].map(name).to_vec()));
    assert_eq!(archive.names("log/", &name(10)).await, Ok([9, 1].map(name).to_vec()));
    assert_eq!(archive.names("log/", &name(1)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_was_hidden_is_not_taken_for_absent() {
    let (app, archive) = opened().await;
    archive.keep("log/1", b"one").await.unwrap();
    let hidden = raw(&app, reqwest::Method::DELETE, "log/1").send().await.unwrap();
    assert_eq!(hidden.status().as_u16(), 204);
    assert_eq!(archive.read("log/1").await, Err(permanent("hidden")));
    assert_eq!(archive.newest("log/").await, Ok(None));
}

#[tokio::test]
async fn nothing_too_large_is_kept_or_read() {
    let (app, archive) = opened().await;
    let largest = vec![7; LARGEST];
    assert_eq!(archive.keep("log/1", &largest).await, Ok(Kept::New));
    assert_eq!(archive.read("log/1").await, Ok(Some(largest.clone())));
    let larger = [largest, vec![7]].concat();
    assert_eq!(archive.keep("log/2", &larger).await, Err(permanent("too_large")));
    assert_eq!(archive.read("log/2").await, Ok(None));
    let put = raw(&app, reqwest::Method::PUT, "log/2");
    let put = put.header("x-amz-checksum-sha256", STANDARD.encode(digest(&SHA256, &larger)));
    assert_eq!(put.body(larger).send().await.unwrap().status().as_u16(), 200);
    assert_eq!(archive.read("log/2").await, Err(permanent("too_large")));
}

#[tokio::test]
async fn a_refusal_says_whether_to_come_again() {
    let (app, archive) = opened().await;
    let refused = |error: &str, status| FaultKind::Refuse {
        error: error.to_owned(),
        status,
        message: "for now".to_owned(),
    };
    plant(&app, "*", FaultKind::Throttle { retry_after: 1 });
    let told = archive.keep("log/1", b"x").await.unwrap_err();
    assert!(matches!(told, ArchiveError::Retry { code: "throttled", after: Some(_) }), "{told:?}");
    app.stack.cloud().faults().clear();
    let conflict = Fault::new(Service::S3, "PutObject", refused("ConditionalRequestConflict", 409));
    app.stack.cloud().faults().set(conflict);
    assert_eq!(archive.keep("log/1", b"x").await, Err(retry("conflict")));
    assert_eq!(archive.read("log/1").await, Ok(None));
    for operation in ["PutObject", "GetObject", "ListObjectsV2"] {
        plant(&app, operation, FaultKind::Garbage);
        let told = match operation {
            "PutObject" => archive.keep("log/2", b"x").await.map(drop),
            "GetObject" => archive.read("log/2").await.map(drop),
            _ => archive.newest("log/").await.map(drop),
        };
        assert_eq!(told, Err(retry("answer_unreadable")), "{operation}");
        app.stack.cloud().faults().clear();
    }
    let nobodys = aws::sdk_config(&app.stack.own_settings(), "S3").unwrap();
    let nobodys = Archive::new(&nobodys, "nobodys");
    assert_eq!(nobodys.read("log/1").await, Err(permanent("bucket_not_found")));
    assert_eq!(nobodys.keep("log/1", b"x").await, Err(permanent("bucket_not_found")));
    assert_eq!(archive.keep(&"a".repeat(1025), b"x").await, Err(permanent("name_invalid")));
    assert_eq!(archive.keep("", b"x").await, Err(permanent("request_invalid")));
}

#[tokio::test]
async fn a_function_without_the_right_is_refused() {
    let (app, archive) = opened().await;
    archive.keep("log/1", b"x").await.unwrap();
    let stranger = archive_of(&app, "discovery");
    let denied = permanent("access_denied");
    assert_eq!(stranger.keep("log/2", b"x").await, Err(denied.clone()));
    assert_eq!(stranger.read("log/1").await, Err(denied.clone()));
    assert_eq!(stranger.newest("log/").await, Err(denied));
}
