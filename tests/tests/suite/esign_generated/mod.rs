//! Two hundred events as vendors and people may make them. The generator writes text, knows what it means, and uses
//! nothing of the reader.

mod dice;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use vestibule_tests::App;

use dice::Dice;
use writer::{Made, decoy, docusign, made, standard, value};

const SEED: u64 = 20_261_128;
const EVENTS: usize = 200;
const KINDS: [&str; 3] = ["w9", "baa", "hire_agreement"];

/// What happens to the envelopes of some documents, and what a person then says of each document.
const STORIES: [(&[(&str, u8)], &str); 12] = [
    (&[("viewed", 1), ("signed", 1)], "signed"),
    (&[("sent", 1), ("declined", 1), ("signed", 2)], "signed"),
    (&[("sent", 1), ("viewed", 1), ("signed", 1)], "signed"),
    (&[("sent", 1), ("voided", 1), ("sent", 2)], "sent"),
    (&[("sent", 1), ("voided", 1), ("sent", 2), ("viewed", 2)], "viewed"),
    (&[("sent", 1), ("viewed", 1), ("declined", 1)], "declined"),
    (&[("sent", 1), ("declined", 1), ("sent", 2), ("signed", 2)], "signed"),
    (&[("sent", 1), ("sent", 2), ("viewed", 2), ("voided", 1)], "viewed"),
    (&[("signed", 1)], "signed"),
    (&[("viewed", 1), ("expired", 1), ("sent", 2), ("signed", 3)], "signed"),
    (&[("sent", 1), ("voided", 1), ("sent", 2), ("voided", 2), ("viewed", 3)], "viewed"),
    (&[("sent", 1), ("viewed", 1)], "viewed"),
];

/// The events in the order of sending, and what a person says of each document at the end.
fn generate(
    dice: &mut Dice,
    hires: &[String],
) -> (Vec<Made>, BTreeMap<(String, &'static str), &'static str>) {
    let (mut events, mut expected) = (Vec::new(), BTreeMap::new());
    for (number, hire) in hires.iter().enumerate() {
        let mut kinds = KINDS;
        dice.shuffle(&mut kinds);
        let cut = 1 + dice.roll(3);
        for (part, documents) in [&kinds[..cut], &kinds[cut..]].into_iter().enumerate() {
            let (story, end) = STORIES[(number + part * 3) % STORIES.len()];
            // Some documents are only talked about.
            let story = if number % 5 == 4 && part == 0 || events.len() > 170 { &[] } else { story };
            for &kind in documents {
                expected.insert((hire.clone(), kind), if story.is_empty() { "pending" } else { end });
            }
            if documents.is_empty() {
                continue;
            }
            let by_standard = dice.roll(3) == 0;
            for (minute, (word, envelope)) in story.iter().enumerate() {
                let texts: Vec<_> = documents.iter().map(|kind| value(dice, hire, kind)).collect();
                let envelope = format!("{number}-{part}-{envelope}");
                // DocuSign tells that an envelope expired by voiding it.
                let maker = if by_standard || *word == "expired" { standard } else { docusign };
                let text = maker(dice, word, &envelope, &texts, minute + 1);
                let signed = documents.iter().filter(|_| *word == "signed");
                let signs = signed.map(|kind| (hire.clone(), *kind)).collect();
                events.push(made(dice, text, by_standard || *word == "expired", signs));
            }
        }
    }
    while events.len() < EVENTS {
        let (hire, kind) = (&hires[dice.roll(hires.len())], KINDS[dice.roll(3)]);
        events.push(decoy(dice, hire, kind, events.len()));
    }
    dice.shuffle(&mut events);
    (events, expected)
}

#[tokio::test]
async fn fault_05_06_07_two_hundred_generated_events_are_read_as_a_person_reads_them() {
    let app = App::start().await;
    let path = app.standard_webhook().await;
    let mut hires = Vec::new();
    for number in 0..30 {
        hires.push(app.hire("Kim", &format!("Doe{}", "x".repeat(number))).await);
    }
    let mut dice = Dice(SEED);
    let (events, expected) = generate(&mut dice, &hires);
    assert_eq!(events.len(), EVENTS, "the stories fit");
    let mut again: Vec<_> = (0..events.len()).chain((0..60).map(|_| dice.roll(EVENTS))).collect();
    dice.shuffle(&mut again[EVENTS / 2..]);
    let mut refused = BTreeSet::new();
    for number in again {
        let event = &events[number];
        let answer = if event.standard {
            app.deliver_standard(&path, &format!("msg_{number}"), event.body.clone()).await
        } else {
            app.deliver_raw(&app.webhook(), event.body.clone()).await
        };
        let shown = String::from_utf8_lossy(&event.body[..event.body.len().min(3000)]).into_owned();
        assert_eq!(
            answer.status,
            if event.json { 200 } else { 400 },
            "seed {SEED}, event {number}: {} {shown}",
            answer.text
        );
        if !event.json {
            refused.insert(number);
        }
    }
    let mut found = BTreeMap::new();
    for (hire, kind) in expected.keys() {
        found.insert((hire.clone(), *kind), app.document(hire, kind).await);
    }
    let signing: Vec<_> = events.iter().filter(|event| !event.signs.is_empty()).collect();
    let recorded =
        signing.iter().filter(|event| event.signs.iter().all(|one| found[one] == "signed")).count();
    let said: BTreeSet<_> = events.iter().flat_map(|event| event.signs.clone()).collect();
    let wrongly = found.iter().filter(|(one, status)| *status == "signed" && !said.contains(*one)).count();
    println!(
        "seed {SEED}: {EVENTS} events: {} signed recorded {recorded}, {} not signed recorded {wrongly}, {} refused (no JSON)",
        signing.len(),
        EVENTS - signing.len() - refused.len(),
        refused.len(),
    );
    assert_eq!((recorded, wrongly), (signing.len(), 0));
    for (one, status) in &expected {
        assert_eq!(found[one], *status, "seed {SEED}: {one:?}");
    }
    assert!(signing.len() > 15 && refused.len() > 3, "the mixture is worth something");
}
