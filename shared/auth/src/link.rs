//! Tokens of mailed links: `base64url(purpose || id || secret)`. The digest covers all of it, so a
//! token whose purpose or id was changed fits no row.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use vestibule_domain::World;

use crate::{TokenDigest, TokenError};

/// What following a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Shows that a new account's address is the person's own.
    VerifyEmail,
    /// Signs in without a password.
    MagicLink,
    /// Sets a new password.
    ResetPassword,
    /// Shows that a changed address is the person's own.
    ChangeEmail,
    /// Takes a change of address back, from the old address.
    UndoEmail,
    /// Joins a tenant; its tokens are [`crate::InvitationToken`]s.
    Invitation,
    /// Sets the password of a hire's mailbox; its tokens are [`crate::MailboxPasswordToken`]s.
    MailboxPassword,
}

impl Purpose {
    /// The name in keys and audit records.
    pub fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::MagicLink => "magic-link",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::UndoEmail => "undo-email",
            Self::Invitation => "invitation",
            Self::MailboxPassword => "mailbox-password",
        }
    }

    /// How long a link counts from the moment it is made; of a registration, from the moment it was asked for.
    pub fn lasts(self) -> SignedDuration {
        match self {
            Self::VerifyEmail => SignedDuration::from_hours(24),
            Self::MagicLink => SignedDuration::from_mins(15),
            Self::ResetPassword | Self::ChangeEmail => SignedDuration::from_mins(60),
            Self::UndoEmail | Self::Invitation | Self::MailboxPassword => SignedDuration::from_hours(7 * 24),
        }
    }

    /// The whole link: the page of the origin `site` that takes the token.
    pub fn link(self, site: &str, token: &SecretString) -> SecretString {
        let (folder, page) = match self {
            Self::ChangeEmail => ("auth", "confirm-email"),
            Self::MailboxPassword => ("mailbox", "password"),
            other => ("auth", other.name()),
        };
        format!("{site}/{folder}/{page}?token={}", token.expose_secret()).into()
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::VerifyEmail => 1,
            Self::MagicLink => 2,
            Self::ResetPassword => 3,
            Self::ChangeEmail => 4,
            Self::UndoEmail => 5,
            Self::Invitation => 6,
            Self::MailboxPassword => 7,
        }
    }
}

/// A link's token in its parts. Parsing one proves nothing: the row's digest decides.
#[derive(Debug)]
pub struct LinkToken {
    /// What it is for.
    pub purpose: Purpose,
    /// What finds the row: the bytes of an id.
    pub id: [u8; 16],
    secret: SecretBox<[u8; 32]>,
}

impl LinkToken {
    /// A new token for the row under `id`.
    pub fn new(purpose: Purpose, id: [u8; 16], world: &World) -> Self {
        Self { purpose, id, secret: SecretBox::new(Box::new(world.bytes())) }
    }

    /// Reads the 66 characters that [`LinkToken::to_text`] writes; refuses any other spelling and
    /// tokens for another purpose.
    pub fn parse(text: &str, purpose: Purpose) -> Result<Self, TokenError> {
        let bytes = decode::<49>(text, purpose)?;
        let (id, secret) = bytes[1..].split_first_chunk().ok_or(TokenError)?;
        let secret = SecretBox::new(Box::new(secret.try_into().map_err(|_| TokenError)?));
        Ok(Self { purpose, id: *id, secret })
    }

    /// The text for the link: 66 characters of base64url.
    pub fn to_text(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.bytes()).into()
    }

    /// What the table keeps.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        [&[self.purpose.byte()][..], &self.id, self.secret.expose_secret()].concat()
    }
}

/// The bytes of a token that is `N` of them long and for this purpose.
pub(crate) fn decode<const N: usize>(text: &str, purpose: Purpose) -> Result<[u8; N], TokenError> {
    let mut bytes = [0; N];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| TokenError)?;
    if length == N && bytes.first() == Some(&purpose.byte()) { Ok(bytes) } else { Err(TokenError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Purpose; 7] = [
        Purpose::VerifyEmail,
        Purpose::MagicLink,
        Purpose::ResetPassword,
        Purpose::ChangeEmail,
        Purpose::UndoEmail,
        Purpose::Invitation,
        Purpose::MailboxPassword,
    ];

    #[test]
    fn a_link_opens_only_what_it_was_made_for() {
        let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, |buffer| buffer.fill(3));
        for made_for in ALL {
            let token = LinkToken::new(made_for, [8; 16], &world);
            let text = token.to_text();
            assert_eq!(text.expose_secret().len(), 66);
            for asked in ALL {
                let read = LinkToken::parse(text.expose_secret(), asked).ok();
                let read = read.map(|read| (read.purpose, read.id, read.digest()));
                let same = (made_for == asked).then(|| (made_for, [8; 16], token.digest()));
                assert_eq!(read, same, "{made_for:?} {asked:?}");
            }
        }
    }

    #[test]
    fn links_lead_to_pages_of_the_site() {
        for (purpose, page) in ALL.into_iter().zip([
            "auth/verify-email",
            "auth/magic-link",
            "auth/reset-password",
            "auth/confirm-email",
            "auth/undo-email",
            "auth/invitation",
            "mailbox/password",
        ]) {
            let link = purpose.link("https://accounts.example:8443", &"AbC-_".into());
            assert_eq!(link.expose_secret(), format!("https://accounts.example:8443/{page}?token=AbC-_"));
        }
    }

    #[test]
    fn digests_differ_by_purpose_and_id_and_odd_spellings_are_refused() {
        let world = World::new(|| jiff::Timestamp::UNIX_EPOCH, |buffer| buffer.fill(3));
        let token = LinkToken::new(Purpose::MagicLink, [8; 16], &world);
        assert_ne!(token.digest(), LinkToken::new(Purpose::ResetPassword, [8; 16], &world).digest());
        assert_ne!(token.digest(), LinkToken::new(Purpose::MagicLink, [9; 16], &world).digest());
        let text = token.to_text().expose_secret().to_owned();
        for wrong in [
            "",
            &text[1..],
            &format!("{text}A"),
            &format!("{text}=="),
            &format!(" {text}"),
            &"A".repeat(9999),
        ] {
            assert!(LinkToken::parse(wrong, Purpose::MagicLink).is_err(), "{wrong}");
        }
    }
}
