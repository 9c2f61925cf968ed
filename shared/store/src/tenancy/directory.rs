//! Tenants by name, for the platform: a row for the name from each of its words on, and one for the slug, in a partition by its first two
//! letters. They are written in the transactions of the tenant itself; names of businesses tell about no person.

use std::collections::BTreeSet;

use vestibule_domain::{RoleName, Tenant, TenantId, found_by, searched_name};

use crate::{
    Administration, Conflict, Cursor, CursorError, CursorKey, Page, PageRequest, StoreError, TenantRoles,
    engine::command::{Action, Command},
    engine::item::{Row, key_row, text},
    engine::keys::{self, Key},
    engine::kinds::Kind,
    tenancy::invitees::find,
};

/// Tenants on a page: each is read with its roles, in one batch.
const MOST_ON_A_PAGE: i32 = 30;
/// In whose place cursors of the directory are sealed.
const OWNER: &str = "platform";

/// A tenant as the platform finds it.
#[derive(Debug, Clone)]
pub struct FoundTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// Its roles that can be given, by name, with what people call them.
    pub roles: Vec<(RoleName, String)>,
}

impl Command {
    /// Adds that the platform finds a tenant by its names.
    pub(crate) fn listing_tenant(self, tenant: &Tenant) -> Self {
        places(tenant).into_iter().fold(self, |command, place| command.listed_as(&place))
    }

    /// Takes the tenant out again.
    pub(crate) fn unlisting_tenant(self, tenant: &Tenant) -> Self {
        places(tenant)
            .into_iter()
            .fold(self, |command, place| command.and(Action::delete(&place), Conflict::Stale))
    }

    /// Has a tenant be found by another name.
    pub(crate) fn relisting_tenant(self, before: &Tenant, after: &Tenant) -> Self {
        let (from, to) = (places(before), places(after));
        let gone = from.iter().filter(|place| !to.contains(place));
        let command = gone.fold(self, |command, place| command.and(Action::delete(place), Conflict::Stale));
        to.into_iter()
            .filter(|place| !from.contains(place))
            .fold(command, |command, place| command.listed_as(&place))
    }

    fn listed_as(self, place: &Key) -> Self {
        let mut row = key_row(place);
        row.insert("item".into(), text(Kind::ListedTenant.name()));
        self.and(Action::put(row), Conflict::Stale)
    }
}

/// Where a tenant stands.
pub(crate) fn places(tenant: &Tenant) -> Vec<Key> {
    let names = found_by(&tenant.name, &tenant.slug);
    names.iter().map(|name| keys::listed_tenant(name, tenant.id)).collect()
}

/// Which tenant a place stands for.
pub(crate) fn listed_tenant(row: &Row) -> Option<TenantId> {
    row.get("SK")?.as_s().ok()?.rsplit('#').next()?.parse().ok()
}

impl Administration<'_> {
    /// The tenant with this id, if there is one: one round trip.
    pub async fn find_organization(&self, id: TenantId) -> Result<Option<FoundTenant>, StoreError> {
        Ok(self.organizations(&[id]).await?.pop())
    }

    /// One page of the tenants whose name has a word that begins so, or whose slug does, in the order of what was found: two round
    /// trips. A page may have fewer than it could.
    pub async fn search_organizations(
        &self,
        name: &str,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<FoundTenant>, CursorError>, StoreError> {
        let nothing = Page { items: Vec::new(), damaged: Vec::new(), next: None };
        let Some(wanted) = searched_name(name) else { return Ok(Ok(nothing)) };
        let partition = keys::listed_tenants(&wanted);
        let list = format!("{partition} {wanted}");
        let start =
            request.cursor.as_deref().map(|cursor| Cursor::open(cursor, key, OWNER, &list)).transpose();
        let start = match start {
            Ok(start) => start.map(|sk| key_row(&Key { pk: partition.clone(), sk })),
            Err(error) => return Ok(Err(error)),
        };
        let query = self.store.prefix_query(&partition, &wanted).limit(request.size().min(MOST_ON_A_PAGE));
        let answer = query.set_exclusive_start_key(start).send().await?;
        let end = answer.last_evaluated_key.as_ref().and_then(|row| row.get("SK")?.as_s().ok());
        let next = end.map(|sk| Cursor::seal(key, OWNER, &list, sk).as_str().to_owned());
        // A tenant with two words that begin so is found twice.
        let mut seen = BTreeSet::new();
        let ids = answer.items.unwrap_or_default();
        let ids: Vec<_> = ids.iter().filter_map(listed_tenant).filter(|id| seen.insert(*id)).collect();
        Ok(Ok(Page { items: self.organizations(&ids).await?, next, ..nothing }))
    }

    /// These tenants with their roles, without those that are gone or cannot be read.
    async fn organizations(&self, ids: &[TenantId]) -> Result<Vec<FoundTenant>, StoreError> {
        let of = |id: TenantId| [keys::tenant(id), keys::role_book(id), keys::roles(id)];
        let wanted = ids.iter().flat_map(|id| of(*id)).map(|key| key_row(&key)).collect();
        let rows = self.store.batch_get(wanted).await?;
        let mut found = Vec::new();
        for id in ids {
            let [tenant, book, authz] = of(*id).map(|key| find(&rows, &key));
            let tenant = tenant.map(|row| self.store.if_whole(self.store.read::<Tenant>(row))).transpose()?;
            let roles = self.store.if_whole(TenantRoles::read(book, authz, None))?;
            let Some((tenant, roles)) = tenant.flatten().zip(roles) else { continue };
            let given = roles.roles.all().filter(|(name, _)| roles.roles.grantable(name).is_some());
            let roles = given.map(|(name, role)| (name.clone(), role.title.clone())).collect();
            found.push(FoundTenant { tenant, roles });
        }
        Ok(found)
    }
}
