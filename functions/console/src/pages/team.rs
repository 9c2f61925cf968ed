//! Members, roles, groups and permissions.

use crate::{
    operations::{
        CREATE_GROUP, CREATE_ROLE, EXPLAIN, GROUPS, MATRIX, MEMBER, MEMBERS, REGISTER_PERMISSION,
        REMOVE_GROUP, REMOVE_MEMBER, REMOVE_ROLE, ROLE, ROLES, UPDATE_GROUP, UPDATE_MEMBER, UPDATE_ROLE,
    },
    page::{Action, Input, Page, Read, Then},
};

const ID: &[&str] = &["id"];
pub(super) const ALL_ROLES: Read = Read::new("roles", ROLES);
pub(super) const ALL_GROUPS: Read = Read::new("groups", GROUPS);
const PERMISSIONS: Read = Read::new("matrix", MATRIX);

/// Pages of the team.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/admin/team",
        template: "team.html",
        reads: &[
            Read::new("members", MEMBERS).along(&["text", "role", "kind", "group", "status", "cursor"]),
            ALL_ROLES,
            ALL_GROUPS,
        ],
        does: &[],
    },
    Page {
        path: "/admin/team/{id}",
        template: "member.html",
        reads: &[
            Read::new("member", MEMBER).of(ID),
            ALL_ROLES,
            ALL_GROUPS,
            Read::new("inviter", MEMBER).of(&["member.invitedBy"]),
        ],
        does: &[
            Action::new("member-roles", UPDATE_MEMBER, &[Input::Many("roles")])
                .of(ID)
                .says("The roles are changed."),
            Action::new("member-groups", UPDATE_MEMBER, &[Input::Many("groups")])
                .of(ID)
                .says("The groups are changed."),
            Action::new("member-kind", UPDATE_MEMBER, &[Input::Text("kind")]).of(ID).says("It is saved."),
            Action::new("suspend", UPDATE_MEMBER, &[Input::Fixed("status", "suspended")])
                .of(ID)
                .says("The member is suspended."),
            Action::new("resume", UPDATE_MEMBER, &[Input::Fixed("status", "active")])
                .of(ID)
                .says("The suspension has ended."),
            Action::new("remove-member", REMOVE_MEMBER, &[])
                .of(ID)
                .then(Then::Go("/admin/team"), "The member is removed from this business."),
        ],
    },
    Page {
        path: "/admin/team/{id}/why/{permission}",
        template: "why.html",
        reads: &[
            Read::new("explanation", EXPLAIN).of(&["id", "permission"]),
            Read::new("member", MEMBER).of(ID),
        ],
        does: &[],
    },
    Page { path: "/admin/team/roles", template: "roles.html", reads: &[ALL_ROLES], does: &[] },
    Page {
        path: "/admin/team/roles/new",
        template: "role.html",
        reads: &[PERMISSIONS, ALL_ROLES],
        does: &[Action::new(
            "new-role",
            CREATE_ROLE,
            &[Input::Text("id"), Input::Text("title"), Input::Nullable("parent"), Input::Many("permissions")],
        )
        .then(Then::Go("/admin/team/roles/{answer.id}"), "The role is made.")],
    },
    Page {
        path: "/admin/team/roles/{id}",
        template: "role.html",
        reads: &[
            Read::new("role", ROLE).of(ID),
            PERMISSIONS,
            ALL_ROLES,
            Read::new("holders", MEMBERS).with(&[("role", "id")]),
        ],
        does: &[
            Action::new(
                "role",
                UPDATE_ROLE,
                &[Input::Text("title"), Input::Nullable("parent"), Input::Many("permissions")],
            )
            .of(ID)
            .says("The role is saved. It counts from now on, for everybody who has it."),
            Action::new("remove-role", REMOVE_ROLE, &[])
                .of(ID)
                .query(&[("moveTo", "moveTo")])
                .then(Then::Go("/admin/team/roles"), "The role is removed."),
        ],
    },
    Page {
        path: "/admin/team/groups",
        template: "groups.html",
        reads: &[ALL_GROUPS],
        does: &[
            Action::new("new-group", CREATE_GROUP, &[Input::Text("name")]).says("The group is made."),
            Action::new("rename-group", UPDATE_GROUP, &[Input::Text("name")])
                .of(&["group"])
                .says("The group is renamed."),
            Action::new("remove-group", REMOVE_GROUP, &[]).of(&["group"]).says("The group is removed."),
        ],
    },
    Page {
        path: "/admin/settings/permissions",
        template: "matrix.html",
        reads: &[PERMISSIONS, ALL_ROLES],
        does: &[Action::new("register", REGISTER_PERMISSION, &[Input::Text("name"), Input::Text("about")])
            .says("The permission is added.")],
    },
];
