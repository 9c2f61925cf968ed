//! Where built functions lie: in the folders that `cargo lambda` makes, or beside each other as `cargo build` leaves them.

use std::path::{Path, PathBuf};

/// The binary of `function` in `folder`: `<function>/bootstrap`, else `<function>`.
pub fn find(folder: &Path, function: &str) -> Option<PathBuf> {
    let named = folder.join(function);
    [named.join("bootstrap"), named].into_iter().find(|path| path.is_file())
}
