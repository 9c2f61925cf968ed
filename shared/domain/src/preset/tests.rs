//! The expected tables are written out by hand, name by name: they do not use the patterns of the presets.

use std::collections::BTreeSet;

use super::*;

fn allowed(preset: Preset, role: &str) -> BTreeSet<&'static str> {
    let role = preset.roles().iter().find(|each| each.name == role).unwrap();
    let set = role.permissions();
    Permission::ALL
        .iter()
        .filter(|&&permission| set.contains(permission))
        .map(|permission| permission.name())
        .collect()
}

fn names(lists: &[&[&'static str]]) -> BTreeSet<&'static str> {
    lists.concat().into_iter().collect()
}

const OWN: &[&str] = &["own.view", "own.edit"];
const VIEW_LEADS: &[&str] = &["leads.view", "customers.view"];
const MANAGE_LEADS: &[&str] = &["leads.manage", "customers.manage"];
const TEAM: &[&str] = &[
    "team.view",
    "team.invite",
    "team.manage",
    "hires.view",
    "hires.manage",
    "provisioning.view",
    "provisioning.run",
];
const SETTINGS: &[&str] = &["tenant.settings.view", "tenant.settings.edit", "audit.view"];
const REPORTS: &[&str] = &["analytics.view", "attribution.view", "reports.export"];
const BILLING: &[&str] = &["tenant.billing.view", "tenant.billing.manage"];
const INTEGRATIONS: &[&str] = &["integrations.view", "integrations.manage", "apikeys.manage"];
const ADMIN: &[&str] = &["team.roles.manage", "audit.export"];

#[test]
fn the_brokerage_has_exactly_its_matrix() {
    let expected: [(&str, &[&[&str]]); 5] = [
        ("user", &[OWN]),
        ("agent", &[OWN, VIEW_LEADS, MANAGE_LEADS]),
        ("manager", &[OWN, VIEW_LEADS, MANAGE_LEADS, TEAM, SETTINGS, REPORTS]),
        ("admin", &[OWN, VIEW_LEADS, MANAGE_LEADS, TEAM, SETTINGS, REPORTS, BILLING, INTEGRATIONS, ADMIN]),
        ("viewer", &[&["own.view"], VIEW_LEADS, REPORTS]),
    ];
    for (role, lists) in expected {
        assert_eq!(allowed(Preset::Brokerage, role), names(lists), "{role}");
    }
    assert_eq!(Preset::Brokerage.roles().len(), expected.len());
}

const WITHHELD: &[&str] = &[
    "tenant.billing.view",
    "tenant.billing.manage",
    "team.roles.manage",
    "apikeys.manage",
    "payouts.process",
    "treasury.approve",
    "audit.export",
];

const BRAND_ROLES: [(&str, &str); 5] = [
    (
        "finance",
        "payouts.view payouts.process treasury.view treasury.approve expenses.view expenses.manage creators.view
         creators.payments.approve tenant.billing.view orders.view subscriptions.view analytics.view reports.export
         team.view",
    ),
    (
        "creator_manager",
        "creators.view creators.manage creators.contracts.sign content.view dam.view payouts.view analytics.view
         team.view",
    ),
    (
        "content_manager",
        "reviews.view reviews.manage content.view content.edit dam.view dam.manage analytics.view attribution.view
         team.view",
    ),
    (
        "support",
        "team.view creators.view orders.view subscriptions.view reviews.view content.view dam.view analytics.view
         hires.view provisioning.view customers.view customers.manage",
    ),
    (
        "viewer",
        "tenant.settings.view team.view creators.view orders.view subscriptions.view reviews.view content.view
         dam.view integrations.view analytics.view attribution.view customers.view",
    ),
];

#[test]
fn the_brand_has_exactly_its_roles() {
    let all: BTreeSet<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
    assert_eq!(allowed(Preset::Brand, "tenant_admin"), all);
    assert_eq!(allowed(Preset::Brand, "manager"), &all - &names(&[WITHHELD]));
    for (role, list) in BRAND_ROLES {
        let list: Vec<_> = list.split_whitespace().collect();
        assert_eq!(allowed(Preset::Brand, role), names(&[OWN, &list]), "{role}");
    }
    assert_eq!(Preset::Brand.roles().len(), BRAND_ROLES.len() + 2);
}

#[test]
fn every_pattern_names_something_and_only_the_first_role_takes_registered_permissions() {
    for preset in Preset::ALL {
        for (place, role) in preset.roles().iter().enumerate() {
            assert_eq!(role.takes_registered, place == 0, "{}", role.name);
            for pattern in role.allowed.iter().chain(role.except) {
                assert!(Permission::ALL.iter().any(|p| matches(pattern, p.name())), "{pattern}");
            }
        }
    }
}
