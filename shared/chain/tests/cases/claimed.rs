//! What somebody may claim: that records had to go, that a filter leaves them out, and what was signed.

use jiff::Timestamp;
use vestibule_chain::{
    CheckpointKey, Digest, Entry, Frontier,
    export::{Gone, Line},
};

use super::{
    Case,
    chain::{CHAIN, GOES, OTHER, SIZE, entry, export, key, note, text, thief},
    tampered::{Make, ROOT, place},
};

fn is_gone(line: &&mut Line) -> bool {
    matches!(line, Line::Gone(_))
}

fn gone(lines: &mut [Line]) -> &mut Entry {
    match lines.iter_mut().find(is_gone) {
        Some(Line::Gone(gone)) => &mut gone.gone,
        _ => unreachable!(),
    }
}

fn checkpoint(lines: &mut [Line], note: Option<String>) {
    match lines.last_mut() {
        Some(Line::End(end)) => end.checkpoint = note,
        _ => unreachable!(),
    }
}

pub(super) fn retention(case: Make<'_>) -> Vec<Case> {
    let remove = |lines: &mut Vec<Line>, entry: Entry| {
        let place = place(lines, 6);
        lines[place] = Line::Gone(Gone { gone: entry });
    };
    vec![
        case(
            "gone-that-stays",
            "record 6 is gone, but it was to stay for good: somebody removed it",
            &|lines| {
                remove(lines, entry(6, CHAIN));
            },
        ),
        case("gone-with-a-time-made-up", ROOT, &|lines| {
            remove(lines, Entry { expires: Some(Timestamp::UNIX_EPOCH), ..entry(6, CHAIN) });
        }),
        case(
            "gone-of-another-chain",
            "record 6 is of the chain ten_01JBBBBBBBBBBBBBBBBBBBBBBB: it does not belong here",
            &|lines| {
                remove(lines, entry(6, OTHER));
            },
        ),
        case("gone-altered", ROOT, &|lines| gone(lines).id = "aud_x".into()),
        case("gone-left-out", "record 6 stands where record 5 should be", &|lines| {
            lines.retain(|line| !matches!(line, Line::Gone(_)));
        }),
    ]
}

pub(super) fn checkpoints(case: Make<'_>) -> Vec<Case> {
    let other = |key: &CheckpointKey, chain, size| Some(note(key, chain, size));
    let cut = "the file ends at 15, the newest checkpoint covers 20: the last 5 records are cut off, or the file is older than that checkpoint";
    let shorter = |lines: &mut Vec<Line>| {
        *lines = export(15, matches!(&lines[0], Line::Head(head) if head.filter.is_some()));
    };
    vec![
        case("signed-by-another-key", "the checkpoint is signed by none of the given keys", &|lines| {
            checkpoint(lines, other(&thief(), CHAIN, SIZE));
        }),
        case(
            "signed-for-another-chain",
            "the checkpoint is that of acme.example/audit/ten_01JBBBBBBBBBBBBBBBBBBBBBBB, not of",
            &|lines| {
                checkpoint(lines, other(&key(), OTHER, SIZE));
            },
        ),
        case(
            "forged",
            "the checkpoint is forged: its signature is not that of the key acme.example/audit",
            &|lines| {
                let (old, new) = (note(&key(), CHAIN, 19), note(&key(), CHAIN, SIZE));
                let text = new.split_once("\n\n").unwrap().0;
                let signature = old.split_once("\n\n").unwrap().1;
                checkpoint(lines, Some(format!("{text}\n\n{signature}")));
            },
        ),
        case("shorter", "", &shorter),
        case("shorter-than-the-newest", cut, &shorter).knowing(note(&key(), CHAIN, SIZE)),
        case(
            "checkpoint-of-fewer",
            "the last record is 20, but the checkpoint covers 15: what stands behind was added",
            &|lines| {
                checkpoint(lines, other(&key(), CHAIN, 15));
            },
        ),
        case("newest-of-another-key", "the given checkpoint: the checkpoint is signed by none", &|_| {})
            .knowing(note(&thief(), CHAIN, SIZE)),
        case("newest-of-another-chain", "the given checkpoint: the checkpoint is that of", &|_| {})
            .knowing(note(&key(), OTHER, SIZE)),
        case(
            "two-histories",
            "two checkpoints over 20 records name different roots: the key has signed two histories",
            &|_| {},
        )
        .knowing(rewritten(SIZE)),
        case("another-history-before", "records 1 to 11 do not give the root that was signed", &|_| {})
            .knowing(rewritten(11)),
        case("unsigned", "there is no checkpoint over the 20 records: nobody has signed them", &|lines| {
            checkpoint(lines, None);
        }),
    ]
}

/// The key's checkpoint over other records.
fn rewritten(size: u64) -> String {
    let mut frontier = Frontier::default();
    for number in 1..=size {
        frontier.push(Digest::of(&[&number.to_be_bytes()]));
    }
    key().sign(CHAIN, &frontier, "2025-07-02T00:00:00Z".parse().unwrap())
}

/// What is not asked of both kinds of exports.
pub(super) fn apart() -> Vec<Case> {
    let empty = || text(&export(0, false));
    let left_out = |edit: &dyn Fn(&mut Vec<Digest>)| {
        let mut lines = export(SIZE, true);
        match lines.iter_mut().find(|line| matches!(line, Line::LeftOut(_))) {
            Some(Line::LeftOut(run)) => edit(&mut run.leaves),
            _ => unreachable!(),
        }
        text(&lines)
    };
    let mut early = export(SIZE, false);
    let place = place(&early, GOES);
    early[place] = Line::Gone(Gone { gone: entry(GOES, CHAIN) });
    let mut hidden = export(SIZE, true);
    if let Line::Head(head) = &mut hidden[0] {
        head.filter = None;
    }
    vec![
        Case::new("empty", empty(), ""),
        Case::new("all-gone", empty(), "nothing is left: the newest checkpoint covers 20 records")
            .knowing(note(&key(), CHAIN, SIZE)),
        Case::new("left-out-hash-altered", left_out(&|leaves| leaves[0] = Digest([3; 32])), ROOT),
        Case::new(
            "left-out-hash-dropped",
            left_out(&|leaves| leaves.truncate(1)),
            "stands where record 2 should be",
        ),
        Case::new("left-out-none", left_out(&Vec::clear), "`leaves` has 1 to 500 hashes"),
        Case::new(
            "left-out-without-a-filter",
            text(&hidden),
            "records are left out, but the first line names no filter",
        ),
        Case::new(
            "gone-too-early",
            text(&early),
            "record 8 is gone, but it was to be kept until 3025-06-01T00:00:00Z: somebody removed it",
        ),
        Case {
            keys: vec![thief().verifier(), key().verifier()],
            ..Case::new("after-a-rotation", text(&export(SIZE, false)), "")
        },
    ]
}
