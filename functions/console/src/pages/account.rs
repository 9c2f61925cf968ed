//! One's own account, sessions, businesses, and where people from outside begin.

use crate::{
    operations::{
        BEGIN_CONNECTION, BEGIN_TOTP, CHANGE_DEFAULT, CHANGE_EMAIL, CHANGE_PASSWORD, CONFIRM_TOTP,
        END_SESSION, EXPLAIN, FOUND, LEAVE, LOGOUT, ME, NOTIFICATIONS, RECOVERY_CODES, REMOVE_AVATAR,
        REMOVE_CONNECTION, REMOVE_TOTP, SESSIONS, SET_AVATAR, SWITCH, UPDATE_ME, UPDATE_NOTIFICATIONS,
    },
    page::{Action, Input, Page, Read, Then},
};

const MINE: Read = Read::new("account", ME);

/// Pages below `/settings`, and what needs no business.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/settings/profile",
        template: "profile.html",
        reads: &[MINE],
        does: &[
            Action::new("rename", UPDATE_ME, &[Input::Text("name")]).says("Your name is changed."),
            Action::new("picture", SET_AVATAR, &[Input::File("picture")]).says("Your picture is changed."),
            Action::new("no-picture", REMOVE_AVATAR, &[]).says("Your picture is removed."),
            Action::new("email", CHANGE_EMAIL, &[Input::Text("email"), Input::Optional("password")])
                .then(Then::Show("mail_sent.html"), "A mail is on its way."),
        ],
    },
    Page {
        path: "/settings/security",
        template: "security.html",
        reads: &[MINE],
        does: &[
            Action::new(
                "password",
                CHANGE_PASSWORD,
                &[Input::Optional("currentPassword"), Input::Text("newPassword")],
            )
            .says("Your password is changed. Other devices were signed out."),
            Action::new("totp", BEGIN_TOTP, &[Input::Optional("password")])
                .then(Then::Show("totp.html"), "Scan the picture."),
            Action::new("totp-confirm", CONFIRM_TOTP, &[Input::Text("code")])
                .then(Then::Show("recovery_codes.html"), "Your second factor is on.")
                .again("totp.html"),
            Action::new("totp-remove", REMOVE_TOTP, &[Input::Optional("password"), Input::Text("code")])
                .says("Your second factor is off."),
            Action::new(
                "recovery-codes",
                RECOVERY_CODES,
                &[Input::Optional("password"), Input::Text("code")],
            )
            .then(Then::Show("recovery_codes.html"), "You have new recovery codes."),
            Action::new("connect", BEGIN_CONNECTION, &[Input::Text("provider"), Input::Optional("password")])
                .then(Then::Show("connections.html"), "Go on at the provider."),
            Action::new(
                "disconnect",
                REMOVE_CONNECTION,
                &[Input::Text("provider"), Input::Optional("password")],
            )
            .says("This account does not sign you in any more."),
        ],
    },
    Page {
        path: "/settings/sessions",
        template: "sessions.html",
        reads: &[Read::new("sessions", SESSIONS)],
        does: &[
            Action::new("end", END_SESSION, &[]).of(&["session"]).says("That device is signed out."),
            Action::new("others", LOGOUT, &[Input::Fixed("sessions", "others")])
                .says("All other devices are signed out."),
        ],
    },
    Page {
        path: "/settings/notifications",
        template: "notifications.html",
        reads: &[Read::new("notifications", NOTIFICATIONS)],
        does: &[
            Action::new("notify", UPDATE_NOTIFICATIONS, &[Input::Flag("membership")]).says("It is saved.")
        ],
    },
    Page {
        path: "/settings/tenants",
        template: "tenants.html",
        reads: &[MINE],
        does: &[
            Action::new("switch", SWITCH, &[Input::Text("tenant")])
                .then(Then::Go("/home"), "You work in this business now."),
            Action::new("default", CHANGE_DEFAULT, &[Input::Nullable("tenant")])
                .says("It is your default now: new sessions begin there."),
            Action::new("leave", LEAVE, &[]).of(&["tenant"]).says("You have left it."),
        ],
    },
    Page {
        path: "/businesses/new",
        template: "found.html",
        reads: &[],
        does: &[Action::new(
            "found",
            FOUND,
            &[Input::Text("name"), Input::Text("slug"), Input::Text("preset")],
        )
        .then(Then::Go("/setup"), "The business is created. You are its administrator.")],
    },
    Page {
        path: "/why/{permission}",
        template: "why.html",
        reads: &[Read::new("explanation", EXPLAIN).of(&["context.user", "permission"])],
        does: &[],
    },
    Page { path: "/portal/creator", template: "portal.html", reads: &[MINE], does: &[] },
    Page { path: "/portal/contractor", template: "portal.html", reads: &[MINE], does: &[] },
    Page { path: "/portal/vendor", template: "portal.html", reads: &[MINE], does: &[] },
];
