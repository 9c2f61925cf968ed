//! An invitation as those see it who may see the team.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{Delivery, GroupId};
use vestibule_store::{Invitation, Seats};

/// An invitation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// Its id.
    #[schema(example = "inv_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// The names of the roles that it gives.
    pub roles: Vec<String>,
    /// `team`, `creator`, `contractor` or `vendor`.
    pub kind: &'static str,
    /// The ids of the groups that it gives.
    pub groups: Vec<String>,
    /// `pending`, `expired`, `accepted`, `revoked` or `declined`.
    pub status: &'static str,
    /// The id of whoever sent it last; if they may no longer give what it gives, it cannot be accepted.
    pub invited_by: String,
    /// When it was made.
    #[schema(value_type = String, format = "date-time")]
    pub created: Timestamp,
    /// When it was sent last.
    #[schema(value_type = String, format = "date-time")]
    pub sent: Timestamp,
    /// It can be accepted until then.
    #[schema(value_type = String, format = "date-time")]
    pub expires: Timestamp,
    /// How often it was sent.
    pub times_sent: u32,
    /// That its last mail did not arrive; `null` where that is not known.
    pub mail_problem: Option<InvitationMailProblem>,
    /// When it was accepted, revoked or declined.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub ended: Option<Timestamp>,
}

/// Why a mail did not arrive.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationMailProblem {
    /// `soft_bounced`, `rejected`, `bounced` or `complained`. After the last two the address gets no more mails until it is proved
    /// anew or an operator lifts that.
    pub state: &'static str,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    pub at: Timestamp,
}

impl From<Delivery> for InvitationMailProblem {
    fn from(delivery: Delivery) -> Self {
        Self { state: delivery.state.name(), at: delivery.at }
    }
}

impl InvitationView {
    /// How it looks at `now`.
    pub fn new(invitation: &Invitation, now: Timestamp) -> Self {
        let Invitation { id, email, roles, kind, groups, .. } = invitation;
        Self {
            id: id.to_string(),
            email: email.as_str().to_owned(),
            roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
            kind: kind.name(),
            groups: groups.iter().map(GroupId::to_string).collect(),
            status: invitation.state(now).name(),
            invited_by: invitation.inviter.to_string(),
            created: invitation.created,
            sent: invitation.sent,
            expires: invitation.expires,
            times_sent: invitation.round,
            mail_problem: invitation.problem.map(InvitationMailProblem::from),
            ended: invitation.ended.as_ref().map(|end| end.at),
        }
    }
}

/// The seats of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatsView {
    /// How many members there are.
    pub used: u32,
    /// How many the tier allows. An invitation takes its seat when it is accepted.
    pub most: u32,
}

impl From<Seats> for SeatsView {
    fn from(Seats { used, most }: Seats) -> Self {
        Self { used, most }
    }
}
