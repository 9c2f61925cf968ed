//! Where the checkpoints of a chain lie in the archive: a name for each size, the largest first.

use super::newest_first;

/// What all names of a chain begin with.
pub fn prefix(chain: &str) -> String {
    format!("checkpoints/{chain}/")
}

/// The name of the checkpoint that covers `size` entries.
pub fn name(chain: &str, size: u64) -> String {
    format!("{}{}", prefix(chain), newest_first(size))
}
