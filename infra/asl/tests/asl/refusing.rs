//! What is not loaded, and how it is said.

use serde_json::{Value, json};
use vestibule_asl::Definition;

use crate::support::task;

const MACHINES: &[(&str, &str)] = &[
    ("{", "m.asl.json: JSON: "),
    (r#"{"States":{"A":{"Type":"Succeed"}}}"#, "m.asl.json: StartAt: is missing"),
    (r#"{"StartAt":"B","States":{"A":{"Type":"Succeed"}}}"#, "StartAt: there is no state 'B'"),
    (r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"A":{"Type":"Succeed"}}}"#, "'A' is given twice"),
    (r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"Timeout":1}"#, "Timeout: is not supported"),
    (r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Succeed"}}}"#, "QueryLanguage"),
    (r#"{"StartAt":"A","Version":"2.0","States":{"A":{"Type":"Succeed"}}}"#, "Version"),
    (r#"{"StartAt":"A","TimeoutSeconds":0,"States":{"A":{"Type":"Succeed"}}}"#, "TimeoutSeconds"),
    (r#"{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"${N}"}}}"#, "a substitution has not been made"),
    (r#"{"StartAt":"A","States":[]}"#, "must be an object"),
];

const STATES: &[(&str, &str)] = &[
    (r#"{"Type":"Parallel","End":true}"#, "m.asl.json: state A, Type: 'Parallel' is not supported"),
    (r#"{"Type":"Map","End":true}"#, "Type: 'Map' is not supported"),
    (r#"{"End":true}"#, "Type: is missing"),
    (r#"{"Type":"Pass"}"#, "state A, Next: exactly one"),
    (r#"{"Type":"Pass","Next":"A","End":true}"#, "Next: exactly one"),
    (r#"{"Type":"Pass","Next":"B"}"#, "Next: there is no state 'B'"),
    (r#"{"Type":"Pass","End":true,"ResultSelector":{}}"#, "ResultSelector: is not supported"),
    (r#"{"Type":"Pass","End":true,"Assign":{}}"#, "Assign: is not supported"),
    (r#"{"Type":"Pass","End":true,"InputPath":"$..a"}"#, "InputPath: '$..a' is not a plain reference path"),
    (r#"{"Type":"Pass","End":true,"ResultPath":"$$.Execution"}"#, "ResultPath"),
    (r#"{"Type":"Pass","End":true,"Parameters":{"a.$":"States.UUID()"}}"#, "Parameters"),
    (r#"{"Type":"Succeed","Next":"A"}"#, "Next: is not supported"),
    (r#"{"Type":"Succeed","ResultPath":null}"#, "ResultPath: is not supported"),
    (r#"{"Type":"Fail","InputPath":"$"}"#, "InputPath: is not supported"),
    (r#"{"Type":"Fail","Error":"E","ErrorPath":"$.e"}"#, "Error and ErrorPath exclude each other"),
    (r#"{"Type":"Wait","End":true}"#, "Seconds: exactly one"),
    (r#"{"Type":"Wait","Seconds":1,"SecondsPath":"$.s","End":true}"#, "Seconds: exactly one"),
    (r#"{"Type":"Wait","Seconds":-1,"End":true}"#, "Seconds: must be a whole number"),
    (r#"{"Type":"Wait","Timestamp":"soon","End":true}"#, "Timestamp"),
    (r#"{"Type":"Choice","Choices":[]}"#, "Choices"),
    (r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true}]}"#, "Choices[0].Next: is missing"),
    (r#"{"Type":"Choice","Choices":[{"Variable":"$.a","Is":1,"Next":"A"}]}"#, "unknown operator 'Is'"),
    (r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"B"}]}"#, "no state 'B'"),
    (r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"A"}],"Default":"B"}"#, "Default"),
];

/// Fields added to a good task.
const TASKS: &[(&str, &str)] = &[
    (r#"{"Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken"}"#, "Resource"),
    (r#"{"Resource":"arn:aws:states:::sns:publish"}"#, "Resource"),
    (r#"{"Resource":"arn:aws:lambda:::function:f"}"#, "Resource"),
    (r#"{"Parameters":{"Payload":{}}}"#, "Parameters.FunctionName: is missing"),
    (r#"{"Parameters":{"FunctionName":"f","Qualifier":"1"}}"#, "Parameters.Qualifier: is not supported"),
    (r#"{"HeartbeatSeconds":5}"#, "HeartbeatSeconds: is not supported"),
    (r#"{"TimeoutSeconds":0}"#, "TimeoutSeconds: must be a whole number"),
    (r#"{"TimeoutSeconds":1,"TimeoutSecondsPath":"$.t"}"#, "TimeoutSeconds: excludes"),
    (r#"{"Retry":{}}"#, "Retry: must be a list"),
    (r#"{"Retry":[{"ErrorEquals":[]}]}"#, "Retry[0].ErrorEquals: must not be empty"),
    (r#"{"Retry":[{"ErrorEquals":["States.Oops"]}]}"#, "'States.Oops'"),
    (r#"{"Retry":[{"ErrorEquals":["States.ALL","E"]}]}"#, "States.ALL must be alone"),
    (r#"{"Retry":[{"ErrorEquals":["E"],"BackoffRate":0.5}]}"#, "BackoffRate: must be"),
    (r#"{"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":0}]}"#, "IntervalSeconds: must be"),
    (r#"{"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":5,"MaxDelaySeconds":5}]}"#, "MaxDelaySeconds"),
    (r#"{"Retry":[{"ErrorEquals":["E"],"JitterStrategy":"SOME"}]}"#, "JitterStrategy: 'SOME'"),
    (r#"{"Retry":[{"ErrorEquals":["E"],"MaxAttempt":1}]}"#, "Retry[0].MaxAttempt: is not supported"),
    (r#"{"Catch":[{"ErrorEquals":["E"],"Next":"B"}]}"#, "Catch: there is no state 'B'"),
    (r#"{"Catch":[{"ErrorEquals":["E"]}]}"#, "Catch[0].Next: is missing"),
    (
        r#"{"Catch":[{"ErrorEquals":["States.ALL"],"Next":"A"},{"ErrorEquals":["E"],"Next":"A"}]}"#,
        "Catch[0].ErrorEquals: States.ALL must be alone and in the last entry",
    ),
];

fn check(machine: &str, says: &str) {
    let refused = Definition::parse("m.asl.json", machine).unwrap_err().to_string();
    assert!(refused.contains(says), "{machine}: {refused}");
}

fn check_state(state: &Value, says: &str) {
    check(&json!({ "StartAt": "A", "States": { "A": state } }).to_string(), says);
}

#[test]
fn broken_machines_are_refused() {
    for (machine, says) in MACHINES {
        check(machine, says);
    }
}

#[test]
fn broken_states_are_refused() {
    for (state, says) in STATES {
        check_state(&serde_json::from_str(state).unwrap(), says);
    }
}

#[test]
fn broken_tasks_are_refused() {
    for (fields, says) in TASKS {
        let mut state = task(json!({ "End": true }));
        let fields: Value = serde_json::from_str(fields).unwrap();
        state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        check_state(&state, says);
    }
}
