//! The personal values of a record, held against the digests that its chain commits to.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{Digest, PersonalDigests};

/// Personal values with the salt of their digests. Erased ones are absent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// The person's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_email: Option<String>,
    /// The source address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// The client's description of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The record's salt, Base64.
    pub salt: String,
}

impl Personal {
    /// The first value that is not the one recorded: its name.
    pub(crate) fn misfit(&self, digests: &PersonalDigests) -> Option<&'static str> {
        let Ok(salt) = STANDARD.decode(&self.salt) else { return Some("salt") };
        let fits = |name, value: Option<&String>, digest: Option<Digest>| {
            value.is_none_or(|value| digest == Some(Digest::of_personal(&salt, name, value)))
        };
        self.beside(digests)
            .into_iter()
            .find(|(name, value, digest)| !fits(name, *value, *digest))
            .map(|it| it.0)
    }

    /// Whether each digest has its value here.
    pub(crate) fn is_whole(&self, digests: &PersonalDigests) -> bool {
        self.beside(digests).into_iter().all(|(_, value, digest)| digest.is_none() || value.is_some())
    }

    fn beside(&self, digests: &PersonalDigests) -> [(&'static str, Option<&String>, Option<Digest>); 3] {
        [
            ("actor_email", self.actor_email.as_ref(), digests.actor_email),
            ("source_ip", self.source_ip.as_ref(), digests.source_ip),
            ("user_agent", self.user_agent.as_ref(), digests.user_agent),
        ]
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(..)")
    }
}
