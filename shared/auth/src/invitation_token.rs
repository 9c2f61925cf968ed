//! Tokens of invitations: `base64url(6 || tenant || invitation || inviter || secret)`. They name the tenant, so that the invitation
//! is found in the tenant's own partition, and who invites, so that what decides about it is read together with it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use vestibule_domain::{InvitationId, TenantId, UserId, World};

use crate::{Purpose, TokenDigest, TokenError, link::decode};

/// An invitation's token in its parts. Parsing one proves nothing: the row's digest decides.
#[derive(Debug)]
pub struct InvitationToken {
    /// To which tenant.
    pub tenant: TenantId,
    /// Which invitation.
    pub invitation: InvitationId,
    /// Who sent it.
    pub inviter: UserId,
    secret: SecretBox<[u8; 32]>,
}

impl InvitationToken {
    /// A new token for an invitation that `inviter` sends.
    pub fn new(tenant: TenantId, (invitation, inviter): (InvitationId, UserId), world: &World) -> Self {
        Self { tenant, invitation, inviter, secret: SecretBox::new(Box::new(world.bytes())) }
    }

    /// Reads the 108 characters that [`InvitationToken::to_text`] writes.
    ///
    /// # Errors
    /// Any other spelling, and tokens for something else.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let bytes = decode::<81>(text, Purpose::Invitation)?;
        let (tenant, rest) = bytes[1..].split_first_chunk().ok_or(TokenError)?;
        let (invitation, rest) = rest.split_first_chunk().ok_or(TokenError)?;
        let (inviter, secret) = rest.split_first_chunk().ok_or(TokenError)?;
        let secret = SecretBox::new(Box::new(secret.try_into().map_err(|_| TokenError)?));
        let (tenant, invitation) = (TenantId::from_bytes(*tenant), InvitationId::from_bytes(*invitation));
        Ok(Self { tenant, invitation, inviter: UserId::from_bytes(*inviter), secret })
    }

    /// The text for the link.
    pub fn to_text(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.bytes()).into()
    }

    /// What the table keeps.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        let ids = [self.tenant.to_bytes(), self.invitation.to_bytes(), self.inviter.to_bytes()].concat();
        [&[Purpose::Invitation.byte()][..], &ids, self.secret.expose_secret()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LinkToken;

    #[test]
    fn a_token_names_its_invitation_and_opens_nothing_else() {
        let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, |buffer| buffer.fill(3));
        let (tenant, sent) =
            (TenantId::from_parts(1, 2), (InvitationId::from_parts(3, 4), UserId::from_parts(5, 6)));
        let token = InvitationToken::new(tenant, sent, &world);
        let text = token.to_text().expose_secret().to_owned();
        assert_eq!(text.len(), 108);
        let read = InvitationToken::parse(&text).unwrap();
        assert_eq!((read.tenant, (read.invitation, read.inviter)), (tenant, sent));
        assert_eq!(read.digest(), token.digest());
        for purpose in [Purpose::VerifyEmail, Purpose::MagicLink, Purpose::Invitation] {
            assert!(LinkToken::parse(&text, purpose).is_err());
            let link = LinkToken::new(purpose, tenant.to_bytes(), &world).to_text();
            assert!(InvitationToken::parse(link.expose_secret()).is_err());
        }
        // The shorter one is as links were that did not name who invites.
        for wrong in ["", &text[1..], &format!("{text}A"), &text.replacen('B', "A", 1), &text[..87]] {
            assert!(InvitationToken::parse(wrong).is_err(), "{wrong}");
        }
        let others = [(TenantId::from_parts(1, 9), sent), (tenant, (sent.0, UserId::from_parts(5, 9)))];
        for (tenant, sent) in others {
            assert_ne!(InvitationToken::new(tenant, sent, &world).digest(), token.digest());
        }
    }
}
