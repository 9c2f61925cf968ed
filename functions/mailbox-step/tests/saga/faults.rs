//! Every call of a clean run is made to go wrong in every way.

use vestibule_domain::JobStatus;
use vestibule_models::Service;

use crate::{
    firm::Firm,
    kinds::{numbered, title, troubles},
    stack::Stack,
    twist::agrees,
};

#[tokio::test]
async fn whatever_goes_wrong_at_an_outside_call_the_job_ends_with_everything_or_nothing_or_named() {
    let stack = Stack::start().await;
    let (firm, work) = Firm::with_hire(&stack).await;
    let calls = firm.calls_of(&firm.saga(), work).await;
    firm.assert_sound(&[work], "clean run").await;
    assert!(calls.iter().any(|call| call.service == Service::Ses), "a clean run sends a mail");
    let (mut cases, mut twice, mut ends) = (0, 0, [0; 3]);
    for (call, passed) in numbered(&calls) {
        for trouble in troubles() {
            let case = format!("{} {}", title(&call, passed), trouble.name);
            let (firm, work) = Firm::with_hire(&stack).await;
            stack.cloud.faults().set(trouble.at(&call, passed));
            let ended = firm.run(&firm.saga(), work).await;
            stack.cloud.faults().clear();
            firm.assert_sound(&[work], &case).await;
            let status = firm.job(work).await.status;
            assert!(agrees(ended, status), "{case}: {ended:?} but {status:?}");
            cases += 1;
            twice += usize::from(firm.mails(work).len() > 1);
            let end = [JobStatus::Succeeded, JobStatus::Failed, JobStatus::NeedsAttention];
            ends[end.iter().position(|end| *end == status).unwrap()] += 1;
        }
    }
    assert!(cases > 0 && cases == calls.len() * troubles().len());
    println!("faults: {cases} cases at {} calls; succeeded, failed, needs attention: {ends:?}", calls.len());
    println!("faults: mails sent more than once: {twice} of {cases} cases");
}
