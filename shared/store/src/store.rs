//! The handle to the table.

use aws_sdk_dynamodb::{Client, config::Builder};
use aws_types::SdkConfig;
use vestibule_auth::TenantScope;

use crate::{PlatformStore, Sealer, StoreError, TenantStore, item::Row, meter::Metering};

/// The table behind one client. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    sealer: Sealer,
}

impl Store {
    /// A store over `table`, with the metering interceptor in its client; personal data goes
    /// through `sealer`.
    pub fn new(config: &SdkConfig, table: impl Into<String>, sealer: Sealer) -> Self {
        let config = Builder::from(config).interceptor(Metering).build();
        Self { client: Client::from_conf(config), table: table.into(), sealer }
    }

    /// What seals personal data and names addresses.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
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

    /// The value that a row of the table holds, its sealed fields opened.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, row: Row) -> Result<T, StoreError> {
        crate::item::from_row(self.sealer.open(row)?)
    }
}
