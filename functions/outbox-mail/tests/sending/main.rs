//! Mails from their request in the table to the inbox, against models of the table and of SES.
#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod stack;

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_auth::{LinkToken, Purpose, TokenDigest};
use vestibule_domain::{
    Delivery, DeliveryState, Email, IdentityMailKind as Kind, RegistrationId, SignInChange,
};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_outbox_mail::Site;
use vestibule_store::MAIL_TRIES;

use stack::{SITE, Stack, token};

const STORED: &str = "kim@stored.example";

fn refusal(error: &str) -> FaultKind {
    FaultKind::Refuse { error: error.into(), status: 400, message: "planted".into() }
}

fn digest(token: &SecretString, purpose: Purpose) -> TokenDigest {
    LinkToken::parse(token.expose_secret(), purpose).unwrap().digest()
}

#[tokio::test]
async fn a_sign_in_link_goes_to_the_stored_address_and_opens_the_account_once_minted() {
    let stack = Stack::start().await;
    let user = stack.person(STORED).await;
    let mail = stack.request("KIM@stored.example", Kind::MagicLink).await;
    assert_eq!(stack.deliver(&[mail]).await, None);
    let sent = stack.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].to.as_slice(), stack.outcome(mail).await.as_deref()),
        (&[STORED.to_owned()][..], Some("sent"))
    );
    assert!(sent[0].tags.iter().any(|tag| tag.name == "mail" && tag.value == "magic_link"));
    let token = token(&sent[0], &format!("{SITE}/auth/magic-link?token="));
    let digest = digest(&token, Purpose::MagicLink);
    let platform = stack.outbox.store.platform();
    let purpose = Purpose::MagicLink.name();
    let followed = platform.follow(user, (purpose, &digest), stack.outbox.world.now()).await.unwrap();
    assert_eq!(followed.unwrap().1.email.as_str(), STORED);
}

#[tokio::test]
async fn each_kind_of_mail_reaches_its_reader() {
    let stack = Stack::start().await;
    let user = stack.person(STORED).await;
    let until = stack.outbox.world.now();
    let change = SignInChange::ProviderConnected { provider: "google".to_owned() };
    for (kind, typed, to, subject) in [
        (Kind::ResetPassword, STORED, STORED, "Set a new password"),
        (Kind::ConfirmEmail { user }, "kim@new.example", "kim@new.example", "Confirm your new"),
        (Kind::EmailChanged { user }, "kim@old.example", "kim@old.example", "address was changed"),
        (Kind::NewDevice { user }, STORED, STORED, "New sign-in"),
        (Kind::LockedOut { until }, STORED, STORED, "locked for a while"),
        (Kind::PasswordChanged { user }, STORED, STORED, "password was changed"),
        (Kind::SignInChanged { user, change }, STORED, STORED, "How you sign in"),
    ] {
        let mail = stack.request(typed, kind).await;
        assert_eq!(stack.deliver(&[mail]).await, None);
        assert_eq!(stack.outcome(mail).await.as_deref(), Some("sent"), "{subject}");
        let sent = stack.sent().pop().unwrap();
        assert_eq!(sent.to, [to]);
        assert!(sent.subject.contains(subject), "{}", sent.subject);
    }
    assert_eq!(stack.sent().len(), 7);
    let last = stack.sent().pop().unwrap();
    assert!(last.text.unwrap().contains("google was connected"), "the change is kept in the table");
}

#[tokio::test]
async fn a_registration_is_answered_by_a_link_or_by_word_to_the_owner() {
    let stack = Stack::start().await;
    stack.person(STORED).await;
    let (new, known) = (stack.register("lee@new.example").await, stack.register("Kim@Stored.example").await);
    assert_eq!(stack.deliver(&[new.1, known.1]).await, None);
    let sent = stack.sent();
    let token = token(&sent[0], &format!("{SITE}/auth/verify-email?token="));
    let parsed = digest(&token, Purpose::VerifyEmail);
    let platform = stack.outbox.store.platform();
    let kept = platform.find_registration(new.0, stack.outbox.world.now()).await.unwrap().unwrap();
    assert_eq!((sent[0].to.as_slice(), kept.digest), (&["lee@new.example".to_owned()][..], Some(parsed)));
    assert_eq!(sent[1].to, [STORED]);
    assert!(sent[1].subject.contains("already have an account"), "{}", sent[1].subject);
    assert!(!sent[1].text.as_deref().unwrap().contains("token="));
}

#[tokio::test]
async fn nothing_is_sent_to_strangers_for_the_taken_or_for_the_gone() {
    let stack = Stack::start().await;
    let user = stack.person(STORED).await;
    stack.person("lee@stored.example").await;
    let gone = RegistrationId::from_bytes([9; 16]);
    let until = stack.outbox.world.now();
    for (kind, typed, outcome) in [
        (Kind::MagicLink, "nobody@new.example", "dropped:nobody"),
        (Kind::ResetPassword, "nobody@new.example", "dropped:nobody"),
        (Kind::LockedOut { until }, "nobody@new.example", "dropped:nobody"),
        (Kind::ConfirmEmail { user }, "lee@stored.example", "dropped:address_taken"),
        (Kind::Registration { registration: gone }, "x@new.example", "dropped:registration_gone"),
    ] {
        let mail = stack.request(typed, kind).await;
        assert_eq!(stack.deliver(&[mail]).await, None);
        assert_eq!(stack.outcome(mail).await.as_deref(), Some(outcome));
    }
    assert!(stack.sent().is_empty());
}

#[tokio::test]
async fn a_deployment_without_a_site_of_its_own_sends_no_mail_and_says_why() {
    let mut stack = Stack::start().await;
    stack.person(STORED).await;
    stack.outbox.site = Site::new("https://accounts.example.com");
    let mail = stack.request(STORED, Kind::ResetPassword).await;
    assert_eq!(stack.deliver(&[mail]).await, None);
    assert_eq!(stack.outcome(mail).await.as_deref(), Some("failed:site_url_is_the_default"));
    assert!(stack.sent().is_empty());
}

#[tokio::test]
async fn a_repeated_delivery_sends_nothing_twice() {
    let stack = Stack::start().await;
    stack.person(STORED).await;
    let mail = stack.request(STORED, Kind::MagicLink).await;
    for _ in 0..3 {
        assert_eq!(stack.deliver(&[mail]).await, None);
    }
    let mail = [stack.request(STORED, Kind::MagicLink).await];
    tokio::join!(stack.deliver(&mail), stack.deliver(&mail));
    assert_eq!(stack.sent().len(), 2);
}

#[tokio::test]
async fn a_throttled_mail_and_those_behind_it_come_again() {
    let stack = Stack::start().await;
    stack.person(STORED).await;
    let mut mails = Vec::new();
    for _ in 0..3 {
        mails.push(stack.request(STORED, Kind::MagicLink).await);
    }
    let throttle = FaultKind::Throttle { retry_after: 1 };
    stack.cloud.faults().set(Fault::new(Service::Ses, "SendEmail", throttle).after(1));
    assert_eq!(stack.deliver(&mails).await, Some(1));
    assert_eq!((stack.sent().len(), stack.outcome(mails[2]).await), (1, None));
    // Within the pause it still waits, and nothing behind it is lost.
    assert_eq!(stack.deliver(&mails[1..]).await, Some(0));
    stack.outlast_the_pause();
    assert_eq!(stack.deliver(&mails[1..]).await, None);
    assert_eq!(stack.sent().len(), 3);
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_given_up_and_holds_nobody_up() {
    let stack = Stack::start().await;
    stack.person(STORED).await;
    stack.person("lee@stored.example").await;
    let refused = stack.request(STORED, Kind::MagicLink).await;
    let fine = stack.request("lee@stored.example", Kind::MagicLink).await;
    stack.cloud.faults().set(Fault::new(Service::Ses, "SendEmail", refusal("MessageRejected")));
    assert_eq!(stack.deliver(&[refused, fine]).await, None);
    assert_eq!(stack.outcome(refused).await.as_deref(), Some("failed:message_rejected"));
    assert_eq!(stack.outcome(fine).await.as_deref(), Some("sent"));

    let slow = stack.request(STORED, Kind::MagicLink).await;
    let throttle = FaultKind::Throttle { retry_after: 1 };
    let always = Fault::new(Service::Ses, "SendEmail", throttle).times(u32::MAX).matching(STORED);
    stack.cloud.faults().set(always);
    for _ in 1..MAIL_TRIES {
        assert_eq!(stack.deliver(&[slow]).await, Some(0));
        stack.outlast_the_pause();
    }
    assert_eq!(stack.deliver(&[slow]).await, None);
    assert_eq!(stack.outcome(slow).await.as_deref(), Some("failed:throttled"));
}

/// The mail service tells that a mail came back for good.
async fn bounced(stack: &Stack, id: vestibule_domain::MailId) {
    let platform = stack.outbox.store.platform();
    let mail = platform.find_mail(id).await.unwrap().unwrap();
    let message = mail.message.clone().unwrap();
    let delivery = Delivery { state: DeliveryState::Bounced, at: stack.outbox.world.now() };
    platform.record_delivery(&mail, &message, &delivery, &stack.outbox.world).await.unwrap();
}

#[tokio::test]
async fn a_row_knows_the_message_and_the_address_that_it_went_to() {
    let stack = Stack::start().await;
    let user = stack.person(STORED).await;
    let mail = stack.request("kim@before.example", Kind::PasswordChanged { user }).await;
    assert_eq!(stack.deliver(&[mail]).await, None);
    let row = stack.outbox.store.platform().find_mail(mail).await.unwrap().unwrap();
    let sent = stack.sent().pop().unwrap();
    assert_eq!((row.message, row.request.email.as_str()), (Some(sent.id), STORED));
    assert!(sent.tags.iter().any(|tag| tag.name == "mail-id" && tag.value == mail.to_string()));
    // So it is the address of today that gets no more mails, not the one that was typed.
    bounced(&stack, mail).await;
    let (platform, sealer) = (stack.outbox.store.platform(), stack.outbox.store.sealer());
    for (address, suppressed) in [(STORED, true), ("kim@before.example", false)] {
        let key = sealer.address_key(&Email::parse(address).unwrap());
        assert_eq!(platform.find_suppression(&key).await.unwrap().is_some(), suppressed, "{address}");
    }
}

#[tokio::test]
async fn an_address_that_gets_no_mails_gets_none_of_any_kind() {
    let stack = Stack::start().await;
    let user = stack.person(STORED).await;
    let first = stack.request(STORED, Kind::MagicLink).await;
    assert_eq!(stack.deliver(&[first]).await, None);
    bounced(&stack, first).await;
    let until = stack.outbox.world.now();
    for kind in [Kind::MagicLink, Kind::ResetPassword, Kind::LockedOut { until }, Kind::NewDevice { user }] {
        let mail = stack.request("Kim@Stored.example", kind).await;
        assert_eq!(stack.deliver(&[mail]).await, None);
        assert_eq!(stack.outcome(mail).await.as_deref(), Some("dropped:suppressed"));
    }
    let known = stack.register(STORED).await;
    assert_eq!(stack.deliver(&[known.1]).await, None);
    assert_eq!(stack.outcome(known.1).await.as_deref(), Some("dropped:suppressed"));
    // Another address of the same person is not concerned.
    let mail = stack.request("kim@new.example", Kind::ConfirmEmail { user }).await;
    assert_eq!(stack.deliver(&[mail]).await, None);
    assert_eq!((stack.outcome(mail).await.as_deref(), stack.sent().len()), (Some("sent"), 2));
}
