//! A person's place in a tenant, as its row holds it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use vestibule_domain::{Email, GroupId, MemberKind, PersonName, RoleName, TenantId, UserId};

use crate::{
    StoreError,
    engine::command::Action,
    engine::item::{Row, number, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

/// A person's place in a tenant, or, with `left`, what is remembered of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Which tenant.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// Their address. Sealed in the table.
    pub email: Email,
    /// Their roles in this tenant; what they may do is what any of them allows.
    // Once there was one, as `role`.
    #[serde(alias = "role", deserialize_with = "one_or_several")]
    pub roles: Vec<RoleName>,
    /// Set while they may not act here.
    pub suspended: Option<Timestamp>,
    /// How they belong to it.
    #[serde(default)]
    pub kind: MemberKind,
    /// Their groups; one that is no more counts as none.
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// Since when they belong to it; older rows do not know.
    #[serde(default)]
    pub joined: Option<Timestamp>,
    /// Who invited them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<UserId>,
    /// When they were invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited: Option<Timestamp>,
    /// When they left or were removed.
    #[serde(default)]
    pub left: Option<Timestamp>,
    /// What they were called when they left; of a member the person's own record says it. Sealed in the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// When they last switched to it.
    #[serde(default)]
    pub last_used: Option<Timestamp>,
    /// Counts its changes. It begins with the time, so that somebody who left and came back is told apart.
    #[serde(default)]
    pub version: u64,
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RoleName>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Held {
        One(RoleName),
        Several(Vec<RoleName>),
    }
    Ok(match Held::deserialize(deserializer)? {
        Held::One(role) => vec![role],
        Held::Several(roles) if roles.is_empty() => return Err(D::Error::custom("a member has a role")),
        Held::Several(roles) => roles,
    })
}

impl Membership {
    /// A colleague who joins at this time; a seed tells none.
    pub(crate) fn new(
        (tenant, user): (TenantId, UserId),
        email: Email,
        roles: Vec<RoleName>,
        joined: Option<Timestamp>,
    ) -> Self {
        let version = joined.map_or(0, |joined| u64::try_from(joined.as_millisecond()).unwrap_or_default());
        let (suspended, left, groups, kind) = (None, None, Vec::new(), MemberKind::Team);
        Self {
            tenant,
            user,
            email,
            roles,
            suspended,
            kind,
            groups,
            joined,
            invited_by: None,
            invited: None,
            left,
            name: None,
            last_used: joined,
            version,
        }
    }

    fn key(&self) -> Key {
        keys::member(self.tenant, self.user)
    }

    /// The row that makes them a member.
    pub(crate) fn row(&self) -> Result<Row, StoreError> {
        let mut row = to_row(&self.key(), Kind::Member, self)?;
        row.insert("GSI1PK".into(), text(keys::user(self.user).pk));
        row.insert("GSI1SK".into(), text(keys::tenant_partition(self.tenant)));
        Ok(row)
    }

    /// What is remembered of them from now on; it allows nothing.
    pub(crate) fn parting(&self, name: Option<&PersonName>, now: Timestamp) -> Result<Action, StoreError> {
        let former = Self { left: Some(now), name: name.cloned(), ..self.clone() };
        Ok(Action::put(to_row(&keys::former(self.tenant, self.user), Kind::Former, &former)?))
    }

    /// Holds only while nobody changed or removed them since they were read.
    pub(crate) fn stays(&self) -> Action {
        Action::check(&self.key()).if_version_or_none(self.version)
    }

    /// Says that they go there now; only somebody who may act does.
    pub(crate) fn entering(tenant: TenantId, user: UserId, now: Timestamp) -> Action {
        let enters = Action::update(&keys::member(tenant, user), "SET last_used = :now");
        enters.value(":now", text(now.to_string())).if_unset("suspended")
    }

    /// Ends it, if nobody changed it since it was read.
    pub(crate) fn ending(&self) -> Action {
        Action::delete(&self.key()).if_version_or_none(self.version)
    }

    /// Writes roles, kind, groups and suspension in the place of those that `read` had. The address is left alone: the person
    /// may be changing it.
    pub(crate) fn replacing(&self, read: &Self) -> Result<Action, StoreError> {
        let mut row = self.row()?;
        let mut taken = |name: &str| row.remove(name).unwrap_or(AttributeValue::Null(true));
        let set = "SET #roles = :roles, suspended = :suspended, #kind = :kind, #groups = :groups, \
                   #version = :version REMOVE #role";
        let update = Action::update(&self.key(), set).if_version_or_none(read.version);
        let update = update.name("#roles", "roles").name("#role", "role").name("#kind", "kind");
        let update = update.name("#groups", "groups").value(":version", number(read.version + 1));
        let update = update.value(":roles", taken("roles")).value(":suspended", taken("suspended"));
        Ok(update.value(":kind", taken("kind")).value(":groups", taken("groups")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::item::from_row;

    #[test]
    fn a_membership_of_when_there_was_one_role_is_read() {
        let (tenant, user) = (TenantId::from_parts(0, 1), UserId::from_parts(0, 2));
        let role = "member".to_owned();
        let text = |value: String| AttributeValue::S(value);
        let row = Row::from([
            ("tenant".to_owned(), text(tenant.to_string())),
            ("user".to_owned(), text(user.to_string())),
            ("email".to_owned(), text("kim@example.org".to_owned())),
            ("role".to_owned(), text(role.clone())),
            ("suspended".to_owned(), AttributeValue::Null(true)),
        ]);
        let read: Membership = from_row(row).unwrap();
        assert_eq!(read.roles, [RoleName::parse(&role).unwrap()]);
        assert_eq!((read.kind, read.version), (MemberKind::Team, 0));
    }
}
