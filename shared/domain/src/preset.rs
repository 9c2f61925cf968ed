//! The roles a new tenant begins with, as data: one table for each kind of business.

use serde::{Deserialize, Serialize};

use crate::{Invalid, Permission, PermissionSet, RoleName, Stored as _};

/// The kind of business, which decides the first roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// An insurance brokerage: leads, customers, team.
    Brokerage,
    /// A brand that works with creators.
    Brand,
}

/// One role of a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresetRole {
    /// The name in memberships, such as `creator_manager`.
    pub name: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// Names of permissions; `payouts.*` means all that begin with `payouts.`, `*` all there are.
    allowed: &'static [&'static str],
    /// What is taken out again, in the same way.
    except: &'static [&'static str],
    /// Whether permissions that the tenant registers come to it by themselves.
    pub takes_registered: bool,
}

const fn role(name: &'static str, title: &'static str, allowed: &'static [&'static str]) -> PresetRole {
    PresetRole { name, title, allowed, except: &[], takes_registered: false }
}

const BROKERAGE: &[PresetRole] = &[
    PresetRole {
        takes_registered: true,
        ..role(
            "admin",
            "Admin",
            &[
                "own.*",
                "leads.*",
                "customers.*",
                "team.*",
                "hires.*",
                "provisioning.*",
                "tenant.*",
                "audit.*",
                "analytics.*",
                "attribution.*",
                "reports.*",
                "integrations.*",
                "apikeys.*",
            ],
        )
    },
    role(
        "manager",
        "Manager",
        &[
            "own.*",
            "leads.*",
            "customers.*",
            "team.view",
            "team.invite",
            "team.manage",
            "hires.*",
            "provisioning.*",
            "tenant.settings.*",
            "audit.view",
            "analytics.*",
            "attribution.*",
            "reports.*",
        ],
    ),
    role("agent", "Agent", &["own.*", "leads.*", "customers.*"]),
    role("user", "User", &["own.*"]),
    role(
        "viewer",
        "Viewer",
        &["own.view", "leads.view", "customers.view", "analytics.*", "attribution.*", "reports.*"],
    ),
];

const BRAND: &[PresetRole] = &[
    PresetRole { takes_registered: true, ..role("tenant_admin", "Tenant Admin", &["*"]) },
    PresetRole {
        except: &[
            "tenant.billing.*",
            "team.roles.manage",
            "apikeys.manage",
            "payouts.process",
            "treasury.approve",
            "audit.export",
        ],
        ..role("manager", "Manager", &["*"])
    },
    role(
        "finance",
        "Finance",
        &[
            "own.*",
            "payouts.*",
            "treasury.*",
            "expenses.*",
            "creators.view",
            "creators.payments.approve",
            "tenant.billing.view",
            "orders.view",
            "subscriptions.view",
            "analytics.view",
            "reports.export",
            "team.view",
        ],
    ),
    role(
        "creator_manager",
        "Creator Manager",
        &[
            "own.*",
            "creators.view",
            "creators.manage",
            "creators.contracts.sign",
            "content.view",
            "dam.view",
            "payouts.view",
            "analytics.view",
            "team.view",
        ],
    ),
    role(
        "content_manager",
        "Content Manager",
        &["own.*", "reviews.*", "content.*", "dam.*", "analytics.view", "attribution.view", "team.view"],
    ),
    role(
        "support",
        "Support",
        &[
            "own.*",
            "team.view",
            "creators.view",
            "orders.view",
            "subscriptions.view",
            "reviews.view",
            "content.view",
            "dam.view",
            "analytics.view",
            "hires.view",
            "provisioning.view",
            "customers.view",
            "customers.manage",
        ],
    ),
    role(
        "viewer",
        "Viewer",
        &[
            "own.*",
            "tenant.settings.view",
            "team.view",
            "creators.view",
            "orders.view",
            "subscriptions.view",
            "reviews.view",
            "content.view",
            "dam.view",
            "integrations.view",
            "analytics.view",
            "attribution.view",
            "customers.view",
        ],
    ),
];

impl Preset {
    /// The role of whoever founds a tenant of this kind: may do everything in it.
    pub fn founder_role(self) -> RoleName {
        RoleName::of_stored(self.roles()[0].name.to_owned())
    }

    /// Reads a preset as a person wrote it.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|preset| preset.name() == text);
        found.ok_or_else(|| Invalid::new("Give `brokerage` or `brand`."))
    }

    /// Its name in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brokerage => "brokerage",
            Self::Brand => "brand",
        }
    }

    /// Both presets.
    pub const ALL: [Self; 2] = [Self::Brokerage, Self::Brand];

    /// The roles it brings, the most powerful first; a founder gets the first.
    pub fn roles(self) -> &'static [PresetRole] {
        match self {
            Self::Brokerage => BROKERAGE,
            Self::Brand => BRAND,
        }
    }
}

impl PresetRole {
    /// What the role allows, without registered permissions.
    pub fn permissions(&self) -> PermissionSet {
        let named = |patterns: &[&str], permission: &Permission| {
            patterns.iter().any(|pattern| matches(pattern, permission.name()))
        };
        let all = Permission::ALL.iter().copied();
        all.filter(|p| named(self.allowed, p) && !named(self.except, p)).collect()
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests;
