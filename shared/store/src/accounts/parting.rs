//! What a job takes back of an account: what it made, as long as nobody did anything with it.

use vestibule_domain::{Account, AccountOrder, MadeAccount, User, UserState};

use crate::{
    Membership, StoreError, TenantStore,
    accounts::writes::Parting,
    engine::item::{from_row, key_row},
    engine::keys,
    tenancy::{invitees::find, seats::SeatCount},
};

impl TenantStore<'_> {
    /// Looks what of `made` can be taken back: one round trip. `Err` with a stable code when somebody did something with it
    /// since; then it stays.
    pub async fn look_before_parting(
        &self,
        order: &AccountOrder,
        made: MadeAccount,
    ) -> Result<Result<Parting, &'static str>, StoreError> {
        let address = self.store.sealer().address_key(&order.email);
        let (tenant, id) = (self.tenant(), made.user);
        let wanted = [keys::member(tenant, id), keys::user(id), keys::account(id), keys::sign_in(&address)];
        let rows = self.store.batch_get(wanted.iter().map(key_row).collect()).await?;
        let [member, user, account, sign_in] = wanted.map(|key| find(&rows, &key));
        let member = member.map(|row| self.store.read::<Membership>(row)).transpose()?;
        let user = user.map(|row| self.store.read::<User>(row)).transpose()?;
        let account = account.map(from_row::<Account>).transpose()?;
        let unchanged = |member: &Membership| member.version == made.membership && member.suspended.is_none();
        if member.as_ref().is_some_and(|member| !unchanged(member)) {
            return Ok(Err("membership_changed"));
        }
        let Some(account) = account.filter(|account| account.version == made.version) else {
            return Ok(Err("account_changed"));
        };
        let untouched = |user: &User| user.status.state == UserState::Invited && user.version == 0;
        let has_password = sign_in.as_ref().is_some_and(|row| row.contains_key("password"));
        if made.person && (member.is_none() || has_password || !user.as_ref().is_some_and(untouched)) {
            return Ok(Err("account_in_use"));
        }
        let name = user.as_ref().map(|user| user.name.clone());
        let person = user.filter(|_| made.person);
        Ok(Ok(Parting { user: id, person, name, made_account: made.account, account, member }))
    }

    /// Whether anybody is a member of this tenant.
    pub async fn has_members(&self) -> Result<bool, StoreError> {
        let seats: Option<SeatCount> = self.store.get(&keys::seats(self.tenant())).await?;
        Ok(seats.is_some_and(|seats| seats.used > 0))
    }
}
