//! Reads the table and the mails after a run, and names everything that is wrong: left over, touched, doubled, missing.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule_auth::{PlatformScope, SystemTask};
use vestibule_domain::{Account, Job, JobStatus, SignupStatus, StepStatus, Tier, UserId, UserState};
use vestibule_saga_kit::is_clean;

use crate::orders::{At, Case, Orders, Person};

type Row = HashMap<String, AttributeValue>;

fn text(row: &Row, name: &str) -> String {
    row.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

/// A value as text, the same for the same value.
fn sorted(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(fields) => {
            let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| (name, sorted(value))).collect();
            format!("{fields:?}")
        }
        other => format!("{other:?}"),
    }
}

/// What a job leaves behind in any case: its own record and what tells of it.
fn is_record(row: &Row) -> bool {
    let (pk, sk) = (text(row, "PK"), text(row, "SK"));
    ["#AUDIT#", "#OUTBOX", "#IDEM#", "PLATFORM#JOBS"].iter().any(|part| pk.contains(part))
        || ["JOB#", "ORDER#"].iter().any(|part| sk.starts_with(part))
}

impl Orders {
    async fn rows(&self) -> Vec<Row> {
        let pages = self.kit.rows.scan().table_name(&self.kit.table).consistent_read(true).into_paginator();
        let mut items = pages.items().send();
        let mut rows = Vec::new();
        while let Some(row) = items.next().await {
            rows.push(row.unwrap());
        }
        rows
    }

    /// Everything in the table about the person and the tenant of an order, by its key.
    pub(crate) async fn about(&self, case: &Case) -> BTreeMap<String, String> {
        self.about_in(&self.rows().await, case)
    }

    fn about_in(&self, rows: &[Row], case: &Case) -> BTreeMap<String, String> {
        let address = self.kit.store.sealer().address_key(&case.order.email).to_string();
        let slug = case.order.organization.as_ref().map(|new| format!("SLUG#{}", new.slug));
        let users = [Some(case.order.user), case.known].into_iter().flatten().map(|user| user.to_string());
        let mut ours: Vec<String> = users.chain([case.tenant.to_string(), address]).collect();
        ours.extend(slug);
        let rows = rows.iter().filter(|row| !is_record(row));
        let named = rows.filter_map(|row| {
            let key = format!("{} / {}", text(row, "PK"), text(row, "SK"));
            ours.iter().any(|id| key.contains(id)).then(|| (key, sorted(&AttributeValue::M(row.clone()))))
        });
        named.collect()
    }

    pub(crate) async fn find_job(&self, case: &Case) -> Job {
        vestibule_saga_kit::job(&At(self), case).await
    }

    /// Everything that is wrong with an ended job.
    pub(crate) async fn judge(&self, case: &Case) -> Vec<String> {
        let (job, rows) = (self.find_job(case).await, self.rows().await);
        let after = self.about_in(&rows, case);
        let mut found = self.announced(case, &job, &rows);
        found.extend(self.signed_up(case, &job, &rows).await);
        let mut check = |holds: bool, wrong: &str| {
            if !holds {
                found.push(format!("{}: {wrong}", job.id));
            }
        };
        check(job.status.is_final(), "lost: the job has not ended");
        check(job.lease_until.is_none(), "the job ended under a lease");
        let mails = self.mails(case);
        let to = [case.order.email.as_str()];
        check(mails.iter().all(|mail| mail.to == to), "a mail went elsewhere");
        let clean = job.steps.values().all(|step| is_clean(step.status));
        match job.status {
            JobStatus::Succeeded => {
                check(job.steps.values().all(|step| step.status == StepStatus::Done), "a step is not done");
                check(!mails.is_empty(), "no mail was sent");
                found.extend(self.missing(case, &after).await);
            }
            JobStatus::Failed | JobStatus::Cancelled => {
                check(clean, "a step was not undone");
                check(mails.is_empty(), "a mail was sent");
                check(job.last_error.is_some(), "there is no reason");
                found.extend(differences(&case.before, &after));
            }
            _ => {
                let undo_failed = job.steps.values().any(|step| step.status == StepStatus::UndoFailed);
                let named = undo_failed || job.steps.values().any(|step| step.status == StepStatus::Failed);
                check(named, "nothing tells what is left");
            }
        }
        found
    }

    /// What is wrong with the sign-up that a job works for: it stands where its job does, in the lists and the counts too.
    async fn signed_up(&self, case: &Case, job: &Job, rows: &[Row]) -> Vec<String> {
        let Some(id) = case.signup else { return Vec::new() };
        let scope = PlatformScope::for_system(SystemTask::Seed);
        let signup = self.kit.store.administration(&scope).find_promo_signup(id).await.unwrap().unwrap();
        let mut found = Vec::new();
        let expected = SignupStatus::of(job.status);
        if signup.status != expected || signup.job.map(|job| job.id) != Some(job.id) {
            found.push(format!("{id}: the sign-up is {:?}, its job {:?}", signup.status, job.status));
        }
        for status in SignupStatus::ALL {
            let list = format!("PLATFORM#PROMO#{}", status.name());
            let listed = rows.iter().any(|row| text(row, "PK") == list && text(row, "SK") == id.to_string());
            if listed != (status == expected) {
                found.push(format!("{id}: listed as {}: {listed}", status.name()));
            }
        }
        found
    }

    /// What a person who was given an account has to have.
    async fn missing(&self, case: &Case, rows: &BTreeMap<String, String>) -> Vec<String> {
        let (platform, scope) = (self.kit.store.platform(), Self::scope(case.tenant));
        let user: UserId = case.known.unwrap_or(case.order.user);
        let mut missing = Vec::new();
        let mut check = |holds: bool, what: &str| {
            if !holds {
                missing.push(format!("missing: {what}"));
            }
        };
        let person = platform.find_user(user).await.unwrap();
        let account: Option<Account> = platform.find_account(user).await.unwrap();
        let member = platform.find_membership(case.tenant, user).await.unwrap();
        let made = self.person.is_new();
        let state = person.as_ref().map(|person| person.status.state);
        let expected = if self.person == Person::Known { UserState::Active } else { UserState::Invited };
        check(state == Some(expected), "the person, in the state that they have");
        check(account.is_some_and(|account| account.tier == case.order.tier), "the account with its tier");
        check(member.is_some_and(|member| member.roles == [case.order.role.clone()]), "the membership");
        let tenant = self.kit.store.tenant(&scope).settings().await.unwrap();
        let tier = if self.new_tenant { case.order.tier } else { Tier::Free };
        check(tenant.tier == tier, "the tenant with its tier");
        let with = |part: &str| rows.keys().filter(|key| key.contains(part)).count();
        check(with("PLATFORM#ACCOUNTS") == 4, "its places in the lists of states and tiers");
        check(with("PLATFORM#NAME") == 2, "its places in the lists of names");
        check(!made || with("LINK#reset-password") == 1, "the link");
        let seats = self.kit.store.tenant(&scope).find_seats().await.unwrap().used;
        check(seats == if self.new_tenant { 1 } else { 2 }, "the right number of seats");
        missing
    }

    /// Ends told more or less than once, places in the platform's lists of jobs, and secrets in the table.
    fn announced(&self, case: &Case, job: &Job, rows: &[Row]) -> Vec<String> {
        let id = case.job.to_string();
        let of_job =
            |list: &str| rows.iter().filter(|row| text(row, "PK") == list && text(row, "SK") == id).count();
        let mut found = Vec::new();
        let for_a_person = matches!(job.status, JobStatus::Failed | JobStatus::NeedsAttention);
        if of_job("PLATFORM#JOBS") != 1 || of_job("PLATFORM#JOBS#ATTENTION") != usize::from(for_a_person) {
            found.push(format!("{id}: the platform does not find the job where it should"));
        }
        let kind = format!("job.{}", job.status.name());
        let outbox = format!("T#{}#OUTBOX", case.tenant);
        let told = rows.iter().filter(|row| text(row, "PK") == outbox && text(row, "detail_type") == kind);
        let told = told.filter(|row| format!("{row:?}").contains(&id)).count();
        if job.status.is_final() && told != 1 {
            found.push(format!("{id}: the end was announced {told} times"));
        }
        let tokens = self.mails(case).iter().filter_map(token).collect::<Vec<_>>();
        if rows.iter().any(|row| tokens.iter().any(|token| format!("{row:?}").contains(token))) {
            found.push(format!("{id}: a link's token is in the table"));
        }
        found
    }
}

/// The token of the link in a mail.
pub(crate) fn token(mail: &vestibule_models::SentMail) -> Option<String> {
    let (_, behind) = mail.text.as_deref()?.split_once("?token=")?;
    let token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    Some(behind.chars().take_while(token).collect())
}

fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let changed = keys.filter(|key| before.get(*key) != after.get(*key));
    changed.map(|key| format!("{key}: {:?}\n became {:?}", before.get(key), after.get(key))).collect()
}
