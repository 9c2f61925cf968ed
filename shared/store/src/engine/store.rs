//! The handle to the table.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder,
        endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint},
    },
};
use aws_types::SdkConfig;
use vestibule_auth::{PlatformScope, TenantScope};

use crate::{
    Administration, PlatformStore, Sealer, StoreError, TenantStore, engine::damaged::Told, engine::item::Row,
    engine::meter::Metering, engine::terse::Terse,
};

/// The table behind one client. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    sealer: Sealer,
    told: Told,
}

/// The SDK's own rules for the address of the service, twice: each remembers one answer only, and calls on
/// one row and on several ask with different parameters in turn.
#[derive(Debug, Default)]
struct Resolvers {
    one: DefaultResolver,
    several: DefaultResolver,
}

impl ResolveEndpoint for Resolvers {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        let rules = if params.resource_arn_list().is_some() { &self.several } else { &self.one };
        ResolveEndpoint::resolve_endpoint(rules, params)
    }
}

impl Store {
    /// A store over `table`, with the metering interceptor in its client; personal data goes
    /// through `sealer`.
    pub fn new(config: &SdkConfig, table: impl Into<Arc<str>>, sealer: Sealer) -> Self {
        let config = Builder::from(config)
            .interceptor(Metering)
            .interceptor(Terse)
            .endpoint_resolver(Resolvers::default());
        Self { client: Client::from_conf(config.build()), table: table.into(), sealer, told: Told::default() }
    }

    /// What seals personal data and names addresses.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// One tenant's data.
    pub fn tenant<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        TenantStore::new(self, scope)
    }

    /// What belongs to the platform, for its administrators.
    pub fn administration<'a>(&'a self, scope: &'a PlatformScope) -> Administration<'a> {
        Administration::new(self, scope)
    }

    /// What belongs to no tenant: sign-in checks, webhook endpoints, due work.
    pub fn platform(&self) -> PlatformStore<'_> {
        PlatformStore::new(self)
    }

    pub(crate) fn told(&self) -> &Told {
        &self.told
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// The value that a row of the table holds, its sealed fields opened.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, row: Row) -> Result<T, StoreError> {
        crate::engine::item::from_row(self.sealer.open(row)?)
    }
}
