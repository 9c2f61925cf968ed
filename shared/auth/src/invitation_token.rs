//! Tokens of invitations: `base64url(6 || tenant || invitation || secret)`. They name the tenant, so that the invitation is found
//! in the tenant's own partition.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use vestibule_domain::{InvitationId, TenantId, World};

use crate::{Purpose, TokenDigest, TokenError, link::decode};

/// An invitation's token in its parts. Parsing one proves nothing: the row's digest decides.
#[derive(Debug)]
pub struct InvitationToken {
    /// To which tenant.
    pub tenant: TenantId,
    /// Which invitation.
    pub invitation: InvitationId,
    secret: SecretBox<[u8; 32]>,
}

impl InvitationToken {
    /// A new token for an invitation.
    pub fn new(tenant: TenantId, invitation: InvitationId, world: &World) -> Self {
        Self { tenant, invitation, secret: SecretBox::new(Box::new(world.bytes())) }
    }

    /// Reads the 87 characters that [`InvitationToken::to_text`] writes.
    ///
    /// # Errors
    /// Any other spelling, and tokens for something else.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let bytes = decode::<65>(text, Purpose::Invitation)?;
        let (tenant, rest) = bytes[1..].split_first_chunk().ok_or(TokenError)?;
        let (invitation, secret) = rest.split_first_chunk().ok_or(TokenError)?;
        let secret = SecretBox::new(Box::new(secret.try_into().map_err(|_| TokenError)?));
        let (tenant, invitation) = (TenantId::from_bytes(*tenant), InvitationId::from_bytes(*invitation));
        Ok(Self { tenant, invitation, secret })
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
        let ids = [self.tenant.to_bytes(), self.invitation.to_bytes()].concat();
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
        let (tenant, invitation) = (TenantId::from_parts(1, 2), InvitationId::from_parts(3, 4));
        let token = InvitationToken::new(tenant, invitation, &world);
        let text = token.to_text().expose_secret().to_owned();
        assert_eq!(text.len(), 87);
        let read = InvitationToken::parse(&text).unwrap();
        assert_eq!((read.tenant, read.invitation, read.digest()), (tenant, invitation, token.digest()));
        for purpose in [Purpose::VerifyEmail, Purpose::MagicLink, Purpose::Invitation] {
            assert!(LinkToken::parse(&text, purpose).is_err());
            let link = LinkToken::new(purpose, tenant.to_bytes(), &world).to_text();
            assert!(InvitationToken::parse(link.expose_secret()).is_err());
        }
        for wrong in ["", &text[1..], &format!("{text}A"), &text.replacen('B', "A", 1)] {
            assert!(InvitationToken::parse(wrong).is_err(), "{wrong}");
        }
        let other = InvitationToken::new(TenantId::from_parts(1, 9), invitation, &world);
        assert_ne!(other.digest(), token.digest());
    }
}
