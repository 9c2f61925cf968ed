//! Hires, the jobs that make their mailboxes, and signatures that fitted nobody.

use crate::{
    operations::{
        CALL_BACK_HIRE, CANCEL_JOB, CREATE_HIRE, DROP_ESIGN_EVENT, ESIGN_EVENTS, HIRE, HIRES, JOB, JOBS,
        MATCH_ESIGN_EVENT, OFFBOARD_HIRE, OFFBOARDING, REMOVE_HIRE, RESET_HIRE_PASSWORD, RETRY_JOB, RUN_JOB,
        SETUP,
    },
    page::{Action, Input, Page, Read, Then},
};

const PART: &[&str] = &["cursor"];

/// Pages of the mailbox job.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/hires",
        template: "hires.html",
        reads: &[Read::new("hires", HIRES).along(PART)],
        does: &[Action::new("remove-hire", REMOVE_HIRE, &[]).of(&["hire"]).says("The record is removed.")],
    },
    Page {
        path: "/hires/new",
        template: "new_hire.html",
        reads: &[Read::new("setup", SETUP).of(&["context.tenant.id"]).needs("tenant.settings.view")],
        does: &[Action::new(
            "hire",
            CREATE_HIRE,
            &[Input::Text("givenName"), Input::Text("familyName"), Input::Text("personalEmail")],
        )
        .then(Then::Go("/hires/{answer.id}"), "The hire is added.")],
    },
    Page {
        path: "/hires/{id}",
        template: "hire.html",
        reads: &[
            Read::new("hire", HIRE).of(&["id"]),
            Read::new("job", JOB).of(&["hire.job"]).needs("provisioning.view"),
            Read::new("plan", OFFBOARDING).of(&["id"]),
            Read::new("leaving", JOB).of(&["plan.job"]).needs("provisioning.view"),
        ],
        does: &[
            Action::new(
                "offboard",
                OFFBOARD_HIRE,
                &[Input::Optional("handOverTo"), Input::Number("deleteAfterDays")],
            )
            .of(&["id"])
            .says("The hire is leaving. The steps are seen below."),
            Action::new("call-back", CALL_BACK_HIRE, &[]).of(&["id"]).says("The hire is being called back."),
            Action::new("new-password", RESET_HIRE_PASSWORD, &[])
                .of(&["id"])
                .says("A new password is being made. It is mailed to the personal address."),
            Action::new("remove", REMOVE_HIRE, &[])
                .of(&["id"])
                .then(Then::Go("/hires"), "The hire is removed. A mailbox that stands was left as it is."),
            Action::new("run", RUN_JOB, &[Input::Text("job")]).says("The job is running."),
            Action::new("retry", RETRY_JOB, &[Input::Optional("localPart")])
                .of(&["job"])
                .says("The job is tried again."),
            Action::new("cancel", CANCEL_JOB, &[]).of(&["job"]).says("The job is being cancelled."),
        ],
    },
    Page {
        path: "/jobs",
        template: "jobs.html",
        reads: &[Read::new("jobs", JOBS).along(PART), Read::new("hires", HIRES).needs("hires.view")],
        does: &[],
    },
    Page {
        path: "/jobs/{id}",
        template: "job.html",
        reads: &[
            Read::new("job", JOB).of(&["id"]),
            Read::new("hire", HIRE).of(&["job.hire"]).needs("hires.view"),
        ],
        does: &[
            Action::new("run-job", RUN_JOB, &[Input::Text("job")]).says("The job is running."),
            Action::new("retry-job", RETRY_JOB, &[Input::Optional("localPart")])
                .of(&["job"])
                .says("The job is tried again."),
            Action::new("cancel-job", CANCEL_JOB, &[]).of(&["job"]).says("The job is being cancelled."),
        ],
    },
    Page {
        path: "/signatures",
        template: "esign.html",
        reads: &[Read::new("events", ESIGN_EVENTS).along(&["outcome", "cursor"]), Read::new("hires", HIRES)],
        does: &[
            Action::new("match", MATCH_ESIGN_EVENT, &[Input::Text("hire"), Input::Text("document")])
                .of(&["event"])
                .says("The event counts for that hire now."),
            Action::new("drop", DROP_ESIGN_EVENT, &[]).of(&["event"]).says("The event is dismissed."),
        ],
    },
];
