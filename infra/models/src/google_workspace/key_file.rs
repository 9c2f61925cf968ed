//! Keys of service accounts, as files of the form in which Google issues them.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::{error::CloudError, ids};

/// A key pair of a service account; the model keeps the public half only.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceAccountKey {
    /// Names the key within its account: the `kid` of assertions.
    pub key_id: String,
    /// The account's address: the `iss` of assertions.
    pub client_email: String,
    /// The number that an administrator delegates scopes to.
    pub client_id: String,
    /// The private key, PKCS #8 in PEM.
    pub private_key: String,
}

impl fmt::Debug for ServiceAccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccountKey").field("client_email", &self.client_email).finish_non_exhaustive()
    }
}

impl ServiceAccountKey {
    /// A new pair for an account, such as `vestibule@project-1.iam.gserviceaccount.com`, with a new client id.
    pub fn generate(client_email: &str) -> Result<Self, CloudError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| broken())?;
        let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| broken())?;
        Ok(Self {
            key_id: ids::hex(20),
            client_email: client_email.to_owned(),
            client_id: ids::digits(21),
            private_key: pem("PRIVATE KEY", private.as_ref()),
        })
    }

    /// The public half in PEM.
    pub(super) fn public_key(&self) -> Result<String, CloudError> {
        let lines = self.private_key.lines().filter(|line| !line.starts_with("-----"));
        let der = BASE64_STANDARD.decode(lines.collect::<String>()).map_err(|_| broken())?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| broken())?;
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| broken())?;
        Ok(pem("PUBLIC KEY", public.as_ref()))
    }

    /// The key file that the console of Google Cloud gives out: <https://cloud.google.com/iam/docs/keys-create-delete>.
    pub fn to_file(&self) -> String {
        let project = self.client_email.split(['@', '.']).nth(1).unwrap_or_default();
        json!({
            "type": "service_account", "project_id": project, "private_key_id": self.key_id,
            "private_key": self.private_key, "client_email": self.client_email, "client_id": self.client_id,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token",
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }
}

fn broken() -> CloudError {
    CloudError::Refused("the RSA key of a service account cannot be made or read".to_owned())
}

/// Lines of 64 characters between the two marks (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut lines = String::new();
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}
