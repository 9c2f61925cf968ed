//! Removing a whole tenant. For a local stack's reset and for tests: it takes many small writes and
//! is no transaction; called again, it goes on where it stopped.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use vestibule_domain::{Job, Tenant};

use crate::{
    Membership, PlatformStore, StoreError,
    command::Command,
    item::{Row, key_row, text},
    keys,
};

impl PlatformStore<'_> {
    /// Removes the tenant's data, its outgoing events and its webhook endpoint, the addresses its
    /// jobs hold, and its members with their sessions and kept answers. The audit log stays.
    pub async fn clear_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let all = self.whole(&keys::tenant_partition(tenant.id));
        // What is found by way of a row goes before the row, so that a second call finds it too.
        while let Some(rows) = some_rows(&all).await? {
            for row in rows {
                match row.get("item").and_then(|kind| kind.as_s().ok()).map(String::as_str) {
                    Some("job") => self.release_address(self.store.read(row.clone())?).await?,
                    Some("member") => self.clear_member(tenant, &self.store.read(row.clone())?).await?,
                    _ => {}
                }
                self.delete(row).await?;
            }
        }
        self.clear(&self.whole(&keys::outbox_partition(tenant.id))).await?;
        self.delete(key_row(&keys::endpoint(tenant.endpoint))).await
    }

    async fn clear_member(&self, tenant: &Tenant, member: &Membership) -> Result<(), StoreError> {
        let caller = format!("{}.{}", tenant.id, member.user);
        self.clear(&self.whole(&keys::idempotency_partition(&caller))).await?;
        let address = self.store.sealer().address_key(&member.email);
        self.delete(key_row(&keys::sign_in(&address))).await?;
        self.clear(&self.whole(&keys::user(member.user).pk)).await
    }

    async fn clear(&self, query: &QueryFluentBuilder) -> Result<(), StoreError> {
        while let Some(rows) = some_rows(query).await? {
            for row in rows {
                self.delete(row).await?;
            }
        }
        Ok(())
    }

    fn whole(self, partition: &str) -> QueryFluentBuilder {
        let query = self.store.client().query().table_name(self.store.table()).consistent_read(true);
        query.key_condition_expression("PK = :pk").expression_attribute_values(":pk", text(partition))
    }

    async fn delete(&self, row: Row) -> Result<(), StoreError> {
        let is_key = |(name, _): &(String, AttributeValue)| name == "PK" || name == "SK";
        let key: Row = row.into_iter().filter(is_key).collect();
        let delete = self.store.client().delete_item().table_name(self.store.table());
        delete.set_key(Some(key)).send().await?;
        Ok(())
    }

    async fn release_address(&self, job: Job) -> Result<(), StoreError> {
        let effect = job.step("reserve_address").effect;
        let Some(address) = effect.and_then(|text| text.try_into().ok()) else { return Ok(()) };
        match Command::new().releasing(&address, job.id).commit(self.store).await {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The first rows that a query finds; `None` when there are none.
async fn some_rows(query: &QueryFluentBuilder) -> Result<Option<Vec<Row>>, StoreError> {
    Ok(query.clone().send().await?.items.filter(|rows| !rows.is_empty()))
}
