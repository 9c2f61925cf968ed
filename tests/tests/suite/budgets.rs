//! No operation costs more than its budget.

use std::collections::BTreeSet;

use vestibule_tests::costs::{budgets, measure};

/// Round trips that no budget may raise. Who am I is what a request costs before its handler reads anything.
const MOST: [(&str, u32); 3] =
    [("POST /api/v1/auth/login", 3), ("POST /api/v1/auth/refresh", 2), ("GET /api/v1/auth/me", 1)];

#[tokio::test]
async fn every_operation_stays_within_its_budget() {
    let measured = measure().await;
    let named: BTreeSet<_> = measured.iter().map(|m| m.name.clone()).collect();
    assert_eq!(named, budgets().into_iter().map(|b| b.name).collect(), "every operation has a budget");
    for budget in budgets() {
        let seen = &measured.iter().find(|m| m.name == budget.name).unwrap().cost;
        // Another engine may count its units in its own way; round trips are ours alone.
        let units = !foreign_engine();
        let fits = seen.round_trips <= budget.most.round_trips
            && (!units || seen.read_units <= budget.most.read_units)
            && (!units || seen.write_units <= budget.most.write_units);
        assert!(fits, "{}: {seen:?} is more than {:?}", budget.name, budget.most);
        if budget.name.starts_with("GET /api") {
            assert!(seen.round_trips <= 2, "{}: an authenticated read", budget.name);
        }
        if let Some((_, most)) = MOST.iter().find(|(name, _)| *name == budget.name) {
            assert!(seen.round_trips <= *most, "{}: {} round trips", budget.name, seen.round_trips);
        }
    }
}

fn foreign_engine() -> bool {
    std::env::vars().any(|(name, _)| name == "VESTIBULE_DYNAMODB_ENDPOINT")
}
