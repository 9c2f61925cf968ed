//! How an operation fails, each time with what to do about it.

use jiff::SignedDuration;
use vestibule_adapters::{
    aws::SettingMissing,
    secrets::{SecretsError, WriteError},
};
use vestibule_auth::KeyError;
use vestibule_chain::NoteError;
use vestibule_domain::UserName;
use vestibule_store::{Conflict, StoreError};

/// An operation that was not done, or not to its end. All can be run again.
#[derive(Debug, thiserror::Error)]
pub enum OpsError {
    /// The environment does not say which account and region.
    #[error(
        "{0}: set AWS_REGION and put credentials into the environment, for example with `eval \"$(aws configure export-credentials --format env)\"`"
    )]
    Setting(#[from] SettingMissing),
    /// There is no such secret, or it has no value.
    #[error(
        "there is no secret {0}, or it has no value: check its name, region and account, or deploy the stack, which makes it"
    )]
    Missing(String),
    /// Secrets Manager refused or could not be reached.
    #[error(
        "the secret {0} cannot be had: check the network, the credentials, and that they allow secretsmanager:GetSecretValue and PutSecretValue on it; then run the command again"
    )]
    Unavailable(String),
    /// Somebody else writes the same secret.
    #[error(
        "the secret {0} was changed by somebody else meanwhile: make sure that nobody runs a command on these keys, then run it again (if an earlier version was made current by hand, put its value as a new version first)"
    )]
    Changed(String),
    /// The secret has no key yet.
    #[error("the secret {0} holds no keys yet: run `vestibule-ops init-keys` first")]
    Placeholder(String),
    /// The secret holds something else than keys.
    #[error("the secret {name} does not hold {wanted}: check its name; nothing was changed")]
    Foreign {
        /// The secret.
        name: String,
        /// What was looked for in it.
        wanted: &'static str,
    },
    /// The two secrets do not belong together.
    #[error(
        "the signing key is not among the keys of {0}: check that both secrets belong to one stack; nothing was changed"
    )]
    Unpaired(String),
    /// One more key would push out one whose tokens live.
    #[error(
        "the signing key changed a short while ago and older keys may still be needed: run the command again in {0:#} (or with `--keep-for 0s` if a key has leaked, which signs out whoever holds its tokens); nothing was changed"
    )]
    TooSoon(SignedDuration),
    /// Another rotation began while this one waited.
    #[error(
        "another rotation of the signing key began meanwhile: this one ends here, and its key never signed; see that the other one ends"
    )]
    Overtaken,
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key that signs checkpoints could not be made.
    #[error("{0}: give the origin of the site, such as https://accounts.acme.example")]
    AuditKey(#[from] NoteError),
    /// Another tenant has what a new one would have.
    #[error("another tenant has {0}: choose another one; no tenant was made")]
    Taken(String),
    /// Somebody made an account with the administrator's address at the same moment.
    #[error(
        "the administrator's address got an account at this moment: run the command again; no tenant was made"
    )]
    Again,
    /// The list of administrators cannot be used.
    #[error("the secret {name} cannot be used; nothing was changed: {problems}")]
    Administrators {
        /// The secret.
        name: String,
        /// What is wrong with it, each by its field.
        problems: String,
    },
    /// An administrator's user name is another's.
    #[error(
        "the user name {0} is that of another administrator, whose address is not the one in the secret: write the address that they have now, or let `--remove` take their grant; the others are made"
    )]
    UserNameTaken(String),
    /// Nobody could administer the platform any more.
    #[error(
        "{0} is the last super administrator, who cannot be removed or become something else: put another one into the secret first"
    )]
    LastSuperAdmin(String),
    /// Somebody changed the same at the same moment.
    #[error("the account of {0} was changed at this moment: run the command again")]
    Met(String),
    /// A secret could not be made.
    #[error(
        "the secret {0} cannot be made: check the network, and that the credentials allow secretsmanager:CreateSecret on it; then run the command again"
    )]
    NotMade(String),
    /// What failed left a secret behind.
    #[error("{cause} (the secret {secret}, made for it, is not used: delete it)")]
    Unused {
        /// What failed.
        cause: Box<OpsError>,
        /// The secret.
        secret: String,
    },
    /// There is no such table.
    #[error("there is no table {0}: take the output TableName of the stack, and check region and account")]
    NoTable(String),
    /// The table does not answer.
    #[error(
        "the table {0} does not answer: check the network, the region and the endpoint, then run the command again"
    )]
    Unreachable(String),
    /// The table.
    #[error("{0}; what is done stays done: run the command again")]
    Store(#[from] StoreError),
}

impl OpsError {
    /// What a failure of the table means where it is named by hand.
    pub fn of_table(table: &str, error: StoreError) -> Self {
        match error {
            StoreError::Table(told) if told.starts_with("ResourceNotFoundException") => {
                Self::NoTable(table.to_owned())
            }
            StoreError::Table(_) | StoreError::Busy(_) => Self::Unreachable(table.to_owned()),
            other => other.into(),
        }
    }

    /// What a failure to give or take somebody's grant means.
    pub(crate) fn granting(error: StoreError, username: &UserName) -> Self {
        let name = username.as_str().to_owned();
        match error {
            StoreError::Conflict(Conflict::UserNameTaken) => Self::UserNameTaken(name),
            StoreError::Conflict(Conflict::LastSuperAdmin) => Self::LastSuperAdmin(name),
            StoreError::Conflict(_) => Self::Met(name),
            other => other.into(),
        }
    }

    pub(crate) fn reading(name: &str, error: SecretsError) -> Self {
        match error {
            SecretsError::NotFound => Self::Missing(name.to_owned()),
            SecretsError::Unavailable => Self::Unavailable(name.to_owned()),
        }
    }

    pub(crate) fn writing(name: &str, error: WriteError) -> Self {
        match error {
            WriteError::NotFound => Self::Missing(name.to_owned()),
            WriteError::Changed => Self::Changed(name.to_owned()),
            WriteError::Unavailable => Self::Unavailable(name.to_owned()),
        }
    }
}
