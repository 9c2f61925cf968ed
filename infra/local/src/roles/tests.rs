use http::Request;
use serde_json::{Value, json};

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

#[test]
fn the_dispatcher_touches_nothing_but_what_it_owes() {
    let put = |pk: &str| json!({ "TransactItems": [{ "Put": { "TableName": TABLE, "Item": { "PK": { "S": pk } } } }] });
    assert!(allowed(TEMPLATE, "dispatcher", "DynamoDB_20120810.TransactWriteItems", &put("OWED#bus")));
    assert!(!allowed(TEMPLATE, "dispatcher", "DynamoDB_20120810.TransactWriteItems", &put("T#1")));
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
