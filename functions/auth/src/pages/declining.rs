//! The page that declines an invitation.

use axum::{extract::State, response::Response};
use vestibule_api::{Keyed, Origin};
use vestibule_pages::{OwnPage, PageForm, PageParams};

use super::{
    invitation::ended,
    links::{LinkForm, LinkQuery, click},
};
use crate::{
    Auth,
    invitations::{InvitationLink, decline},
};

pub(super) const DECLINE: &str = "/auth/decline-invitation";

/// Shows the button that declines. Nothing is used up.
#[utoipa::path(get, path = "/auth/decline-invitation", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_decline_invitation(
    State(auth): State<Auth>,
    origin: Origin,
    PageParams(query): PageParams<LinkQuery>,
) -> Response {
    let name = match auth.open_invitation(&query.token().into(), &origin, &Keyed::default()).await {
        Ok((found, _)) => found.tenant.name,
        Err(error) => return ended(&auth, error),
    };
    let title = format!("Decline the invitation to {name}");
    let text = format!("You do not join {name}; the team sees that you declined. They can invite you again.");
    auth.pages.form(&click(&text, (&title, DECLINE, "Decline"), query.token()))
}

/// Declines.
#[utoipa::path(post, path = "/auth/decline-invitation", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_decline_invitation(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let link = InvitationLink { token: form.into_token() };
    match decline::decline(&auth, &link, &origin, &Keyed::default()).await {
        Ok((_, found)) => {
            let title = format!("You declined the invitation to {}", found.tenant.name);
            auth.pages.done(&title, "Nothing else happens. You can close this page.", None)
        }
        Err(error) => ended(&auth, error),
    }
}
