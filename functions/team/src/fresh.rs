//! Making administrators asks for a fresh sign-in.

use jiff::SignedDuration;
use vestibule_api::{Api, ApiError, Code};
use vestibule_auth::Principal;

/// How long after a sign-in somebody may make administrators.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Refuses a session that somebody left open: whoever makes an administrator has signed in just now. `what` would make one.
pub(crate) async fn check(api: &Api, principal: &Principal, what: &str) -> Result<(), ApiError> {
    let by = principal.actor().user().ok_or_else(ApiError::not_found)?;
    let begun = api.store.platform().session_begun(by, principal.session()).await?;
    if begun.is_some_and(|begun| api.world.now().duration_since(begun) <= FRESH) {
        return Ok(());
    }
    let detail =
        format!("{what} makes an administrator. Sign in anew, then send it again within 15 minutes.");
    Err(ApiError::new(Code::Forbidden, detail))
}
