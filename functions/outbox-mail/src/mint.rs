//! Making links. A token is in the mail and nowhere else: the table keeps its hash, written
//! before the mail is handed over.

use secrecy::SecretString;
use vestibule_auth::{InvitationToken, LinkToken};
use vestibule_domain::Email;
use vestibule_store::{Link, StoreError};

use crate::{
    Outbox,
    decide::{Holder, LinkPlan},
};

impl Outbox {
    /// Makes the link about `email` that counts from now on, in place of any older one of its
    /// kind. Returns the whole address.
    pub(crate) async fn mint(&self, plan: &LinkPlan, email: &Email) -> Result<SecretString, StoreError> {
        let LinkPlan { purpose, holder, expires } = plan;
        let platform = self.store.platform();
        let text = match holder {
            Holder::Registration(registration) => {
                let token = LinkToken::new(*purpose, registration.to_bytes(), &self.world);
                platform.keep_registration_link(*registration, &token.digest()).await?;
                token.to_text()
            }
            Holder::Person(user) => {
                let token = LinkToken::new(*purpose, user.id.to_bytes(), &self.world);
                let (digest, email) = (token.digest(), email.clone());
                let link = Link { digest, email, epoch: user.epoch, expires: *expires };
                platform.keep_link(user.id, purpose.name(), &link).await?;
                token.to_text()
            }
            Holder::Invitation(tenant, invitation) => {
                let token = InvitationToken::new(*tenant, (invitation.id, invitation.inviter), &self.world);
                platform.keep_invitation_link(*tenant, invitation, &token.digest()).await?;
                token.to_text()
            }
        };
        Ok(self.site.link(*purpose, &text))
    }
}
