//! A team from a CSV file.

use super::team::{ALL_GROUPS, ALL_ROLES};
use crate::{
    operations::{CANCEL_IMPORT, IMPORT, IMPORTS, START_IMPORT},
    page::{Action, Input, Page, Read, Then},
};

const ROWS: &[Input] = &[Input::Table("rows")];

/// Pages of imports.
pub(super) const PAGES: &[Page] = &[
    Page {
        path: "/admin/team/import",
        template: "import.html",
        reads: &[ALL_ROLES.must("team.invite"), ALL_GROUPS],
        does: &[
            Action::new("import-look", START_IMPORT, ROWS)
                .always(&[("dryRun", "true")])
                .then(Then::Show("import.html"), "Nothing is changed yet."),
            Action::new("import", START_IMPORT, ROWS)
                .then(Then::Go("/admin/team/import/{answer.id}"), "The import has begun."),
        ],
    },
    Page {
        path: "/admin/team/imports",
        template: "imports.html",
        reads: &[Read::new("imports", IMPORTS).along(&["cursor"]).most(25)],
        does: &[],
    },
    Page {
        path: "/admin/team/import/{id}",
        template: "imported.html",
        reads: &[Read::new("run", IMPORT).of(&["id"])],
        does: &[Action::new("import-stop", CANCEL_IMPORT, &[])
            .of(&["id"])
            .says("The import stops after the rows at hand.")],
    },
];
