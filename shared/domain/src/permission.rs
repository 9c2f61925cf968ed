//! What a member may do: the built-in permissions, each with its number, name and description.

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Numbers below this one are the product's own; a tenant's applications register from here on.
pub const FIRST_REGISTERED: u16 = 256;
/// The highest number there is: a set of all takes 512 bytes.
pub const LAST: u16 = 4095;

/// The number of a permission: its place in stored sets. Never reuse or renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct PermissionNumber(u16);

impl PermissionNumber {
    /// The number of a permission that a tenant registered: [`FIRST_REGISTERED`] to [`LAST`].
    pub fn registered(number: u16) -> Result<Self, Invalid> {
        if (FIRST_REGISTERED..=LAST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Invalid::new(format!(
                "A registered permission has a number from {FIRST_REGISTERED} to {LAST}."
            )))
        }
    }

    /// The number itself.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for PermissionNumber {
    type Error = Invalid;
    fn try_from(number: u16) -> Result<Self, Invalid> {
        if number <= LAST {
            Ok(Self(number))
        } else {
            Err(Invalid::new(format!("A permission has a number up to {LAST}.")))
        }
    }
}
impl From<PermissionNumber> for u16 {
    fn from(number: PermissionNumber) -> Self {
        number.0
    }
}
impl From<Permission> for PermissionNumber {
    fn from(permission: Permission) -> Self {
        Self(permission as u16)
    }
}

macro_rules! permissions {
    ($($permission:ident = $number:literal, $name:literal, $what:literal;)+) => {
        /// One built-in permission.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Permission {
            $(#[doc = concat!("`", $name, "`: ", $what, ".")] $permission = $number,)+
        }

        impl Permission {
            /// Every built-in permission.
            pub const ALL: &'static [Self] = &[$(Self::$permission),+];

            /// The name used in role editors, errors and documents, such as `hires.view`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$permission => $name,)+
                }
            }

            /// What it allows, in a few words.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$permission => $what,)+
                }
            }
        }
    };
}

// A number is for ever: stored roles hold it. A new permission takes the next free one.
permissions! {
    HiresView = 0, "hires.view", "see hires and their provisioning status";
    HiresManage = 1, "hires.manage", "create hires, send new temporary passwords";
    ProvisioningView = 2, "provisioning.view", "see jobs and their steps";
    ProvisioningRun = 3, "provisioning.run", "run, retry and cancel jobs";
    OwnView = 4, "own.view", "see one's own data";
    OwnEdit = 5, "own.edit", "change one's own data";
    TenantSettingsView = 6, "tenant.settings.view", "see the business's settings";
    TenantSettingsEdit = 7, "tenant.settings.edit", "change the business's settings";
    TenantBillingView = 8, "tenant.billing.view", "see tier and billing";
    TenantBillingManage = 9, "tenant.billing.manage", "change tier and billing";
    TeamView = 10, "team.view", "see members and invitations";
    TeamInvite = 11, "team.invite", "invite people";
    TeamManage = 12, "team.manage", "change, suspend and remove members";
    TeamRolesManage = 13, "team.roles.manage", "make, change and remove roles";
    CreatorsView = 14, "creators.view", "see creators";
    CreatorsManage = 15, "creators.manage", "add and change creators";
    CreatorsContractsSign = 16, "creators.contracts.sign", "sign contracts with creators";
    CreatorsPaymentsApprove = 17, "creators.payments.approve", "approve payments to creators";
    OrdersView = 18, "orders.view", "see orders";
    OrdersManage = 19, "orders.manage", "change orders";
    SubscriptionsView = 20, "subscriptions.view", "see subscriptions";
    SubscriptionsManage = 21, "subscriptions.manage", "change subscriptions";
    ReviewsView = 22, "reviews.view", "see reviews";
    ReviewsManage = 23, "reviews.manage", "answer and hide reviews";
    PayoutsView = 24, "payouts.view", "see payouts";
    PayoutsProcess = 25, "payouts.process", "pay out";
    TreasuryView = 26, "treasury.view", "see the treasury";
    TreasuryApprove = 27, "treasury.approve", "approve movements of the treasury";
    ExpensesView = 28, "expenses.view", "see expenses";
    ExpensesManage = 29, "expenses.manage", "enter and change expenses";
    ContentView = 30, "content.view", "see content";
    ContentEdit = 31, "content.edit", "write and change content";
    DamView = 32, "dam.view", "see pictures, films and other assets";
    DamManage = 33, "dam.manage", "add, change and remove assets";
    IntegrationsView = 34, "integrations.view", "see connected systems";
    IntegrationsManage = 35, "integrations.manage", "connect and disconnect systems";
    AnalyticsView = 36, "analytics.view", "see analytics";
    AttributionView = 37, "attribution.view", "see where sales come from";
    ReportsExport = 38, "reports.export", "export reports";
    LeadsView = 39, "leads.view", "see leads";
    LeadsManage = 40, "leads.manage", "add and change leads";
    CustomersView = 41, "customers.view", "see customers";
    CustomersManage = 42, "customers.manage", "add and change customers and their portal accounts";
    AuditView = 43, "audit.view", "read the audit log";
    AuditExport = 44, "audit.export", "export the audit log";
    ApikeysManage = 45, "apikeys.manage", "make, rotate and revoke API keys";
}

impl Permission {
    /// The built-in permission of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_below_those_that_tenants_register() {
        assert!(Permission::ALL.iter().all(|&permission| (permission as u16) < FIRST_REGISTERED));
    }

    #[test]
    fn names_are_found_and_differ() {
        let names: BTreeSet<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for &permission in Permission::ALL {
            assert_eq!(Permission::find(permission.name()), Some(permission));
            assert!(!permission.description().is_empty());
        }
        assert_eq!(Permission::find("hires"), None);
    }

    #[test]
    fn a_registered_number_keeps_to_its_range() {
        for wrong in [0, 45, 255, 4096, u16::MAX] {
            assert!(PermissionNumber::registered(wrong).is_err(), "{wrong}");
        }
        for right in [256, 4095] {
            assert_eq!(PermissionNumber::registered(right).unwrap().get(), right);
        }
    }
}
