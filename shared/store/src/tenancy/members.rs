//! The members of a tenant: one of them with the roles that decide about a change, and pages of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use vestibule_domain::{
    GroupId, Groups, InvitationState, MemberKind, Permission, PersonName, RoleName, UserId,
};

use crate::{
    Cursor, CursorError, CursorKey, Invitation, Membership, PageRequest, StoreError, TenantRoles,
    TenantStore,
    engine::item::{Row, from_row, key_row},
    engine::keys,
    engine::kinds::Kind,
    tenancy::groups::GroupBook,
};

/// Members read at a time, so that their names and the groups fit into one batch; and how many at most for one page.
const CHUNK: u16 = 99;
const MOST_READ: usize = 1_000;
/// Sorts behind every invitation: the list goes from the latest one down.
const INVITED_FIRST: &str = "INVITE#~";

/// A member, with what decides about changing them.
#[derive(Debug)]
pub struct FoundMember {
    /// The roles, with what the one who acts holds.
    pub roles: TenantRoles,
    /// The member.
    pub member: Membership,
    /// Their name; `None` when their record is gone or cannot be read.
    pub name: Option<PersonName>,
    /// The groups of the tenant.
    pub groups: Groups,
}

/// A member on a page.
#[derive(Debug)]
pub struct ListedMember {
    /// The member, or what is remembered of one.
    pub member: Membership,
    /// Their name; `None` when their record is gone or cannot be read.
    pub name: Option<PersonName>,
}

/// Who is on a list beside the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Those who left or were removed.
    Former,
    /// Those whose invitation is pending.
    Invited,
}

/// Which members are wanted.
#[derive(Debug, Default)]
pub struct MemberFilter {
    /// Those with this role.
    pub role: Option<RoleName>,
    /// Those of this kind.
    pub kind: Option<MemberKind>,
    /// Those of this group.
    pub group: Option<GroupId>,
    /// Those who may act, or those who may not.
    pub suspended: Option<bool>,
    /// Those who left or were removed, or who are invited, instead of the others.
    pub only: Option<Others>,
    /// Those with this in name or address, in any case.
    pub text: Option<String>,
}

/// A page of members.
#[derive(Debug, Default)]
pub struct MemberPage {
    /// The members, the latest accounts first.
    pub items: Vec<ListedMember>,
    /// Ids of those whose record cannot be read.
    pub damaged: Vec<String>,
    /// Groups of the tenant.
    pub groups: Groups,
    /// Pending invitations, behind the last member.
    pub invited: Vec<Invitation>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl MemberFilter {
    fn is_open(&self) -> bool {
        let Self { role, kind, group, suspended, only: _, text } = self;
        role.is_none() && kind.is_none() && group.is_none() && suspended.is_none() && text.is_none()
    }

    /// Whether somebody invited belongs on the list.
    fn invites(&self, invitation: &Invitation, now: Timestamp) -> bool {
        let email = invitation.email.as_str().to_lowercase();
        invitation.state(now) == InvitationState::Pending
            && self.role.as_ref().is_none_or(|role| invitation.roles.contains(role))
            && self.kind.is_none_or(|kind| invitation.kind == kind)
            && self.group.is_none_or(|group| invitation.groups.contains(&group))
            && self.text.as_ref().is_none_or(|text| email.contains(&text.to_lowercase()))
    }

    fn fits(&self, found: &ListedMember, groups: &Groups) -> bool {
        let member = &found.member;
        let has = |text: &String| {
            let name = found.name.as_ref().map(PersonName::as_str).unwrap_or_default();
            let text = text.to_lowercase();
            name.to_lowercase().contains(&text) || member.email.as_str().to_lowercase().contains(&text)
        };
        self.role.as_ref().is_none_or(|role| member.roles.contains(role))
            && self.kind.is_none_or(|kind| member.kind == kind)
            && self.group.is_none_or(|group| groups.name(group).is_some() && member.groups.contains(&group))
            && self.suspended.is_none_or(|suspended| member.suspended.is_some() == suspended)
            && self.text.as_ref().is_none_or(has)
    }
}

#[derive(Deserialize)]
struct Named {
    name: PersonName,
}

impl TenantStore<'_> {
    /// A member with what decides about changing them, in one round trip.
    pub async fn find_member(&self, user: UserId) -> Result<Option<FoundMember>, StoreError> {
        self.member_and_roles(user, None).await
    }

    /// The same for somebody who changes them by `permission`: a conflict if they do not hold it any more.
    pub async fn find_member_to_change(
        &self,
        user: UserId,
        permission: Permission,
    ) -> Result<Option<FoundMember>, StoreError> {
        self.member_and_roles(user, Some(permission)).await
    }

    async fn member_and_roles(
        &self,
        user: UserId,
        permission: Option<Permission>,
    ) -> Result<Option<FoundMember>, StoreError> {
        let wanted = [keys::member(self.tenant(), user), keys::user(user), keys::groups(self.tenant())];
        let (roles, rows) = self.roles_and(&wanted, permission).await?;
        let Some(member) = rows.iter().find(|row| has_key(row, &wanted[0])) else { return Ok(None) };
        let member = self.store.read(member.clone())?;
        let (mut names, groups) = self.names_and_groups(rows)?;
        Ok(Some(FoundMember { roles, member, name: names.remove(&user), groups }))
    }

    /// One page of members, and behind them, where nothing else is asked for, of those with a pending invitation.
    pub async fn list_team(
        &self,
        filter: &MemberFilter,
        request: &PageRequest,
        key: &CursorKey,
        now: Timestamp,
    ) -> Result<Result<MemberPage, CursorError>, StoreError> {
        // Those who are invited have a list of their own, with its own cursors.
        let key = &key.of("team");
        let mut ask = request.clone();
        let mut page = MemberPage::default();
        let opens = |prefix| {
            ask.cursor.as_deref().is_none_or(|text| Cursor::open(text, key, self.tenant(), prefix).is_ok())
        };
        let only_invited = filter.only == Some(Others::Invited);
        let with_invited = only_invited || (filter.only.is_none() && filter.suspended.is_none());
        if !only_invited && (!with_invited || opens(keys::MEMBERS)) {
            page = match self.list_members(filter, request, key).await? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            let room = usize::try_from(request.size()).unwrap_or_default().saturating_sub(page.items.len());
            if !with_invited || page.next.is_some() || room == 0 {
                let begin = || Cursor::seal(key, self.tenant(), keys::INVITATIONS, INVITED_FIRST);
                page.next = page.next.or_else(|| with_invited.then(|| begin().as_str().to_owned()));
                return Ok(Ok(page));
            }
            ask = PageRequest { limit: u16::try_from(room).ok(), cursor: None };
        }
        let invites = |invitation: &Invitation| filter.invites(invitation, now);
        Ok(self.list_invitations(invites, true, &ask, key).await?.map(|found| {
            (page.invited, page.next) = (found.items, found.next);
            page
        }))
    }

    /// One page of members, the latest accounts first. While some are looked for, up to 1,000 members are read for a page, which
    /// may then have fewer than it could, and a next one.
    async fn list_members(
        &self,
        filter: &MemberFilter,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<MemberPage, CursorError>, StoreError> {
        let prefix = if filter.only.is_some() { keys::FORMERS } else { keys::MEMBERS };
        let size = usize::try_from(request.size()).unwrap_or_default();
        let mut page = MemberPage::default();
        let chunk = if filter.is_open() { u16::try_from(size).unwrap_or(CHUNK).min(CHUNK) } else { CHUNK };
        let mut ask = PageRequest { limit: Some(chunk), cursor: request.cursor.clone() };
        let mut read = 0;
        loop {
            let found = match self.page::<Membership>(prefix, &ask, key).await? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            read += found.items.len() + found.damaged.len();
            let (named, groups) = self.named(found.items).await?;
            page.groups = groups;
            page.items.extend(named.into_iter().filter(|member| filter.fits(member, &page.groups)));
            if filter.is_open() {
                page.damaged.extend(found.damaged);
            }
            page.next = found.next;
            if page.items.len() >= size || page.next.is_none() || read + usize::from(CHUNK) > MOST_READ {
                break;
            }
            ask.cursor.clone_from(&page.next);
        }
        if page.items.len() > size {
            page.items.truncate(size);
            let last = page.items.last().map(|last| last.member.user.to_string());
            // What lies behind the last one comes on the next page.
            page.damaged.retain(|id| last.as_ref().is_some_and(|last| id > last));
            let last = last.map(|last| format!("{prefix}{last}"));
            page.next = last.map(|last| Cursor::seal(key, self.tenant(), prefix, &last).as_str().to_owned());
        }
        Ok(Ok(page))
    }

    /// Members with their names, and the groups, in one round trip.
    async fn named(&self, members: Vec<Membership>) -> Result<(Vec<ListedMember>, Groups), StoreError> {
        // Of those who left only what was remembered is told.
        let people = members.iter().filter(|member| member.left.is_none());
        let people = people.map(|member| key_row(&keys::user(member.user)));
        let wanted = people.chain([key_row(&keys::groups(self.tenant()))]).collect();
        let (mut names, groups) = self.names_and_groups(self.store.batch_get(wanted).await?)?;
        let listed = |member: Membership| ListedMember {
            name: names.remove(&member.user).or_else(|| member.name.clone()),
            member,
        };
        Ok((members.into_iter().map(listed).collect(), groups))
    }

    /// What rows of people are called, and the groups among the rows.
    fn names_and_groups(&self, rows: Vec<Row>) -> Result<(BTreeMap<UserId, PersonName>, Groups), StoreError> {
        let (mut names, mut groups) = (BTreeMap::new(), Groups::default());
        for row in rows {
            match Kind::of(&row) {
                Some(Kind::Groups) => groups = from_row::<GroupBook>(row)?.groups,
                Some(Kind::User) => {
                    let id = row.get("id").and_then(|id| id.as_s().ok()).and_then(|id| id.parse().ok());
                    let person: Option<Named> = self.store.if_whole(self.store.read(row))?;
                    names.extend(id.zip(person.map(|person| person.name)));
                }
                _ => {}
            }
        }
        Ok((names, groups))
    }
}

pub(crate) fn has_key(row: &Row, key: &keys::Key) -> bool {
    let is = |name: &str, value: &String| row.get(name).and_then(|it| it.as_s().ok()) == Some(value);
    is("PK", &key.pk) && is("SK", &key.sk)
}
