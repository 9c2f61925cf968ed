//! The lists of accounts: by state and tier, and by the beginnings of names. Their rows are written in the transactions of the
//! account itself, so that no list is ever made by looking through the table.

use vestibule_domain::{Account, PersonName, UserId, name_beginnings};

use crate::{
    Conflict, PlatformStore, Store, StoreError,
    engine::command::{Action, Command},
    engine::item::{key_row, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

/// The lists of states and tiers that an account stands in.
fn lists(account: &Account) -> [String; 4] {
    let (state, tier) = (Some(account.status.state), Some(account.tier));
    [(None, None), (state, None), (None, tier), (state, tier)]
        .map(|(state, tier)| keys::accounts(state, tier))
}

impl Command {
    /// Adds a new account with its places in the lists.
    pub(crate) fn making_account(
        self,
        store: &Store,
        account: &Account,
        name: &PersonName,
    ) -> Result<Self, StoreError> {
        let row = to_row(&keys::account(account.user), Kind::Account, account)?;
        let command = self.and(Action::put(row).if_new(), Conflict::Exists);
        let named = store.name_lists(name);
        Ok(command.listing(lists(account).into_iter().chain(named), account))
    }

    /// Adds another state or tier of an account, of which `before` was read.
    pub(crate) fn changing_account(self, before: &Account, after: &Account) -> Result<Self, StoreError> {
        let row = to_row(&keys::account(after.user), Kind::Account, after)?;
        let command = self.and(Action::put(row).if_version(before.version), Conflict::Stale);
        let (from, to) = (lists(before), lists(after));
        let gone = from.iter().filter(|list| !to.contains(list)).cloned();
        let new = to.iter().filter(|list| !from.contains(list)).cloned();
        Ok(command.unlisting(gone, after.user).listing(new, after))
    }

    /// Takes an account back, with its places in the lists.
    pub(crate) fn unmaking_account(self, store: &Store, account: &Account, name: &PersonName) -> Self {
        let gone = Action::delete(&keys::account(account.user)).if_version(account.version);
        let lists = lists(account).into_iter().chain(store.name_lists(name));
        self.and(gone, Conflict::Stale).unlisting(lists, account.user)
    }

    /// Adds an account to lists. Its tenant stands there, so that a page is read with its names in one batch.
    fn listing(self, lists: impl Iterator<Item = String>, account: &Account) -> Self {
        lists.fold(self, |command, list| {
            let mut row = key_row(&keys::listed(list, account.user));
            row.insert("item".into(), text(Kind::ListedAccount.name()));
            row.insert("tenant".into(), text(account.tenant.to_string()));
            command.and(Action::put(row), Conflict::Stale)
        })
    }

    fn unlisting(self, lists: impl Iterator<Item = String>, user: UserId) -> Self {
        lists.fold(self, |command, list| {
            command.and(Action::delete(&keys::listed(list, user)), Conflict::Stale)
        })
    }

    /// Has the account of a person be found by another name.
    pub(crate) fn renaming(
        self,
        store: &Store,
        account: &Account,
        (from, to): (&PersonName, &PersonName),
    ) -> Self {
        let (from, to) = (store.name_lists(from), store.name_lists(to));
        let gone = from.iter().filter(|list| !to.contains(list)).cloned();
        let new = to.iter().filter(|list| !from.contains(list)).cloned();
        self.unlisting(gone, account.user).listing(new, account)
    }
}

impl Store {
    /// The lists of names that somebody called so stands in.
    pub(crate) fn name_lists(&self, name: &PersonName) -> Vec<String> {
        name_beginnings(name).iter().map(|beginning| self.name_list(beginning)).collect()
    }

    pub(crate) fn name_list(&self, beginning: &str) -> String {
        keys::named_accounts(&self.sealer().name_key(beginning))
    }
}

impl PlatformStore<'_> {
    /// The account of a person, if the platform made one.
    pub async fn find_account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        self.store.get(&key_of(user)).await
    }
}

fn key_of(user: UserId) -> Key {
    keys::account(user)
}
