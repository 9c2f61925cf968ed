//! The rows of a file by which many people are invited, and what becomes of each.

use serde::{Deserialize, Serialize};

/// One row of the file, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Its line in the file, from 1; the names of the columns are in line 1.
    pub line: u64,
    /// The address; as it stood in the file where it is none.
    pub email: String,
    /// The names of the roles.
    pub roles: Vec<String>,
    /// The kind of member.
    pub kind: Option<String>,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// Why it cannot be used, if that showed when the file was taken.
    pub refused: Option<RowResult>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowResult {
    /// In a word.
    pub class: RowClass,
    /// What that means, and what to do.
    pub detail: String,
}

/// What becomes of a row, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowClass {
    /// It can be imported.
    Ready,
    /// It was imported: the person is invited.
    Invited,
    /// It cannot be read.
    Malformed,
    /// Its address stands further up.
    Twice,
    /// Its address is invited already.
    AlreadyInvited,
    /// A member has its address.
    AlreadyMember,
    /// It gives more than the one who imports holds.
    RoleAboveYours,
    /// Its address got several mails just now.
    TooManyMails,
    /// It can be imported, and more people are invited by then than there are seats.
    BeyondSeats,
}

impl RowClass {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Ready,
        Self::Invited,
        Self::Malformed,
        Self::Twice,
        Self::AlreadyInvited,
        Self::AlreadyMember,
        Self::RoleAboveYours,
        Self::TooManyMails,
        Self::BeyondSeats,
    ];

    /// Its name in answers and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Invited => "invited",
            Self::Malformed => "malformed",
            Self::Twice => "twice",
            Self::AlreadyInvited => "already_invited",
            Self::AlreadyMember => "already_member",
            Self::RoleAboveYours => "role_above_yours",
            Self::TooManyMails => "too_many_mails",
            Self::BeyondSeats => "beyond_seats",
        }
    }

    /// What it means and what to do, where there is nothing more to say.
    pub fn about(self) -> &'static str {
        match self {
            Self::Ready => "The person will be invited.",
            Self::Invited => "A mail with the invitation is on its way.",
            Self::Malformed => "Correct the row.",
            Self::Twice => "The address stands further up, too.",
            Self::AlreadyInvited => "There is a pending invitation; it can be sent again.",
            Self::AlreadyMember => "Somebody with this address belongs to the team.",
            Self::TooManyMails => "This address got several mails just now; import it again later.",
            Self::RoleAboveYours => "The roles allow what you do not hold.",
            Self::BeyondSeats => {
                "The person will be invited. There are not seats for all: who answers first joins."
            }
        }
    }
}

impl From<RowClass> for RowResult {
    fn from(class: RowClass) -> Self {
        Self { class, detail: class.about().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_stored_as_they_are_named() {
        for class in RowClass::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        }
    }
}
