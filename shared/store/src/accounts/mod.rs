//! Accounts that the platform made: their rows, the lists that they are found in, and what the steps of a job do to them.

pub(crate) mod abandoned;
pub(crate) mod care;
pub(crate) mod directory;
pub(crate) mod joining;
pub(crate) mod listing;
pub(crate) mod mails;
pub(crate) mod orders;
pub(crate) mod parting;
pub(crate) mod writes;
