//! The real program, killed in the middle of its work and started again on the same data: an
//! accepted job is neither lost nor doubled nor left half-done.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod firm;
mod process;

use std::{path::Path, time::Duration};

use futures::future::join_all;
use serde_json::json;
use vestibule_api::lambda;
use vestibule_models::{Cloud, CloudOptions, Fault, FaultKind, SentMail, Service, User};

use firm::Firm;
use process::Process;
use vestibule_tests::passwords::MAILBOX_PASSWORD;

/// The mail organization of the sample tenant.
const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";
/// How long a job may take after the restart. The lease of the dead worker runs out after 20 s.
const RECOVERY: Duration = Duration::from_secs(90);

/// When the process is killed.
#[derive(Debug, Clone)]
enum Moment {
    /// While this call is under way: not done yet, or done and not answered.
    During(Service, &'static str, FaultKind),
    /// So long after the last signature.
    After(Duration),
}

/// What was found once the job had ended.
struct Outcome {
    moment: Moment,
    /// Users and mails there were when the process died.
    before: (usize, usize),
    status: String,
    jobs: usize,
    users: Vec<User>,
    created: u64,
    mails: Vec<SentMail>,
}

/// What the outside world holds; only while no process runs.
fn outside(data_dir: &Path) -> (Vec<User>, u64, Vec<SentMail>) {
    let cloud = Cloud::open(Some(data_dir), CloudOptions::default()).unwrap();
    let created = cloud.work_mail().mutations().unwrap().get("CreateUser").copied().unwrap_or_default();
    (cloud.work_mail().users(ORGANIZATION).unwrap(), created, cloud.mailer().sent().unwrap())
}

async fn kill_at(moment: Moment) -> Outcome {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path());
    let firm = Firm::enter(&process).await;
    if let Moment::During(service, operation, kind) = &moment {
        firm.plant(&process, &Fault::new(*service, operation, kind.clone())).await;
    }
    let hire = firm.hire(&process).await;
    let job = firm.sign(&process, &hire).await;
    match &moment {
        Moment::During(..) => tokio::time::timeout(RECOVERY, firm.hit(&process)).await.unwrap(),
        Moment::After(delay) => tokio::time::sleep(*delay).await,
    }
    process.kill();
    let (users, _, mails) = outside(directory.path());

    let process = Process::start(directory.path());
    let shown = firm.get(&process, &format!("/api/hires/{hire}")).await;
    assert_eq!(shown["job"], json!(job), "the hire, its job and the first token are still there");
    let ended = tokio::time::timeout(RECOVERY, firm.ended(&process, &job)).await;
    let ended = ended.unwrap_or_else(|_| panic!("{moment:?}: the job did not end"));
    firm.choose_password(&process).await;
    let jobs = firm.get(&process, "/api/provision/jobs").await["items"].as_array().unwrap().len();
    process.kill();
    let (users_after, created, mails_after) = outside(directory.path());
    let survived = users.iter().all(|user| users_after.iter().any(|after| after.id == user.id));
    assert!(survived && mails_after.starts_with(&mails), "{moment:?}: what was outside is still there");
    let status = ended["status"].as_str().unwrap().to_owned();
    let before = (users.len(), mails.len());
    Outcome { moment, before, status, jobs, users: users_after, created, mails: mails_after }
}

fn moments() -> Vec<Moment> {
    let calls = [
        (Service::WorkMail, "CreateUser"),
        (Service::WorkMail, "RegisterToWorkMail"),
        (Service::Ses, "SendEmail"),
    ];
    let kinds = [FaultKind::Hold, FaultKind::Late { millis: 60_000 }];
    let during = calls
        .into_iter()
        .flat_map(|(service, operation)| kinds.clone().map(|kind| Moment::During(service, operation, kind)));
    let random = lambda::world().bytes::<3>();
    let between = random.map(|byte| Moment::After(Duration::from_millis(u64::from(byte) * 4)));
    during.chain(between).collect()
}

/// Whether the password that was chosen by the link of the last mail opens the mailbox.
fn opens(user: Option<&User>) -> bool {
    let cloud = Cloud::open(None, CloudOptions::default()).unwrap();
    user.is_some_and(|user| cloud.work_mail().password_matches(user, MAILBOX_PASSWORD))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_doubles_and_breaks_no_job() {
    let outcomes = join_all(moments().into_iter().map(|moment| tokio::spawn(kill_at(moment)))).await;
    let (mut lost, mut doubled, mut mailed_twice) = (0, 0, 0);
    let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
    for outcome in &outcomes {
        let Outcome { moment, before, status, jobs, users, created, mails } = outcome;
        println!(
            "{moment:?}: users {} -> {}, mails {} -> {}, {status}",
            before.0,
            users.len(),
            before.1,
            mails.len()
        );
        lost += u32::from(*jobs == 0 || status != "succeeded" || users.is_empty() || mails.is_empty());
        doubled += u32::from(*jobs > 1 || users.len() > 1 || *created > 1 || mails.len() > 2);
        mailed_twice += u32::from(mails.len() == 2);
        assert!(opens(users.first()), "{moment:?}: the chosen password opens the mailbox");
        assert_eq!(users[0].email.as_deref(), Some("kim.doe@test-brand.example"), "{moment:?}");
    }
    println!(
        "killed {} times: jobs lost {lost}, doubled {doubled}, mails sent twice {mailed_twice}",
        outcomes.len()
    );
    assert_eq!((lost, doubled), (0, 0));
}
