//! Where a business has its mailboxes made, and where events of its e-sign service come in.

use crate::{
    operations::{
        CHECK_MAILBOXES, CONNECT_MAILBOXES, ESIGN_DELIVERIES, ESIGN_ENDPOINT, ESIGN_ENDPOINTS, MAILBOXES,
        NEW_ESIGN_ENDPOINT, REMOVE_ESIGN_ENDPOINT, ROTATE_ESIGN_KEY,
    },
    page::{Action, Input, Page, Read, Then},
};

const CONNECTED: &str = "It is connected. Now check it: the check says what is still missing.";
const FIRST_PASSWORD: Input = Input::Optional("firstPassword");

/// Pages of what a business connects.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/workspace/mailboxes",
        template: "mailboxes.html",
        reads: &[Read::new("mailboxes", MAILBOXES)],
        does: &[
            Action::new(
                "connect-google",
                CONNECT_MAILBOXES,
                &[
                    Input::Fixed("provider", "google"),
                    Input::Text("admin"),
                    Input::Optional("key"),
                    FIRST_PASSWORD,
                ],
            )
            .says(CONNECTED),
            Action::new(
                "connect-microsoft",
                CONNECT_MAILBOXES,
                &[
                    Input::Fixed("provider", "microsoft"),
                    Input::Text("directory"),
                    Input::Text("client"),
                    Input::Optional("clientSecret"),
                    Input::Text("licence"),
                    Input::Text("country"),
                    FIRST_PASSWORD,
                ],
            )
            .says(CONNECTED),
            Action::new(
                "connect-workmail",
                CONNECT_MAILBOXES,
                &[Input::Fixed("provider", "workmail"), FIRST_PASSWORD],
            )
            .says(CONNECTED),
            Action::new("check-mailboxes", CHECK_MAILBOXES, &[])
                .then(Then::Show("mailbox_check.html"), "It was looked at."),
        ],
    },
    Page {
        path: "/workspace/signatures",
        template: "endpoints.html",
        reads: &[Read::new("endpoints", ESIGN_ENDPOINTS)],
        does: &[Action::new(
            "new-endpoint",
            NEW_ESIGN_ENDPOINT,
            &[Input::Text("vendor"), Input::Text("key")],
        )
        .then(
            Then::Go("/workspace/signatures/{answer.id}"),
            "The endpoint is made. Enter its address at your e-sign service.",
        )],
    },
    Page {
        path: "/workspace/signatures/{id}",
        template: "endpoint.html",
        reads: &[
            Read::new("endpoint", ESIGN_ENDPOINT).of(&["id"]),
            Read::new("deliveries", ESIGN_DELIVERIES).of(&["id"]).along(&["cursor"]),
        ],
        does: &[
            Action::new("next-key", ROTATE_ESIGN_KEY, &[Input::Text("key")])
                .of(&["id"])
                .says("The key is added. Now choose it at your e-sign service."),
            Action::new("end-older-key", ROTATE_ESIGN_KEY, &[Input::Flag("keepOlder")])
                .of(&["id"])
                .says("Only the newest key is taken from now on."),
            Action::new("remove-endpoint", REMOVE_ESIGN_ENDPOINT, &[])
                .of(&["id"])
                .then(Then::Go("/workspace/signatures"), "The endpoint is removed."),
        ],
    },
];
