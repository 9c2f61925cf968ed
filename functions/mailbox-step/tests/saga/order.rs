//! The address goes last.

use vestibule_saga::{Action, Failure, Next};
use vestibule_saga_kit::Twisted;
use vestibule_sagas::MailboxStep;

use crate::{directory::PROVIDERS, firm::Firm, stack::Stack};

#[tokio::test]
async fn an_address_is_not_given_back_before_its_user_is_gone() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let (firm, work) = Firm::with_hire(&stack).await;
        let inner = firm.saga();
        let steps = MailboxStep::DEFINITION.steps;
        let failing = MailboxStep::DEFINITION.place("enable_mailbox");
        let saga = Twisted::new(&inner).failing_at(steps[failing].name);
        for step in &steps[..=failing] {
            let done = firm.perform_patiently(&saga, work, (step.name, Action::Do)).await;
            assert_eq!(done.is_err(), step.name == steps[failing].name, "{}", step.name);
        }
        let early = firm.perform(&saga, work, "reserve_address", Action::Undo).await;
        assert_eq!(early, Err(Failure::permanent("mailbox_not_gone")));
        assert_eq!(firm.locks(1).await.len(), 1);
        for step in steps[..=failing].iter().rev() {
            assert_eq!(firm.perform_patiently(&saga, work, (step.name, Action::Undo)).await, Ok(Next::Step));
        }
        firm.assert_sound(&[work], "undone in order").await;
        assert!(firm.locks(1).await.is_empty() && firm.ours().is_empty());
    }
}
