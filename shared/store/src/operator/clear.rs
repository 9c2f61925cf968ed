//! Removing a whole tenant. For a local stack's reset and for tests: it takes many small writes and
//! is no transaction; called again, it goes on where it stopped.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use vestibule_domain::{Email, Hire, Job, PromoSignup, PromoSignupId, Tenant, UserId};

use crate::{
    AddressKey, Membership, PlatformStore, StoreError,
    engine::command::Command,
    engine::item::{Row, key_row, text},
    engine::keys,
    identity::connection_hash,
    promo::finding::listed_id,
    tenancy::directory::places,
    work::esign_endpoints::EndpointBook,
};

impl PlatformStore<'_> {
    /// Removes the tenant's data, its outgoing events and its webhook endpoint, the addresses its
    /// jobs hold, and its members with their sessions and kept answers. The audit log stays. A row that cannot
    /// be read is removed without what it leads to.
    pub async fn clear_tenant(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let all = self.whole(&keys::tenant_partition(tenant.id));
        // What is found by way of a row goes before the row, so that a second call finds it too.
        while let Some(rows) = some_rows(&all).await? {
            for row in rows {
                match row.get("item").and_then(|kind| kind.as_s().ok()).map(String::as_str) {
                    Some("job") => self.release_addresses(self.store.read(row.clone()).ok()).await?,
                    Some("hire") => self.clear_hire(self.store.read(row.clone()).ok()).await?,
                    Some("esign_endpoints") => {
                        self.clear_endpoints(self.store.read(row.clone()).ok()).await?;
                    }
                    Some("tenant") => self.release_names(self.store.read(row.clone()).ok()).await?,
                    Some("member") => self.clear_member(tenant, self.store.read(row.clone()).ok()).await?,
                    _ => {}
                }
                self.delete(row).await?;
            }
        }
        self.clear(&self.whole(&keys::outbox_partition(tenant.id))).await?;
        self.delete(key_row(&keys::slug(&tenant.slug))).await?;
        if let Some(domain) = &tenant.domain {
            self.delete(key_row(&keys::domain(domain))).await?;
        }
        let Some(endpoint) = tenant.endpoint else { return Ok(()) };
        self.delete(key_row(&keys::endpoint(endpoint))).await
    }

    /// Sets a mail domain free that the tenant took since, and takes it out of the directory.
    async fn release_names(&self, tenant: Option<Tenant>) -> Result<(), StoreError> {
        let Some(tenant) = tenant else { return Ok(()) };
        for place in places(&tenant) {
            self.delete(key_row(&place)).await?;
        }
        match tenant.domain {
            Some(domain) => self.delete(key_row(&keys::domain(&domain))).await,
            None => Ok(()),
        }
    }

    async fn clear_member(&self, tenant: &Tenant, member: Option<Membership>) -> Result<(), StoreError> {
        let Some(member) = member else { return Ok(()) };
        let caller = format!("{}.{}", tenant.id, member.user);
        self.clear(&self.whole(&keys::idempotency_partition(&caller))).await?;
        self.clear_person(member.user, &[]).await
    }

    /// Ends the addresses of e-sign endpoints.
    async fn clear_endpoints(&self, book: Option<EndpointBook>) -> Result<(), StoreError> {
        for endpoint in book.map(|book| book.endpoints).unwrap_or_default() {
            self.delete(key_row(&keys::endpoint(endpoint.id))).await?;
        }
        Ok(())
    }

    /// Frees an address, and lets mails go to it.
    async fn clear_address(&self, address: &AddressKey) -> Result<(), StoreError> {
        self.delete(key_row(&keys::suppression(address))).await?;
        self.delete(key_row(&keys::sign_in(address))).await
    }

    /// Lets mails go to the private address of a hire that is gone.
    async fn clear_hire(&self, hire: Option<Hire>) -> Result<(), StoreError> {
        let Some(hire) = hire else { return Ok(()) };
        let address = self.store.sealer().address_key(&hire.personal_email);
        self.delete(key_row(&keys::suppression(&address))).await
    }

    /// Removes a person with their sessions, links, ways to sign in and grant on the platform, whether or not they belong to a tenant, and
    /// frees `addresses` as well: whoever signs in with one of them is removed too. Memberships stay.
    pub async fn clear_person(&self, user: UserId, addresses: &[&Email]) -> Result<(), StoreError> {
        let mut people = vec![user];
        for address in addresses {
            let key = self.store.sealer().address_key(address);
            let holder = self.find_sign_in(&key).await?.map(|sign_in| sign_in.user);
            people.extend(holder.filter(|holder| *holder != user));
            self.clear_address(&key).await?;
        }
        for person in people {
            // One who cannot be read is removed as far as their id leads.
            if let Some(known) = self.store.if_whole(self.find_user(person).await)?.flatten() {
                let address = self.store.sealer().address_key(&known.email);
                self.clear_address(&address).await?;
                for connection in &known.connections {
                    self.delete(key_row(&keys::connection(&connection_hash(&connection.key)))).await?;
                }
            }
            self.forget_grant(person).await?;
            self.delete(key_row(&keys::account_mail(person))).await?;
            self.clear(&self.whole(&keys::user(person).pk)).await?;
        }
        Ok(())
    }

    /// Removes all sign-ups of the promotion, with their lists and counts.
    pub async fn clear_promo_signups(&self) -> Result<(), StoreError> {
        let all = self.whole(&keys::promo_signups(None));
        while let Some(rows) = some_rows(&all).await? {
            for row in rows {
                if let Some(id) = listed_id(&row) {
                    self.clear_promo_signup(id).await?;
                }
                self.delete(row).await?;
            }
        }
        self.clear(&self.whole(&keys::promo_counts(0).pk)).await
    }

    async fn clear_promo_signup(&self, id: PromoSignupId) -> Result<(), StoreError> {
        let key = keys::promo_signup(id);
        let signup: Option<PromoSignup> = self.store.if_whole(self.store.get(&key).await)?.flatten();
        if let Some(signup) = signup {
            let lists = [keys::promo_signups(Some(signup.status))].into_iter();
            for list in lists.chain(self.store.signup_name_lists(&signup.name)) {
                self.delete(key_row(&keys::listed_signup(list, id))).await?;
            }
            let address = self.store.sealer().address_key(&signup.email);
            self.delete(key_row(&keys::promo_address(&address))).await?;
        }
        self.delete(key_row(&key)).await
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

    async fn release_addresses(&self, job: Option<Job>) -> Result<(), StoreError> {
        let Some(job) = job else { return Ok(()) };
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
