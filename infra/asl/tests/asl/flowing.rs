//! Data through states that do well.

use serde_json::{Value, json};
use vestibule_asl::Status;

use crate::support::{Functions, Stage, machine, task};

/// Output of a machine, or its error.
async fn outcome(states: Value, input: Value) -> Result<Value, String> {
    let stage = Stage::new(machine(&states), Functions::new(|_, payload| Some(Ok(payload.clone()))));
    let ended = stage.run(input).await;
    match ended.status {
        Status::Succeeded => Ok(ended.output.unwrap()),
        _ => Err(ended.error.unwrap_or_default()),
    }
}

#[tokio::test]
async fn input_and_output_processing() {
    let input = json!({ "a": { "b": 1 }, "c": 2 });
    for (fields, expected) in [
        (json!({}), json!({ "a": { "b": 1 }, "c": 2 })),
        (json!({ "InputPath": "$.a" }), json!({ "b": 1 })),
        (json!({ "InputPath": null }), json!({})),
        (json!({ "ResultPath": null }), json!({ "a": { "b": 1 }, "c": 2 })),
        (json!({ "ResultPath": "$.r", "InputPath": "$.c" }), json!({ "a": { "b": 1 }, "c": 2, "r": 2 })),
        (json!({ "Result": [1], "ResultPath": "$.a.n" }), json!({ "a": { "b": 1, "n": [1] }, "c": 2 })),
        (json!({ "Result": null }), Value::Null),
        (json!({ "OutputPath": "$.a.b" }), json!(1)),
        (json!({ "OutputPath": null }), json!({})),
        (json!({ "Parameters": { "x.$": "$.a.b", "y": "$.c" } }), json!({ "x": 1, "y": "$.c" })),
        (json!({ "Parameters": { "x.$": "$$.State.Name" } }), json!({ "x": "A" })),
        (json!({ "Parameters": { "x.$": "$$.Execution.Input.c" } }), json!({ "x": 2 })),
        (
            json!({ "Parameters": { "x.$": "$$.Execution.StartTime" } }),
            json!({ "x": "2026-01-01T00:00:00.000Z" }),
        ),
    ] {
        let mut pass = json!({ "Type": "Pass", "End": true });
        pass.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(outcome(json!({ "A": pass }), input.clone()).await, Ok(expected), "{fields}");
    }
}

#[tokio::test]
async fn an_invoked_answer_is_wrapped_and_a_function_arn_gives_it_bare() {
    let wrapped = task(json!({ "End": true }));
    let expected = json!({ "ExecutedVersion": "$LATEST", "Payload": { "a": 1 }, "StatusCode": 200 });
    assert_eq!(outcome(json!({ "A": wrapped }), json!({ "a": 1 })).await, Ok(expected));
    let selected =
        task(json!({ "End": true, "ResultSelector": { "p.$": "$.Payload.a" }, "ResultPath": "$.r" }));
    assert_eq!(
        outcome(json!({ "A": selected }), json!({ "a": 1 })).await,
        Ok(json!({ "a": 1, "r": { "p": 1 } }))
    );
    let arn = "arn:aws:lambda:eu-west-1:000000000000:function:f";
    let bare = json!({ "Type": "Task", "Resource": arn, "End": true });
    assert_eq!(outcome(json!({ "A": bare }), json!({ "a": 1 })).await, Ok(json!({ "a": 1 })));
}

#[tokio::test]
async fn choices_take_the_first_match_then_the_default() {
    let states = |default: Value| {
        let mut choice = json!({ "Type": "Choice", "Choices": [
            { "Variable": "$.n", "NumericLessThan": 10, "Next": "Small" },
            { "Variable": "$.n", "NumericLessThan": 100, "Next": "Large" },
        ]});
        choice.as_object_mut().unwrap().extend(default.as_object().unwrap().clone());
        json!({
            "A": choice,
            "Small": { "Type": "Pass", "Result": "small", "End": true },
            "Large": { "Type": "Pass", "Result": "large", "Next": "Done" },
            "Done": { "Type": "Succeed" },
        })
    };
    assert_eq!(outcome(states(json!({})), json!({ "n": 5 })).await, Ok(json!("small")));
    assert_eq!(outcome(states(json!({})), json!({ "n": 50 })).await, Ok(json!("large")));
    assert_eq!(
        outcome(states(json!({})), json!({ "n": 500 })).await,
        Err("States.NoChoiceMatched".to_owned())
    );
    assert_eq!(
        outcome(states(json!({ "Default": "Done" })), json!({ "n": 500 })).await,
        Ok(json!({ "n": 500 }))
    );
    assert_eq!(outcome(states(json!({})), json!({})).await, Err("States.Runtime".to_owned()));
}

#[tokio::test]
async fn waits_last_as_long_as_they_say() {
    for (fields, seconds) in [
        (json!({ "Seconds": 5 }), 5),
        (json!({ "SecondsPath": "$.s" }), 7),
        (json!({ "Timestamp": "2026-01-01T00:00:09Z" }), 9),
        (json!({ "TimestampPath": "$.t" }), 0),
    ] {
        let mut wait = json!({ "Type": "Wait", "End": true });
        wait.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let stage = Stage::new(machine(&json!({ "A": wait })), Functions::well());
        let ended = stage.run(json!({ "s": 7, "t": "2020-01-01T00:00:00Z" })).await;
        assert_eq!(
            (ended.status, stage.clock.seconds_slept()),
            (Status::Succeeded, vec![seconds]),
            "{fields}"
        );
    }
    let bad = json!({ "A": { "Type": "Wait", "SecondsPath": "$.s", "End": true } });
    assert_eq!(outcome(bad, json!({ "s": "7" })).await, Err("States.Runtime".to_owned()));
}

#[tokio::test]
async fn fail_states_name_error_and_cause_directly_or_by_path() {
    for (fields, error, cause) in [
        (json!({ "Error": "E", "Cause": "c" }), Some("E"), Some("c")),
        (json!({ "ErrorPath": "$.e", "CausePath": "$$.State.Name" }), Some("given"), Some("A")),
        (json!({}), None, None),
    ] {
        let mut fail = json!({ "Type": "Fail" });
        fail.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let ended =
            Stage::new(machine(&json!({ "A": fail })), Functions::well()).run(json!({ "e": "given" })).await;
        assert_eq!(
            (ended.status, ended.error.as_deref(), ended.cause.as_deref()),
            (Status::Failed, error, cause)
        );
    }
}

#[tokio::test]
async fn a_history_reads_like_that_of_aws() {
    let states =
        json!({ "A": task(json!({ "Next": "B", "TimeoutSeconds": 60 })), "B": { "Type": "Succeed" } });
    let stage = Stage::new(machine(&states), Functions::well());
    stage.run(json!({})).await;
    let expected = "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited \
                    SucceedStateEntered SucceedStateExited ExecutionSucceeded";
    assert_eq!(stage.journal.kinds().join(" "), expected);
    let events = serde_json::to_value(&*stage.journal.events.lock().unwrap()).unwrap();
    assert_eq!(
        events[2],
        json!({
            "id": 3, "previousEventId": 2, "type": "TaskScheduled", "timestamp": "2026-01-01T00:00:00Z",
            "taskScheduledEventDetails": {
                "resourceType": "lambda", "resource": "invoke", "region": "eu-west-1", "timeoutInSeconds": 60,
                "parameters": "{\"FunctionName\":\"f\",\"Payload\":{}}",
            },
        })
    );
    let links: Vec<_> =
        events.as_array().unwrap().iter().map(|event| event["previousEventId"].as_u64().unwrap()).collect();
    assert_eq!(links, [0, 0, 2, 3, 4, 5, 6, 7, 8]);
}
