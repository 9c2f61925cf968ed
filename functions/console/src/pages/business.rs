//! Home, the first set-up of a business, and its settings.

use crate::{
    operations::{
        CHANGE_SUBSCRIPTION, DOMAIN, HIRES, JOBS, ORGANIZATION, SAVE_SETUP, SETUP, SUBSCRIPTION,
        UPDATE_ORGANIZATION, UPDATE_WORKSPACE, VERIFY_DOMAIN, WANT_DOMAIN, WORKSPACE,
    },
    page::{Action, Input, Page, Read, Then},
};

const TENANT: &[&str] = &["context.tenant.id"];
const SETUP_READ: Read = Read::new("setup", SETUP).of(TENANT);
const NEXT: Then = Then::Go("/setup");
const SAVED: &str = "This step is saved.";

const STEPS: &[Action] = &[
    Action::new(
        "company",
        SAVE_SETUP,
        &[Input::Text("company.name"), Input::Text("company.size"), Input::Text("company.location")],
    )
    .then(NEXT, SAVED),
    Action::new("industry", SAVE_SETUP, &[Input::Many("industry")]).then(NEXT, SAVED),
    Action::new("regions", SAVE_SETUP, &[Input::Lines("regions")]).then(NEXT, SAVED),
    Action::new("lead-sources", SAVE_SETUP, &[Input::Lines("leadSources")]).then(NEXT, SAVED),
    Action::new(
        "integrations",
        SAVE_SETUP,
        &[
            Input::Lines("integrations.apis"),
            Input::Nullable("integrations.webhookUrl"),
            Input::Nullable("integrations.crmUrl"),
        ],
    )
    .then(NEXT, SAVED),
    Action::new("billing", SAVE_SETUP, &[Input::Text("billing.tier"), Input::Nullable("billing.email")])
        .then(NEXT, SAVED),
];

/// Pages of the business itself.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/home",
        template: "home.html",
        reads: &[
            SETUP_READ.needs("tenant.settings.view"),
            Read::new("jobs", JOBS).needs("provisioning.view"),
            Read::new("hires", HIRES).needs("hires.view"),
        ],
        does: &[],
    },
    Page { path: "/setup", template: "setup.html", reads: &[SETUP_READ], does: STEPS },
    Page { path: "/setup/{step}", template: "setup.html", reads: &[SETUP_READ], does: STEPS },
    Page {
        path: "/workspace",
        template: "organization.html",
        reads: &[Read::new("organization", ORGANIZATION).of(TENANT)],
        does: &[Action::new(
            "organization",
            UPDATE_ORGANIZATION,
            &[
                Input::Text("name"),
                Input::Lines("documents"),
                Input::Text("jobStart"),
                Input::Text("crmUrl"),
                Input::Text("supportEmail"),
                Input::Nullable("color"),
            ],
        )
        .of(&["tenant"])
        .says("The settings are saved.")],
    },
    Page {
        path: "/workspace/systems",
        template: "workspace.html",
        reads: &[Read::new("workspace", WORKSPACE)],
        does: &[Action::new(
            "systems",
            UPDATE_WORKSPACE,
            &[
                Input::Lines("leadSources"),
                Input::Lines("integrations.apis"),
                Input::Nullable("integrations.webhookUrl"),
                Input::Nullable("integrations.crmUrl"),
            ],
        )
        .says("It is saved.")],
    },
    Page {
        path: "/workspace/domain",
        template: "domain.html",
        reads: &[Read::new("domain", DOMAIN).of(TENANT)],
        does: &[
            Action::new("want-domain", WANT_DOMAIN, &[Input::Text("domain")])
                .of(&["tenant"])
                .says("Now add the record below to the DNS of the domain."),
            Action::new("verify-domain", VERIFY_DOMAIN, &[])
                .of(&["tenant"])
                .says("The domain is proved. New mailboxes are made in it."),
        ],
    },
    Page {
        path: "/workspace/plan",
        template: "subscription.html",
        reads: &[Read::new("subscription", SUBSCRIPTION)],
        does: &[Action::new("tier", CHANGE_SUBSCRIPTION, &[Input::Text("tier")]).says("The plan is changed.")],
    },
];
