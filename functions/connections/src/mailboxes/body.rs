//! What a connection is to be, read from a body.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use vestibule_adapters::mailbox::ServiceAccount;
use vestibule_api::{ApiError, Fields, unwritten};
use vestibule_domain::{
    Country, DirectoryId, Email, FirstPassword, Invalid, MailboxProvider, MailboxSettings, Tenant,
};

use super::view::given_organization;

/// Longest key file in bytes; Google's have about 2,400.
const LONGEST_KEY: usize = 16_384;
/// Longest client secret in characters; Microsoft's have 40.
const LONGEST_SECRET: usize = 1_024;

/// The key file of a service account: its JSON, or the same as text.
#[derive(Debug)]
pub struct KeyFile(SecretString);

impl<'de> Deserialize<'de> for KeyFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) => text.into(),
            file => file.to_string().into(),
        }))
    }
}

/// A provider and its fields: those of other providers must be absent.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectMailboxes {
    /// `google`, `microsoft` or `workmail`.
    #[schema(example = "microsoft", pattern = "^(google|microsoft|workmail)$")]
    pub provider: String,
    /// Google: the administrator in whose name the service account acts.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub admin: Option<String>,
    /// Google: the key file of the service account, as an object or as text. It may be left out once there is one.
    #[serde(default, serialize_with = "unwritten")]
    #[schema(value_type = Option<Value>, write_only, example = json!(null))]
    pub key: Option<KeyFile>,
    /// Microsoft: the directory (tenant) id.
    #[serde(default)]
    #[schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e")]
    pub directory: Option<String>,
    /// Microsoft: the application (client) id.
    #[serde(default)]
    #[schema(example = "7c9e6679-7425-40de-944b-e07fc1f90ae7")]
    pub client: Option<String>,
    /// Microsoft: the value of the application's client secret. It may be left out once there is one, while the application stays
    /// the same.
    #[serde(default, serialize_with = "unwritten")]
    #[schema(value_type = Option<String>)]
    pub client_secret: Option<SecretString>,
    /// Microsoft: the licence (SKU) that gives a mailbox.
    #[serde(default)]
    #[schema(example = "3b555118-da6a-4418-894f-7df1e2096870")]
    pub licence: Option<String>,
    /// Microsoft: the country of use, two letters.
    #[serde(default)]
    #[schema(example = "US")]
    pub country: Option<String>,
    /// `WorkMail`: the organization that the operator gave to this business.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub organization: Option<String>,
    /// How a first password reaches the owner of a mailbox: `mailed` or `link`. Absent or `null`: as is usual for the provider.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub first_password: Option<String>,
}

/// What was read.
pub(super) struct Wanted {
    pub(super) settings: MailboxSettings,
    pub(super) secret: Option<SecretString>,
    pub(super) first_password: Option<FirstPassword>,
}

impl ConnectMailboxes {
    /// The provider.
    pub(super) fn provider(&self) -> Result<MailboxProvider, Invalid> {
        MailboxProvider::parse(&self.provider)
    }

    /// Whether it brings a secret.
    pub(super) fn brings_secret(&self) -> bool {
        self.key.is_some() || self.client_secret.is_some()
    }

    /// Reads it for `tenant`, which has a secret of this provider or not. All problems are told in one answer.
    pub(super) fn read(&self, tenant: &Tenant, has_secret: bool) -> Result<Wanted, ApiError> {
        let mut fields = Fields::default();
        let provider = fields.take("provider", self.provider());
        let way = self.first_password.as_deref().map(FirstPassword::parse).transpose();
        let first_password = fields.take("firstPassword", way);
        let (settings, secret) = match provider {
            None => return Err(fields.into_error()),
            Some(MailboxProvider::Google) => self.google(&mut fields, has_secret),
            Some(MailboxProvider::Microsoft) => self.microsoft(&mut fields, tenant, has_secret),
            Some(MailboxProvider::WorkMail) => (self.work_mail(&mut fields, tenant), None),
        };
        for (name, of, given) in self.given() {
            if given && Some(of) != provider {
                fields.refuse(name, format!("Leave this out: it is a field of `{}`.", of.name()));
            }
        }
        match (settings, first_password) {
            (Some(settings), Some(first_password)) if fields.is_empty() => {
                Ok(Wanted { settings, secret, first_password })
            }
            _ => Err(fields.into_error()),
        }
    }

    /// Each field with its provider, and whether it was sent.
    fn given(&self) -> [(&'static str, MailboxProvider, bool); 8] {
        use MailboxProvider::{Google, Microsoft, WorkMail};
        [
            ("admin", Google, self.admin.is_some()),
            ("key", Google, self.key.is_some()),
            ("directory", Microsoft, self.directory.is_some()),
            ("client", Microsoft, self.client.is_some()),
            ("clientSecret", Microsoft, self.client_secret.is_some()),
            ("licence", Microsoft, self.licence.is_some()),
            ("country", Microsoft, self.country.is_some()),
            ("organization", WorkMail, self.organization.is_some()),
        ]
    }

    fn google(
        &self,
        fields: &mut Fields,
        has_secret: bool,
    ) -> (Option<MailboxSettings>, Option<SecretString>) {
        let admin = needed(self.admin.as_deref(), "Give the address of an administrator.");
        let admin = fields.take("admin", admin.and_then(Email::parse));
        let key = match &self.key {
            Some(KeyFile(file)) => fields.take("key", key_file(file)),
            None if has_secret => None,
            None => {
                fields.refuse("key", "Give the key file of the service account.");
                None
            }
        };
        (admin.map(|admin| MailboxSettings::Google { admin }), key)
    }

    fn microsoft(
        &self,
        fields: &mut Fields,
        tenant: &Tenant,
        has_secret: bool,
    ) -> (Option<MailboxSettings>, Option<SecretString>) {
        let mut id = |name: &str, text: Option<&str>| {
            let text = needed(text, "Give an id such as `0f8fad5b-d9cb-469f-a165-70867728950e`.");
            fields.take(name, text.and_then(DirectoryId::parse))
        };
        let directory = id("directory", self.directory.as_deref());
        let client = id("client", self.client.as_deref());
        let licence = id("licence", self.licence.as_deref());
        let country = needed(self.country.as_deref(), "Give the two letters of a country, such as `US`.");
        let country = fields.take("country", country.and_then(Country::parse)).map(Country::into_string);
        let settings = match (directory, client, licence, country) {
            (Some(directory), Some(client), Some(licence), Some(country)) => {
                Some(MailboxSettings::Microsoft { directory, client, licence, country })
            }
            _ => None,
        };
        let secret = self.client_secret.as_ref();
        let secret = secret.and_then(|secret| fields.take("clientSecret", client_secret(secret)));
        if self.client_secret.is_none()
            && let Some(detail) = secret_lacks(tenant, settings.as_ref(), has_secret)
        {
            fields.refuse("clientSecret", detail);
        }
        (settings, secret)
    }

    fn work_mail(&self, fields: &mut Fields, tenant: &Tenant) -> Option<MailboxSettings> {
        let given = given_organization(tenant);
        let named = self.organization.as_deref().map(str::trim);
        match given {
            Some(given) if named.is_none_or(|named| named == given) => {
                Some(MailboxSettings::WorkMail { organization: given.to_owned() })
            }
            _ => {
                fields.refuse(
                    "organization",
                    "This organization was not given to your business. Ask whoever runs this service to give you one.",
                );
                None
            }
        }
    }
}

/// Why a secret must be given although none was.
fn secret_lacks(
    tenant: &Tenant,
    settings: Option<&MailboxSettings>,
    has_secret: bool,
) -> Option<&'static str> {
    if !has_secret {
        return Some("Give the value of the application's client secret.");
    }
    let application = |settings: Option<&MailboxSettings>| match settings {
        Some(MailboxSettings::Microsoft { directory, client, .. }) => {
            Some((directory.clone(), client.clone()))
        }
        _ => None,
    };
    let kept = application(tenant.mailboxes_at(MailboxProvider::Microsoft));
    let moved = settings.is_some() && application(settings) != kept;
    moved.then_some("Give the client secret too: this is another application than the one it was given for.")
}

fn needed<'a>(text: Option<&'a str>, what: &'static str) -> Result<&'a str, Invalid> {
    text.ok_or_else(|| Invalid::new(what))
}

fn key_file(file: &SecretString) -> Result<SecretString, Invalid> {
    if file.expose_secret().len() > LONGEST_KEY {
        return Err(Invalid::new("This is too long for a key file; give the JSON as Google made it."));
    }
    match ServiceAccount::read(file) {
        Ok(_) => Ok(file.clone()),
        Err(refused) => {
            let refused = refused.to_string();
            let (first, rest) = refused.split_at(1);
            let advice = "Give the JSON that Google made for a key of the service account.";
            Err(Invalid::new(format!("{}{rest}. {advice}", first.to_uppercase())))
        }
    }
}

fn client_secret(secret: &SecretString) -> Result<SecretString, Invalid> {
    let text = secret.expose_secret().trim();
    let fits =
        !text.is_empty() && text.len() <= LONGEST_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err(Invalid::new("Give the value of the client secret, as it was shown when it was made."));
    }
    // Beside it the directory shows an id, which is often taken for it.
    if DirectoryId::parse(text).is_ok() {
        return Err(Invalid::new("This is the id of the secret; give its value."));
    }
    Ok(text.to_owned().into())
}
