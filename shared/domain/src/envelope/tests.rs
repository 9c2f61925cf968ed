use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn event(envelope: &str, status: DocumentStatus, seconds: impl Into<Option<i64>>) -> EnvelopeEvent {
    EnvelopeEvent { envelope: envelope.to_owned(), status, at: seconds.into().map(at) }
}

fn after(events: &[EnvelopeEvent]) -> DocumentRecord {
    let mut record = DocumentRecord::pending(at(0));
    for event in events {
        record.take(event, at(0));
    }
    record
}

use DocumentStatus::{Declined, Expired, Pending, Sent, Signed, Viewed, Voided};

#[test]
fn fault_07_a_second_envelope_replaces_one_that_ended() {
    for end in [Voided, Declined, Expired] {
        for times in [[1, 2, 3, 4].map(Some), [7; 4].map(Some), [None; 4]] {
            let [a, b, c, d] = times;
            let events =
                [event("e1", Sent, a), event("e1", end, b), event("e2", Sent, c), event("e2", Viewed, d)];
            for order in orders(events.len()) {
                let shuffled: Vec<_> = order.iter().map(|&place| events[place].clone()).collect();
                let record = after(&shuffled);
                assert_eq!((record.status, &*record.envelope().unwrap().id), (Viewed, "e2"), "{shuffled:?}");
            }
        }
    }
}

#[test]
fn fault_07_any_signed_envelope_signs_the_document() {
    let table = [
        vec![event("e1", Signed, 1), event("e2", Sent, 2), event("e2", Voided, 3)],
        vec![event("e1", Voided, 1), event("e2", Declined, 2), event("e3", Signed, None)],
        vec![event("e1", Signed, 1), event("e1", Voided, 2)],
        vec![event("", Signed, None), event("e2", Viewed, 2)],
    ];
    for events in table {
        assert_eq!(after(&events).status, Signed, "{events:?}");
        assert_eq!(after(&events.iter().rev().cloned().collect::<Vec<_>>()).status, Signed);
    }
}

#[test]
fn of_two_living_envelopes_the_newer_one_shows() {
    let events = [event("e1", Sent, 1), event("e2", Sent, 3), event("e1", Viewed, 5)];
    assert_eq!(after(&events).status, Sent);
    assert_eq!(after(&events).envelope().unwrap().id, "e2");
    let untold = [event("e1", Sent, None), event("e2", Viewed, None)];
    assert_eq!(after(&untold).status, Viewed, "without times the one that came further");
    assert_eq!(
        after(&[event("e1", Viewed, None), event("e2", Sent, 3)]).status,
        Sent,
        "a told time is newer"
    );
}

#[test]
fn what_changes_nothing_that_shows_is_told_apart() {
    let mut record = after(&[event("e1", Sent, 1), event("e2", Viewed, 5)]);
    assert_eq!(record.take(&event("e2", Viewed, 5), at(0)), Taken::Unchanged);
    assert_eq!(record.take(&event("e1", Voided, 6), at(0)), Taken::Remembered);
    assert_eq!(record.take(&event("e2", Voided, 7), at(0)), Taken::Moved);
    assert_eq!(record.take(&event("e3", Sent, 8), at(0)), Taken::Moved);
}

#[test]
fn the_number_of_envelopes_is_bounded_and_old_ones_do_not_come_back() {
    let mut record = DocumentRecord::pending(at(0));
    for place in 0..200 {
        record.take(&event(&format!("e{place}"), Sent, place * 10), at(0));
        record.take(&event(&format!("e{place}"), Voided, place * 10 + 1), at(0));
    }
    assert_eq!(record.envelopes.len(), MOST_ENVELOPES);
    assert_eq!(record.take(&event("e3", Sent, 30), at(0)), Taken::Unchanged);
    assert_eq!(record.status, Voided);
    assert_eq!(record.take(&event("new", Sent, 5000), at(0)), Taken::Moved);
    assert_eq!(record.take(&event("e4", Signed, 45), at(0)), Taken::Moved);
    assert_eq!((record.status, record.envelopes.len()), (Signed, MOST_ENVELOPES));
}

#[test]
fn rows_with_one_status_for_the_document_are_still_read() {
    let stored = |status: &str, envelope: &str| -> DocumentRecord {
        let row = format!(
            r#"{{"status":"{status}","changed":"2026-11-20T09:14:08Z","provider_document":{envelope}}}"#
        );
        serde_json::from_str(&row).unwrap()
    };
    let mut voided = stored("voided", "\"e1\"");
    assert_eq!((voided.status, &*voided.envelope().unwrap().id), (Voided, "e1"));
    assert_eq!(voided.take(&event("e2", Sent, None), at(0)), Taken::Moved);
    assert_eq!(voided.status, Sent);
    let mut signed = stored("signed", "null");
    signed.take(&event("e2", Viewed, 9_000_000), at(0));
    assert_eq!(signed.status, Signed);
    assert_eq!(stored("pending", "null").envelopes, []);
    let again: DocumentRecord = serde_json::from_str(&serde_json::to_string(&voided).unwrap()).unwrap();
    assert_eq!(again, voided);
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let placed = |order: &Vec<usize>, place: usize| {
        let mut longer = order.clone();
        longer.insert(place, count - 1);
        longer
    };
    shorter.iter().flat_map(|order| (0..count).map(move |place| placed(order, place))).collect()
}

fn any_event() -> impl Strategy<Value = EnvelopeEvent> {
    let status = prop::sample::select(vec![Sent, Viewed, Declined, Voided, Expired, Signed]);
    (0u8..6, status, prop::option::of(0i64..20))
        .prop_map(|(envelope, status, seconds)| event(&format!("e{envelope}"), status, seconds))
}

proptest! {
    #[test]
    fn fault_07_every_order_of_the_same_events_ends_the_same(
        (events, shuffled) in prop::collection::vec(any_event(), 0..25)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        again in prop::collection::vec(0usize..25, 0..10),
    ) {
        let mut repeated = shuffled;
        let repeats: Vec<_> = again.iter().filter_map(|&place| events.get(place).cloned()).collect();
        repeated.extend(repeats);
        prop_assert_eq!(&after(&events), &after(&repeated));
        let signed = events.iter().any(|event| event.status == Signed);
        prop_assert_eq!(after(&events).status == Signed, signed);
        prop_assert_eq!(after(&events).status == Pending, events.is_empty());
    }
}
