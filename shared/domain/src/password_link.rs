//! The link by which the owner of a mailbox chooses its password.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is kept of such a link: nothing that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLink {
    /// The hash of its token: 43 characters of base64url.
    pub digest: String,
    /// Until when it works.
    pub expires: Timestamp,
    /// A request that has taken it may be at the provider until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_until: Option<Timestamp>,
    /// When a password was set by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
    /// Why the provider set no password the last time, as a stable code; only what the owner cannot mend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordLinkState {
    /// It works.
    Open,
    /// A request is setting a password by it.
    Taken,
    /// A password was set by it.
    Used,
    /// It is too old.
    Expired,
}

impl PasswordLink {
    /// A link that works until `expires`.
    #[must_use]
    pub fn new(digest: &str, expires: Timestamp) -> Self {
        Self { digest: digest.to_owned(), expires, taken_until: None, used: None, refused: None }
    }

    /// Where it stands at `now`. One that is taken stays so past its end, until the request is known to be over.
    pub fn state(&self, now: Timestamp) -> PasswordLinkState {
        if self.used.is_some() {
            PasswordLinkState::Used
        } else if self.taken_until.is_some_and(|until| now < until) {
            PasswordLinkState::Taken
        } else if now < self.expires {
            PasswordLinkState::Open
        } else {
            PasswordLinkState::Expired
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_link_is_open_until_it_is_used_or_too_old() {
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let mut link = PasswordLink::new("digest", at(100));
        assert_eq!(link.state(at(99)), PasswordLinkState::Open);
        assert_eq!(link.state(at(100)), PasswordLinkState::Expired);
        link.taken_until = Some(at(110));
        for taken in [0, 99, 100, 109] {
            assert_eq!(link.state(at(taken)), PasswordLinkState::Taken, "{taken}");
        }
        assert_eq!(link.state(at(110)), PasswordLinkState::Expired);
        (link.taken_until, link.expires) = (Some(at(50)), at(100));
        assert_eq!(link.state(at(50)), PasswordLinkState::Open, "its request is over");
        link.used = Some(at(60));
        assert_eq!(link.state(at(61)), PasswordLinkState::Used);
    }
}
