//! An invitation as its row holds it, and the lock that lets an address have one of a tenant.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_auth::{Purpose, TokenDigest};
use vestibule_domain::{
    Delivery, Email, GroupId, IdentityMailKind, IdentityMailRequest, InvitationId, InvitationState, JobId,
    MailId, MemberKind, RoleName, TenantId, UserId, World,
};

use crate::{Entity, engine::keys, engine::kinds::Kind};

/// An invitation to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited. Sealed in the table.
    pub email: Email,
    /// What they are to hold.
    pub roles: Vec<RoleName>,
    /// How they are to belong to the tenant.
    pub kind: MemberKind,
    /// Their groups; one that is no more counts as none.
    pub groups: Vec<GroupId>,
    /// Who invites: whoever sent it last.
    pub inviter: UserId,
    /// When it was made.
    pub created: Timestamp,
    /// When it was sent last.
    pub sent: Timestamp,
    /// It counts until then.
    pub expires: Timestamp,
    /// How often it was sent.
    pub round: u32,
    /// Hash of the token in the mail that was sent last; none until that is made.
    pub digest: Option<TokenDigest>,
    /// That its last mail did not arrive.
    #[serde(default)]
    pub problem: Option<Delivery>,
    /// How it ended.
    pub ended: Option<InvitationEnd>,
    /// The import that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<JobId>,
    /// Counts its writes.
    pub version: u64,
}

/// How an invitation ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationEnd {
    /// Accepted, revoked or declined.
    pub state: InvitationState,
    /// When.
    pub at: Timestamp,
    /// Who accepted or revoked it.
    pub by: Option<UserId>,
}

/// What an invitation gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The roles.
    pub roles: Vec<RoleName>,
    /// The kind of member.
    pub kind: MemberKind,
    /// The groups.
    pub groups: Vec<GroupId>,
}

/// The invitation that an address has of a tenant, pending or expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invited {
    pub(crate) invitation: InvitationId,
}

impl Invitation {
    /// A new one.
    pub fn new(email: Email, place: &Place, inviter: UserId, world: &World) -> Self {
        let Place { roles, kind, groups } = place.clone();
        let (id, created) = (InvitationId::new(world), world.now());
        let mut invitation = Self {
            id,
            email,
            roles,
            kind,
            groups,
            inviter,
            created,
            sent: created,
            expires: created,
            round: 0,
            digest: None,
            problem: None,
            ended: None,
            import: None,
            version: 0,
        };
        invitation.send(inviter, created);
        invitation
    }

    /// Sends it again: the link before works no more, and its time begins anew.
    pub fn send(&mut self, inviter: UserId, now: Timestamp) {
        (self.inviter, self.sent, self.digest, self.problem) = (inviter, now, None, None);
        self.expires = now.saturating_add(Purpose::Invitation.lasts()).unwrap_or(Timestamp::MAX);
        self.round += 1;
    }

    /// Gives another place.
    pub fn offer(&mut self, place: &Place) {
        let Place { roles, kind, groups } = place.clone();
        (self.roles, self.kind, self.groups) = (roles, kind, groups);
    }

    /// Ends it.
    pub fn end(&mut self, state: InvitationState, by: Option<UserId>, now: Timestamp) {
        self.ended = Some(InvitationEnd { state, at: now, by });
        self.digest = None;
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        match &self.ended {
            Some(end) => end.state,
            None if self.expires <= now => InvitationState::Expired,
            None => InvitationState::Pending,
        }
    }

    /// The mail that brings its link.
    pub fn mail(&self, tenant: TenantId, world: &World) -> IdentityMailRequest {
        let mail = IdentityMailKind::Invitation { tenant, invitation: self.id, round: self.round };
        let (id, email, at) = (MailId::new(world), self.email.clone(), world.now());
        IdentityMailRequest { id, email, mail, device: None, at }
    }
}

impl Entity for Invitation {
    type Id = InvitationId;
    const KIND: Kind = Kind::Invitation;
    const PREFIX: &'static str = keys::INVITATIONS;

    fn id(&self) -> InvitationId {
        self.id
    }

    fn version(&mut self) -> &mut u64 {
        &mut self.version
    }
}
