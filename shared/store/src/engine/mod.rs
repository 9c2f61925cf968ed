//! How rows are kept: keys, items, commands, reads, pages, sealing, what a call costs. Knows no thing that is kept.

pub(crate) mod batch;
pub(crate) mod command;
pub(crate) mod cursor;
pub(crate) mod damaged;
pub(crate) mod entity;
pub(crate) mod error;
pub(crate) mod item;
pub(crate) mod keys;
pub(crate) mod kinds;
pub(crate) mod meter;
pub(crate) mod personal;
pub(crate) mod store;
pub(crate) mod table;
pub(crate) mod terse;
pub(crate) mod update;
