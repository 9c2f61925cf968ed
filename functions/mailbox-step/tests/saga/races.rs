//! Many jobs at once: equal names get distinct addresses, and a job that cannot succeed holds up
//! no other.

use std::collections::BTreeSet;

use futures::future::join_all;
use vestibule_domain::{JobStatus, MailboxProvider};
use vestibule_models::{Fault, Service};

use crate::{
    directory::{PROVIDERS, refused_for_good},
    firm::{Firm, Work},
    stack::Stack,
};

const EQUAL_NAMES: u32 = 50;

async fn run_all(firm: &Firm<'_>, works: &[Work]) {
    let saga = firm.saga();
    join_all(works.iter().map(|work| firm.run(&saga, *work))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_equal_names_at_once_get_fifty_addresses_around_a_stranger() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let firm = Firm::open(&stack).await;
        let stranger = EQUAL_NAMES / 7;
        let local = firm.address(stranger).local().as_str().to_owned();
        assert!(firm.add_stranger(&local, &local));
        let mut works = Vec::new();
        for _ in 0..EQUAL_NAMES {
            works.push(firm.hire("José", "Ó'Brien").await);
        }
        run_all(&firm, &works).await;
        firm.assert_sound(&works, "equal names").await;
        let mut addresses = BTreeSet::new();
        for work in &works {
            assert_eq!(firm.job(*work).await.status, JobStatus::Succeeded);
            addresses.insert(firm.find_hire(work.hire).await.address.unwrap().to_string());
        }
        let expected = (1..=EQUAL_NAMES + 1).filter(|n| *n != stranger).map(|n| firm.address(n).to_string());
        assert_eq!(addresses, expected.collect::<BTreeSet<_>>());
        let twice = works.iter().filter(|work| firm.mails(**work).len() > 1).count();
        println!("{provider:?} equal names: {} cases; mails sent more than once: {twice}", works.len());
    }
}

#[tokio::test]
async fn jobs_that_cannot_succeed_hold_up_no_other() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let firm = Firm::open(&stack).await;
        let nameless = firm.hire("!!", "--").await;
        let reserved = firm.hire("Postmaster", ".").await;
        let refused = firm.hire("Poison", "Pill").await;
        let creates = match provider {
            MailboxProvider::WorkMail => {
                Fault::new(Service::WorkMail, "CreateUser", refused_for_good(provider))
            }
            MailboxProvider::Google => {
                Fault::new(Service::Google, "users.insert", refused_for_good(provider))
            }
            MailboxProvider::Microsoft => {
                Fault::new(Service::Microsoft, "CreateUser", refused_for_good(provider))
            }
        };
        let fault = creates.times(u32::MAX).matching("poison.pill");
        stack.cloud.faults().set(fault);
        let mut works = vec![nameless, reserved, refused];
        for _ in 0..7 {
            works.push(firm.hire("José", "Ó'Brien").await);
        }
        run_all(&firm, &works).await;
        firm.assert_sound(&works, "poison").await;
        let mut statuses = Vec::new();
        for work in &works {
            statuses.push(firm.job(*work).await.status);
        }
        assert_eq!(statuses[..3], [JobStatus::NeedsAttention, JobStatus::NeedsAttention, JobStatus::Failed]);
        assert!(statuses[3..].iter().all(|status| *status == JobStatus::Succeeded), "{statuses:?}");
        println!("{provider:?} poison: 3 bad jobs beside {} good cases", works.len() - 3);
    }
}
