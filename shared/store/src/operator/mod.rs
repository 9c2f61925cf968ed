//! What an operator does to rows: emptying, repairing, sealing anew.

pub(crate) mod clear;
pub(crate) mod repair;
pub(crate) mod reseal;
