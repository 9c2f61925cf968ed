//! Where a person belongs: their tenants, and their accounts elsewhere.

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, Select};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use vestibule_domain::{PermissionSet, Registered, Tenant, TenantId, UserId, permission::FIRST_REGISTERED};

use crate::{
    GSI1, Listed, Membership, PlatformStore, StoreError,
    engine::damaged::behind,
    engine::item::{Row, key_row, text},
    engine::keys,
    tenancy::{authz::Authz, roles::RoleBook},
};

/// A tenant as one of its members sees it.
#[derive(Debug, Clone)]
pub struct TenantContext {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// The membership.
    pub membership: Membership,
    /// What the membership allows.
    pub permissions: PermissionSet,
    /// What the tenant's applications registered.
    pub registered: Registered,
}

impl PlatformStore<'_> {
    /// The tenant as the person sees it; `None` when they may not act there. One round trip, and another one for somebody with
    /// a registered permission.
    pub async fn find_context(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<TenantContext>, StoreError> {
        let wanted = [keys::tenant(tenant), keys::member(tenant, user), keys::roles(tenant)];
        let mut rows = self.by_kind(wanted.iter()).await?;
        let (found, member, roles) = (rows.remove("tenant"), rows.remove("member"), rows.remove("roles"));
        let (Some(found), Some(member), Some(roles)) = (found, member, roles) else {
            return Ok(None);
        };
        let roles: Authz = self.store.read(roles)?;
        let membership: Membership = self.store.read(member)?;
        if membership.suspended.is_some() || roles.suspended.is_some() {
            return Ok(None);
        }
        let permissions = roles.permissions(&membership);
        // The names of what was registered are in a larger row, which few need.
        let holds_registered = permissions.numbers().any(|number| number.get() >= FIRST_REGISTERED);
        let book: Option<RoleBook> =
            if holds_registered { self.store.get(&keys::role_book(tenant)).await? } else { None };
        let registered = book.map(|book| book.roles.registered().clone()).unwrap_or_default();
        Ok(Some(TenantContext { tenant: self.store.read(found)?, membership, permissions, registered }))
    }

    /// The tenants a person belongs to, with their membership. The index lags a little.
    /// Damaged is a membership whose own row or whose tenant's cannot be read, by the tenant's id.
    pub async fn list_memberships(&self, user: UserId) -> Result<Listed<(Tenant, Membership)>, StoreError> {
        let query = self.store.client().query().table_name(self.store.table()).index_name(GSI1);
        let query = query
            .key_condition_expression("GSI1PK = :user")
            .expression_attribute_values(":user", text(keys::user(user).pk))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .limit(100);
        let rows = query.send().await?.items.unwrap_or_default();
        self.store.sealer().freshen(&rows).await;
        let id = |row: &Row| behind(row, "PK", "T#");
        let members: Listed<Membership> = self.store.listed(rows, id)?;
        let tenants = members.items.iter().map(|member| key_row(&keys::tenant(member.tenant))).collect();
        let tenants: Listed<Tenant> = self.store.listed(self.store.batch_get(tenants).await?, id)?;
        let with_tenant = |member: Membership| {
            let tenant = tenants.items.iter().find(|tenant| tenant.id == member.tenant)?;
            Some((tenant.clone(), member))
        };
        let damaged = [members.damaged, tenants.damaged].concat();
        Ok(Listed { items: members.items.into_iter().filter_map(with_tenant).collect(), damaged })
    }

    /// To how many tenants a person belongs. The index lags a little.
    pub async fn count_memberships(&self, user: UserId) -> Result<usize, StoreError> {
        let query = self.store.client().query().table_name(self.store.table()).index_name(GSI1);
        let query = query
            .key_condition_expression("GSI1PK = :user")
            .expression_attribute_values(":user", text(keys::user(user).pk))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .select(Select::Count);
        Ok(usize::try_from(query.send().await?.count).unwrap_or_default())
    }

    /// The membership in one tenant, read with strong consistency.
    pub async fn find_membership(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Membership>, StoreError> {
        self.store.get(&keys::member(tenant, user)).await
    }

    /// Whose account at an outside provider this is.
    pub async fn find_connection(&self, key: &str) -> Result<Option<UserId>, StoreError> {
        let row: Option<Value> = self.store.get(&keys::connection(&connection_hash(key))).await?;
        Ok(row.and_then(|row| row["user"].as_str().and_then(|user| user.parse().ok())))
    }
}

/// What names an outside account in the table: says nothing about the account.
pub(crate) fn connection_hash(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, key.as_bytes()))
}
