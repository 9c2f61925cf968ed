//! The keys of an endpoint, as its secret holds them: `{"keys": [..]}`, the newest first.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use vestibule_adapters::esign::{KeyRefused, Vendor, Verifier};
use vestibule_domain::Invalid;

/// Longest key in characters; a vendor's have 40 to 100.
const LONGEST: usize = 512;

#[derive(Serialize, Deserialize)]
struct Written {
    keys: Vec<String>,
}

/// The keys of a secret; `None` when it holds something else.
pub(super) fn read(secret: &SecretString) -> Option<Vec<SecretString>> {
    let written: Written = serde_json::from_str(secret.expose_secret()).ok()?;
    Some(written.keys.into_iter().map(SecretString::from).collect())
}

/// The secret that holds these keys.
pub(super) fn write(keys: &[SecretString]) -> SecretString {
    let keys: Vec<_> = keys.iter().map(SecretString::expose_secret).collect();
    serde_json::json!({ "keys": keys }).to_string().into()
}

/// The key, if the vendor's signatures can be checked with it.
pub(super) fn parse(vendor: Vendor, key: &SecretString) -> Result<SecretString, Invalid> {
    let key = SecretString::from(key.expose_secret().trim());
    if key.expose_secret().len() > LONGEST || !key.expose_secret().bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(Invalid::new(
            "Give the key as the vendor shows it: letters, digits and signs, without blanks.",
        ));
    }
    match Verifier::new(vendor, std::slice::from_ref(&key)) {
        Ok(_) => Ok(key),
        Err(KeyRefused::Malformed) => Err(Invalid::new(
            "Give the signing secret as the sender shows it, such as `whsec_` and base64 of 24 to 64 bytes.",
        )),
        Err(_) => Err(Invalid::new("Give the key that signs the vendor's events.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let written = write(&["b".into(), "a".into()]);
        assert_eq!(written.expose_secret(), r#"{"keys":["b","a"]}"#);
        let read = read(&written).unwrap();
        assert_eq!(read.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), ["b", "a"]);
        assert!(super::read(&"{}".into()).is_none());
    }

    #[test]
    fn a_key_must_fit_its_vendor() {
        let standard = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        assert_eq!(
            parse(Vendor::Standard, &format!(" {standard}\n").into()).unwrap().expose_secret(),
            standard
        );
        assert!(parse(Vendor::Standard, &"short".into()).is_err());
        assert!(parse(Vendor::DocuSign, &"short".into()).is_ok());
        for wrong in ["", " ", "two words", &"x".repeat(LONGEST + 1)] {
            assert!(parse(Vendor::DocuSign, &wrong.into()).is_err(), "{wrong}");
        }
    }
}
