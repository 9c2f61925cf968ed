//! What a group is to be, read from a body.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Fields};
use vestibule_domain::{CompanyName, GroupId, Groups, Invalid};

/// A group.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupBody {
    /// Its name, 1 to 80 characters of any script; no other group has it.
    #[schema(example = "Sales", min_length = 1, max_length = 80)]
    pub name: String,
}

impl GroupBody {
    /// The name, if no group but this one has it.
    pub(crate) fn read(&self, groups: &Groups, id: Option<GroupId>) -> Result<String, ApiError> {
        let mut fields = Fields::default();
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        let taken = |name: &str| groups.0.iter().any(|(known, it)| *known != id && it == name);
        let name = CompanyName::parse(&self.name).and_then(|name| {
            let free = !taken(name.as_str());
            free.then(|| name.as_str().to_owned()).ok_or_else(|| Invalid::new("Another group has this name."))
        });
        fields.take("name", name).ok_or_else(|| fields.into_error())
    }
}
