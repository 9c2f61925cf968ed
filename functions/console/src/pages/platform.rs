//! The platform's own pages, for its administrators: accounts, the jobs that make them, and the platform's log.

use crate::{
    operations::{
        ACCOUNT, ACCOUNTS, CANCEL_PLATFORM_JOB, CHANGE_ACCOUNT_TIER, PLATFORM_JOB, PLATFORM_JOBS,
        PLATFORM_LOG, PLATFORM_ORGANIZATIONS, PLATFORM_RECORD, PROVISION_ACCOUNT, REMOVE_ACCOUNT,
        RESEND_ACCOUNT_INVITATION, RESTORE_ACCOUNT, RETRY_PLATFORM_JOB, SEND_PASSWORD_RESET, SUSPEND_ACCOUNT,
    },
    page::{Action, Input, Page, Read, Then},
};

const ID: &[&str] = &["id"];
const JOBS: Read = Read::new("jobs", PLATFORM_JOBS);
/// The account that a form is about.
const WHICH: &[Input] = &[Input::Text("userId")];

const PROVISION: &[Input] = &[
    Input::Text("email"),
    Input::Text("name"),
    Input::Text("tier"),
    Input::When("role", "where", "known"),
    Input::When("tenant", "where", "known"),
    Input::When("organization.name", "where", "new"),
    Input::When("organization.slug", "where", "new"),
    Input::When("organization.preset", "where", "new"),
];

const CARE: &[Action] = &[
    Action::new("account-invite", RESEND_ACCOUNT_INVITATION, WHICH)
        .says("The invitation is sent again. Its new link works for seven days."),
    Action::new("account-tier", CHANGE_ACCOUNT_TIER, &[Input::Text("userId"), Input::Text("tier")])
        .says("The plan of the account is changed."),
    Action::new("account-reset", SEND_PASSWORD_RESET, WHICH)
        .says("A mail with a link for a new password is on its way."),
    Action::new("account-suspend", SUSPEND_ACCOUNT, WHICH)
        .says("The account is suspended, and all its sessions have ended."),
    Action::new("account-restore", RESTORE_ACCOUNT, WHICH).says("The account is let in again."),
    Action::new("account-remove", REMOVE_ACCOUNT, WHICH)
        .says("The account is removed. Its address is free for another one."),
];

/// Pages of the platform.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/admin/provisioning",
        template: "accounts.html",
        reads: &[Read::new("accounts", ACCOUNTS)
            .along(&["status", "tier", "cursor"])
            .search("text", "email", "name")
            .most(25)
            .asks()],
        does: &[],
    },
    Page {
        path: "/admin/provisioning/new",
        template: "new_account.html",
        // The form needs nothing of them; they tell who may have it.
        reads: &[
            JOBS.most(1),
            Read::new("found", PLATFORM_ORGANIZATIONS)
                .if_given(&[("tenant", "id"), ("business", "name")])
                .along(&["cursor"])
                .most(10),
        ],
        does: &[Action::new("provision", PROVISION_ACCOUNT, PROVISION)
            .then(Then::Go("/admin/provisioning/jobs/{answer.id}"), "The job has begun.")],
    },
    Page {
        path: "/admin/provisioning/accounts/{id}",
        template: "account.html",
        reads: &[Read::new("account", ACCOUNT).of(ID), Read::new("job", PLATFORM_JOB).of(&["account.job"])],
        does: CARE,
    },
    Page {
        path: "/admin/provisioning/jobs",
        template: "account_jobs.html",
        reads: &[JOBS.along(&["status", "cursor"]).most(25)],
        does: &[],
    },
    Page {
        path: "/admin/provisioning/jobs/{id}",
        template: "account_job.html",
        reads: &[Read::new("job", PLATFORM_JOB).of(ID)],
        does: &[
            Action::new("retry-account", RETRY_PLATFORM_JOB, &[]).of(ID).says("The job is tried again."),
            Action::new("cancel-account", CANCEL_PLATFORM_JOB, &[])
                .of(ID)
                .says("The job is cancelled. What it had made is taken back."),
        ],
    },
    // The same templates as those of a business's log: the path tells them whose it is.
    Page {
        path: "/admin/platform-log",
        template: "audit.html",
        reads: &[Read::new("log", PLATFORM_LOG)
            .along(&["from", "to", "actor", "action", "resource", "outcome", "cursor"])
            .most(25)
            .asks()],
        does: &[],
    },
    Page {
        path: "/admin/platform-log/{id}",
        template: "audit_record.html",
        reads: &[Read::new("record", PLATFORM_RECORD).of(ID)],
        does: &[],
    },
];
