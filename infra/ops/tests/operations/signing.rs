//! The key that signs, made new while its predecessors are still needed.

use jiff::SignedDuration;
use vestibule_ops::{OpsError, publish_next, sign_with};

use crate::{Account, HOUR, names};

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_stays() {
    let account = Account::initialised().await;
    let first = account.signing();
    let next = publish_next(&account.vault, &names(), HOUR, account.world.now()).await.unwrap();
    assert_eq!(account.published(), [next.kid(), &first]);
    assert_eq!(account.signing(), first);
    let second = sign_with(&account.vault, &names(), next).await.unwrap();
    assert_eq!((account.signing(), account.published()), (second.clone(), vec![second, first]));
}

#[tokio::test]
async fn keys_go_when_their_tokens_have_ended_and_not_before() {
    let account = Account::initialised().await;
    let first = account.signing();
    let second = account.rotate(HOUR).await.unwrap();
    let third = account.rotate(HOUR).await.unwrap();
    assert_eq!(account.published(), [&*third, &*second, &*first]);
    let refused = account.rotate(HOUR).await.unwrap_err();
    assert!(matches!(refused, OpsError::TooSoon(HOUR)), "{refused}");
    account.pass(HOUR - SignedDuration::from_millis(1400));
    let refused = account.rotate(HOUR).await.unwrap_err();
    assert!(matches!(refused, OpsError::TooSoon(rest) if rest.as_secs() == 2), "{refused}");
    assert_eq!((account.signing(), account.published().len()), (third.clone(), 3));
    account.pass(SignedDuration::from_millis(1400));
    let fourth = account.rotate(HOUR).await.unwrap();
    assert_eq!(account.published(), [fourth, third]);
}

#[tokio::test]
async fn a_clock_behind_the_service_changes_nothing() {
    let account = Account::initialised().await;
    account.rotate(HOUR).await.unwrap();
    let third = account.rotate(HOUR).await.unwrap();
    let behind = account.world.now() - HOUR;
    let refused = publish_next(&account.vault, &names(), HOUR, behind).await.unwrap_err();
    assert!(matches!(refused, OpsError::TooSoon(HOUR)), "{refused}");
    let leaked = publish_next(&account.vault, &names(), SignedDuration::ZERO, behind).await.unwrap();
    assert_eq!(account.published(), [leaked.kid(), &third]);
}

#[tokio::test]
async fn an_interrupted_rotation_is_gone_on_with() {
    let account = Account::initialised().await;
    let first = account.signing();
    for _ in 0..4 {
        drop(publish_next(&account.vault, &names(), HOUR, account.world.now()).await.unwrap());
        assert_eq!((account.published().len(), account.signing()), (2, first.clone()));
    }
    let second = account.rotate(HOUR).await.unwrap();
    assert_eq!(account.published(), [second, first]);
}

#[tokio::test]
async fn of_two_rotations_one_ends() {
    let account = Account::initialised().await;
    let one = publish_next(&account.vault, &names(), HOUR, account.world.now()).await.unwrap();
    let other = publish_next(&account.vault, &names(), HOUR, account.world.now()).await.unwrap();
    assert!(matches!(sign_with(&account.vault, &names(), one).await, Err(OpsError::Overtaken)));
    let kid = sign_with(&account.vault, &names(), other).await.unwrap();
    assert_eq!((account.signing(), &account.published()[0]), (kid.clone(), &kid));
}
