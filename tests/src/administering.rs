//! Administrators of the platform.

use vestibule_auth::{Grant, PlatformScope, SystemTask};
use vestibule_domain::{UserId, UserName};
use vestibule_store::{Appointee, Appointment, Granted};

use crate::{Actor, App};

impl App {
    /// Makes somebody an administrator, in place of what they were; their user name is their id.
    pub async fn appoint(&self, user: UserId, grant: Grant) -> Granted {
        let (store, scope) = (self.stack.store(), PlatformScope::for_system(SystemTask::Operator));
        let (platform, administration) = (store.platform(), store.administration(&scope));
        let known = platform.find_user(user).await.expect("the table answers").expect("an account");
        let before = platform.find_grant(user).await.expect("the table answers");
        let username = UserName::parse(&user.ulid()).expect("a user name");
        let (person, before) = (Appointee::Known(&known), before.as_ref());
        let wanted = Appointment { person, grant, username: &username, before, mails: &[] };
        administration.give(&wanted, &self.world).await.expect("the grant is given")
    }

    /// Takes a grant away.
    pub async fn dismiss(&self, granted: &Granted) {
        let (store, scope) = (self.stack.store(), PlatformScope::for_system(SystemTask::Operator));
        store.administration(&scope).take(granted, &self.world).await.expect("the grant is taken");
    }
}

impl Actor {
    /// Their id.
    pub async fn id(&self) -> UserId {
        let me = self.get("/api/v1/auth/me").await.expect(200).body;
        me["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }
}
