//! What a list shows of a record that cannot be read.

use serde::Serialize;
use utoipa::ToSchema;

/// A record that cannot be read. The detail says what can be done about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DamagedView {
    /// The record's id.
    pub id: String,
    /// Always true.
    pub damaged: bool,
    /// What to do.
    pub detail: String,
}

impl DamagedView {
    /// The view of the record of this id.
    pub fn new(id: String, detail: &str) -> Self {
        Self { id, damaged: true, detail: detail.to_owned() }
    }
}

/// The entries of a page of both sorts in the order of their ids, newest first.
pub fn newest_first<T>(
    whole: Vec<T>,
    damaged: Vec<String>,
    id: impl Fn(&T) -> String,
    broken: impl Fn(String) -> T,
) -> Vec<T> {
    let mut all: Vec<(String, T)> = whole.into_iter().map(|item| (id(&item), item)).collect();
    all.extend(damaged.into_iter().map(|id| (id.clone(), broken(id))));
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    all.into_iter().map(|(_, item)| item).collect()
}
