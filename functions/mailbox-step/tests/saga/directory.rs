//! The directory that a firm's mailboxes are made in: the same questions to each provider's model.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{SignedDuration, Timestamp};
use vestibule_domain::{
    DirectoryId, Email, FirstPassword, JobId, MailboxProvider, MailboxSettings, TenantId,
};
use vestibule_models::{
    Cloud, FaultKind, GoogleSettings, GoogleUser, GraphSettings, GraphSku, GraphUser, ServiceAccountKey,
    User, UserState,
};

/// Each provider, and what its model takes its time for.
pub(crate) const PROVIDERS: [MailboxProvider; 3] = MailboxProvider::ALL;

/// Each way to a password: mailed from each provider, and by the page for links.
pub(crate) const WAYS_TO_PASSWORDS: [(MailboxProvider, FirstPassword); 4] = [
    (MailboxProvider::Google, FirstPassword::Mailed),
    (MailboxProvider::Microsoft, FirstPassword::Mailed),
    (MailboxProvider::WorkMail, FirstPassword::Mailed),
    (MailboxProvider::WorkMail, FirstPassword::Link),
];

/// One pair for all firms: making it takes longer than a case.
static KEY: LazyLock<ServiceAccountKey> =
    LazyLock::new(|| ServiceAccountKey::generate("saga@project-1.iam.gserviceaccount.com").unwrap());
const SCOPES: [&str; 3] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.user.security",
];
const PERMISSIONS: [&str; 5] = [
    "User.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "GroupMember.Read.All",
    "LicenseAssignment.Read.All",
    "MailboxSettings.ReadWrite",
];
const LICENCE: &str = "3b555118-da6a-4418-894f-7df1e2096870";
const SECRET: &str = "a client's secret";

/// Makes the vendors' models slow in the ways in which the vendors are.
pub(crate) fn slow_down(cloud: &Cloud) {
    let (short, long) = (SignedDuration::from_secs(20), SignedDuration::from_secs(50));
    cloud
        .google_workspace()
        .set(GoogleSettings {
            read_lag: short,
            creation_lag: short * 2,
            mailbox_lag: long,
            address_hold: SignedDuration::from_secs(30),
        })
        .unwrap();
    cloud.microsoft_graph().set(GraphSettings { read_lag: short, mailbox_lag: long }).unwrap();
}

/// A business's place at a provider.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) provider: MailboxProvider,
    id: String,
    domain: String,
}

impl Directory {
    /// Opens one with this number, and says how a tenant finds it.
    pub(crate) fn open(
        cloud: &Cloud,
        provider: MailboxProvider,
        (number, tenant): (u64, TenantId),
    ) -> (Self, MailboxSettings) {
        let domain = format!("firm{number}.example");
        let (id, settings) = match provider {
            MailboxProvider::WorkMail => {
                let id = format!("m-{number:032x}");
                cloud.work_mail().add_organization(&id, &domain).unwrap();
                (id.clone(), MailboxSettings::WorkMail { organization: id })
            }
            MailboxProvider::Google => google(cloud, number, &domain),
            MailboxProvider::Microsoft => microsoft(cloud, number, &domain),
        };
        let secret = match provider {
            MailboxProvider::WorkMail => None,
            MailboxProvider::Google => Some(KEY.to_file()),
            MailboxProvider::Microsoft => Some(SECRET.to_owned()),
        };
        if let Some(secret) = secret {
            cloud.secrets().put(&provider.secret_of(tenant), &secret).unwrap();
        }
        (Self { provider, id, domain }, settings)
    }

    /// Everybody in it, deleted ones left aside.
    pub(crate) fn accounts(&self, cloud: &Cloud) -> Vec<Account> {
        match self.provider {
            MailboxProvider::WorkMail => {
                cloud.work_mail().users(&self.id).unwrap().into_iter().map(Account::WorkMail).collect()
            }
            MailboxProvider::Google => {
                let users = cloud.google_workspace().users(&self.id).unwrap().into_iter();
                users.filter(|user| user.deleted_at.is_none()).map(Account::Google).collect()
            }
            MailboxProvider::Microsoft => {
                let users = cloud.microsoft_graph().users(&self.id).unwrap().into_iter();
                users.filter(|user| user.deleted_at.is_none()).map(Account::Microsoft).collect()
            }
        }
    }

    /// Adds a user by hand with this local part of its address; `name` is its name, or where a user has none, a further
    /// address. Returns its id; `None` when the address is somebody's.
    pub(crate) fn add_stranger(&self, cloud: &Cloud, name: &str, local: &str) -> Option<String> {
        let (email, other) = (format!("{local}@{}", self.domain), format!("{name}@{}", self.domain));
        match self.provider {
            MailboxProvider::WorkMail => cloud.work_mail().add_foreign_user(&self.id, name, &email).ok(),
            MailboxProvider::Google => {
                let id = cloud.google_workspace().add_user(&self.id, &email).ok()?;
                if name != local {
                    cloud.google_workspace().add_alias(&self.id, &id, &other).unwrap();
                }
                Some(id)
            }
            MailboxProvider::Microsoft => {
                let id = cloud.microsoft_graph().add_user(&self.id, &email).ok()?;
                if name != local {
                    cloud.microsoft_graph().add_proxy_address(&self.id, &id, &other).unwrap();
                }
                Some(id)
            }
        }
    }

    /// Adds a group that receives mail at this address; nothing at a provider whose model has no groups.
    pub(crate) fn add_group(&self, cloud: &Cloud, local: &str) -> bool {
        let email = format!("{local}@{}", self.domain);
        match self.provider {
            MailboxProvider::WorkMail => return false,
            MailboxProvider::Google => cloud.google_workspace().add_group(&self.id, &email).unwrap(),
            MailboxProvider::Microsoft => cloud.microsoft_graph().add_group(&self.id, &email).unwrap(),
        };
        true
    }

    /// Lets a suspended user of Google in again, as an administrator does by hand.
    pub(crate) fn let_in(&self, cloud: &Cloud, user: &Account) {
        cloud.google_workspace().set_suspended(&self.id, user.id(), false).unwrap();
    }

    /// How many licences it has from now on.
    pub(crate) fn set_licences(&self, cloud: &Cloud, count: u32) {
        match self.provider {
            MailboxProvider::WorkMail => {}
            MailboxProvider::Google => {
                cloud.google_workspace().set_user_limit(&self.id, Some(count)).unwrap();
            }
            MailboxProvider::Microsoft => cloud.microsoft_graph().add_sku(&self.id, &sku(count)).unwrap(),
        }
    }
}

fn google(cloud: &Cloud, number: u64, domain: &str) -> (String, MailboxSettings) {
    let (google, id, admin) = (cloud.google_workspace(), format!("C{number:08}"), format!("root@{domain}"));
    google.add_customer(&id, domain).unwrap();
    google.add_service_account(&KEY).unwrap();
    google.add_admin(&id, &admin).unwrap();
    google.delegate(&id, &KEY.client_id, &SCOPES).unwrap();
    (id, MailboxSettings::Google { admin: Email::parse(&admin).unwrap() })
}

fn microsoft(cloud: &Cloud, number: u64, domain: &str) -> (String, MailboxSettings) {
    let graph = cloud.microsoft_graph();
    let id = |kind: u64| format!("{kind:08x}-0000-4000-8000-{number:012x}");
    let (tenant, client) = (id(1), id(2));
    graph.add_tenant(&tenant, domain).unwrap();
    graph.add_sku(&tenant, &sku(10_000)).unwrap();
    graph.add_app(&tenant, &client, &PERMISSIONS).unwrap();
    graph.add_client_secret((&tenant, &client), SECRET, Timestamp::MAX).unwrap();
    let read = |text: &str| DirectoryId::parse(text).unwrap();
    let settings = MailboxSettings::Microsoft {
        directory: read(&tenant),
        client: read(&client),
        licence: read(LICENCE),
        country: "NL".to_owned(),
    };
    (tenant, settings)
}

fn sku(enabled: u32) -> GraphSku {
    let part_number = "O365_BUSINESS_ESSENTIALS".to_owned();
    GraphSku { sku_id: LICENCE.to_owned(), part_number, enabled, mailbox: true }
}

/// How often each thing that must not be done twice was done. Setting a state again changes nothing.
pub(crate) fn changes(cloud: &Cloud) -> BTreeMap<String, u64> {
    const SETS_A_STATE: [&str; 3] =
        ["Google users.update", "Microsoft UpdateUser", "Microsoft AssignLicense"];
    let of = |provider: &str, counts: BTreeMap<String, u64>| {
        let provider = provider.to_owned();
        counts.into_iter().map(move |(name, count)| (format!("{provider} {name}"), count))
    };
    let mut all: BTreeMap<_, _> = of("WorkMail", cloud.work_mail().mutations().unwrap())
        .chain(of("Google", cloud.google_workspace().mutations().unwrap()))
        .chain(of("Microsoft", cloud.microsoft_graph().mutations().unwrap()))
        .collect();
    all.retain(|name, _| !SETS_A_STATE.contains(&name.as_str()));
    all
}

/// A user in a directory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Account {
    WorkMail(User),
    Google(GoogleUser),
    Microsoft(GraphUser),
}

impl Account {
    /// The provider's id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::WorkMail(user) => &user.id,
            Self::Google(user) => &user.id,
            Self::Microsoft(user) => &user.id,
        }
    }

    /// The name: the local part of the address, as jobs make it.
    pub(crate) fn name(&self) -> &str {
        let local = |address: &'_ str| address.find('@').unwrap_or(address.len());
        match self {
            Self::WorkMail(user) => &user.name,
            Self::Google(user) => &user.primary_email[..local(&user.primary_email)],
            Self::Microsoft(user) => &user.user_principal_name[..local(&user.user_principal_name)],
        }
    }

    /// The name shown to others.
    pub(crate) fn display_name(&self) -> String {
        match self {
            Self::WorkMail(user) => user.display_name.clone(),
            Self::Google(user) => format!("{} {}", user.given_name, user.family_name),
            Self::Microsoft(user) => user.display_name.clone(),
        }
    }

    /// The address, if the mailbox is in use.
    pub(crate) fn in_use_at(&self) -> Option<&str> {
        match self {
            Self::WorkMail(user) => user.email.as_deref().filter(|_| user.state == UserState::Enabled),
            Self::Google(user) => Some(user.primary_email.as_str()).filter(|_| !user.suspended),
            Self::Microsoft(user) => user.mail.as_deref().filter(|_| user.account_enabled),
        }
    }

    /// Whether it carries the mark of this job.
    pub(crate) fn is_marked(&self, job: JobId) -> bool {
        let job = job.to_string();
        match self {
            Self::WorkMail(user) => user.display_name == format!("pending {job}"),
            Self::Google(user) => user.external_ids().contains(&job.as_str()),
            Self::Microsoft(user) => user.text("employeeId").is_some_and(|mark| job.ends_with(mark)),
        }
    }

    /// Whether this password signs in, and must be changed then where the provider can force it.
    pub(crate) fn opens(&self, cloud: &Cloud, password: &str) -> bool {
        match self {
            Self::WorkMail(user) => cloud.work_mail().password_matches(user, password),
            Self::Google(user) => user.change_password_at_next_login && user.password_matches(password),
            Self::Microsoft(user) => {
                user.force_change_password_next_sign_in && user.password_matches(password)
            }
        }
    }
}

/// How the provider refuses for good.
pub(crate) fn refused_for_good(provider: MailboxProvider) -> FaultKind {
    let (error, status) = match provider {
        MailboxProvider::WorkMail => ("AccessDeniedException", 400),
        MailboxProvider::Google => ("invalid", 400),
        MailboxProvider::Microsoft => ("Request_BadRequest", 400),
    };
    FaultKind::Refuse { error: error.to_owned(), status, message: "planted".to_owned() }
}
