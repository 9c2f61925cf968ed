//! The ways in which an outside call can go wrong.

use vestibule_models::{Call, Fault, FaultKind};

/// A way to go wrong, and how many calls it hits.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What people call it.
    pub name: &'static str,
    kind: FaultKind,
    times: u32,
}

impl Trouble {
    /// The fault that strikes the call after `passed` others of the same operation.
    pub fn at(&self, call: &Call, passed: u32) -> Fault {
        Fault::new(call.service, &call.operation, self.kind.clone()).times(self.times).after(passed)
    }
}

/// Every trouble; which call it strikes is the caller's choice.
pub fn troubles() -> Vec<Trouble> {
    let refusal =
        |error: &str, status| FaultKind::Refuse { error: error.into(), status, message: "planted".into() };
    let trouble = |name, kind, times| Trouble { name, kind, times };
    vec![
        trouble("refused for good once", refusal("AccessDeniedException", 400), 1),
        trouble("refused for good always", refusal("AccessDeniedException", 400), u32::MAX),
        trouble("refused once", refusal("ServiceUnavailableException", 503), 1),
        trouble("refused always", refusal("ServiceUnavailableException", 503), u32::MAX),
        trouble("throttled three times", FaultKind::Throttle { retry_after: 1 }, 3),
        trouble("failed inside once", refusal("InternalServerError", 500), 1),
        trouble("answer lost once", FaultKind::LoseAnswer, 1),
        trouble("answer lost always", FaultKind::LoseAnswer, u32::MAX),
        trouble("garbage once", FaultKind::Garbage, 1),
        trouble("garbage always", FaultKind::Garbage, u32::MAX),
    ]
}

/// Each call with the number of calls of its operation before it.
pub fn numbered(calls: &[Call]) -> Vec<(Call, u32)> {
    let same = |one: &Call, other: &&Call| (one.service, &one.operation) == (other.service, &other.operation);
    let passed = |at: usize| calls[..at].iter().filter(|other| same(&calls[at], other)).count();
    calls.iter().enumerate().map(|(at, call)| (call.clone(), u32::try_from(passed(at)).unwrap())).collect()
}

/// How a call is called in a case's name.
pub fn title(call: &Call, passed: u32) -> String {
    format!("{:?} {} no. {}", call.service, call.operation, passed + 1)
}
