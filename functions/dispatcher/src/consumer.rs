//! Who wants to know what was written.

use std::fmt::Debug;

use futures::future::BoxFuture;

use crate::Change;

/// One who is told of changes. Each change is told at least once, so a consumer must know a repetition.
pub trait Consumer: Debug + Send + Sync {
    /// Its name, in owed rows and in the log. It never changes.
    fn name(&self) -> &'static str;

    /// Whether it wants to know of this change.
    fn wants(&self, change: &Change) -> bool;

    /// Takes changes, all of which it wants, in their order. Gives the places of those that it could not take.
    fn take<'a>(&'a self, changes: &'a [Change]) -> BoxFuture<'a, Vec<usize>>;
}
