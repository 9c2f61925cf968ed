//! Delivery of a batch of stream records: the function may fail as a whole or name the record that
//! failed; the rest is tried again in order, halved where the template says so, and given up at last.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::lambda::Functions;
use crate::template::Stream;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

struct Batch {
    records: Vec<Value>,
    attempt: u32,
}

/// Delivers all records, or gives up those that fail more often than the template allows.
pub(super) async fn deliver(functions: &Functions, stream: &Stream, scale: f64, records: Vec<Value>) {
    let mut waiting = VecDeque::from([Batch { records, attempt: 0 }]);
    while let Some(batch) = waiting.pop_front() {
        if batch.records.is_empty() {
            continue;
        }
        let event = json!({ "Records": batch.records });
        let failed_at = match functions.invoke(&stream.function, event).await {
            Ok(answer) if stream.reports_failures => first_failure(&answer, &batch.records),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(function = stream.function, %error, "a batch of the stream failed");
                Some(0)
            }
        };
        let Some(failed_at) = failed_at else { continue };
        if batch.attempt >= stream.retries {
            let records = batch.records.len() - failed_at;
            tracing::error!(
                function = stream.function,
                records,
                "records of the stream go to the dead letters"
            );
            continue;
        }
        tokio::time::sleep(wait(batch.attempt).mul_f64(scale)).await;
        again(&mut waiting, stream.bisect, batch, failed_at);
    }
}

/// Puts what is left of the batch in front. Halving does not count as an attempt.
fn again(waiting: &mut VecDeque<Batch>, bisect: bool, mut batch: Batch, failed_at: usize) {
    let mut rest = batch.records.split_off(failed_at);
    if bisect && rest.len() > 1 {
        let second = rest.split_off(rest.len() / 2);
        waiting.push_front(Batch { records: second, attempt: batch.attempt });
        waiting.push_front(Batch { records: rest, attempt: batch.attempt });
    } else {
        waiting.push_front(Batch { records: rest, attempt: batch.attempt + 1 });
    }
}

/// Index of the first record that the answer names; an id that is not in the batch means all of it.
fn first_failure(answer: &Value, records: &[Value]) -> Option<usize> {
    let failures = answer.get("batchItemFailures")?.as_array()?;
    let index = |failure: &Value| {
        let id = failure.get("itemIdentifier");
        records.iter().position(|record| id == Some(&record["dynamodb"]["SequenceNumber"])).unwrap_or(0)
    };
    failures.iter().map(index).min()
}

fn wait(attempt: u32) -> Duration {
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::lambda::{FunctionError, event_handler};
    use crate::template::Function;

    fn stream(retries: u32) -> Stream {
        Stream {
            function: "outbox".to_owned(),
            table: "t".to_owned(),
            batch_size: 100,
            bisect: true,
            retries,
            reports_failures: true,
            filters: Vec::new(),
        }
    }

    /// Delivers records 1..=4 to a function that answers as `answer` says; gives the batches it saw.
    async fn batches(answer: fn(&[u64], usize) -> Result<Value, FunctionError>) -> Vec<Vec<u64>> {
        let seen: Arc<Mutex<Vec<Vec<u64>>>> = Arc::default();
        let functions = Functions::new(0.0);
        let function = Function {
            name: "outbox".to_owned(),
            arn: "arn".to_owned(),
            physical_name: "outbox".to_owned(),
            memory_mb: 128,
            timeout: Duration::from_secs(1),
            retries: 0,
            environment: BTreeMap::new(),
            statements: Vec::new(),
        };
        let record = seen.clone();
        let handler = event_handler(move |event| {
            let numbers = event["Records"].as_array().unwrap().iter();
            let numbers =
                numbers.map(|r| r["dynamodb"]["SequenceNumber"].as_u64().unwrap()).collect::<Vec<_>>();
            let mut seen = record.lock().unwrap();
            let outcome = answer(&numbers, seen.len());
            seen.push(numbers);
            async { outcome }
        });
        functions.register(&function, handler);
        let records = (1..=4).map(|n| json!({"dynamodb": {"SequenceNumber": n}})).collect();
        deliver(&functions, &stream(1), 0.0, records).await;
        seen.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn a_named_record_and_all_behind_it_come_again() {
        let seen = batches(|_, call| match call {
            0 => Ok(json!({"batchItemFailures": [{"itemIdentifier": 3}]})),
            _ => Ok(json!({"batchItemFailures": []})),
        });
        assert_eq!(seen.await, [vec![1, 2, 3, 4], vec![3], vec![4]]);
    }

    #[tokio::test]
    async fn one_bad_record_is_given_up_and_does_not_take_others_with_it() {
        let seen = batches(|numbers, _| {
            let refused = FunctionError { name: "Permanent".to_owned(), message: "bad".to_owned() };
            if numbers.contains(&2) { Err(refused) } else { Ok(Value::Null) }
        });
        assert_eq!(seen.await, [vec![1, 2, 3, 4], vec![1, 2], vec![1], vec![2], vec![2], vec![3, 4]]);
    }
}
