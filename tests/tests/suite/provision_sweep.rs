//! The scheduled sweep.

use jiff::SignedDuration;
use serde_json::json;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::App;

#[tokio::test]
async fn mbx_12_the_sweep_starts_pending_jobs() {
    let app = App::start().await;
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    assert_eq!(app.sweep().await, json!({ "started": 1 }));
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    assert_eq!(app.sweep().await, json!({}));
}

#[tokio::test]
async fn mbx_12_the_sweep_starts_a_run_that_was_recorded_but_never_started() {
    let app = App::start().await;
    let refuse =
        FaultKind::Refuse { error: "AccessDeniedException".into(), status: 400, message: "no".into() };
    app.stack.cloud().faults().set(Fault::new(Service::States, "StartExecution", refuse).times(1));
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
    assert_eq!(app.sweep().await, json!({}), "not due yet");
    app.advance(SignedDuration::from_mins(2));
    assert_eq!(app.sweep().await, json!({ "started": 1 }));
    assert_eq!(app.ended(&job).await["status"], "succeeded");
}

#[tokio::test]
async fn mbx_12_the_sweep_restarts_a_run_that_died() {
    let app = App::start().await;
    app.stack.cloud().faults().set(Fault::new(Service::WorkMail, "CreateUser", FaultKind::Hold).times(1));
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    app.admin().post("/api/provision/run", &json!({ "job": job })).await.expect(202);
    while app.stack.cloud().faults().held() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    app.stop_execution(&format!("{job}-1")).await;
    app.stack.cloud().faults().release();
    app.advance(SignedDuration::from_mins(2));
    assert_eq!(app.sweep().await, json!({ "restarted": 1 }));
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    assert_eq!(app.mailboxes().len(), 1);
}

#[tokio::test]
async fn mbx_12_the_sweep_retries_failed_jobs_up_to_a_limit() {
    let app = App::start().await;
    app.stack.cloud().faults().set(
        Fault::new(Service::WorkMail, "CreateUser", FaultKind::Throttle { retry_after: 0 }).times(u32::MAX),
    );
    let (_, job) = app.signed_hire("Kim", "Doe").await;
    assert_eq!(app.run(&job).await["status"], "failed");
    for retry in 1..=3 {
        assert_eq!(app.sweep().await, json!({}), "waits before retry {retry}");
        app.advance(SignedDuration::from_hours(2));
        assert_eq!(app.sweep().await, json!({ "retried": 1 }));
        let ended = app.ended(&job).await;
        assert_eq!((&ended["status"], &ended["retries"]), (&json!("failed"), &json!(retry)));
    }
    app.advance(SignedDuration::from_hours(48));
    assert_eq!(app.sweep().await, json!({}), "the limit holds");
}

#[tokio::test]
async fn mbx_12_a_bad_job_never_delays_the_others() {
    let app = App::start().await;
    let (_, poison) = app.signed_hire("Kim", "Poison").await;
    let (_, good) = app.signed_hire("Lee", "Good").await;
    app.break_job(&poison).await;
    let tally = app.sweep().await;
    assert_eq!((&tally["failed"], &tally["started"]), (&json!(1), &json!(1)));
    assert_eq!(app.ended(&good).await["status"], "succeeded");
}
