//! First keys: made where there are none, and never over somebody's.

use secrecy::SecretString;
use vestibule_auth::{FieldKeys, SigningKey};
use vestibule_ops::{Initialised, KeyPair, OpsError, publish_next};

use crate::{Account, HOUR, names};

#[tokio::test]
async fn first_keys_are_made_once() {
    let account = Account::new().await;
    assert!(matches!(account.rotate(HOUR).await, Err(OpsError::Placeholder(name)) if name == "signing"));
    let all = Initialised { signing: true, verification: true, ring: true, audit: true };
    assert_eq!(account.init().await.unwrap(), all);
    assert_eq!(account.published(), [account.signing()]);
    let before =
        ["signing", "verification", "ring", "audit"].map(|name| account.cloud.secrets().value(name).unwrap());
    assert_eq!(account.init().await.unwrap(), Initialised::default());
    assert_eq!(
        before,
        ["signing", "verification", "ring", "audit"].map(|name| account.cloud.secrets().value(name).unwrap())
    );
    FieldKeys::from_secret(&account.secret("ring")).unwrap();
}

#[tokio::test]
async fn a_half_made_pair_is_completed() {
    let account = Account::initialised().await;
    let kid = account.signing();
    account.cloud.secrets().put("verification", "{}").unwrap();
    assert_eq!(account.init().await.unwrap(), Initialised { verification: true, ..Initialised::default() });
    assert_eq!(account.published(), [&*kid]);
    account.cloud.secrets().put("signing", "placeholder").unwrap();
    account.init().await.unwrap();
    assert_eq!(account.published(), [&*account.signing(), &*kid]);
}

#[tokio::test]
async fn what_is_not_ours_is_never_overwritten() {
    let account = Account::new().await;
    account.cloud.secrets().put("ring", "somebody's password").unwrap();
    let refused = account.init().await.unwrap_err();
    assert!(matches!(&refused, OpsError::Foreign { name, .. } if name == "ring"));
    assert!(!refused.to_string().contains("password"));
    assert_eq!(account.cloud.secrets().value("signing").unwrap().as_deref(), Some("placeholder"));
    account.cloud.secrets().put("ring", "{}").unwrap();
    account.init().await.unwrap();
    account.cloud.secrets().put("signing", secrecy::ExposeSecret::expose_secret(&other_key())).unwrap();
    assert!(matches!(account.init().await, Err(OpsError::Unpaired(_))));
    assert!(matches!(account.rotate(HOUR).await, Err(OpsError::Unpaired(_))));
    let elsewhere = KeyPair { signing: "nowhere".into(), ..names() };
    let missing = publish_next(&account.vault, &elsewhere, HOUR, account.world.now()).await.unwrap_err();
    assert!(matches!(missing, OpsError::Missing(name) if name == "nowhere"));
}

fn other_key() -> SecretString {
    SigningKey::generate().unwrap().to_secret()
}
