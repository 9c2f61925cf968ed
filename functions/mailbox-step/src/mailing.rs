//! Making a password, setting it, and mailing it or a link to choose another. Password and link live only here: they are
//! made, set and mailed within one call, and are in no table, no answer and no log.

use vestibule_adapters::{
    mail::{
        Mail, MailError,
        templates::{Credentials, Told},
    },
    mailbox::{Change, MailboxError, Mailboxes, ProviderId},
    password::temporary_password,
};
use vestibule_domain::{FirstPassword, Hire, PasswordLink, Tenant, mail_tags};
use vestibule_saga::{Failure, Ledger};
use vestibule_sagas::{CredentialsState, CredentialsStep, MailboxState};

use crate::{
    Tools,
    link::{NewLink, revoking},
    provider::failed,
};

/// The intent written before the mail is handed over: from here on it may be out.
pub(crate) const MAILING: &str = "mailing";
/// The intent written before a password in use is replaced: from here on it may no longer work.
const REPLACING: &str = "setting_password";

/// The failure of a job whose mail would go to an address that gets none.
pub(crate) const ADDRESS_SUPPRESSED: &str = "address_suppressed";

/// Which mail carries the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// The first one, about a new mailbox.
    Welcome,
    /// One about a new password.
    Reset,
}

/// Sets a new password on the mailbox `id`, and mails it to the hire's personal address; or, where the tenant wants it so, a link to
/// choose another, and nobody is told the one that was set. Returns the mail service's message id. An address that gets no mails is
/// refused before anything is changed.
pub(crate) async fn issue_password(
    tools: &Tools,
    ledger: &mut Ledger<'_>,
    (tenant, hire): (&Tenant, &Hire),
    (mailboxes, id, address): (&Mailboxes, &ProviderId, &str),
    letter: Letter,
) -> Result<String, Failure> {
    let before = ledger.record().intent;
    let to = tools.store.sealer().address_key(&hire.personal_email);
    if tools.store.platform().find_suppression(&to).await?.is_some() {
        return Err(Failure::permanent(ADDRESS_SUPPRESSED));
    }
    let password = temporary_password(&|buffer| tools.world.fill(buffer));
    let link = match tenant.first_password(mailboxes.provider()) {
        FirstPassword::Mailed => None,
        FirstPassword::Link => Some(NewLink::new(tools, tenant, hire)?),
    };
    let credentials = Credentials {
        company: &tenant.name,
        given_name: hire.name.given.as_str(),
        address,
        told: link.as_ref().map_or(Told::Password(&password), |link| Told::Link(link.once())),
        crm_url: &tenant.crm_url,
        sign_in_url: mailboxes.provider().sign_in_page(),
    };
    let mail = compose(tools, ledger, tenant, hire, &credentials, letter)?;
    if letter == Letter::Reset && before.is_none() {
        let revoking = revoking(ledger, hire)?;
        ledger.intend_with(REPLACING, revoking).await?;
    }
    let change = if link.is_some() { Change::Never } else { Change::AtNextSignIn };
    if let Err(error) = mailboxes.set_password(id, &password, change).await {
        if !matches!(error, MailboxError::Unknown { .. }) {
            ledger.restore_intent(before);
        }
        return Err(failed(error));
    }
    let replaced = ledger.record().intent;
    keep_link(ledger, letter, link.map(|link| link.kept))?;
    ledger.intend(MAILING).await?;
    match tools.mailer.send(&mail).await {
        Ok(message) => Ok(message.as_str().to_owned()),
        Err(error) => {
            if !matches!(error, MailError::Unknown { .. }) {
                ledger.restore_intent(replaced);
            }
            Err(error.into())
        }
    }
}

/// Notes what is kept of the link in the mail, for the end of the job.
fn keep_link(ledger: &mut Ledger<'_>, letter: Letter, link: Option<PasswordLink>) -> Result<(), Failure> {
    match letter {
        Letter::Welcome => {
            let state = MailboxState { link, ..ledger.state()? };
            ledger.set_state(&state)
        }
        Letter::Reset => ledger.set_state(&CredentialsState { link }),
    }
}

fn compose(
    tools: &Tools,
    ledger: &Ledger<'_>,
    tenant: &Tenant,
    hire: &Hire,
    credentials: &Credentials<'_>,
    letter: Letter,
) -> Result<Mail, Failure> {
    let to = hire.personal_email.as_str();
    let mail = match letter {
        Letter::Welcome => tools.templates.welcome(to, credentials),
        Letter::Reset => tools.templates.password_reset(to, credentials),
    };
    let mail = mail.map_err(|_| Failure::permanent("mail_not_composable"))?;
    let ids = [
        (mail_tags::TENANT, tenant.id.to_string()),
        (mail_tags::HIRE, hire.id.to_string()),
        (mail_tags::JOB, ledger.job().id.to_string()),
    ];
    let mail = mail.with_reply_to(tenant.support.as_str());
    let tagged = ids.iter().fold(mail, |mail, (name, id)| mail?.with_tag(name, id));
    tagged.map_err(|_| Failure::permanent("mail_not_composable"))
}

/// Notes on the hire which mail has carried the password or the link, as the step that sent it recorded. The link takes the place of
/// any older one.
pub(crate) fn note_mail(ledger: &Ledger<'_>, hire: &mut Hire, link: Option<PasswordLink>) {
    hire.password_link = link;
    if let Some(message) = ledger.job().step(CredentialsStep::IssuePassword.as_str()).effect {
        hire.mailed(ledger.job().id, &message);
    }
}
