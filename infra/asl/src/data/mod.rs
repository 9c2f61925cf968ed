//! Moving data between states: paths, payload templates and choice rules. Parsing refuses, evaluation only reads.

pub(crate) mod choice;
pub(crate) mod comparison;
pub(crate) mod path;
pub(crate) mod template;
mod wildcard;
