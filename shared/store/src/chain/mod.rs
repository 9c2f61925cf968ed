//! The chains over the audit log: one of each tenant, and one of all that belongs to none. Records are written without
//! them, and numbered afterwards by whoever reads the table's stream.

pub(crate) mod append;
pub(crate) mod checkpoints;
pub(crate) mod entries;
pub(crate) mod name;
