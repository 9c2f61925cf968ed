//! The addresses of one request, and what becomes of each.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{Email, InvitationState, UserId};
use vestibule_store::{Invitation, InviteeStanding as Standing};

use super::view::InvitationView;

/// What became of one address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteeView {
    /// Its place in the request, from 1.
    pub position: usize,
    /// The address as it is kept; absent of one that is malformed.
    pub email: Option<String>,
    /// `invited`, `already_invited`, `already_member`, `malformed`, `twice` or `too_many_mails`.
    pub result: &'static str,
    /// What that means, and what to do.
    pub detail: String,
    /// The invitation of this address.
    pub invitation: Option<InvitationView>,
    /// The member who has this address.
    pub member: Option<String>,
}

/// What becomes of an address.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// It is invited by this request.
    Invited(Box<Invitation>),
    /// It was invited before.
    Already(Box<Invitation>),
    /// A member has it.
    Member(UserId),
    /// It is no address; says what is wrong.
    Malformed(String),
    /// It stands further up.
    Twice,
    /// It gets too many mails.
    Limited,
}

/// One address.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) email: Option<Email>,
    /// What became of it, once that is known.
    pub(super) outcome: Option<Outcome>,
    /// Whether its invitation was written.
    pub(super) written: bool,
}

impl Line {
    fn of(email: Option<Email>, outcome: Option<Outcome>) -> Self {
        Self { email, outcome, written: false }
    }

    /// The invitation that is to be written.
    pub(super) fn to_write(&self) -> Option<&Invitation> {
        match &self.outcome {
            Some(Outcome::Invited(invitation)) if !self.written => Some(invitation),
            _ => None,
        }
    }

    /// The addresses as they were sent. A trailing space or another case is none of another one.
    pub(super) fn read(texts: &[String]) -> Vec<Self> {
        let mut seen = BTreeSet::new();
        let read = |text: &String| match Email::parse(text.trim()) {
            Err(invalid) => Self::of(None, Some(Outcome::Malformed(invalid.to_string()))),
            Ok(email) => {
                let twice = !seen.insert(email.as_str().to_lowercase());
                Self::of(Some(email), twice.then_some(Outcome::Twice))
            }
        };
        texts.iter().map(read).collect()
    }

    /// Decides by where the address stands; `fresh` makes an invitation of it.
    pub(super) fn decide(
        &mut self,
        standing: &Standing,
        fresh: impl FnOnce(&Email, Option<&Invitation>) -> Invitation,
        now: Timestamp,
    ) {
        let Some(email) = &self.email else { return };
        self.outcome = Some(match standing {
            Standing::Member(user) => Outcome::Member(*user),
            Standing::Invited(found) if found.state(now) == InvitationState::Pending => {
                Outcome::Already(found.clone())
            }
            Standing::Invited(expired) => Outcome::Invited(Box::new(fresh(email, Some(expired)))),
            Standing::Unknown => Outcome::Invited(Box::new(fresh(email, None))),
        });
    }

    pub(super) fn view(&self, at: usize, now: Timestamp) -> Option<InviteeView> {
        let outcome = self.outcome.as_ref()?;
        let (result, detail) = outcome.told();
        let (invitation, member) = match outcome {
            Outcome::Invited(invitation) | Outcome::Already(invitation) => {
                (Some(InvitationView::new(invitation, now)), None)
            }
            Outcome::Member(user) => (None, Some(user.to_string())),
            _ => (None, None),
        };
        let email = self.email.as_ref().map(|email| email.as_str().to_owned());
        Some(InviteeView { position: at + 1, email, result, detail, invitation, member })
    }
}

impl Outcome {
    fn told(&self) -> (&'static str, String) {
        let fixed = |result, detail: &str| (result, detail.to_owned());
        match self {
            Self::Invited(_) => fixed("invited", "A mail with the invitation is on its way."),
            Self::Already(_) => {
                fixed("already_invited", "There is a pending invitation; it can be sent again.")
            }
            Self::Member(_) => fixed("already_member", "Somebody with this address belongs to the team."),
            Self::Malformed(why) => ("malformed", why.clone()),
            Self::Twice => fixed("twice", "The address stands further up, too."),
            Self::Limited => {
                fixed("too_many_mails", "This address got several mails just now; wait a minute.")
            }
        }
    }
}
