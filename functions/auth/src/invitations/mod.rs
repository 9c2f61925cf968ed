//! What the holder of an invitation's link can do: look at it, join with a new account or with the one they have, decline it.

pub mod accept;
pub mod decline;
pub mod look;
pub mod sign_up;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Keyed, Origin};
use vestibule_auth::{InvitationToken, Purpose, TokenDigest};
use vestibule_domain::InvitationState;
use vestibule_store::{Conflict, FoundInvitation, StoreError};

use crate::{Auth, kept, sign_in::attempt::Group};

/// The token of an invitation's link.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitationLink {
    /// The `token` of the link's address.
    #[serde(serialize_with = "digested")]
    #[schema(value_type = String)]
    pub token: SecretString,
}

/// For the comparison of repeated requests: another invitation is another request.
fn digested<S: Serializer>(token: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    InvitationToken::parse(token.expose_secret()).ok().map(|token| token.digest()).serialize(serializer)
}

/// The tenant of an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitingTenant {
    /// Its id.
    #[schema(example = "ten_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// Its name in addresses of pages.
    pub slug: String,
}

impl InvitingTenant {
    fn of(found: &FoundInvitation) -> Self {
        let tenant = &found.tenant;
        Self { id: tenant.id.to_string(), name: tenant.name.clone(), slug: tenant.slug.clone() }
    }
}

/// The 410 for every invitation that cannot be accepted, whatever the reason.
pub(crate) fn over() -> ApiError {
    let detail =
        "This invitation is no longer valid. Look for a newer mail, or ask the team to invite you again.";
    ApiError::new(Code::InvitationOver, detail)
}

impl Auth {
    /// The invitation of a link that can be accepted now, and the hash of its token. Using nothing up.
    pub(crate) async fn open_invitation(
        &self,
        token: &SecretString,
        origin: &Origin,
        keyed: &Keyed,
    ) -> Result<(FoundInvitation, TokenDigest), ApiError> {
        self.admit(Group::Link, origin).await?;
        let token = InvitationToken::parse(token.expose_secret()).map_err(|_| over())?;
        let digest = token.digest();
        keyed.under(&self.api, kept::of_link(Purpose::Invitation.name(), &digest)).await?;
        let found = self.api.store.platform().find_invitation(&token).await?;
        let found = found.filter(|found| is_open(found, self.api.world.now())).ok_or_else(over)?;
        Ok((found, digest))
    }
}

fn is_open(found: &FoundInvitation, now: Timestamp) -> bool {
    found.state(now) == InvitationState::Pending && found.stands()
}

/// What a lost race about an invitation means for the one who lost it.
pub(crate) fn lost(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict(Conflict::NoSeat) => {
            let detail = "Every seat of the organization is taken. Ask an administrator for more; the invitation stays.";
            ApiError::new(Code::WrongState, detail)
        }
        StoreError::Conflict(Conflict::Exists) => {
            ApiError::new(Code::WrongState, "You belong to this organization already; go to its pages.")
        }
        StoreError::Conflict(Conflict::AddressTaken) => {
            let detail = "This address has an account. Sign in with it, then open the invitation again.";
            ApiError::new(Code::WrongState, detail)
        }
        other => other.into(),
    }
}
