//! Making a temporary password, setting it and mailing it. The password lives only here: it is
//! made, set and mailed within one call, and is in no table, no answer and no log.

use vestibule_adapters::{
    mail::{Mail, MailError, templates::Credentials},
    mailbox::{Change, MailboxError, Mailboxes, ProviderId},
    password::temporary_password,
};
use vestibule_domain::{Hire, Tenant, mail_tags};
use vestibule_saga::{Failure, Ledger};
use vestibule_sagas::CredentialsStep;

use crate::{Tools, provider::failed};

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

/// Sets a new temporary password on the mailbox `id` and mails it to the hire's personal
/// address. Returns the mail service's message id. An address that gets no mails is refused before anything is changed.
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
    let credentials = Credentials {
        company: &tenant.name,
        given_name: hire.name.given.as_str(),
        address,
        password: &password,
        crm_url: &tenant.crm_url,
        sign_in_url: &tenant.crm_url,
    };
    let mail = compose(tools, ledger, tenant, hire, &credentials, letter)?;
    if letter == Letter::Reset && before.is_none() {
        ledger.intend(REPLACING).await?;
    }
    if let Err(error) = mailboxes.set_password(id, &password, Change::AtNextSignIn).await {
        if !matches!(error, MailboxError::Unknown { .. }) {
            ledger.restore_intent(before);
        }
        return Err(failed(error));
    }
    let replaced = ledger.record().intent;
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

/// Notes on the hire which mail has carried the password, as the step that sent it recorded.
pub(crate) fn note_mail(ledger: &Ledger<'_>, hire: &mut Hire) {
    if let Some(message) = ledger.job().step(CredentialsStep::IssuePassword.as_str()).effect {
        hire.mailed(ledger.job().id, &message);
    }
}
