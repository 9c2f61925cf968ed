//! A chain of twenty records of a tenant, its export, whole and filtered, and the key that signs it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use vestibule_chain::{
    CheckpointKey, Digest, Entry, Frontier, Outcome, Personal, PersonalDigests, RecordBody,
    export::{Line, Reader, Writer},
};

pub(crate) const CHAIN: &str = "ten_01JAAAAAAAAAAAAAAAAAAAAAAA";
pub(crate) const OTHER: &str = "ten_01JBBBBBBBBBBBBBBBBBBBBBBB";
pub(crate) const SIZE: u64 = 20;
/// The record that retention removed.
pub(crate) const GONE: u64 = 5;
/// A record that will go in a thousand years.
pub(crate) const GOES: u64 = 8;

pub(crate) fn key() -> CheckpointKey {
    CheckpointKey::generate("acme.example/audit", [7; 32]).unwrap()
}

/// The same name, another key.
pub(crate) fn thief() -> CheckpointKey {
    CheckpointKey::generate("acme.example/audit", [8; 32]).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn personal(number: u64) -> Personal {
    let ip = Some(format!("192.0.2.{number}"));
    let salt = Digest::of(&[&number.to_be_bytes()]).to_string();
    Personal { actor_email: Some("kim@example.org".into()), source_ip: ip, user_agent: None, salt }
}

pub(crate) fn body(number: u64, chain: &str) -> RecordBody {
    let (salt, personal) = (Digest::of(&[&number.to_be_bytes()]).0, personal(number));
    let digest = |name, value: Option<String>| value.map(|value| Digest::of_personal(&salt, name, &value));
    RecordBody {
        id: format!("aud_{number:026}"),
        at: time("2025-03-01T08:00:00.25Z") + jiff::SignedDuration::from_mins(number.cast_signed()),
        actor: "usr_01".into(),
        action: if number.is_multiple_of(3) { "hire.create" } else { "hire.update" }.into(),
        resource: format!("{chain}/hire_{number}"),
        outcome: if number == 7 { Outcome::Refused } else { Outcome::Done },
        old: json!(null),
        // What canonical forms differ in where they are wrong.
        new: json!({ "title": "Größe \u{2028}\u{1f600} </&\u{7f}", "\u{e000}": 1e21, "\u{1f600}": -0.0, "n": number,
            "numbers": [9_007_199_254_740_993_u64, 0.1, 5e-324, 1e-7, 123_456_789_012_345_680_000_f64, -1.5e300] }),
        count: (number == 7).then_some(3),
        digests: PersonalDigests {
            actor_email: digest("actor_email", personal.actor_email),
            source_ip: digest("source_ip", personal.source_ip),
            user_agent: None,
        },
    }
}

pub(crate) fn entry(number: u64, chain: &str) -> Entry {
    let body = body(number, chain);
    let expires = match number {
        GONE => Some(time("2025-06-01T00:00:00Z")),
        GOES => Some(time("3025-06-01T00:00:00Z")),
        _ => None,
    };
    Entry { at: body.at, body: body.digest().unwrap(), chain: chain.into(), expires, id: body.id, number }
}

/// The signed note over the first `size` records.
pub(crate) fn note(key: &CheckpointKey, chain: &str, size: u64) -> String {
    let mut frontier = Frontier::default();
    for number in 1..=size {
        frontier.push(entry(number, chain).leaf().unwrap());
    }
    key.sign(chain, &frontier, time("2025-07-01T00:00:00Z"))
}

/// An export of the first `size` records: with a filter those of every third, and the last one.
pub(crate) fn export(size: u64, filtered: bool) -> Vec<Line> {
    let filter = filtered.then(|| BTreeMap::from([("action".to_owned(), "hire.create".to_owned())]));
    let mut writer = Writer::begin(Vec::new(), CHAIN, filter).unwrap();
    for number in 1..=size {
        let entry = entry(number, CHAIN);
        match number {
            GONE => writer.gone(entry).unwrap(),
            _ if filtered && !number.is_multiple_of(3) && number < SIZE => {
                writer.left_out(number, entry.leaf().unwrap()).unwrap();
            }
            _ => writer.record(&entry, body(number, CHAIN), Some(personal(number))).unwrap(),
        }
    }
    let note = (size > 0).then(|| note(&key(), CHAIN, size));
    lines(&writer.end(note.as_deref()).unwrap())
}

fn lines(file: &[u8]) -> Vec<Line> {
    let (head, mut reader) = Reader::open(file).unwrap();
    let mut lines = vec![Line::Head(head)];
    while let Some(line) = reader.next_line().unwrap() {
        lines.push(line);
    }
    lines
}

pub(crate) fn text(lines: &[Line]) -> String {
    let text = |line: &Line| String::from_utf8(line.text().unwrap()).unwrap() + "\n";
    lines.iter().map(text).collect()
}
