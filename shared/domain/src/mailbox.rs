//! Where a tenant's mailboxes are made, and how a first password reaches its owner.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Email, Invalid, SecretId, TenantId};

/// A kind of mailbox provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailboxProvider {
    /// Amazon `WorkMail`.
    WorkMail,
    /// Google Workspace.
    Google,
    /// Microsoft 365.
    Microsoft,
}

impl MailboxProvider {
    /// All of them, the usual one first.
    pub const ALL: [Self; 3] = [Self::Google, Self::Microsoft, Self::WorkMail];

    /// Reads it as a person or program wrote it.
    ///
    /// # Errors
    /// It is none of them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|provider| provider.name() == text);
        found.ok_or_else(|| Invalid::new("Give `google`, `microsoft` or `workmail`."))
    }

    /// Its name in requests, answers and names of secrets.
    pub fn name(self) -> &'static str {
        match self {
            Self::WorkMail => "workmail",
            Self::Google => "google",
            Self::Microsoft => "microsoft",
        }
    }

    /// Its name as people know it.
    pub fn title(self) -> &'static str {
        match self {
            Self::WorkMail => "Amazon WorkMail",
            Self::Google => "Google Workspace",
            Self::Microsoft => "Microsoft 365",
        }
    }

    /// Where it lets the owners of mailboxes in; `None` where each organization has a page of its own.
    pub fn sign_in_page(self) -> Option<&'static str> {
        match self {
            Self::WorkMail => None,
            Self::Google => Some("https://mail.google.com/"),
            Self::Microsoft => Some("https://outlook.office.com/mail/"),
        }
    }

    /// The name of the secret with which a tenant's mailboxes there are reached, where an operator made it; `WorkMail` needs none.
    pub fn secret_of(self, tenant: TenantId) -> String {
        format!("vestibule/mailboxes/{tenant}/{}", self.name())
    }

    /// For how many days the address of a deleted mailbox is given to nobody. Google and Microsoft can bring the user back for
    /// so long (<https://support.google.com/a/answer/1397578>, <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>),
    /// which somebody else at the address would prevent. `WorkMail` brings nobody back: there it is for the mail that still comes.
    pub fn address_rests(self) -> i64 {
        match self {
            Self::Google => 20,
            Self::Microsoft | Self::WorkMail => 30,
        }
    }

    /// Whether it makes a person change a password at the first sign-in.
    pub fn forces_change(self) -> bool {
        self != Self::WorkMail
    }
}

/// Where the tenant's mailboxes live, without what is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum MailboxSettings {
    /// Amazon `WorkMail`.
    WorkMail {
        /// The organization that owns the mail domain: `m-` and 32 hexadecimal digits.
        organization: String,
    },
    /// Google Workspace, by a service account with domain-wide delegation.
    Google {
        /// The administrator in whose name the service account acts.
        admin: Email,
    },
    /// Microsoft 365, by an application of the business's own directory.
    Microsoft {
        /// The directory (tenant) id.
        directory: DirectoryId,
        /// The application (client) id.
        client: DirectoryId,
        /// The licence (SKU) that gives a user a mailbox.
        licence: DirectoryId,
        /// The country in which licences are used: two upper-case letters of ISO 3166.
        country: String,
    },
}

impl MailboxSettings {
    /// The kind of provider.
    pub fn provider(&self) -> MailboxProvider {
        match self {
            Self::WorkMail { .. } => MailboxProvider::WorkMail,
            Self::Google { .. } => MailboxProvider::Google,
            Self::Microsoft { .. } => MailboxProvider::Microsoft,
        }
    }
}

/// A secret that a tenant gave for a provider. Each one has a name of its own, so that settings and secret change at one moment: when
/// the settings name another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSecret {
    /// The provider.
    pub provider: MailboxProvider,
    /// Names the secret.
    pub id: SecretId,
    /// When it was given.
    pub since: Timestamp,
}

impl MailboxSecret {
    /// The name of the secret in Secrets Manager.
    pub fn name(&self, tenant: TenantId) -> String {
        format!("{}/{}", self.provider.secret_of(tenant), self.id)
    }
}

/// A country as Microsoft wants it: two upper-case letters of ISO 3166.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    /// Reads it in either case.
    ///
    /// # Errors
    /// It is not two letters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(Invalid::new("Give the two letters of a country, such as `US`."))
        }
    }

    /// The letters.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// An id in a directory of Microsoft's: a UUID in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DirectoryId(String);

impl DirectoryId {
    /// Reads it as it is shown in the directory's pages.
    ///
    /// # Errors
    /// It is not a UUID with its four hyphens.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let hyphenated = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
        if hyphenated {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Invalid::new("Give an id such as `0f8fad5b-d9cb-469f-a165-70867728950e`."))
        }
    }

    /// The id as it goes into addresses and bodies.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DirectoryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How a first or new password reaches the owner of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstPassword {
    /// A temporary password stands in the mail.
    Mailed,
    /// The mail has a link to a page where the owner chooses the password.
    Link,
}

impl FirstPassword {
    /// Reads it as a person or program wrote it.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = [Self::Mailed, Self::Link].into_iter().find(|way| way.name() == text);
        found.ok_or_else(|| Invalid::new("Give `mailed` or `link`."))
    }

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mailed => "mailed",
            Self::Link => "link",
        }
    }

    /// What counts until a tenant says otherwise: a mailed password only where the provider makes its owner change it.
    pub fn usual(provider: MailboxProvider) -> Self {
        if provider.forces_change() { Self::Mailed } else { Self::Link }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_two_letters() {
        assert_eq!(Country::parse(" us ").unwrap().into_string(), "US");
        for wrong in ["", "U", "USA", "U1", "é"] {
            assert!(Country::parse(wrong).is_err(), "{wrong}");
        }
    }
}
