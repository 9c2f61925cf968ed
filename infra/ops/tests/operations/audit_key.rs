//! The key that signs checkpoints: one name, and old checkpoints stay good when it changes.

use jiff::Timestamp;
use vestibule_chain::{CheckpointKey, Frontier, SignedCheckpoint, Verifier};
use vestibule_ops::{AuditKey, OpsError, audit_keys, init_keys, rotate_audit_key};

use crate::{Account, audit_key, names};

#[tokio::test]
async fn what_an_old_key_signed_is_opened_by_the_keys_that_are_given_out() {
    let account = Account::initialised().await;
    let old = CheckpointKey::from_secret(&account.secret("audit")).unwrap();
    let note = old.sign("platform", &Frontier::default(), Timestamp::UNIX_EPOCH);
    let new = rotate_audit_key(&account.vault, "audit", &account.world).await.unwrap();
    let keys = audit_keys(&account.vault, "audit").await.unwrap();
    assert_eq!(keys, [new, old.verifier()]);
    assert!(keys.iter().all(|key| key.starts_with("acme.example/audit+")));
    let keys: Vec<Verifier> = keys.iter().map(|key| key.parse().unwrap()).collect();
    assert!(SignedCheckpoint::open(&note, "platform", &keys).is_ok());
    assert!(SignedCheckpoint::open(&note, "platform", &keys[..1]).is_err());
}

#[tokio::test]
async fn a_key_without_a_usable_name_is_not_made() {
    let account = Account::new().await;
    assert!(
        matches!(audit_keys(&account.vault, "audit").await, Err(OpsError::Placeholder(name)) if name == "audit")
    );
    let unnamed = AuditKey { name: "acme example".into(), ..audit_key() };
    let refused = init_keys(&account.vault, &names(), "ring", &unnamed, &account.world).await.unwrap_err();
    assert!(matches!(refused, OpsError::AuditKey(_)), "{refused}");
    assert_eq!(account.cloud.secrets().value("signing").unwrap().as_deref(), Some("placeholder"));
}
