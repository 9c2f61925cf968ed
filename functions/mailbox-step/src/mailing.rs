//! Making a temporary password, setting it and mailing it. The password lives only here: it is
//! made, set and mailed within one call, and is in no table, no answer and no log.

use vestibule_adapters::{
    mail::{Mail, MailError, templates::Credentials},
    mailbox::{MailboxError, Mailboxes, ProviderId},
    password::temporary_password,
};
use vestibule_domain::{Hire, Tenant};
use vestibule_saga::{Failure, Ledger};

use crate::{Tools, provider::failed};

/// The intent written before the mail is handed over: from here on it may be out.
pub(crate) const MAILING: &str = "mailing";
/// The intent written before a password in use is replaced: from here on it may no longer work.
const REPLACING: &str = "setting_password";

/// Which mail carries the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// The first one, about a new mailbox.
    Welcome,
    /// One about a new password.
    Reset,
}

/// Sets a new temporary password on the mailbox `id` and mails it to the hire's personal
/// address. Returns the mail service's message id.
pub(crate) async fn issue_password(
    tools: &Tools,
    ledger: &mut Ledger<'_>,
    (tenant, hire): (&Tenant, &Hire),
    (mailboxes, id, address): (&Mailboxes, &ProviderId, &str),
    letter: Letter,
) -> Result<String, Failure> {
    let before = ledger.record().intent;
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
    if let Err(error) = mailboxes.set_password(id, &password).await {
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
    let job = ledger.job().id.to_string();
    let mail = mail.map_err(|_| Failure::permanent("mail_not_composable"))?;
    let tagged = mail.with_reply_to(tenant.support.as_str()).and_then(|mail| mail.with_tag("job", &job));
    tagged.map_err(|_| Failure::permanent("mail_not_composable"))
}
