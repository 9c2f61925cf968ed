//! The page behind the link of a welcome mail, where the owner of a mailbox chooses its password. Whoever opens it is no caller:
//! the link is the credential. The password goes to the mailbox's provider and is kept nowhere.

pub mod page;
mod refusal;
mod set_password;

use std::sync::Arc;

use axum::extract::FromRef;
use vestibule_api::{
    HttpFunction, Settings,
    limiting::limits,
    mailboxes::Providers,
    state::{StartError, open_store, password_policy},
};
use vestibule_auth::Policy;
use vestibule_domain::World;
use vestibule_pages::Pages;
use vestibule_store::{Limits, Store};

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct MailboxPassword {
    /// The table.
    pub store: Store,
    /// Clock and randomness.
    pub world: World,
    /// How often a source may come, and a link be tried, in a minute.
    pub limits: Limits,
    /// What a new password must be, whatever the provider takes.
    pub policy: Policy,
    /// Where mailboxes are.
    pub providers: Providers,
    /// The pages for browsers.
    pub pages: Arc<Pages>,
}

vestibule_api::operations! {
    MailboxPassword:
        page::show_mailbox_password,
        page::post_mailbox_password,
}

impl HttpFunction for MailboxPassword {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let pages = Pages::new(settings.product()?, settings.site()?, None);
        Ok(Self {
            pages: Arc::new(pages.map_err(|error| StartError::outside("the pages", error))?),
            store: open_store(settings, &world).await?,
            world,
            limits: limits(settings)?,
            policy: password_policy(settings)?,
            providers: Providers::open(settings)?,
        })
    }
}
