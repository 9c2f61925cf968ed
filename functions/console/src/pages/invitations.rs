//! Inviting people, and what became of it.

use super::{
    RETURNED,
    team::{ALL_GROUPS, ALL_ROLES},
};
use crate::{
    operations::{INVITATION, INVITATIONS, INVITE, MEMBER, RESEND_INVITATION, REVOKE_INVITATION},
    page::{Action, Input, Page, Read, Then},
};

const ALL: Read = Read::new("invitations", INVITATIONS);
const AGAIN: Action = Action::new("invite-again", RESEND_INVITATION, &[])
    .says("The invitation is sent again. It can be accepted for seven days.")
    .instead("mailProblem", RETURNED);
const REVOKE: Action = Action::new("invite-revoke", REVOKE_INVITATION, &[])
    .says("The invitation is revoked. Its link does not work any more.");

/// Pages of invitations.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/admin/team/invite",
        template: "invite.html",
        // It has the seats; of the invitations one is enough.
        reads: &[ALL.must("team.invite").most(1), ALL_ROLES, ALL_GROUPS],
        does: &[Action::new(
            "invite",
            INVITE,
            &[Input::Addresses("emails"), Input::Many("roles"), Input::Text("kind"), Input::Many("groups")],
        )
        .then(Then::Show("invite.html"), "The invitations are sent.")],
    },
    Page {
        path: "/admin/team/invitations",
        template: "invitations.html",
        reads: &[ALL.along(&["status", "cursor"]).most(25), ALL_ROLES],
        does: &[AGAIN.of(&["invitation"]), REVOKE.of(&["invitation"])],
    },
    Page {
        path: "/admin/team/invitations/{id}",
        template: "invitation.html",
        reads: &[
            Read::new("invitation", INVITATION).of(&["id"]),
            ALL_ROLES,
            ALL_GROUPS,
            Read::new("inviter", MEMBER).of(&["invitation.invitedBy"]),
        ],
        does: &[AGAIN.of(&["id"]), REVOKE.of(&["id"])],
    },
];
