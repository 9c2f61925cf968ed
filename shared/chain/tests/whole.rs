//! What is written can be read and is sound, whatever the records hold; and no other file is.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule_chain::{
    CheckpointKey, Digest, Entry, Frontier, Outcome, Personal, PersonalDigests, RecordBody,
    export::{Refusal, Report, Writer, verify},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[derive(Debug, Clone, Copy)]
enum Shown {
    Record,
    LeftOut,
    Gone,
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let object = prop::collection::btree_map("\\PC{0,12}", inner.clone(), 0..4);
        let object = object.prop_map(|fields| Value::Object(fields.into_iter().collect()));
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), object]
    })
}

fn shown() -> impl Strategy<Value = Shown> {
    prop_oneof![3 => Just(Shown::Record), 2 => Just(Shown::LeftOut), 1 => Just(Shown::Gone)]
}

fn parts(most: usize) -> impl Strategy<Value = Vec<(Shown, Value, String)>> {
    prop::collection::vec((shown(), values(), "\\PC{0,12}"), 0..most)
}

fn record(number: u64, value: &Value, text: &str) -> (RecordBody, Personal) {
    let salt = Digest::of(&[text.as_bytes()]);
    let digest = Some(Digest::of_personal(&salt.0, "user_agent", text));
    let body = RecordBody {
        id: format!("aud_{number}"),
        at: NOW - SignedDuration::from_millis(number.cast_signed()),
        actor: text.to_owned(),
        action: "thing.do".to_owned(),
        resource: text.to_owned(),
        outcome: Outcome::Failed,
        old: value.clone(),
        new: json!([value]),
        count: Some(number),
        digests: PersonalDigests { user_agent: digest, ..PersonalDigests::default() },
    };
    let personal =
        Personal { user_agent: Some(text.to_owned()), salt: salt.to_string(), ..Personal::default() };
    (body, personal)
}

fn key() -> CheckpointKey {
    CheckpointKey::generate("acme.example/audit", [1; 32]).unwrap()
}

fn export(parts: &[(Shown, Value, String)]) -> Vec<u8> {
    let mut frontier = Frontier::default();
    let filter = Some(BTreeMap::from([("actor".to_owned(), "x".to_owned())]));
    let mut writer = Writer::begin(Vec::new(), "ten_01", filter).unwrap();
    for (number, (shown, value, text)) in (1..).zip(parts) {
        let (body, personal) = record(number, value, text);
        let expires = matches!(shown, Shown::Gone).then_some(NOW);
        let (at, id, digest) = (body.at, body.id.clone(), body.digest().unwrap());
        let entry = Entry { at, body: digest, chain: "ten_01".to_owned(), expires, id, number };
        frontier.push(entry.leaf().unwrap());
        match shown {
            Shown::Record => writer.record(&entry, body, Some(personal)).unwrap(),
            Shown::LeftOut => writer.left_out(number, entry.leaf().unwrap()).unwrap(),
            Shown::Gone => writer.gone(entry).unwrap(),
        }
        if number.is_multiple_of(7) {
            writer = Writer::resume(writer.pause().unwrap());
        }
    }
    let note = key().sign("ten_01", &frontier, NOW);
    writer.end((!parts.is_empty()).then_some(&*note)).unwrap()
}

fn judged(file: &[u8]) -> Result<Report, Refusal> {
    verify(file, &key().verifiers(), &[], NOW, |_| ())
}

/// An export of at least one record, as its lines.
fn lines() -> impl Strategy<Value = Vec<String>> {
    parts(12).prop_filter("an empty export", |parts| !parts.is_empty()).prop_map(|parts| {
        let file = String::from_utf8(export(&parts)).unwrap();
        file.split_inclusive('\n').map(str::to_owned).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_whole(parts in parts(40)) {
        let report = judged(&export(&parts));
        let report = report.map_err(|refused| TestCaseError::fail(refused.to_string()))?;
        let count = |wanted: fn(&Shown) -> bool| parts.iter().filter(|(shown, ..)| wanted(shown)).count() as u64;
        prop_assert_eq!(report.size, parts.len() as u64);
        prop_assert_eq!(report.tally.shown, count(|shown| matches!(shown, Shown::Record)));
        prop_assert_eq!(report.tally.left_out, count(|shown| matches!(shown, Shown::LeftOut)));
        prop_assert_eq!(report.tally.gone, count(|shown| matches!(shown, Shown::Gone)));
        prop_assert_eq!(report.tally.without_personal, 0);
    }

    /// The first line says what was asked for, which nobody signs.
    #[test]
    fn no_bit_can_be_turned(lines in lines(), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut file = lines.concat().into_bytes();
        let head = lines[0].len();
        let place = head + place.index(file.len() - head);
        file[place] ^= 1 << bit;
        prop_assert!(judged(&file).is_err());
    }

    #[test]
    fn no_line_can_be_taken_out_doubled_or_moved(
        lines in lines(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
    ) {
        let (from, to) = (from.index(lines.len()), to.index(lines.len()));
        let mut without = lines.clone();
        let line = without.remove(from);
        prop_assert!(judged(without.concat().as_bytes()).is_err());
        let mut moved = without;
        moved.insert(to, line.clone());
        prop_assert!(from == to || judged(moved.concat().as_bytes()).is_err());
        let mut doubled = lines;
        doubled.insert(to, line);
        prop_assert!(judged(doubled.concat().as_bytes()).is_err());
    }
}
