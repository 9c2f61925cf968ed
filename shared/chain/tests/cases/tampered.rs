//! What somebody may do to the records of an export.

use jiff::Timestamp;
use vestibule_chain::{
    Digest, Entry,
    export::{Line, Record},
};

use super::{
    Case,
    chain::{CHAIN, OTHER, SIZE, entry, export, key, note, text},
    claimed,
};

const ALTERED: &str = "record 6 does not fit its hash: it was altered, or belongs to another chain";
pub(super) const ROOT: &str = "records 1 to 20 do not give the root that was signed: one or more of them were altered together with their hash";
const MOVED: &str = "should be: something was taken out, added or moved";

pub(super) fn place(lines: &[Line], number: u64) -> usize {
    lines.iter().position(|line| matches!(line, Line::Record(it) if it.number == number)).unwrap()
}

fn record(lines: &mut [Line], number: u64) -> &mut Record {
    let place = place(lines, number);
    match &mut lines[place] {
        Line::Record(record) => record,
        _ => unreachable!(),
    }
}

/// The hash that the record would have as it stands there.
fn rehash(record: &mut Record) {
    let (at, id, number, expires) =
        (record.record.at, record.record.id.clone(), record.number, record.expires);
    let body = record.record.digest().unwrap();
    record.leaf = Entry { at, body, chain: CHAIN.into(), expires, id, number }.leaf().unwrap();
}

pub(super) fn cases(filtered: bool) -> Vec<Case> {
    let case = |name: &str, expected, edit: &dyn Fn(&mut Vec<Line>)| {
        let mut lines = export(SIZE, filtered);
        edit(&mut lines);
        Case::new(name, text(&lines), expected)
    };
    let mut cases = vec![
        case("sound", "", &|_| {}),
        case("sound-and-newest", "", &|_| {}).knowing(note(&key(), CHAIN, SIZE)),
        case("sound-and-older", "", &|_| {}).knowing(note(&key(), CHAIN, 11)),
        case("erased-personal", "", &|lines| record(lines, 6).personal = None),
    ];
    cases.extend(altered(&case));
    cases.extend(moved(&case));
    cases.extend(claimed::retention(&case));
    cases.extend(claimed::checkpoints(&case));
    cases
}

pub(super) type Make<'m> = &'m dyn Fn(&str, &'static str, &dyn Fn(&mut Vec<Line>)) -> Case;

fn altered(case: Make<'_>) -> Vec<Case> {
    let actor = |lines: &mut Vec<Line>| record(lines, 6).record.actor = "usr_02".into();
    let expires = |lines: &mut Vec<Line>| record(lines, 6).expires = Some(Timestamp::UNIX_EPOCH);
    let personal = |lines: &mut Vec<Line>| record(lines, 6).personal.clone().unwrap();
    vec![
        case("altered", ALTERED, &actor),
        case("altered-time-to-go", ALTERED, &expires),
        case("altered-hash", ALTERED, &|lines| record(lines, 6).leaf = Digest([0; 32])),
        case("altered-with-hash", ROOT, &|lines| {
            actor(lines);
            rehash(record(lines, 6));
        }),
        case("altered-digest", ALTERED, &|lines| record(lines, 6).record.digests.source_ip = None),
        case("altered-address", "record 6: `actor_email` is not what was recorded", &|lines| {
            let changed = Some("eve@example.org".into());
            record(lines, 6).personal =
                Some(vestibule_chain::Personal { actor_email: changed, ..personal(lines) });
        }),
        case("altered-salt", "record 6: `actor_email` is not what was recorded", &|lines| {
            let changed = Digest([1; 32]).to_string();
            record(lines, 6).personal = Some(vestibule_chain::Personal { salt: changed, ..personal(lines) });
        }),
        case("no-salt", "record 6: `salt` is not what was recorded", &|lines| {
            record(lines, 6).personal =
                Some(vestibule_chain::Personal { salt: "?".into(), ..personal(lines) });
        }),
        case("made-up-personal", "record 6: `user_agent` is not what was recorded", &|lines| {
            let made_up = Some("curl".into());
            record(lines, 6).personal =
                Some(vestibule_chain::Personal { user_agent: made_up, ..personal(lines) });
        }),
        case("of-another-chain", ALTERED, &|lines| {
            let (entry, body) = (entry(6, OTHER), super::chain::body(6, OTHER));
            *record(lines, 6) = Record::new(&entry, body, None).unwrap();
        }),
    ]
}

fn moved(case: Make<'_>) -> Vec<Case> {
    let copied = |lines: &mut Vec<Line>, number| {
        let mut added = record(lines, 6).clone();
        added.number = number;
        rehash(&mut added);
        Line::Record(Box::new(added))
    };
    vec![
        case("cut-inside", MOVED, &|lines| drop(lines.remove(place(lines, 6)))),
        case("cut-at-the-head", "should be: something was taken out", &|lines| drop(lines.remove(1))),
        case(
            "cut-at-the-tail",
            "the last record is 19, but the checkpoint covers 20: the end is missing",
            &|lines| {
                lines.remove(place(lines, SIZE));
            },
        ),
        case("swapped", MOVED, &|lines| {
            let (six, nine) = (place(lines, 6), place(lines, 9));
            lines.swap(six, nine);
        }),
        case("swapped-and-numbered", ALTERED, &|lines| swap(lines, false)),
        case("swapped-with-hashes", ROOT, &|lines| swap(lines, true)),
        case("added-inside", "record 7 stands where record 8 should be", &|lines| {
            let added = copied(lines, 7);
            lines.insert(place(lines, 6) + 1, added.clone());
            lines.insert(place(lines, 6) + 2, added);
        }),
        case(
            "added-at-the-end",
            "the last record is 21, but the checkpoint covers 20: what stands behind was added",
            &|lines| {
                let added = copied(lines, SIZE + 1);
                lines.insert(place(lines, SIZE) + 1, added);
            },
        ),
    ]
}

/// Records 6 and 9 in each other's place.
fn swap(lines: &mut [Line], with_hashes: bool) {
    let (six, nine) = (record(lines, 6).clone(), record(lines, 9).clone());
    for (number, other) in [(6, nine), (9, six)] {
        let record = record(lines, number);
        *record = Record { number, ..other };
        if with_hashes {
            rehash(record);
        }
    }
}
