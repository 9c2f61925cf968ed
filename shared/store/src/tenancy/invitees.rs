//! What is known of addresses before they are invited: one round trip for fresh ones, one more where an address has an account or
//! an invitation.

use std::collections::{BTreeMap, HashMap};

use vestibule_domain::{Email, Groups, InvitationId, Permission, Tenant, UserId};

use crate::{
    AddressKey, Invitation, Seats, StoreError, TenantRoles, TenantStore,
    engine::item::{Row, from_row, key_row},
    engine::keys::{self, Key},
    tenancy::{groups::GroupBook, invitation::Invited, members::has_key, seats::SeatCount},
};

/// Where an address stands.
#[derive(Debug, Clone)]
pub enum Standing {
    /// Nobody here has it.
    Unknown,
    /// A member has it.
    Member(UserId),
    /// It was invited, and that has not ended; it may have expired.
    Invited(Box<Invitation>),
}

/// What is known of addresses.
#[derive(Debug)]
pub struct Invitees {
    /// The roles, with what the one who invites holds.
    pub roles: TenantRoles,
    /// The groups of the tenant.
    pub groups: Groups,
    /// The seats.
    pub seats: Seats,
    /// Each address, in the order asked for.
    pub standings: Vec<Standing>,
}

/// Addresses whose rows fit into one batch with those of the tenant.
const AT_ONCE: usize = 46;

impl TenantStore<'_> {
    /// What is known of these addresses, each once, for somebody who invites: a conflict if they may not any more.
    pub async fn find_invitees(&self, addresses: &[Email]) -> Result<Invitees, StoreError> {
        let tenant = self.tenant();
        let sealer = self.store.sealer();
        let known: Vec<AddressKey> = addresses.iter().map(|email| sealer.address_key(email)).collect();
        let (first, rest) = known.split_at(known.len().min(AT_ONCE));
        let mut wanted = vec![keys::tenant(tenant), keys::groups(tenant), keys::seats(tenant)];
        wanted.extend(first.iter().flat_map(|address| self.of_address(address)));
        let (roles, mut rows) = self.roles_and(&wanted, Some(Permission::TeamInvite)).await?;
        let more = rest.iter().flat_map(|address| self.of_address(address));
        rows.extend(self.store.batch_get_many(more.map(|key| key_row(&key)).collect()).await?);
        let seats = self.seats(&rows).await?;
        let groups: Option<GroupBook> = find(&rows, &wanted[1]).map(from_row).transpose()?;
        let standings = self.standings(&known, &rows).await?;
        Ok(Invitees { roles, groups: groups.unwrap_or_default().groups, seats, standings })
    }

    /// The seats of the tenant.
    pub async fn find_seats(&self) -> Result<Seats, StoreError> {
        let wanted = [keys::tenant(self.tenant()), keys::seats(self.tenant())];
        let rows = self.store.batch_get(wanted.iter().map(key_row).collect()).await?;
        self.seats(&rows).await
    }

    async fn seats(&self, rows: &[Row]) -> Result<Seats, StoreError> {
        let tenant = self.tenant();
        let terms = find(rows, &keys::tenant(tenant)).map(from_row::<Tenant>).transpose()?;
        let most = terms.map(|tenant| tenant.tier).unwrap_or_default().terms().seats;
        let key = keys::seats(tenant);
        let count: Option<SeatCount> = if let Some(row) = find(rows, &key) {
            Some(from_row(row)?)
        } else {
            self.store.count_seats(tenant).await?;
            self.store.get(&key).await?
        };
        Ok(Seats { used: count.map_or(0, |count| count.used), most })
    }

    fn of_address(&self, address: &AddressKey) -> [Key; 2] {
        [keys::sign_in(address), keys::invited(self.tenant(), address)]
    }

    async fn standings(&self, known: &[AddressKey], rows: &[Row]) -> Result<Vec<Standing>, StoreError> {
        let tenant = self.tenant();
        let rows = by_key(rows);
        let user = |address: &AddressKey| {
            row_of(&rows, &keys::sign_in(address))?.get("user")?.as_s().ok()?.parse::<UserId>().ok()
        };
        let invitation = |address: &AddressKey| -> Option<InvitationId> {
            let row = row_of(&rows, &keys::invited(tenant, address))?;
            from_row::<Invited>(row.clone()).ok().map(|row| row.invitation)
        };
        let people = known.iter().filter_map(user).map(|user| keys::member(tenant, user));
        let invited = known.iter().filter_map(invitation);
        let invited = invited.map(|id| keys::entity(tenant, keys::INVITATIONS, id));
        let wanted: BTreeMap<_, _> =
            people.chain(invited).map(|key| ((key.pk.clone(), key.sk.clone()), key)).collect();
        let found = self.store.batch_get_many(wanted.values().map(key_row).collect()).await?;
        let mut invitations = BTreeMap::new();
        for row in found.iter().filter(|row| row.get("expires").is_some()) {
            let read: Invitation = self.store.read(row.clone())?;
            invitations.insert(read.id, read);
        }
        let found = by_key(&found);
        let is_member = |user: &UserId| row_of(&found, &keys::member(tenant, *user)).is_some();
        let standing = |address: &AddressKey| match user(address).filter(is_member) {
            Some(user) => Standing::Member(user),
            None => invitation(address)
                .and_then(|id| invitations.get(&id))
                .map_or(Standing::Unknown, |found| Standing::Invited(Box::new(found.clone()))),
        };
        Ok(known.iter().map(standing).collect())
    }
}

/// Rows by their primary key: thousands of them are looked through at once.
fn by_key(rows: &[Row]) -> HashMap<(&str, &str), &Row> {
    rows.iter().filter_map(|row| Some(((part(row, "PK")?, part(row, "SK")?), row))).collect()
}

fn part<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.get(name)?.as_s().ok().map(String::as_str)
}

fn row_of<'a>(rows: &HashMap<(&str, &str), &'a Row>, key: &Key) -> Option<&'a Row> {
    rows.get(&(key.pk.as_str(), key.sk.as_str())).copied()
}

pub(crate) fn find(rows: &[Row], key: &Key) -> Option<Row> {
    rows.iter().find(|row| has_key(row, key)).cloned()
}
