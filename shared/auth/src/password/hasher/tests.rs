use std::task::{Context, Waker};

use super::*;

const CHEAP: Profile = Profile { memory_kib: 64, passes: 1, lanes: 1 };

fn password(text: &str) -> Password {
    Password::parse(&text.into()).unwrap()
}

fn key(fill: u8) -> SecretSlice<u8> {
    vec![fill; 32].into()
}

fn stored(text: &str) -> PasswordHash {
    serde_json::from_value(text.into()).unwrap()
}

fn text(hash: &PasswordHash) -> String {
    serde_json::to_value(hash).unwrap().as_str().unwrap().to_owned()
}

/// From the tests of the reference implementation.
#[tokio::test]
async fn hashes_of_the_reference_implementation_are_verified() {
    let hash = stored("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
    let hasher = Hasher::new(CHEAP, None, 1).unwrap();
    let verdict = hasher.verify(password("password"), Some(hash.clone())).await;
    assert_eq!(verdict, Ok(Verdict::Right { outdated: true }));
    assert_eq!(hasher.verify(password("passwore"), Some(hash)).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn a_hash_fits_its_password_only_and_nobody_has_the_dummy() {
    let hasher = Hasher::new(CHEAP, None, 2).unwrap();
    let hash = hasher.hash(password("Caf\u{e9} au lait"), [7; 16]).await.unwrap();
    let right = hasher.verify(password("Cafe\u{301} au lait"), Some(hash.clone())).await;
    assert_eq!(right, Ok(Verdict::Right { outdated: false }), "however the accent was typed");
    assert_eq!(hasher.verify(password("Cafe au lait"), Some(hash.clone())).await, Ok(Verdict::Wrong));
    assert_eq!(hasher.verify(password("Caf\u{e9} au lait"), None).await, Ok(Verdict::Wrong));
    assert_ne!(hasher.hash(password("Caf\u{e9} au lait"), [8; 16]).await.unwrap(), hash);
}

#[tokio::test]
async fn hashes_of_another_cost_or_pepper_are_outdated() {
    let plain = Hasher::new(CHEAP, None, 1).unwrap();
    let first = Hasher::new(CHEAP, Some(("one".into(), key(1))), 1).unwrap();
    let second = Hasher::new(CHEAP, Some(("two".into(), key(2))), 1).unwrap();
    let second = second.with_former_pepper("one".into(), key(1)).unwrap();
    let cost = Hasher::new(Profile { passes: 2, ..CHEAP }, None, 1).unwrap();
    let unpeppered = plain.hash(password("x"), [1; 16]).await.unwrap();
    let peppered = first.hash(password("x"), [1; 16]).await.unwrap();
    assert!(text(&peppered).contains("p=1,keyid=b25l$"));
    for (hasher, hash, outdated) in [
        (&plain, &unpeppered, false),
        (&first, &peppered, false),
        (&first, &unpeppered, true),
        (&second, &peppered, true),
        (&cost, &unpeppered, true),
    ] {
        let verdict = hasher.verify(password("x"), Some(hash.clone())).await;
        assert_eq!(verdict, Ok(Verdict::Right { outdated }), "{hasher:?} {}", text(hash));
    }
    let unknown = plain.verify(password("x"), Some(peppered.clone())).await;
    assert_eq!(unknown, Err(HasherError::UnknownPepper));
    let other = Hasher::new(CHEAP, Some(("one".into(), key(9))), 1).unwrap();
    assert_eq!(other.verify(password("x"), Some(peppered)).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn settings_and_rows_that_ask_for_too_much_are_refused() {
    let greedy = Profile { memory_kib: u32::MAX, passes: 1, lanes: 1 };
    assert_eq!(Hasher::new(greedy, None, 1).err(), Some(HasherError::Profile));
    for (id, key) in [("", key(1)), ("ninechars", key(1)), ("one", vec![1; 15].into())] {
        assert_eq!(Hasher::new(CHEAP, Some((id.into(), key)), 1).err(), Some(HasherError::Pepper));
    }
    let hasher = Hasher::new(CHEAP, None, 1).unwrap();
    let row = "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert_eq!(hasher.verify(password("x"), Some(stored(row))).await, Err(HasherError::Stored));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_share_the_buffers_and_a_bigger_one_is_not_kept() {
    let hasher = Hasher::new(CHEAP, None, 2).unwrap();
    let big = Hasher::new(Profile { memory_kib: 1024, ..CHEAP }, None, 1).unwrap();
    let small = hasher.hash(password("x"), [1; 16]).await.unwrap();
    let bigger = big.hash(password("x"), [1; 16]).await.unwrap();
    let checks = (0..32).map(|n| {
        let hash = if n % 8 == 0 { &bigger } else { &small };
        let (hasher, hash) = (hasher.clone(), hash.clone());
        tokio::spawn(async move { hasher.verify(password("x"), Some(hash)).await })
    });
    for check in checks.collect::<Vec<_>>() {
        assert!(matches!(check.await.unwrap(), Ok(Verdict::Right { .. })));
    }
    let idle = hasher.pool.idle();
    assert!(idle.len() <= 2 && idle.iter().all(|memory| memory.len() == 64));
}

#[tokio::test]
async fn a_dropped_request_keeps_its_place_until_its_hash_ends() {
    let hasher = Hasher::new(Profile { memory_kib: 32_768, passes: 10, lanes: 1 }, None, 1).unwrap();
    let mut request = Box::pin(hasher.hash(password("x"), [1; 16]));
    assert!(request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(request);
    assert_eq!(hasher.pool.permits.available_permits(), 0);
    assert!(hasher.verify(password("x"), None).await.is_ok());
}

#[test]
fn a_buffer_is_mapped_in_an_even_number_of_mebibytes() {
    let sizes = [16_385, 19_456, 20_480, 24_577, 30_000];
    for blocks in sizes {
        let mapped = room(blocks).div_ceil(1024) + 1;
        assert!(room(blocks) >= blocks && mapped.is_multiple_of(2), "{blocks} blocks in {mapped} MiB");
    }
}

/// Takes about a second and 1 GiB.
#[tokio::test]
async fn the_strong_profile_works() {
    let hasher = Hasher::new(Profile::STRONG, None, 1).unwrap();
    let hash = hasher.hash(password("x"), [1; 16]).await.unwrap();
    assert!(text(&hash).starts_with("$argon2id$v=19$m=1048576,t=1,p=5$"));
}
