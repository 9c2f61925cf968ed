use axum::body::{Body, to_bytes};
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vestibule_models::{Cloud, CloudOptions, ObjectLock};

use super::*;
use crate::files::TEMPLATE;

fn roles(template: &str) -> (Roles, Surroundings) {
    let around = Surroundings::default();
    (Roles::new(&Template::parse(template, &around).unwrap(), &around, None), around)
}

fn allowed(template: &str, function: &str, target: &str, body: &Value) -> bool {
    let (roles, around) = roles(template);
    let request = Request::builder().header("x-amz-target", target).body(()).unwrap();
    let calls = call::calls(&request.into_parts().0, body.to_string().as_bytes(), &around);
    assert!(!calls.is_empty());
    calls.iter().all(|call| roles.allow(function, call))
}

const TABLE: &str = "vestibule-Table";

#[test]
fn a_star_stands_for_any_text() {
    for (pattern, text) in [("a*c", "abc"), ("*", ""), ("a*", "a"), ("a*b*c", "a-b-b-c"), ("abc", "abc")] {
        assert!(fits(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("a*c", "ab"), ("a", "ab"), ("*b", "a"), ("a*b*c", "acb")] {
        assert!(!fits(pattern, text), "{pattern} {text}");
    }
}

#[test]
fn a_function_may_what_its_statements_say_and_nothing_else() {
    let get = json!({ "TableName": TABLE, "Key": { "PK": { "S": "T#1" }, "SK": { "S": "HIRE#1" } } });
    assert!(allowed(TEMPLATE, "hires", "DynamoDB_20120810.GetItem", &get));
    assert!(!allowed(TEMPLATE, "discovery", "DynamoDB_20120810.GetItem", &get));
    assert!(!allowed(TEMPLATE, "hires", "DynamoDB_20120810.Scan", &json!({ "TableName": TABLE })));
    assert!(!allowed(TEMPLATE, "hires", "DynamoDB_20120810.GetItem", &json!({ "TableName": "another" })));
    let event = json!({ "Entries": [{ "EventBusName": "vestibule-bus" }] });
    assert!(allowed(TEMPLATE, "dispatcher", "AWSEvents.PutEvents", &event));
    assert!(!allowed(TEMPLATE, "hires", "AWSEvents.PutEvents", &event));
    // Whoever is no function is not held to a role: the stack itself, and its user.
    assert!(allowed(TEMPLATE, "local", "DynamoDB_20120810.Scan", &json!({ "TableName": TABLE })));
}

#[test]
fn a_statement_taken_away_is_missed() {
    let start = json!({ "stateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:vestibule-credentials" });
    assert!(allowed(TEMPLATE, "hires", "AWSStepFunctions.StartExecution", &start));
    let without = TEMPLATE.replace("Action: states:StartExecution", "Action: states:StopExecution");
    assert!(!allowed(&without, "hires", "AWSStepFunctions.StartExecution", &start));
}

/// The template with a statement for `discovery`, which has nothing to do with objects.
fn with_objects(statement: &str) -> String {
    let place = "              Resource: !Ref VerificationKeysSecret\n      Events:\n        Keys:";
    let (before, after) = place.split_once("      Events").unwrap();
    let changed = TEMPLATE.replacen(place, &format!("{before}{statement}      Events{after}"), 1);
    assert_ne!(changed, TEMPLATE);
    changed
}

const OBJECTS: &str = "            - Effect: Allow
              Action: [s3:PutObject, s3:GetObject]
              Resource: !Sub \"${AuditCheckpoints.Arn}/log/*\"
";
const LISTS: &str = "            - Effect: Allow
              Action: [s3:ListBucket, s3:ListBucketVersions]
              Resource: !GetAtt AuditCheckpoints.Arn
";
const BUCKET: &str = "/vestibule-auditcheckpoints";

fn to_s3(method: &str, rest: &str, header: Option<&'static str>) -> Request<Body> {
    let scope = "AWS4-HMAC-SHA256 Credential=discovery/20261129/eu-west-1/s3/aws4_request, ..";
    let request = Request::builder().method(method).uri(format!("{BUCKET}{rest}"));
    let request = request.header("authorization", scope).header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    // MD5 of nothing.
    let request = request.header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==");
    header.into_iter().fold(request, |request, name| request.header(name, "x")).body(Body::empty()).unwrap()
}

/// Status and body of the answer to `discovery`, with the rights of a template.
async fn answered(cloud: &Cloud, template: &str, request: Request<Body>) -> (u16, String) {
    let layer = axum::middleware::from_fn_with_state(roles(template).0, check);
    let response = cloud.router().layer(layer).oneshot(request).await.unwrap();
    let (status, body) = (response.status().as_u16(), to_bytes(response.into_body(), 4096).await.unwrap());
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn with_bucket() -> Cloud {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    cloud.s3().put_bucket(&BUCKET[1..], Some(ObjectLock { default_days: Some(1) })).unwrap();
    cloud
}

#[tokio::test]
async fn each_call_to_s3_needs_its_own_right() {
    let cloud = with_bucket();
    let version = format!("versionId={}", "0".repeat(32));
    for (method, rest, header, action) in [
        ("PUT", "/log/1", None, "PutObject"),
        ("PUT", "/log/1", Some("x-amz-object-lock-mode"), "PutObjectRetention"),
        ("GET", "/log/1", None, "GetObject"),
        ("HEAD", "/log/1", None, "GetObject"),
        ("GET", &format!("/log/1?{version}"), None, "GetObjectVersion"),
        ("DELETE", "/log/1", None, "DeleteObject"),
        ("DELETE", &format!("/log/1?{version}"), None, "DeleteObjectVersion"),
        ("DELETE", "/log/1", Some("x-amz-bypass-governance-retention"), "BypassGovernanceRetention"),
        ("GET", "?list-type=2", None, "ListBucket"),
        ("GET", "?versions", None, "ListBucketVersions"),
    ] {
        let (status, told) = answered(&cloud, TEMPLATE, to_s3(method, rest, header)).await;
        assert!(
            status == 403 && told.contains("<Code>AccessDenied</Code>"),
            "{method} {rest}: {status} {told}"
        );
        let asked: Vec<_> = {
            let head = to_s3(method, rest, header).into_parts().0;
            call::calls(&head, b"", &Surroundings::default()).into_iter().map(|call| call.action).collect()
        };
        assert!(asked.contains(&format!("s3:{action}")), "{method} {rest}: {asked:?}");
    }
}

#[tokio::test]
async fn objects_are_reached_under_their_prefix_only() {
    let (cloud, template) = (with_bucket(), with_objects(&format!("{OBJECTS}{LISTS}")));
    let status =
        async |method, rest, header| answered(&cloud, &template, to_s3(method, rest, header)).await.0;
    assert_eq!(status("PUT", "/log/1", None).await, 200);
    assert_eq!(status("GET", "/log/1", None).await, 200);
    assert_eq!(status("GET", "/log/2", None).await, 404);
    assert_eq!(status("GET", "?list-type=2&prefix=log/", None).await, 200);
    assert_eq!(status("GET", "?versions", None).await, 200);
    for (method, rest, header) in [
        ("PUT", "/other/1", None),
        ("GET", "/log", None),
        ("PUT", "/log/1", Some("x-amz-object-lock-mode")),
        ("DELETE", "/log/1", None),
    ] {
        assert_eq!(status(method, rest, header).await, 403, "{method} {rest}");
    }
}

#[tokio::test]
async fn who_may_not_list_is_not_told_that_an_object_is_missing() {
    let (cloud, template) = (with_bucket(), with_objects(OBJECTS));
    assert_eq!(answered(&cloud, &template, to_s3("PUT", "/log/1", None)).await.0, 200);
    assert_eq!(answered(&cloud, &template, to_s3("GET", "/log/1", None)).await.0, 200);
    let (status, told) = answered(&cloud, &template, to_s3("GET", "/log/2", None)).await;
    assert!(status == 403 && told.contains("s3:ListBucket"), "{status} {told}");
}

#[test]
fn a_list_may_be_bound_to_a_prefix() {
    let condition = "              Condition: { StringLike: { \"s3:prefix\": \"log/*\" } }\n";
    let (roles, around) = roles(&with_objects(&format!("{LISTS}{condition}")));
    let may = |rest: &str| {
        let head = to_s3("GET", rest, None).into_parts().0;
        call::calls(&head, b"", &around).iter().all(|call| roles.allow("discovery", call))
    };
    assert!(may("?list-type=2&prefix=log/") && may("?versions&prefix=log/2026"));
    assert!(!may("?list-type=2&prefix=") && !may("?list-type=2") && !may("?versions&prefix=other/"));
}

#[test]
fn the_dispatcher_touches_what_it_owes_and_takes_no_record_away() {
    let put = |pk: &str| json!({ "TransactItems": [{ "Put": { "TableName": TABLE, "Item": { "PK": { "S": pk } } } }] });
    let may = |body: &serde_json::Value| {
        allowed(TEMPLATE, "dispatcher", "DynamoDB_20120810.TransactWriteItems", body)
    };
    assert!(["OWED#bus", "T#1#AUDIT#2026-09", "PLATFORM#CHAIN", "UNSIGNED"].iter().all(|pk| may(&put(pk))));
    assert!(!["T#1", "U#1", "EMAIL#1", "MAIL#1"].iter().any(|pk| may(&put(pk))));
    let delete = |pk: &str| json!({ "TransactItems": [{ "Delete": { "TableName": TABLE, "Key": { "PK": { "S": pk } } } }] });
    assert!(may(&delete("OWED#bus")));
    assert!(!may(&delete("T#1#AUDIT#2026-09")) && !may(&delete("T#1#CHAIN")));
}

#[test]
fn the_signer_touches_chains_and_no_record() {
    let put = |pk: &str| json!({ "TableName": TABLE, "Item": { "PK": { "S": pk } } });
    let may = |pk| allowed(TEMPLATE, "audit-signer", "DynamoDB_20120810.PutItem", &put(pk));
    assert!(may("T#1#CHAIN") && may("PLATFORM#CHAIN") && may("UNSIGNED"));
    assert!(!may("T#1") && !may("T#1#AUDIT#2026-09") && !may("OWED#bus"));
}

#[test]
fn mail_goes_out_from_the_one_sender_with_the_stacks_own_set() {
    let send = |from: &str, set: &str| {
        let (roles, around) = roles(TEMPLATE);
        let body = json!({ "FromEmailAddress": from, "ConfigurationSetName": set });
        let request = Request::post("/v2/email/outbound-emails").body(()).unwrap();
        let calls = call::calls(&request.into_parts().0, body.to_string().as_bytes(), &around);
        assert_eq!(calls.len(), 2);
        calls.iter().all(|call| roles.allow("outbox-mail", call))
    };
    assert!(send("onboarding@example.com", "vestibule-mail"));
    assert!(!send("onboarding@example.com", "another"));
    assert!(!send("somebody@example.com", "vestibule-mail"));
}

#[test]
fn email_events_touches_mails_tenants_and_addresses_only() {
    let put = |pk: &str| json!({ "TransactItems": [{ "Put": { "TableName": TABLE, "Item": { "PK": { "S": pk } } } }] });
    let may = |pk| allowed(TEMPLATE, "email-events", "DynamoDB_20120810.TransactWriteItems", &put(pk));
    assert!(may("MAIL#1") && may("T#1") && may("EMAIL#1"));
    assert!(!may("U#1") && !may("OWED#1") && !may("REG#1"));
    let delete = json!({ "TransactItems": [{ "Delete": { "TableName": TABLE, "Key": { "PK": { "S": "EMAIL#1" } } } }] });
    assert!(!allowed(TEMPLATE, "email-events", "DynamoDB_20120810.TransactWriteItems", &delete));
}
