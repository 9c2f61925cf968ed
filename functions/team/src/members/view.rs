//! A member as their colleagues see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::DamagedView;
use vestibule_domain::{GroupId, Groups, PersonName};
use vestibule_store::{FoundMember, Invitation, ListedMember, Membership};

/// What to do about a membership whose record cannot be read.
pub(crate) const DAMAGED: &str =
    "The record of this membership cannot be read. Ask whoever runs this service to repair it.";

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// The person's id; of somebody invited, the invitation's.
    #[schema(example = "usr_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// `team`, `creator`, `contractor` or `vendor`.
    pub kind: &'static str,
    /// The names of their roles; what they may do is what any of them allows.
    pub roles: Vec<String>,
    /// The ids of their groups.
    pub groups: Vec<String>,
    /// `active`, `suspended`, `pending` or `removed`.
    pub status: &'static str,
    /// Since when they belong to the organization.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub joined: Option<Timestamp>,
    /// Since when they are suspended.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub suspended: Option<Timestamp>,
    /// The id of whoever invited them.
    pub invited_by: Option<String>,
    /// When they were invited.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub invited: Option<Timestamp>,
    /// When they left or were removed.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub left: Option<Timestamp>,
}

impl MemberView {
    /// The view of a member; groups that are no more are left out.
    pub fn new(member: &Membership, name: Option<&PersonName>, groups: &Groups) -> Self {
        let status = match (member.left, member.suspended) {
            (Some(_), _) => "removed",
            (None, Some(_)) => "suspended",
            (None, None) => "active",
        };
        let known = member.groups.iter().filter(|group| groups.name(**group).is_some());
        Self {
            id: member.user.to_string(),
            name: name.map(|name| name.as_str().to_owned()),
            email: member.email.as_str().to_owned(),
            kind: member.kind.name(),
            roles: member.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            groups: known.map(GroupId::to_string).collect(),
            status,
            joined: member.joined,
            suspended: member.suspended,
            invited_by: member.invited_by.map(|user| user.to_string()),
            invited: member.invited,
            left: member.left,
        }
    }
}

impl From<&FoundMember> for MemberView {
    fn from(found: &FoundMember) -> Self {
        Self::new(&found.member, found.name.as_ref(), &found.groups)
    }
}

/// A member, or what is left of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are members")]
pub enum MemberItem {
    /// A member.
    Member(MemberView),
    /// One whose record cannot be read.
    Damaged(DamagedView),
}

impl MemberItem {
    pub(crate) fn new(listed: &ListedMember, groups: &Groups) -> Self {
        Self::Member(MemberView::new(&listed.member, listed.name.as_ref(), groups))
    }

    /// Somebody with a pending invitation.
    pub(crate) fn invited(invitation: &Invitation) -> Self {
        Self::Member(MemberView {
            id: invitation.id.to_string(),
            name: None,
            email: invitation.email.as_str().to_owned(),
            kind: invitation.kind.name(),
            roles: invitation.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            groups: invitation.groups.iter().map(GroupId::to_string).collect(),
            status: "pending",
            joined: None,
            suspended: None,
            invited_by: Some(invitation.inviter.to_string()),
            invited: Some(invitation.sent),
            left: None,
        })
    }
}
