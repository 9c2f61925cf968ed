//! Exports that are sound or were tampered with, each with the sentence that must refuse it.

pub(crate) mod chain;
mod claimed;
mod form;
mod tampered;

/// An export and what is known when it is checked.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) file: Vec<u8>,
    /// Checkpoints that are kept elsewhere.
    pub(crate) known: Vec<String>,
    /// Public keys that are trusted.
    pub(crate) keys: Vec<String>,
    /// The sentence; empty if the export is sound.
    pub(crate) expected: &'static str,
}

impl Case {
    fn new(name: &str, file: impl Into<Vec<u8>>, expected: &'static str) -> Self {
        let keys = vec![chain::key().verifier()];
        Self { name: name.to_owned(), file: file.into(), known: Vec::new(), keys, expected }
    }

    fn knowing(self, note: String) -> Self {
        Self { known: vec![note], ..self }
    }
}

pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for filtered in [false, true] {
        let of = if filtered { "filtered" } else { "whole" };
        let named = |case: Case| Case { name: format!("{of}-{}", case.name), ..case };
        cases.extend(tampered::cases(filtered).into_iter().chain(form::cases(filtered)).map(named));
    }
    cases.extend(claimed::apart());
    cases
}
