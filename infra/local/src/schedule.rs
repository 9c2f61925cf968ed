//! Schedules of the template: `rate(..)` expressions and the event each call carries.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;
use vestibule_models::Clock;

use crate::lambda::Functions;
use crate::random;
use crate::template::{Schedule, Surroundings};

/// The time between two calls of `rate(<number> <unit>)`.
///
/// # Errors
/// Any other expression, with the reason.
pub(crate) fn parse_rate(expression: &str) -> Result<Duration, String> {
    let refused =
        || format!("Schedule {expression} is not supported, only rate(<number> <minutes|hours|days>)");
    let inner =
        expression.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(refused)?;
    let (number, unit) = inner.split_once(' ').ok_or_else(refused)?;
    let number: u64 = number.parse().map_err(|_| refused())?;
    let minutes = match (number, unit) {
        (1, "minute") | (2.., "minutes") => 1,
        (1, "hour") | (2.., "hours") => 60,
        (1, "day") | (2.., "days") => 24 * 60,
        _ => return Err(refused()),
    };
    Ok(Duration::from_secs(number * minutes * 60))
}

/// The event that `EventBridge` sends for one tick.
pub fn event(schedule: &Schedule, around: &Surroundings, clock: &Clock) -> Value {
    json!({
        "version": "0",
        "id": random::request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": around.account_id,
        "time": clock().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": around.region,
        "resources": [around.arn("events", &format!("rule/{}", schedule.name))],
        "detail": {},
    })
}

/// Calls the function at its rate for as long as the future lives; a tick is an asynchronous call,
/// and a late one is skipped rather than made up for.
pub(crate) async fn run(schedule: Schedule, around: Surroundings, clock: Clock, functions: Functions) {
    let mut ticks = tokio::time::interval(schedule.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let event = event(&schedule, &around, &clock);
        if let Err(error) = functions.invoke_later(&schedule.function, event) {
            tracing::error!(schedule = schedule.name, %error, "the schedule cannot call its function");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_everything_else_is_refused() {
        assert_eq!(parse_rate("rate(1 minute)").unwrap(), Duration::from_mins(1));
        assert_eq!(parse_rate("rate(6 hours)").unwrap(), Duration::from_hours(6));
        for wrong in ["rate(1 minutes)", "rate(0 days)", "rate(5)", "cron(0 1 * * ? *)", "rate(2 weeks)"] {
            assert!(parse_rate(wrong).is_err(), "{wrong}");
        }
    }
}
