//! The e-sign endpoints of a tenant, all in one row, and beside it the row by which an address finds its tenant. A tenant that was made
//! with an endpoint and never changed one has no row yet: the first change writes it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::{EndpointId, EsignEndpoint, Tenant, World};

use crate::{
    Answer, AuditRecord, Conflict, Endpoint, SecretMoves, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// The row of the endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndpointBook {
    pub(crate) endpoints: Vec<EsignEndpoint>,
    pub(crate) version: u64,
}

/// The endpoints as they were read.
#[derive(Debug, Clone, Default)]
pub struct FoundEndpoints {
    /// The endpoints, by age.
    pub endpoints: Vec<EsignEndpoint>,
    version: u64,
}

impl FoundEndpoints {
    /// The endpoint of this id.
    pub fn endpoint(&self, id: EndpointId) -> Option<&EsignEndpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }
}

/// A change of endpoints.
#[derive(Debug)]
pub struct EndpointChange {
    /// Such as `esign.endpoint.create`.
    pub action: &'static str,
    /// Which endpoint.
    pub endpoint: EndpointId,
    /// Values before and after.
    pub values: (Value, Value),
    /// What becomes of its secret.
    pub moves: SecretMoves,
    /// The answer to keep.
    pub answer: Option<Answer>,
}

impl TenantStore<'_> {
    /// The endpoints of the tenant.
    pub async fn find_esign_endpoints(&self) -> Result<FoundEndpoints, StoreError> {
        let book: Option<EndpointBook> = self.store.get(&keys::esign_endpoints(self.tenant())).await?;
        match book {
            Some(EndpointBook { endpoints, version }) => Ok(FoundEndpoints { endpoints, version }),
            None => Ok(FoundEndpoints { endpoints: self.first_endpoint().await?, version: 0 }),
        }
    }

    /// The endpoint with which the tenant was made.
    async fn first_endpoint(&self) -> Result<Vec<EsignEndpoint>, StoreError> {
        let tenant: Option<Tenant> = self.store.get(&keys::tenant(self.tenant())).await?;
        let Some(id) = tenant.and_then(|tenant| tenant.endpoint) else { return Ok(Vec::new()) };
        let found = self.store.platform().find_endpoint(id).await?;
        let made = |it: Endpoint| {
            let created = it.id.at().unwrap_or_default();
            EsignEndpoint { id: it.id, vendor: it.provider, created, keys: vec![created] }
        };
        Ok(found.filter(|it| it.tenant == self.tenant()).map(made).into_iter().collect())
    }

    /// Writes `endpoints` in the place of those that were read, [`Conflict::Stale`] when somebody else was faster. The addresses of
    /// new ones begin to count with it, and those of absent ones end.
    pub async fn change_esign_endpoints(
        &self,
        read: &FoundEndpoints,
        endpoints: Vec<EsignEndpoint>,
        change: EndpointChange,
        world: &World,
    ) -> Result<(), StoreError> {
        let mut command = Command::new();
        for made in endpoints.iter().filter(|endpoint| read.endpoint(endpoint.id).is_none()) {
            let row = Endpoint { id: made.id, tenant: self.tenant(), provider: made.vendor.clone() };
            let row = to_row(&keys::endpoint(made.id), Kind::Endpoint, &row)?;
            command = command.and(Action::put(row).if_new(), Conflict::Exists);
        }
        for gone in read.endpoints.iter().filter(|known| !endpoints.iter().any(|it| it.id == known.id)) {
            command = command.and(Action::delete(&keys::endpoint(gone.id)), Conflict::Stale);
        }
        let EndpointChange { action, endpoint, values, moves, answer } = change;
        let book = EndpointBook { endpoints, version: read.version + 1 };
        let put = Action::put(to_row(&keys::esign_endpoints(self.tenant()), Kind::EsignEndpoints, &book)?);
        let put = if read.version == 0 { put.if_new() } else { put.if_version(read.version) };
        let record = AuditRecord::new(self.scope, action, endpoint.to_string(), values, world);
        let command = self.moving(command.and(put, Conflict::Stale), &moves)?;
        command.audited(self.scope, &record)?.answering(answer, world)?.commit(self.store).await
    }
}
