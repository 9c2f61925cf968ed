//! What the table knows about a mail's person, read with strong consistency.

use jiff::Timestamp;
use vestibule_domain::{Email, IdentityMailKind as Kind, IdentityMailRequest, User};
use vestibule_store::{Granted, Invitation, Registration, Store, StoreError};

/// What a decision rests on.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The registration that the mail is for, if it still waits.
    pub(crate) registration: Option<Registration>,
    /// The person it is about: the one named, or the one whose address it is.
    pub(crate) person: Option<User>,
    /// Whether an address to be confirmed has an account by now.
    pub(crate) taken: bool,
    /// The name of the tenant that a mail is about, if there is one.
    pub(crate) company: Option<String>,
    /// The invitation that the mail brings, and the name of whoever invites.
    pub(crate) invitation: Option<(Invitation, String)>,
    /// The role that an account was given.
    pub(crate) role: Option<String>,
    /// What the person may do on the platform.
    pub(crate) granted: Option<Granted>,
    /// Whether the person does not want such mails.
    pub(crate) unwanted: bool,
}

/// Reads what the decision on `request` needs.
pub(crate) async fn facts(
    store: &Store,
    request: &IdentityMailRequest,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let platform = store.platform();
    match request.mail {
        Kind::Registration { registration } => {
            let Some(registration) = platform.find_registration(registration, now).await? else {
                return Ok(Facts::default());
            };
            let person = owner(store, &registration.email).await?;
            Ok(Facts { registration: Some(registration), person, ..Facts::default() })
        }
        Kind::ConfirmEmail { .. } => {
            let address = store.sealer().address_key(&request.email);
            let taken = platform.find_sign_in(&address).await?.is_some();
            Ok(Facts { person: person(store, request).await?, taken, ..Facts::default() })
        }
        Kind::MembershipChanged { user, tenant, .. } => {
            let person = person(store, request).await?;
            let (found, wishes) = platform.find_mail_wishes(tenant, user).await?;
            let unwanted = request.mail.topic().is_some_and(|(_, topic)| !wishes.wants(topic));
            let company = found.map(|tenant| tenant.name);
            Ok(Facts { person, company, unwanted, ..Facts::default() })
        }
        Kind::AccountInvitation { user } => {
            let account = platform.find_account(user).await?;
            let Some(account) = account else { return Ok(Facts::default()) };
            let (tenant, _) = platform.find_mail_wishes(account.tenant, user).await?;
            let (person, company) = (person(store, request).await?, tenant.map(|tenant| tenant.name));
            Ok(Facts { person, company, role: Some(account.role.as_str().to_owned()), ..Facts::default() })
        }
        Kind::Administrator { user, .. } => {
            let (person, granted) = platform.find_administrator(user).await?;
            Ok(Facts { person, granted, ..Facts::default() })
        }
        Kind::Invitation { tenant, invitation, .. } => {
            let found = platform.find_invitation_to_send(tenant, invitation).await?;
            let Some((invitation, tenant, inviter)) = found else { return Ok(Facts::default()) };
            let inviter =
                inviter.map_or_else(|| "An administrator".to_owned(), |name| name.as_str().to_owned());
            let (company, invitation) = (Some(tenant.name), Some((invitation, inviter)));
            Ok(Facts { company, invitation, ..Facts::default() })
        }
        _ => Ok(Facts { person: person(store, request).await?, ..Facts::default() }),
    }
}

async fn person(store: &Store, request: &IdentityMailRequest) -> Result<Option<User>, StoreError> {
    match request.mail.user() {
        Some(user) => store.platform().find_user(user).await,
        None => owner(store, &request.email).await,
    }
}

async fn owner(store: &Store, email: &Email) -> Result<Option<User>, StoreError> {
    let platform = store.platform();
    match platform.find_sign_in(&store.sealer().address_key(email)).await? {
        Some(sign_in) => platform.find_user(sign_in.user).await,
        None => Ok(None),
    }
}
