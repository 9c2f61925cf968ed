//! The test kit's stack, with the tools of this function.

use std::ops::Deref;

use vestibule_api::EventFunction as _;
use vestibule_domain::{FirstPassword, MailboxProvider};
use vestibule_mailbox_step::Tools;
use vestibule_saga_kit as kit;

use crate::directory::slow_down;

/// Everything a case needs that cases of one test can share.
pub(crate) struct Stack {
    /// What the sagas work with.
    pub(crate) tools: Tools,
    /// Where its firms have their mailboxes.
    pub(crate) provider: MailboxProvider,
    /// How the firms' people come to their passwords.
    pub(crate) way: FirstPassword,
    kit: kit::Stack,
}

impl Stack {
    /// Starts everything within the test's own runtime. Passwords are mailed.
    pub(crate) async fn start(provider: MailboxProvider) -> Self {
        Self::telling(provider, FirstPassword::Mailed).await
    }

    /// The same with a way in which people come to their passwords.
    pub(crate) async fn telling(provider: MailboxProvider, way: FirstPassword) -> Self {
        let kit = kit::Stack::start().await;
        slow_down(&kit.cloud);
        let tools = Tools::open(&kit.settings, kit.world.clone()).await.unwrap();
        Self { tools, provider, way, kit }
    }

    /// A number that no firm of this stack has yet.
    pub(crate) fn next_firm(&self) -> u64 {
        self.kit.next_number()
    }
}

impl Deref for Stack {
    type Target = kit::Stack;

    fn deref(&self) -> &kit::Stack {
        &self.kit
    }
}
