//! Sign-ups of the promotion, for whoever administers it.

use crate::{
    operations::{CREATE_PROMO_ACCOUNT, PROMO_SIGNUPS},
    page::{Action, Page, Read},
};

/// Pages of the promotion.
pub(super) const PAGES: &[Page] = &[Page {
    path: "/admin/promo-signups",
    template: "promo_signups.html",
    reads: &[Read::new("signups", PROMO_SIGNUPS)
        .along(&["status", "name", "email", "cursor"])
        .most(25)
        .asks()],
    does: &[Action::new("create-account", CREATE_PROMO_ACCOUNT, &[])
        .of(&["signup"])
        .says("The account is being made. Look again in a moment.")],
}];
