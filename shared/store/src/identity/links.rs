//! Mailed links: the table holds the hash of the one that counts. A newer link of the same kind
//! replaces the older one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_auth::{Purpose, TokenDigest};
use vestibule_domain::{Email, RegistrationId, User, UserId, UserState, World};

use crate::{
    AddressKey, Answer, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::damaged::behind,
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// Each change of address leaves a link to undo it; more changes wait until one of them ends.
const MOST_UNDO_LINKS: usize = 5;

/// The link of one kind that a person has been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Hash of its token.
    pub digest: TokenDigest,
    /// The address it is about. Sealed in the table.
    pub email: Email,
    /// The person's epoch when it was made: a password change ends it.
    pub epoch: u64,
    /// It counts until then.
    pub expires: Timestamp,
}

impl Command {
    /// Uses a link up; each one works once.
    pub(crate) fn using_link(self, user: UserId, purpose: &str, digest: &TokenDigest) -> Self {
        let link = Action::delete(&keys::link(user, purpose)).value(":digest", text(digest.as_str()));
        self.and(link.when("digest = :digest"), Conflict::LinkUsed)
    }
}

impl PlatformStore<'_> {
    /// Uses up a link that was mailed to `address` and opens nothing by itself.
    pub async fn use_link(
        &self,
        (user, address): (UserId, &AddressKey),
        (purpose, digest): (&str, &TokenDigest),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let command = Command::new().using_link(user, purpose, digest).proved(address);
        command.answering(answer, world)?.commit(self.store).await
    }

    /// Makes `link` the one that counts.
    pub async fn keep_link(&self, user: UserId, purpose: &str, link: &Link) -> Result<(), StoreError> {
        let name = self.link_name(purpose, &link.email);
        let mut row = to_row(&keys::link(user, &name), Kind::Link, link)?;
        row.insert("ttl".into(), number(link.expires.as_second()));
        Command::new().and(Action::put(row), Conflict::Stale).commit(self.store).await
    }

    /// Makes `digest` the hash of the registration's link.
    pub async fn keep_registration_link(
        &self,
        registration: RegistrationId,
        digest: &TokenDigest,
    ) -> Result<(), StoreError> {
        let keep = Action::update(&keys::registration(registration), "SET digest = :digest")
            .value(":digest", text(digest.as_str()))
            .when("attribute_exists(PK)");
        Command::new().and(keep, Conflict::LinkUsed).commit(self.store).await
    }

    /// A person who may act, or who sets their first password, and their link of a kind, if `digest` is its hash, it is alive at
    /// `now`, and nothing has ended it since: one round trip.
    pub async fn follow(
        &self,
        user: UserId,
        (purpose, digest): (&str, &TokenDigest),
        now: Timestamp,
    ) -> Result<Option<(User, Link)>, StoreError> {
        let mut rows = self.by_kind([keys::user(user), keys::link(user, purpose)].iter()).await?;
        let (Some(user), Some(link)) = (rows.remove("user"), rows.remove("link")) else {
            return Ok(None);
        };
        let (user, link): (User, Link) = (self.store.read(user)?, self.store.read(link)?);
        // A link that went to an address the person has no more opens nothing.
        let theirs = purpose == Purpose::ChangeEmail.name() || link.email == user.email;
        let counts = link.digest == *digest && now < link.expires && link.epoch == user.epoch && theirs;
        // Whoever was given an account proves the address by the link that sets their first password.
        let invited = user.status.state == UserState::Invited && purpose == Purpose::ResetPassword.name();
        Ok(Some((user, link)).filter(|(user, _)| counts && (user.is_active() || invited)))
    }

    /// A person and the link that undoes a change of their address, with the names of the links
    /// that end by using it: itself and every younger one. A password change does not end it:
    /// whoever took an account over would change that first.
    pub async fn follow_undo(
        &self,
        user: UserId,
        digest: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<(User, Link, Vec<String>)>, StoreError> {
        let purpose = Purpose::UndoEmail.name();
        let links = self.undo_links(user).await?;
        let Some(link) = links.iter().find(|link| link.digest == *digest && now < link.expires) else {
            return Ok(None);
        };
        let younger = links.iter().filter(|other| other.expires >= link.expires);
        let names = younger.map(|other| self.link_name(purpose, &other.email)).collect();
        let user = self.find_user(user).await?.filter(User::is_active);
        Ok(user.map(|user| (user, link.clone(), names)))
    }

    /// The links that undo a change of address, at most [`MOST_UNDO_LINKS`] of them alive.
    async fn undo_links(&self, user: UserId) -> Result<Vec<Link>, StoreError> {
        let prefix = keys::link(user, Purpose::UndoEmail.name()).sk;
        let rows = self.store.prefix_query(&keys::user(user).pk, &prefix).send().await?;
        let rows = rows.items.unwrap_or_default();
        self.store.sealer().freshen(&rows).await;
        Ok(self.store.listed(rows, |row| behind(row, "SK", &prefix))?.items)
    }

    /// Whether the address was changed so often of late that it cannot be changed once more.
    pub async fn is_restless(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let links = self.undo_links(user).await?;
        Ok(links.iter().filter(|link| now < link.expires).count() >= MOST_UNDO_LINKS)
    }

    /// A person has one link of a kind, but one that undoes a change for each address they had.
    fn link_name(self, purpose: &str, email: &Email) -> String {
        if purpose == Purpose::UndoEmail.name() {
            format!("{purpose}#{}", self.store.sealer().address_key(email))
        } else {
            purpose.to_owned()
        }
    }
}
