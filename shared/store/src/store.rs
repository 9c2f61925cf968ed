//! The handle to the table.

use aws_sdk_dynamodb::{Client, config::Builder};
use aws_types::SdkConfig;
use vestibule_auth::TenantScope;

use crate::{PlatformStore, TenantStore, meter::Metering};

/// The table behind one client. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// A store over `table`, with the metering interceptor in its client.
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        let config = Builder::from(config).interceptor(Metering).build();
        Self { client: Client::from_conf(config), table: table.into() }
    }

    /// One tenant's data.
    pub fn tenant<'a>(&'a self, scope: &'a TenantScope) -> TenantStore<'a> {
        TenantStore::new(self, scope)
    }

    /// What belongs to no tenant: sign-in checks, webhook endpoints, due work.
    pub fn platform(&self) -> PlatformStore<'_> {
        PlatformStore::new(self)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn table(&self) -> &str {
        &self.table
    }
}
