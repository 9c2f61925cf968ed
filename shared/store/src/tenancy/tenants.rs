//! One tenant's data. Methods take no tenant id: the scope decides.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use serde::de::DeserializeOwned;
use vestibule_auth::TenantScope;
use vestibule_domain::{Tenant, TenantId};

use crate::{
    Cursor, CursorError, CursorKey, Entity, Listed, Page, PageRequest, Store, StoreError,
    engine::damaged::behind,
    engine::item::{Row, key_row, text},
    engine::keys::{self, Key},
};

/// Rows read at a time while some are looked for, and how many at most for one page.
const MOST_AT_ONCE: u16 = 100;
const MOST_READ: usize = 1_000;

/// Reads and commands within one tenant.
#[derive(Debug, Clone, Copy)]
pub struct TenantStore<'a> {
    pub(crate) store: &'a Store,
    pub(crate) scope: &'a TenantScope,
}

impl<'a> TenantStore<'a> {
    pub(crate) fn new(store: &'a Store, scope: &'a TenantScope) -> Self {
        Self { store, scope }
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }

    /// The tenant and its settings.
    pub async fn settings(&self) -> Result<Tenant, StoreError> {
        let row = keys::tenant(self.tenant()).pk;
        self.find_settings().await?.ok_or(StoreError::Row { row, reason: "the tenant is missing".into() })
    }

    /// The same; `None` when there is no such tenant.
    pub async fn find_settings(&self) -> Result<Option<Tenant>, StoreError> {
        self.store.get(&keys::tenant(self.tenant())).await
    }

    /// One page of the rows whose sort key begins with `prefix`, newest first.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        prefix: &str,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<T>, CursorError>, StoreError> {
        let start = match request
            .cursor
            .as_deref()
            .map(|c| Cursor::open(c, key, self.tenant(), prefix))
            .transpose()
        {
            Ok(start) => start,
            Err(error) => return Ok(Err(error)),
        };
        let pk = keys::tenant_partition(self.tenant());
        let start = start.map(|sk| key_row(&Key { pk: pk.clone(), sk }));
        let query = self.store.prefix_query(&pk, prefix).scan_index_forward(false).limit(request.size());
        let answer = query.set_exclusive_start_key(start).send().await?;
        let last =
            answer.last_evaluated_key.as_ref().and_then(|row| row.get("SK")).and_then(|sk| sk.as_s().ok());
        let next = last.map(|sk| Cursor::seal(key, self.tenant(), prefix, sk).as_str().to_owned());
        self.store.sealer().freshen(answer.items()).await;
        let rows = answer.items.unwrap_or_default();
        // The id is a key's last part; of an e-sign event its outcome can stand in front.
        let id = |row: &Row| Some(behind(row, "SK", prefix)?.rsplit('#').next()?.to_owned());
        let Listed { items, damaged } = self.store.listed(rows, id)?;
        Ok(Ok(Page { items, damaged, next }))
    }

    /// One page of the rows that are wanted, newest first. When not all are, up to 1,000 are read for it: it may then have fewer
    /// than it could, and a next one.
    pub(crate) async fn sifted<E: Entity>(
        &self,
        wanted: impl Fn(&E) -> bool + Send,
        some: bool,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<E>, CursorError>, StoreError> {
        if !some {
            return self.list(request, key).await;
        }
        let size = usize::try_from(request.size()).unwrap_or_default();
        let mut ask = PageRequest { limit: Some(MOST_AT_ONCE), cursor: request.cursor.clone() };
        let (mut items, mut read) = (Vec::new(), 0);
        loop {
            let found = match self.page::<E>(E::PREFIX, &ask, key).await? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            read += found.items.len() + found.damaged.len();
            items.extend(found.items.into_iter().filter(&wanted));
            if items.len() > size {
                items.truncate(size);
                let last = items.last().map(|last| format!("{}{}", E::PREFIX, last.id()));
                let next =
                    last.map(|sk| Cursor::seal(key, self.tenant(), E::PREFIX, &sk).as_str().to_owned());
                return Ok(Ok(Page { items, damaged: Vec::new(), next }));
            }
            if items.len() == size || found.next.is_none() || read >= MOST_READ {
                return Ok(Ok(Page { items, damaged: Vec::new(), next: found.next }));
            }
            ask.cursor = found.next;
        }
    }
}

impl Store {
    /// The value under `key`, read with strong consistency.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.get_row(key).await?.map(|row| self.read(row)).transpose()
    }

    /// The row under `key` as it is, read with strong consistency.
    pub(crate) async fn get_row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let request = self.client().get_item().table_name(self.table()).set_key(Some(key_row(key)));
        let request = request.consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total);
        let row = request.send().await?.item;
        self.sealer().freshen(row.as_slice()).await;
        Ok(row)
    }

    /// A strongly consistent query for the rows of a partition whose sort key begins with `prefix`.
    pub(crate) fn prefix_query(
        &self,
        pk: &str,
        prefix: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client()
            .query()
            .table_name(self.table())
            .consistent_read(true)
            .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}
