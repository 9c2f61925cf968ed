//! Tokens of the links by which owners of mailboxes choose a password: `base64url(7 || tenant || hire || secret)`. They name the
//! tenant, so that the hire is found in the tenant's own partition.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use vestibule_domain::{HireId, TenantId, World};

use crate::{Purpose, TokenDigest, TokenError, link::decode};

/// Such a token in its parts. Parsing one proves nothing: the digest in the hire's row decides.
#[derive(Debug)]
pub struct MailboxPasswordToken {
    /// In which tenant.
    pub tenant: TenantId,
    /// Whose mailbox.
    pub hire: HireId,
    secret: SecretBox<[u8; 32]>,
}

impl MailboxPasswordToken {
    /// A new token for the mailbox of `hire`.
    pub fn new(tenant: TenantId, hire: HireId, world: &World) -> Self {
        Self { tenant, hire, secret: SecretBox::new(Box::new(world.bytes())) }
    }

    /// Reads the 87 characters that [`MailboxPasswordToken::to_text`] writes.
    ///
    /// # Errors
    /// Any other spelling, and tokens for something else.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let bytes = decode::<65>(text, Purpose::MailboxPassword)?;
        let (tenant, rest) = bytes[1..].split_first_chunk().ok_or(TokenError)?;
        let (hire, secret) = rest.split_first_chunk().ok_or(TokenError)?;
        let secret = SecretBox::new(Box::new(secret.try_into().map_err(|_| TokenError)?));
        Ok(Self { tenant: TenantId::from_bytes(*tenant), hire: HireId::from_bytes(*hire), secret })
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
        let ids = [self.tenant.to_bytes(), self.hire.to_bytes()].concat();
        [&[Purpose::MailboxPassword.byte()][..], &ids, self.secret.expose_secret()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{InvitationToken, LinkToken};

    #[test]
    fn a_token_names_its_mailbox_and_opens_nothing_else() {
        let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, |buffer| buffer.fill(3));
        let (tenant, hire) = (TenantId::from_parts(1, 2), HireId::from_parts(3, 4));
        let token = MailboxPasswordToken::new(tenant, hire, &world);
        let text = token.to_text().expose_secret().to_owned();
        assert_eq!(text.len(), 87);
        let read = MailboxPasswordToken::parse(&text).unwrap();
        assert_eq!((read.tenant, read.hire, read.digest()), (tenant, hire, token.digest()));
        assert!(InvitationToken::parse(&text).is_err());
        for purpose in [Purpose::ResetPassword, Purpose::Invitation, Purpose::MailboxPassword] {
            assert!(LinkToken::parse(&text, purpose).is_err());
            let link = LinkToken::new(purpose, tenant.to_bytes(), &world).to_text();
            assert!(MailboxPasswordToken::parse(link.expose_secret()).is_err());
        }
        for wrong in ["", &text[1..], &format!("{text}A"), &text.replacen('B', "A", 1), &"A".repeat(9999)] {
            assert!(MailboxPasswordToken::parse(wrong).is_err(), "{wrong}");
        }
        for (tenant, hire) in [(TenantId::from_parts(1, 9), hire), (tenant, HireId::from_parts(3, 9))] {
            assert_ne!(MailboxPasswordToken::new(tenant, hire, &world).digest(), token.digest());
        }
        assert!(!format!("{token:?}").contains("[3"), "{token:?}");
    }
}
