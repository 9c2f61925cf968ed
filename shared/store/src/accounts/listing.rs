//! Pages of accounts and of the platform's jobs: one query for the places in a list, one batch for what stands there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vestibule_domain::{
    Account, AccountOrder, Email, Job, JobId, Tenant, TenantId, Tier, User, UserId, UserState, name_begins,
    searched_beginning,
};

use crate::{
    AccountMail, Administration, Cursor, CursorError, CursorKey, Page, PageRequest, PlatformJob, StoreError,
    engine::item::{Row, key_row, text},
    engine::keys::{self, Key},
    tenancy::invitees::find,
};

/// Entries on a page: what stands there is read in one batch.
pub const MOST_ON_A_PAGE: i32 = 50;
/// The same where a tenant is read with each of two rows.
const MOST_WITH_TENANTS: i32 = 33;
/// In whose place cursors of the platform's lists are sealed.
const OWNER: &str = "platform";

/// Which accounts are wanted.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Those in this state.
    pub state: Option<UserState>,
    /// Those with this tier.
    pub tier: Option<Tier>,
    /// Those of people whose name has words that begin so.
    pub name: Option<String>,
}

/// An account with its person.
#[derive(Debug, Clone)]
pub struct FoundAccount {
    /// The account.
    pub account: Account,
    /// The person; `None` when their record cannot be read.
    pub person: Option<User>,
    /// Whether the address's sign-in is locked at present, where that was looked at.
    pub locked: bool,
    /// Whether the person administers the platform, where that was looked at.
    pub administers: bool,
    /// The name of the tenant that it was first made for; `None` when that is gone or cannot be read.
    pub tenant_name: Option<String>,
    /// What is known of the newest mail about it, where that was looked at.
    pub mail: Option<AccountMail>,
}

/// A job of the platform with its order.
#[derive(Debug, Clone)]
pub struct FoundJob {
    /// Where it is.
    pub place: PlatformJob,
    /// The job.
    pub job: Job,
    /// What it works from; `None` when that cannot be read.
    pub order: Option<AccountOrder>,
    /// The name of the tenant; `None` when it is not made yet, or gone.
    pub tenant_name: Option<String>,
}

impl FoundAccount {
    /// An account of which nothing else was looked at.
    fn new(account: Account, person: Option<User>) -> Self {
        let (locked, administers) = (false, false);
        Self { account, person, locked, administers, tenant_name: None, mail: None }
    }
}

/// Whose account a place in a list stands for.
pub(crate) fn listed_user(row: &Row) -> Option<UserId> {
    row.get("SK")?.as_s().ok()?.parse().ok()
}

/// In which tenant it was first made.
fn listed_in(row: &Row) -> Option<TenantId> {
    row.get("tenant")?.as_s().ok()?.parse().ok()
}

impl AccountFilter {
    fn fits(&self, found: &FoundAccount) -> bool {
        let named =
            |name: &String| found.person.as_ref().is_some_and(|person| name_begins(&person.name, name));
        self.state.is_none_or(|state| found.account.status.state == state)
            && self.tier.is_none_or(|tier| found.account.tier == tier)
            && self.name.as_ref().is_none_or(named)
    }
}

impl Administration<'_> {
    /// One page of accounts, newest first: two round trips. With a name, a page may have fewer than it could, and a next one.
    pub async fn list_accounts(
        &self,
        filter: &AccountFilter,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<FoundAccount>, CursorError>, StoreError> {
        let list = match filter.name.as_deref().map(searched_beginning) {
            None => keys::accounts(filter.state, filter.tier),
            Some(Some(beginning)) => self.store.name_list(&beginning),
            Some(None) => return Ok(Ok(Page { items: Vec::new(), damaged: Vec::new(), next: None })),
        };
        let (places, next) =
            match self.places(&list, (request, request.size().min(MOST_WITH_TENANTS)), key).await? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
        let users: Vec<UserId> = places.iter().filter_map(listed_user).collect();
        let tenants: BTreeSet<TenantId> = places.iter().filter_map(listed_in).collect();
        let wanted = users.iter().flat_map(|user| [keys::account(*user), keys::user(*user)]);
        let wanted = wanted.chain(tenants.into_iter().map(keys::tenant));
        let rows = by_key(self.store.batch_get(wanted.map(|key| key_row(&key)).collect()).await?);
        let (mut items, mut damaged) = (Vec::new(), Vec::new());
        for user in users {
            let Some(row) = rows.get(&names(&keys::account(user))).cloned() else { continue };
            let Some(account) = self.store.if_whole(self.store.read::<Account>(row))? else {
                damaged.push(user.to_string());
                continue;
            };
            let person = rows.get(&names(&keys::user(user))).cloned().map(|row| self.store.read::<User>(row));
            let person = person.map(|read| self.store.if_whole(read)).transpose()?.flatten();
            let tenant = rows.get(&names(&keys::tenant(account.tenant))).cloned();
            let tenant_name = self.tenant_name(tenant)?;
            items.push(FoundAccount { tenant_name, ..FoundAccount::new(account, person) });
        }
        items.retain(|found| filter.fits(found));
        Ok(Ok(Page { items, damaged, next }))
    }

    /// The account of a person, with whether sign-in with their address is locked: two round trips.
    pub async fn find_account_of(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<FoundAccount>, StoreError> {
        let Some(mut found) = self.account_and_person(user).await? else { return Ok(None) };
        let person = found.person.as_ref().filter(|person| person.status.state != UserState::Removed);
        let sign_in = person.map(|person| keys::sign_in(&self.store.sealer().address_key(&person.email)));
        let tenant = keys::tenant(found.account.tenant);
        let wanted = sign_in.iter().chain([&tenant]).map(key_row).collect();
        let rows = self.store.batch_get(wanted).await?;
        found.locked = sign_in.and_then(|key| find(&rows, &key)).is_some_and(|row| is_locked(&row, now));
        found.tenant_name = self.tenant_name(find(&rows, &tenant))?;
        Ok(Some(found))
    }

    /// The account of whoever signs in with an address: three round trips.
    pub async fn find_account_by_address(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<FoundAccount>, StoreError> {
        let address = self.store.sealer().address_key(email);
        let Some(row) = self.store.get_row(&keys::sign_in(&address)).await? else { return Ok(None) };
        let owner = row.get("user").and_then(|user| user.as_s().ok()?.parse().ok());
        let Some(owner) = owner else { return Ok(None) };
        let Some(mut found) = self.account_and_person(owner).await? else { return Ok(None) };
        found.locked = is_locked(&row, now);
        found.tenant_name =
            self.tenant_name(self.store.get_row(&keys::tenant(found.account.tenant)).await?)?;
        Ok(Some(found))
    }

    async fn account_and_person(&self, user: UserId) -> Result<Option<FoundAccount>, StoreError> {
        let wanted = [keys::account(user), keys::user(user), keys::grant(user), keys::account_mail(user)];
        let rows = self.store.batch_get(wanted.iter().map(key_row).collect()).await?;
        let [account, person, grant, mail] = wanted.map(|key| find(&rows, &key));
        let Some(account) = account.map(|row| self.store.read::<Account>(row)).transpose()? else {
            return Ok(None);
        };
        let person = person.map(|row| self.store.read::<User>(row)).transpose()?;
        let mail = mail.map(|row| self.store.if_whole(self.store.read(row))).transpose()?.flatten();
        Ok(Some(FoundAccount { administers: grant.is_some(), mail, ..FoundAccount::new(account, person) }))
    }

    fn tenant_name(&self, row: Option<Row>) -> Result<Option<String>, StoreError> {
        let tenant = row.map(|row| self.store.if_whole(self.store.read::<Tenant>(row))).transpose()?;
        Ok(tenant.flatten().map(|tenant| tenant.name))
    }

    /// One page of the platform's jobs, newest first, or of those that a person has to look at: two round trips.
    pub async fn list_platform_jobs(
        &self,
        for_a_person: bool,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<FoundJob>, CursorError>, StoreError> {
        let list = if for_a_person { keys::JOBS_FOR_A_PERSON } else { keys::PLATFORM_JOBS };
        let (rows, next) =
            match self.places(list, (request, request.size().min(MOST_WITH_TENANTS)), key).await? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
        let places: Vec<PlatformJob> =
            rows.into_iter().map(|row| self.store.read(row)).collect::<Result<_, _>>()?;
        let (items, damaged) = self.jobs_at(places).await?;
        Ok(Ok(Page { items, damaged, next }))
    }

    /// A job of the platform, wherever it is: two round trips.
    pub async fn find_platform_job(&self, job: JobId) -> Result<Option<FoundJob>, StoreError> {
        let place: Option<PlatformJob> =
            self.store.get(&keys::platform_job(keys::PLATFORM_JOBS, job)).await?;
        let (items, _) = self.jobs_at(place.into_iter().collect()).await?;
        Ok(items.into_iter().next())
    }

    async fn jobs_at(&self, places: Vec<PlatformJob>) -> Result<(Vec<FoundJob>, Vec<String>), StoreError> {
        let of = |place: &PlatformJob| {
            [keys::job(place.tenant, place.job), keys::account_order(place.tenant, place.job)]
        };
        let tenants: BTreeSet<TenantId> = places.iter().map(|place| place.tenant).collect();
        let wanted = places.iter().flat_map(of).chain(tenants.into_iter().map(keys::tenant));
        let wanted = wanted.map(|key| key_row(&key)).collect();
        let rows = by_key(self.store.batch_get(wanted).await?);
        let (mut items, mut damaged) = (Vec::new(), Vec::new());
        for place in places {
            let [job, order] = of(&place).map(|key| rows.get(&names(&key)).cloned());
            let job = job.map(|row| self.store.if_whole(self.store.read::<Job>(row))).transpose()?.flatten();
            let order = order.map(|row| self.store.if_whole(self.store.read(row))).transpose()?.flatten();
            match job {
                Some(job) => {
                    let tenant = rows.get(&names(&keys::tenant(place.tenant))).cloned();
                    items.push(FoundJob { tenant_name: self.tenant_name(tenant)?, place, job, order });
                }
                None => damaged.push(place.job.to_string()),
            }
        }
        Ok((items, damaged))
    }

    /// A page of the rows of a list, at most so many, the last ones first.
    pub(crate) async fn places(
        &self,
        list: &str,
        (request, most): (&PageRequest, i32),
        key: &CursorKey,
    ) -> Result<Result<(Vec<Row>, Option<String>), CursorError>, StoreError> {
        let start =
            request.cursor.as_deref().map(|cursor| Cursor::open(cursor, key, OWNER, list)).transpose();
        let start = match start {
            Ok(start) => start.map(|sk| key_row(&Key { pk: list.to_owned(), sk })),
            Err(error) => return Ok(Err(error)),
        };
        let query = self.store.client().query().table_name(self.store.table()).consistent_read(true);
        let query =
            query.key_condition_expression("PK = :list").expression_attribute_values(":list", text(list));
        let query = query.scan_index_forward(false).limit(most);
        let query = query
            .return_consumed_capacity(aws_sdk_dynamodb::types::ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(start);
        let answer = query.send().await?;
        let end = answer.last_evaluated_key.as_ref().and_then(|row| row.get("SK")?.as_s().ok());
        let next = end.map(|sk| Cursor::seal(key, OWNER, list, sk).as_str().to_owned());
        Ok(Ok((answer.items.unwrap_or_default(), next)))
    }
}

fn is_locked(row: &Row, now: Timestamp) -> bool {
    let until = row.get("locked_until").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
    until.is_some_and(|until| now.as_millisecond() < until)
}

fn names(key: &Key) -> (String, String) {
    (key.pk.clone(), key.sk.clone())
}

fn by_key(rows: Vec<Row>) -> BTreeMap<(String, String), Row> {
    let part = |row: &Row, name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
    rows.into_iter().filter_map(|row| Some(((part(&row, "PK")?, part(&row, "SK")?), row))).collect()
}
