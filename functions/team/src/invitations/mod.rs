//! Who is invited to an organization, and what becomes of it.

mod asked;
pub mod create_invitations;
pub mod get_invitation;
pub mod list_invitations;
pub mod resend_invitation;
pub mod revoke_invitation;
pub mod update_invitation;
pub mod view;

use vestibule_api::ApiError;
use vestibule_domain::{Email, InvitationId, InvitationState};
use vestibule_store::{Invitation, InvitationToChange, TenantStore};

/// What to do about an invitation whose record cannot be read.
pub(crate) const DAMAGED: &str =
    "The record of this invitation cannot be read. Ask whoever runs this service to repair it.";

/// The invitation, to be changed by who asks; where its address is known, with whether that gets mails.
async fn find(
    store: &TenantStore<'_>,
    id: InvitationId,
    email: Option<&Email>,
) -> Result<InvitationToChange, ApiError> {
    let found = store.find_invitation_to_change(id, email).await;
    found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?.ok_or_else(ApiError::not_found)
}

/// The refusal to change an invitation that has ended.
fn ended(invitation: &Invitation, wanted: &str) -> ApiError {
    let end = invitation.ended.as_ref().map_or(InvitationState::Pending, |end| end.state);
    let detail = format!("This invitation was {} already and cannot be {wanted}; invite anew.", end.name());
    ApiError::new(vestibule_api::Code::WrongState, detail)
}
