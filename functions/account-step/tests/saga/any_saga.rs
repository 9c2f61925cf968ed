//! What the test kit tries with every saga, tried with the account saga for each kind of person and tenant.

use vestibule_saga_kit as kit;

use crate::orders::{At, KINDS, Orders};

macro_rules! each_kind {
    ($($name:ident $title:literal $check:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            for kind in KINDS {
                let orders = Orders::open(kind).await;
                println!("{} {kind:?}: {}", $title, $check(&At(&orders)).await);
            }
        }
    )+};
}

each_kind! {
    whatever_goes_wrong_with_the_mail_the_job_ends_with_everything_or_nothing_or_named "faults" kit::fails_at_any_call;
    a_step_that_fails_for_good_brings_back_the_state_from_before "failures for good" kit::fails_for_good;
    a_worker_that_dies_in_any_step_or_undo_leaves_a_job_that_goes_on "deaths" kit::dies_in_any_step_or_undo;
    two_workers_that_die_one_after_the_other_leave_a_job_that_goes_on "two deaths" kit::dies_twice;
    a_worker_that_dies_while_it_waits_leaves_a_job_that_goes_on "deaths while waiting" kit::dies_while_waiting;
    a_step_or_undo_done_twice_before_its_record_is_as_one_done_once "twice before the record"
        kit::done_twice_before_the_record;
    a_task_delivered_again_after_the_end_changes_nothing "tasks again after the end" kit::repeated_after_the_end;
    each_task_performed_twice_in_a_row_has_its_effect_once "tasks twice in a row" kit::twice_in_a_row;
}
