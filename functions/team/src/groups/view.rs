//! A group as the team sees it.

use serde::Serialize;
use utoipa::ToSchema;

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// Its id.
    #[schema(example = "grp_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// Its name.
    pub name: String,
}
