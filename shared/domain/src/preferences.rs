//! Which mails a member does not want from a tenant.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a mail is about that one may switch off. Mails about one's own security have no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTopic {
    /// Somebody else changed one's roles, or suspended or removed one.
    Membership,
}

/// A member's choice in one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// The topics that are switched off.
    pub off: BTreeSet<MailTopic>,
    /// Counts its writes.
    pub version: u64,
}

impl Preferences {
    /// Whether mails about a topic are wanted.
    pub fn wants(&self, topic: MailTopic) -> bool {
        !self.off.contains(&topic)
    }

    /// Wants them, or not.
    pub fn set(&mut self, topic: MailTopic, wanted: bool) {
        if wanted {
            self.off.remove(&topic);
        } else {
            self.off.insert(topic);
        }
    }
}
