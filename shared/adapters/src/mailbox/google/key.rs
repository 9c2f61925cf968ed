//! The key file of a service account, as Google issues it.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use vestibule_domain::Email;

/// Where Google's own key files ask for tokens.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// Why a key file is no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// It is not the JSON of a key file.
    #[error("this is not the JSON key file of a service account")]
    Unreadable,
    /// It is of another kind, such as an OAuth client.
    #[error("this key file is not of a service account")]
    OtherKind,
    /// It names another place to ask for tokens.
    #[error("this key file asks for tokens elsewhere than Google")]
    OtherIssuer,
    /// Its private key is none that RS256 signs with.
    #[error("the private key in this file cannot be read")]
    Key,
}

/// A service account and its key.
pub struct ServiceAccount {
    /// The account's own address.
    pub email: String,
    /// Names the key at Google.
    pub(super) key_id: String,
    pub(super) private_key: SecretString,
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    private_key_id: String,
    private_key: SecretString,
    client_email: String,
    #[serde(default)]
    token_uri: Option<String>,
}

impl ServiceAccount {
    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be used to ask Google for tokens.
    pub fn read(file: &SecretString) -> Result<Self, KeyRefused> {
        let file: KeyFile = serde_json::from_str(file.expose_secret()).map_err(|_| KeyRefused::Unreadable)?;
        if file.kind != "service_account" {
            return Err(KeyRefused::OtherKind);
        }
        // The key signs for whoever is asked: only Google is.
        if file.token_uri.is_some_and(|uri| uri != TOKEN_URI) {
            return Err(KeyRefused::OtherIssuer);
        }
        let account =
            Self { email: file.client_email, key_id: file.private_key_id, private_key: file.private_key };
        Email::parse(&account.email).map_err(|_| KeyRefused::Unreadable)?;
        account.signing_key().map_err(|()| KeyRefused::Key)?;
        Ok(account)
    }

    pub(super) fn signing_key(&self) -> Result<jsonwebtoken::EncodingKey, ()> {
        jsonwebtoken::EncodingKey::from_rsa_pem(self.private_key.expose_secret().as_bytes()).map_err(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(file: &str) -> Option<KeyRefused> {
        ServiceAccount::read(&file.into()).err()
    }

    #[test]
    fn what_is_no_key_file_is_refused_by_its_kind() {
        assert_eq!(refused("{}"), Some(KeyRefused::Unreadable));
        let file = |kind: &str, uri: &str| {
            format!(
                r#"{{"type":"{kind}","client_email":"a@b.example","private_key":"-","token_uri":"{uri}"}}"#
            )
        };
        assert_eq!(refused(&file("authorized_user", TOKEN_URI)), Some(KeyRefused::OtherKind));
        assert_eq!(
            refused(&file("service_account", "https://evil.example/token")),
            Some(KeyRefused::OtherIssuer)
        );
        assert_eq!(refused(&file("service_account", TOKEN_URI)), Some(KeyRefused::Key));
        let nobody = file("service_account", TOKEN_URI).replace("a@b.example", "a b");
        assert_eq!(refused(&nobody), Some(KeyRefused::Unreadable));
    }
}
