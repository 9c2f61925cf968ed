//! Every answer of the suites is held against the budget of its operation. One that met other requests, or something
//! else that was written at the same moment, is not: races cost more.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::header::HeaderMap;
use vestibule_store::Cost;

use crate::operations::described;

/// Names a file: costs are then written there, a line each, and held against nothing.
const MEASURE: &str = "VESTIBULE_MEASURE";

static ELSEWHERE: LazyLock<bool> =
    LazyLock::new(|| std::env::vars().any(|(name, _)| name == "VESTIBULE_DYNAMODB_ENDPOINT"));
static DOCUMENT: LazyLock<serde_json::Value> = LazyLock::new(vestibule_local::openapi::document);
static DESCRIBED: LazyLock<Vec<String>> = LazyLock::new(described);
static BUDGETS: LazyLock<BTreeMap<String, [f64; 3]>> = LazyLock::new(super::answers);

/// What the record of a refusal may cost beside: the first one of a minute writes it, sealed.
const REFUSAL: [f64; 3] = [1.0, 0.0, 2.0];

/// The requests to one stack.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    begun: AtomicUsize,
    under_way: AtomicUsize,
}

impl Traffic {
    /// Counts a request that begins; what [`Self::was_alone`] takes.
    pub(crate) fn begin(&self) -> Option<usize> {
        let number = self.begun.fetch_add(1, Ordering::SeqCst);
        (self.under_way.fetch_add(1, Ordering::SeqCst) == 0).then_some(number)
    }

    /// Counts a request that ends. Whether no other one was under way meanwhile.
    pub(crate) fn was_alone(&self, begun: Option<usize>) -> bool {
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        begun.is_some_and(|number| self.begun.load(Ordering::SeqCst) == number + 1)
    }
}

/// Holds the status of an answer against the description of its operation.
pub(crate) fn check_status(method: &str, path: &str, status: u16) {
    let Some(operation) = operation(method, path) else { return };
    let (method, path) = operation.split_once(' ').unwrap_or_default();
    let responses = &DOCUMENT["paths"][path][method.to_lowercase()]["responses"];
    let class = format!("{}XX", status / 100);
    if responses.get(status.to_string()).or_else(|| responses.get(&class)).is_some() {
        return;
    }
    if let Some((_, file)) = std::env::vars().find(|(name, _)| name == MEASURE) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file + ".statuses");
        let line = format!("{operation} {status}\n");
        return file.expect("a file for statuses").write_all(line.as_bytes()).expect("a line");
    }
    panic!("{operation} ({path}) answered {status}, which its description does not have");
}

/// Holds what an answer cost against its operation's budget.
pub(crate) fn check(method: &str, path: &str, status: u16, headers: &HeaderMap) {
    let cost = headers.get("x-cost").and_then(|cost| serde_json::from_slice::<Cost>(cost.as_bytes()).ok());
    let Some(cost) = cost.filter(|cost| cost.races == 0) else { return };
    // The budgets are the built-in engine's; another one counts the writes of indexes otherwise.
    if *ELSEWHERE {
        return;
    }
    let Some(operation) = operation(method, path) else { return };
    let seen = [f64::from(cost.round_trips), cost.read_units, cost.write_units];
    if let Some((_, file)) = std::env::vars().find(|(name, _)| name == MEASURE) {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        let [round_trips, read_units, write_units] = seen;
        let line = format!("{operation}\t{round_trips}\t{read_units}\t{write_units}\n");
        return file.expect("a file for costs").write_all(line.as_bytes()).expect("a line");
    }
    let most = BUDGETS.get(operation).unwrap_or_else(|| panic!("{operation} has no budget"));
    let beside = if status == 403 { REFUSAL } else { [0.0; 3] };
    let within = seen.iter().zip(most).zip(beside).all(|((seen, most), beside)| *seen <= most + beside);
    assert!(
        within,
        "{operation} ({path}) cost {seen:?}, more than its budget {most:?} in tests/budgets.toml"
    );
}

/// The operation of a request: of the path with the most fixed parts that fits, if it has the method.
fn operation(method: &str, path: &str) -> Option<&'static String> {
    let parts = |operation: &'static String| operation.split_once(' ').unwrap_or_default();
    let fits = |template: &str| {
        let is_variable = |part: &str| part.starts_with('{');
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(known, part)| is_variable(known) || known == part)
    };
    let templates = DESCRIBED.iter().map(|operation| parts(operation).1);
    let template = templates.filter(|known| fits(known)).min_by_key(|known| known.matches('{').count())?;
    DESCRIBED.iter().find(|operation| parts(operation) == (method, template))
}
