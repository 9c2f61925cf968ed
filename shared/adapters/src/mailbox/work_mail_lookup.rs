//! Who holds a name or an address in a `WorkMail` organization.
//!
//! Names are looked up through the list of users: `DescribeUser` takes identifiers of 12 characters and more,
//! and many local parts are shorter.

use aws_sdk_workmail::types::{EntityState, ListUsersFilters, User};

use super::errors::{Refusal, refusal};
use super::work_mail::{WorkMail, shown};
use super::{MailboxError, Occupancy, ProviderId};

/// Pages of 100 to read before giving up; the filter leaves far fewer names than this.
const MOST_PAGES: usize = 50;

/// The user that holds a name.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Holder {
    id: ProviderId,
    display_name: String,
}

impl Holder {
    /// The id, if the user still carries `marker` as its display name.
    pub(super) fn ours(&self, marker: &str) -> Option<ProviderId> {
        let ours = !marker.is_empty() && self.display_name == marker;
        ours.then(|| self.id.clone())
    }
}

impl WorkMail {
    pub(super) async fn lookup(&self, address: &str) -> Result<Occupancy, MailboxError> {
        if self.holder_of_address(address).await?.is_some() {
            return Ok(Occupancy::Taken);
        }
        match self.holder_of_name(local_part(address)).await? {
            Some(_) => Ok(Occupancy::Taken),
            None => Ok(Occupancy::Free),
        }
    }

    pub(super) async fn find_ours(
        &self,
        address: &str,
        marker: &str,
    ) -> Result<Option<ProviderId>, MailboxError> {
        let holder = self.holder_of_name(local_part(address)).await?;
        Ok(holder.and_then(|holder| holder.ours(&shown(marker))))
    }

    /// Id of the user, group or resource with this address or alias.
    pub(super) async fn holder_of_address(&self, address: &str) -> Result<Option<ProviderId>, MailboxError> {
        let call = self.client.describe_entity().organization_id(&self.organization).email(address);
        match call.send().await {
            Ok(answer) => match answer.entity_id() {
                Some(id) => Ok(Some(ProviderId::new(id))),
                None => Err(unreadable()),
            },
            Err(error) => match refusal(&error) {
                Refusal::Absent => Ok(None),
                other => Err(other.into()),
            },
        }
    }

    /// The user with exactly this name, deleted ones left aside.
    pub(super) async fn holder_of_name(&self, name: &str) -> Result<Option<Holder>, MailboxError> {
        let filters = ListUsersFilters::builder().username_prefix(name).build();
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .client
                .list_users()
                .organization_id(&self.organization)
                .filters(filters.clone())
                .max_results(100)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| MailboxError::from(refusal(&error)))?;
            if let Some(user) = page.users().iter().find(|user| holds(user, name)) {
                return holder(user).map(Some);
            }
            match page.next_token {
                Some(token) if !token.is_empty() => next = Some(token),
                _ => return Ok(None),
            }
        }
        Err(MailboxError::Permanent { code: "directory_too_large" })
    }
}

fn local_part(address: &str) -> &str {
    address.split('@').next().unwrap_or_default()
}

fn holds(user: &User, name: &str) -> bool {
    let same = user.name().is_some_and(|held| held.eq_ignore_ascii_case(name));
    same && user.state() != Some(&EntityState::Deleted)
}

fn holder(user: &User) -> Result<Holder, MailboxError> {
    let id = user.id().filter(|id| !id.is_empty()).ok_or_else(unreadable)?;
    Ok(Holder { id: ProviderId::new(id), display_name: user.display_name().unwrap_or_default().to_owned() })
}

fn unreadable() -> MailboxError {
    MailboxError::Unknown { code: "answer_unreadable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, display_name: &str, state: EntityState) -> User {
        User::builder().id("id-1").name(name).display_name(display_name).state(state).build()
    }

    #[test]
    fn a_user_is_ours_only_with_the_exact_mark() {
        let held = |display_name: &str| {
            let user = user("kim", display_name, EntityState::Disabled);
            holder(&user).ok().unwrap()
        };
        assert!(held("mark-1").ours("mark-1").is_some());
        assert!(held("mark-10").ours("mark-1").is_none());
        assert!(held("Kim Doe").ours("mark-1").is_none());
        assert!(held("").ours("").is_none());
    }

    #[test]
    fn a_name_is_held_whatever_its_case_but_not_by_a_longer_or_deleted_one() {
        assert!(holds(&user("Kim", "", EntityState::Disabled), "kim"));
        assert!(!holds(&user("kimberly", "", EntityState::Enabled), "kim"));
        assert!(!holds(&user("kim", "", EntityState::Deleted), "kim"));
    }

    #[test]
    fn a_user_without_an_id_is_unreadable() {
        let idless = User::builder().name("kim").build();
        assert_eq!(holder(&idless).err(), Some(unreadable()));
    }
}
