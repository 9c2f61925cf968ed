//! The mail of a new account. Each try is written down before it is made, and its refusal behind it; a second refusal ends the
//! step, and being asked to wait is none. The SDK tries nothing by itself.

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_adapters::mail::{
    Mail, MailError,
    templates::{Fact, IdentityMail, MailLink, MailTemplate, OneTimeLink},
};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{AccountOrder, Email, MadeAccount, mail_tags};
use vestibule_saga::{Done, Failure, Ledger};
use vestibule_sagas::{AccountState, MailTry};
use vestibule_store::Link;

use crate::{
    AccountSaga,
    account_saga::{made, order},
};

/// How often the mail is handed over in one run of the job.
const TRIES: usize = 2;
/// The intent written before the mail is handed over: from here on it may be out.
const MAILING: &str = "mailing";
/// What the template has for an origin when nobody gave one.
const UNSET: &str = "https://accounts.example.com";

impl AccountSaga<'_> {
    /// Mails the invitation, once more if it was refused once.
    pub(crate) async fn invite(&self, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let (order, made) = (order(ledger).await?, made(ledger)?);
        let store = &self.accounts.store;
        if self.accounts.site == UNSET {
            return Err(Failure::permanent("site_url_is_the_default"));
        }
        if store.platform().find_suppression(&store.sealer().address_key(&order.email)).await?.is_some() {
            return Err(Failure::permanent("address_suppressed"));
        }
        let mail = self.compose(ledger, &order, made).await?;
        let before = ledger.record().intent;
        let mut state: AccountState = ledger.state()?;
        let run = ledger.job().attempt;
        state.mails.push(MailTry { run, at: ledger.world().now(), refused: None, waits: false });
        ledger.set_state(&state)?;
        ledger.intend(MAILING).await?;
        match self.accounts.mailer.send(&mail).await {
            Ok(message) => Ok(Done::with(message.as_str())),
            Err(error) => Err(note_refusal(ledger, state, before, &error)?),
        }
    }

    async fn compose(
        &self,
        ledger: &Ledger<'_>,
        order: &AccountOrder,
        made: MadeAccount,
    ) -> Result<Mail, Failure> {
        let tenant = ledger.tenant().settings().await?;
        let facts = [Fact::Given { company: tenant.name, role: order.role.as_str().to_owned() }];
        let (url, home) = (self.link(&order.email, made).await?, format!("{}/", self.accounts.site));
        let (template, link) = match &url {
            Some(url) => {
                let once = OneTimeLink { url, lasts: Purpose::Invitation.lasts() };
                (MailTemplate::AccountInvitation, MailLink::Once(once))
            }
            None => (MailTemplate::AccountAdded, MailLink::Page(&home)),
        };
        let mail = IdentityMail { template, link, other_link: "", facts: &facts };
        let mail = self.accounts.templates.identity(order.email.as_str(), &self.accounts.product, &mail);
        let mail = mail.map_err(|_| Failure::permanent("mail_not_composable"))?;
        let ids = [(mail_tags::TENANT, tenant.id.to_string()), (mail_tags::JOB, ledger.job().id.to_string())];
        let tagged = ids.iter().try_fold(mail, |mail, (name, id)| mail.with_tag(name, id));
        tagged.map_err(|_| Failure::permanent("mail_not_composable"))
    }

    /// The link by which a person that the job made sets the first password, in place of any older one; none for others.
    async fn link(&self, email: &Email, made: MadeAccount) -> Result<Option<SecretString>, Failure> {
        if !made.person {
            return Ok(None);
        }
        let (purpose, world) = (Purpose::ResetPassword, &self.accounts.world);
        let token = LinkToken::new(purpose, made.user.to_bytes(), world);
        let lasts = Purpose::Invitation.lasts();
        let expires = world.now().saturating_add(lasts).map_err(|_| Failure::permanent("clock_broken"))?;
        let link = Link { digest: token.digest(), email: email.clone(), epoch: 0, expires };
        self.accounts.store.platform().keep_link(made.user, purpose.name(), &link).await?;
        let link = purpose.link(&self.accounts.site, &token.to_text());
        Ok(Some(format!("{}&first=1", link.expose_secret()).into()))
    }
}

/// Writes a try down that failed; the step's failure: for good with the last try. A service that asks to wait, or that nobody reached,
/// has refused nothing: that is no try, and the state machine waits longer each time. A lost answer is one, since the mail may be out
/// by it.
fn note_refusal(
    ledger: &mut Ledger<'_>,
    mut state: AccountState,
    before: Option<String>,
    error: &MailError,
) -> Result<Failure, Failure> {
    let waits = matches!(error, MailError::Retry { .. });
    if let Some(last) = state.mails.last_mut() {
        (last.refused, last.waits) = (Some(error.code().to_owned()), waits);
    }
    if !matches!(error, MailError::Unknown { .. }) {
        ledger.restore_intent(before);
    }
    ledger.set_state(&state)?;
    let run = ledger.job().attempt;
    let counts = |mail: &&MailTry| mail.run == run && mail.refused.is_some() && !mail.waits;
    let refused = state.mails.iter().filter(counts).count();
    let code = error.code();
    tracing::warn!(job = %ledger.job().id, code, refused, waits, "the invitation was not taken");
    Ok(if !waits && refused >= TRIES { Failure::permanent(code) } else { Failure::retry(code) })
}
