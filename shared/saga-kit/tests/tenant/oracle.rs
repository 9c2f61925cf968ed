//! What is wrong after a run.

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_domain::{Job, JobStatus, StepStatus};
use vestibule_models::UserState;
use vestibule_saga_kit::{is_clean, job};
use vestibule_store::{CursorKey, JobResult, PageRequest};

use crate::{
    place::{Case, Receptions, scope},
    saga::{Reception, Step},
};

pub(crate) async fn findings(place: &Receptions, case: &Case) -> Vec<String> {
    let job = job(place, case).await;
    let mut found = Vec::new();
    let mut check = |holds: bool, wrong: &str| {
        if !holds {
            found.push(wrong.to_owned());
        }
    };
    check(job.status.is_final(), "lost: the job has not ended");
    check(job.lease_until.is_none(), "the job ended under a lease");
    let users = place.stack.cloud.work_mail().users(&case.organization).unwrap();
    check(users.contains(&case.stranger), "touched: the stranger");
    let results = results(place, case).await;
    let contiguous = results
        .iter()
        .enumerate()
        .all(|(at, result)| result.number as usize == at && result.value["row"].as_u64() == Some(at as u64));
    check(contiguous && results.len() == job.results as usize, "results are lost, doubled or out of place");
    let (ours, mails) = (place.ours(case), place.mails(case));
    check(mails.iter().all(|mail| mail.to == ["help@vestibule.example"]), "a mail went elsewhere");
    check(ours.len() <= 1, "doubled: several accounts");
    let clean = job.steps.values().all(|step| is_clean(step.status));
    match job.status {
        JobStatus::Succeeded => {
            check(results.len() == job.state::<Reception>().unwrap().results as usize, "results are missing");
            check(!mails.is_empty(), "no mail was sent");
            let open = ours.iter().all(|user| user.state == UserState::Enabled && user.name == "reception2");
            check(ours.len() == 1 && open, "the account is not as it should be");
            check(waited(place, case, &job).await, "the job did not wait");
        }
        JobStatus::Failed => {
            check(clean && ours.is_empty() && mails.is_empty(), "something is left of a failed job");
            check(job.last_error.is_some(), "there is no reason");
        }
        _ => {
            let notify = job.step(Step::Notify.as_str());
            check(mails.is_empty() || !is_clean(notify.status), "nothing tells of the mail");
            let account = job.step(Step::CreateAccount.as_str());
            check(ours.is_empty() || !is_clean(account.status), "nothing tells of the account");
            check(
                !(ours.is_empty() && mails.is_empty() && clean),
                "a person is asked though nothing is left",
            );
        }
    }
    check(announced(place, case, &job).await == 1, "the end was not announced once");
    found
}

/// Whether the steps behind the waits began no earlier than they had to.
async fn waited(place: &Receptions, case: &Case, job: &Job) -> bool {
    let state: Reception = job.state().unwrap();
    let other = place.scoped(&scope(case.tenant.id)).find::<Job>(case.other).await.unwrap().unwrap();
    let begun = |step: Step| job.step(step.as_str()).started.unwrap();
    let cooled = state.until.is_some_and(|until| until <= begun(Step::AwaitOther));
    cooled
        && other.status.is_final()
        && other.updated <= begun(Step::Notify)
        && job.steps.values().all(|step| step.status == StepStatus::Done)
}

async fn results(place: &Receptions, case: &Case) -> Vec<JobResult> {
    let (scope, key) = (scope(case.tenant.id), CursorKey::new(&"a key of this test alone".into()));
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest { limit: Some(100), cursor };
        let page = place.scoped(&scope).list_job_results(case.job, &request, &key).await.unwrap().unwrap();
        assert!(page.damaged.is_empty(), "{:?}", page.damaged);
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            all.reverse();
            return all;
        }
    }
}

/// How often the outbox has the end of the job.
async fn announced(place: &Receptions, case: &Case, job: &Job) -> usize {
    let partition = AttributeValue::S(format!("T#{}#OUTBOX", case.tenant.id));
    let query = place.stack.rows.query().table_name(&place.stack.table).consistent_read(true);
    let query = query.key_condition_expression("PK = :pk").expression_attribute_values(":pk", partition);
    let rows = query.send().await.unwrap().items.unwrap_or_default();
    let (kind, id) = (format!("\"job.{}\"", job.status.name()), job.id.to_string());
    let text = rows.iter().map(|row| format!("{row:?}"));
    text.filter(|row| row.contains(&kind) && row.contains(&id)).count()
}
