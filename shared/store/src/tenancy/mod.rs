//! Tenants, who may do what in them, and what belongs to none.

pub(crate) mod authz;
pub(crate) mod directory;
pub(crate) mod founding;
pub(crate) mod groups;
pub(crate) mod importing;
pub(crate) mod invitation;
pub(crate) mod invitees;
pub(crate) mod inviting;
pub(crate) mod joining;
pub(crate) mod leading;
pub(crate) mod member_changes;
pub(crate) mod members;
pub(crate) mod membership;
pub(crate) mod organization;
pub(crate) mod platform;
pub(crate) mod preferences;
pub(crate) mod roles;
pub(crate) mod seats;
pub(crate) mod seed;
pub(crate) mod tenants;
