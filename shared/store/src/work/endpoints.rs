//! Webhook endpoints: an unguessable id that stands for one tenant at one e-sign provider.

use serde::{Deserialize, Serialize};
use vestibule_domain::{EndpointId, TenantId};

use crate::{PlatformStore, StoreError, engine::keys};

/// Where a provider's events belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The endpoint's id, as it stands in the address.
    pub id: EndpointId,
    /// Whose events arrive here.
    pub tenant: TenantId,
    /// The provider's name in the address, such as `docusign`.
    pub provider: String,
}

impl PlatformStore<'_> {
    /// The endpoint, if it exists.
    pub async fn find_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
        self.store.get(&keys::endpoint(id)).await
    }
}
