//! Links by which owners choose the passwords of their mailboxes. A token is in the mail and nowhere else: its hash is written
//! before the mail is handed over.

use secrecy::SecretString;
use vestibule_adapters::mail::templates::OneTimeLink;
use vestibule_api::settings::UNSET_SITE;
use vestibule_auth::{MailboxPasswordToken, Purpose};
use vestibule_domain::{Hire, PasswordLink, PasswordLinkState, Tenant};
use vestibule_saga::{Failure, Ledger};
use vestibule_store::JobWrites;

use crate::Tools;

/// The failure of a job whose mail would have a link to somebody else's machine.
pub(crate) const SITE_UNSET: &str = "site_url_is_the_default";

/// A new link: what the mail says, and what is kept of it.
pub(crate) struct NewLink {
    address: SecretString,
    pub(crate) kept: PasswordLink,
}

impl NewLink {
    /// A link for the mailbox of `hire`.
    pub(crate) fn new(tools: &Tools, tenant: &Tenant, hire: &Hire) -> Result<Self, Failure> {
        if tools.site == UNSET_SITE {
            return Err(Failure::permanent(SITE_UNSET));
        }
        let (purpose, world) = (Purpose::MailboxPassword, &tools.world);
        let token = MailboxPasswordToken::new(tenant.id, hire.id, world);
        let expires = world.now().saturating_add(purpose.lasts());
        let expires = expires.map_err(|_| Failure::permanent("clock_broken"))?;
        let address = purpose.link(&tools.site, &token.to_text());
        Ok(Self { address, kept: PasswordLink::new(token.digest().as_str(), expires) })
    }

    /// What the mail says.
    pub(crate) fn once(&self) -> OneTimeLink<'_> {
        OneTimeLink { url: &self.address, lasts: Purpose::MailboxPassword.lasts() }
    }
}

/// The write that makes the link of an earlier mail worthless, if there is one that works: whoever has it sets no password any
/// more from the moment in which the job replaces it.
///
/// # Errors
/// A request is setting a password by it: to be tried again when that is over.
pub(crate) fn revoking(ledger: &Ledger<'_>, hire: &Hire) -> Result<JobWrites, Failure> {
    let state = hire.password_link.as_ref().map(|link| link.state(ledger.world().now()));
    match state {
        Some(PasswordLinkState::Taken) => Err(Failure::retry("password_being_set")),
        Some(PasswordLinkState::Open) => {
            let without = Hire { password_link: None, ..hire.clone() };
            Ok(JobWrites::none().replace_hire(without))
        }
        _ => Ok(JobWrites::none()),
    }
}
