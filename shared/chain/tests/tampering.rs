//! Every way to tamper with an export is refused, with the sentence that says how.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod cases;

use vestibule_chain::export::verify;

#[test]
fn every_case_is_refused_by_its_sentence() {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    for case in cases::all() {
        let keys: Vec<_> = case.keys.iter().map(|key| key.parse().unwrap()).collect();
        let judged = verify(&*case.file, &keys, &case.known, now, |_| ());
        match (judged, case.expected) {
            (Ok(_), "") => {}
            (Ok(report), _) => panic!("{}: {report:?} was taken", case.name),
            (Err(refused), "") => panic!("{}: {refused}", case.name),
            (Err(refused), expected) => {
                let said = refused.to_string();
                assert!(said.contains(expected), "{}: {said}", case.name);
            }
        }
    }
}
