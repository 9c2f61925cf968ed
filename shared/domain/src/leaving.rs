//! The leaving of a hire: who has the mail from then on, and what became of mailbox and address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Address, Invalid, JobId};

/// Days between the start and the deletion of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeavingDays(u16);

impl LeavingDays {
    /// The longest, in days.
    pub const MOST: i64 = 365;

    /// Takes a number of days as a person or program gave it.
    ///
    /// # Errors
    /// It is not between 1 and 365.
    pub fn parse(days: i64) -> Result<Self, Invalid> {
        let fits = u16::try_from(days).ok().filter(|_| (1..=Self::MOST).contains(&days));
        fits.map(Self).ok_or_else(|| Invalid::new("Give a number of days from 1 to 365."))
    }

    /// The time of the deletion, when the leaving begins at `now`.
    pub fn after(self, now: Timestamp) -> Timestamp {
        let wait = jiff::SignedDuration::from_hours(24 * i64::from(self.0));
        now.saturating_add(wait).unwrap_or(Timestamp::MAX)
    }
}

impl Default for LeavingDays {
    fn default() -> Self {
        Self(30)
    }
}

/// What became of the address of a mailbox that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressFate {
    /// Nobody gets it before this time.
    Reserved(Timestamp),
    /// It is a further address of the one who has the mail; nobody else gets it.
    HandedOver,
    /// It can be given to somebody else since this time.
    Free(Timestamp),
}

/// A mailbox that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedMailbox {
    /// When it was.
    pub at: Timestamp,
    /// Its address.
    pub address: Address,
    /// What became of that.
    pub fate: AddressFate,
}

/// The leaving of a hire, from its start on; gone when it was called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The job that does it.
    pub job: JobId,
    /// The address of the one who has the mail from then on, if anybody.
    pub hand_over_to: Option<Address>,
    /// When the mailbox is deleted.
    pub deletes_at: Timestamp,
    /// The mailbox, once it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<DeletedMailbox>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_kept_for_a_day_to_a_year() {
        for refused in [i64::MIN, -1, 0, 366, i64::MAX] {
            assert!(LeavingDays::parse(refused).is_err(), "{refused}");
        }
        let after = |days| LeavingDays::parse(days).unwrap().after(Timestamp::UNIX_EPOCH).as_second();
        assert_eq!((after(1), after(365)), (86_400, 365 * 86_400));
        assert_eq!(LeavingDays::default(), LeavingDays::parse(30).unwrap());
        assert_eq!(LeavingDays::default().after(Timestamp::MAX), Timestamp::MAX);
    }
}
