use std::sync::atomic::{AtomicU8, Ordering};

use super::*;

const PLACE: &[u8] = b"USER#1\nPROFILE\nphone";

fn world() -> World {
    let next = AtomicU8::new(1);
    let fill = move |buffer: &mut [u8]| buffer.fill(next.fetch_add(1, Ordering::Relaxed));
    World::new(|| jiff::Timestamp::UNIX_EPOCH, fill)
}

#[test]
fn a_field_opens_at_its_own_place_only() {
    let keys = FieldKeys::from_secret(&FieldKeys::generate(&world())).unwrap();
    let sealed = keys.seal(b"+49 30 1234", PLACE, [7; 12]);
    assert_eq!(keys.open(&sealed, PLACE).as_deref(), Ok(&b"+49 30 1234"[..]));
    assert_eq!(keys.open(&sealed, b"USER#2\nPROFILE\nphone"), Err(FieldError::Corrupt));
    assert_eq!(keys.open(&keys.seal(b"", PLACE, [8; 12]), PLACE).as_deref(), Ok(&b""[..]));
    assert_eq!(sealed.len(), 2 + keys.current_kid().len() + 12 + 11 + 16);
    assert!(!sealed.windows(4).any(|window| window == b"1234"));
}

#[test]
fn every_altered_byte_and_every_shortened_field_is_refused() {
    let keys = FieldKeys::from_secret(&FieldKeys::generate(&world())).unwrap();
    let sealed = keys.seal(b"plain", PLACE, [7; 12]);
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        assert!(keys.open(&altered, PLACE).is_err(), "byte {place}");
        assert!(keys.open(&sealed[..place], PLACE).is_err(), "cut at {place}");
    }
    assert_eq!(keys.open(b"plain text from before", PLACE), Err(FieldError::Corrupt));
}

#[test]
fn after_a_rotation_old_fields_still_open_and_new_ones_use_the_new_key() {
    let world = world();
    let first = FieldKeys::generate(&world);
    let second = FieldKeys::rotate(&first, &world).unwrap();
    let keys = FieldKeys::from_secret(&first).unwrap();
    let reader = FieldKeys::from_secret(&first).unwrap();
    let (old, index) = (keys.seal(b"old", PLACE, [1; 12]), keys.blind_index("kim@example.org"));
    keys.clone().replace(&second).unwrap();
    let new = keys.seal(b"new", PLACE, [2; 12]);
    assert_eq!(FieldKeys::kid_of(&new), Some(keys.current_kid().as_str()));
    assert_ne!(FieldKeys::kid_of(&new), FieldKeys::kid_of(&old));
    assert_eq!(keys.open(&old, PLACE).as_deref(), Ok(&b"old"[..]));
    assert_eq!(keys.blind_index("kim@example.org"), index);
    assert_eq!(reader.open(&new, PLACE), Err(FieldError::UnknownKey));
    assert!(keys.replace(&FieldKeys::generate(&world)).is_err(), "another index key");
    assert_eq!(keys.open(&new, PLACE).as_deref(), Ok(&b"new"[..]));
}

/// The vectors: RFC 4231 has none for this key, so Python's `hmac`; NIST's GCM test case 14.
#[test]
fn index_and_cipher_are_the_standard_ones() {
    let zero = STANDARD.encode([0; 32]);
    let ring = format!(r#"{{"current":"k","keys":{{"k":"{zero}"}},"index":"{zero}"}}"#);
    let keys = FieldKeys::from_secret(&ring.into()).unwrap();
    assert_eq!(keys.blind_index("kim@example.org"), "se1ILNHO1D6k_VXFomKHdHT3UYvEAkN89cA9C9d6woc");
    let sealed = keys.seal(&[0; 16], b"", [0; 12]);
    let cipher =
        [0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e, 0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18];
    assert_eq!(sealed[..3], [1, 1, b'k']);
    assert_eq!(sealed[15..31], cipher);
}

#[test]
fn broken_rings_are_refused() {
    let key = STANDARD.encode([0; 32]);
    for wrong in [
        String::new(),
        "{}".to_owned(),
        format!(r#"{{"current":"b","keys":{{"a":"{key}"}},"index":"{key}"}}"#),
        format!(r#"{{"current":"a","keys":{{"a":"AAAA"}},"index":"{key}"}}"#),
        format!(r#"{{"current":"a","keys":{{"a":"{key}"}},"index":"AAAA"}}"#),
        format!(r#"{{"current":"","keys":{{"":"{key}"}},"index":"{key}"}}"#),
        format!(r#"{{"current":"a","keys":{{"a":"{key}"}},"index":"{key}","more":1}}"#),
    ] {
        assert!(FieldKeys::from_secret(&wrong.clone().into()).is_err(), "{wrong}");
        assert!(FieldKeys::rotate(&wrong.clone().into(), &world()).is_err(), "{wrong}");
    }
}
