//! Leaving Google Workspace. A suspended user gets no mail, so the address itself changes hands: the leaver gets another one, and the
//! old address becomes an alias of the successor.
//!
//! "When you rename a user, the user's old primary email address is retained as an alias"
//! (<https://support.google.com/a/answer/182084>), and "if you want to re-use the old address, you first need to delete the email alias"
//! (<https://support.google.com/a/answer/2622985>). Both were only read, not tried; how long the address is refused to others after that
//! no page tells, so it is tried again for a day.

use http::Method;
use serde_json::{Value, json};

use super::super::leaving::{HandOver, Standing};
use super::super::vendors::Call;
use super::super::{MailboxError, ProviderId};
use super::errors::Refusal;
use super::{Google, HOST, MARK, USERS, at, identified};

/// The address was let go a moment ago and cannot be taken yet.
const STILL_HELD: MailboxError = MailboxError::NotYet { code: "address_still_held" };

impl Google {
    pub(in super::super) async fn standing(&self, id: &ProviderId) -> Result<Option<Standing>, MailboxError> {
        let Some(user) = self.user(id.as_str()).await? else { return Ok(None) };
        let ours = |id: &&Value| id["customType"] == MARK;
        let marks = user["externalIds"].as_array().into_iter().flatten().filter(ours);
        let marks = marks.filter_map(|id| id["value"].as_str()).map(str::to_owned).collect();
        Ok(Some(Standing {
            address: user["primaryEmail"].as_str().map(str::to_owned),
            blocked: Some(user["suspended"] == true),
            marks: Some(marks),
        }))
    }

    pub(in super::super) async fn hand_over(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let user = self.user(over.leaver.as_str()).await?;
        let mut user = user.ok_or(GONE)?;
        let mut changed = false;
        if is(&user["primaryEmail"], over.address) {
            user = self.rename(over.leaver, over.departed).await?.ok_or(GONE)?;
            changed = true;
        } else if !is(&user["primaryEmail"], over.departed) {
            return Err(MailboxError::Permanent { code: "mailbox_renamed" });
        }
        if has_alias(&user, over.address) {
            self.drop_alias(over.leaver, over.address).await?;
            changed = true;
        }
        match self.add_alias(over.to, over.address).await {
            Ok(()) => Ok(()),
            Err(Refusal::Absent) => Err(MailboxError::Permanent { code: "successor_unknown" }),
            // Nobody else can have it so soon after it was ours.
            Err(Refusal::Taken) if changed => Err(STILL_HELD),
            Err(Refusal::Taken) => self.settled_at(over).await,
            Err(other) => Err(other.into_incomplete()),
        }
    }

    /// Who has the address that was refused as taken: the successor by an earlier call, nobody that is seen, or a third one.
    async fn settled_at(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        match self.user(over.address).await? {
            Some(holder) if identified(&holder)? == *over.to => Ok(()),
            // Seen as it was before.
            Some(holder) if identified(&holder)? == *over.leaver => Err(STILL_HELD),
            Some(_) => Err(MailboxError::Foreign),
            None if self.group_holds(over.address).await? => Err(MailboxError::Foreign),
            None => Err(STILL_HELD),
        }
    }

    pub(in super::super) async fn take_back(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let Some(mut user) = self.user(over.leaver.as_str()).await? else {
            return self.drop_alias(over.to, over.address).await;
        };
        if is(&user["primaryEmail"], over.departed) {
            if !has_alias(&user, over.address) {
                self.drop_alias(over.to, over.address).await?;
            }
            let Some(renamed) = self.rename(over.leaver, over.address).await? else { return Ok(()) };
            user = renamed;
        }
        if !has_alias(&user, over.departed) {
            return Ok(());
        }
        // The name of the time between is an alias now. That it went is not taken on trust: nobody would look again.
        self.drop_alias(over.leaver, over.departed).await?;
        match self.user(over.leaver.as_str()).await? {
            Some(user) if has_alias(&user, over.departed) => Err(STILL_HELD),
            _ => Ok(()),
        }
    }

    pub(in super::super) async fn unblock(&self, id: &ProviderId) -> Result<(), MailboxError> {
        match self.patch(id, json!({ "suspended": false })).await? {
            Some(user) if user["suspended"] != false => Err(UNREADABLE),
            _ => Ok(()),
        }
    }

    /// <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/signOut>
    pub(in super::super) async fn end_sessions(&self, id: &ProviderId) -> Result<(), MailboxError> {
        let [a, b, c, d, user] = at(&USERS, id.as_str());
        match self.send(Call::new(Method::POST, HOST, &[a, b, c, d, user, "signOut"])).await {
            Ok(answer) if answer.status == 204 || answer.body.is_object() => Ok(()),
            Ok(_) => Err(UNREADABLE),
            Err(other) => Err(other.into_incomplete()),
        }
    }

    /// Gives the user another primary address; `None` when there is none.
    async fn rename(&self, id: &ProviderId, address: &str) -> Result<Option<Value>, MailboxError> {
        let (path, body) = (at(&USERS, id.as_str()), json!({ "primaryEmail": address }));
        match self.send(Call::new(Method::PATCH, HOST, &path).body(body)).await {
            Ok(answer) => answer.object().map(Some),
            Err(Refusal::Absent) => Ok(None),
            Err(Refusal::Taken) => Err(STILL_HELD),
            Err(other) => Err(other.into_incomplete()),
        }
    }

    async fn add_alias(&self, id: &ProviderId, alias: &str) -> Result<(), Refusal> {
        let [a, b, c, d, user] = at(&USERS, id.as_str());
        let path = [a, b, c, d, user, "aliases"];
        let answer = self.send(Call::new(Method::POST, HOST, &path).body(json!({ "alias": alias }))).await?;
        if is(&answer.body["alias"], alias) { Ok(()) } else { Err(UNREADABLE.into()) }
    }

    /// Takes an alias from a user; one that is not there is fine.
    async fn drop_alias(&self, id: &ProviderId, alias: &str) -> Result<(), MailboxError> {
        let [a, b, c, d, user] = at(&USERS, id.as_str());
        match self.send(Call::new(Method::DELETE, HOST, &[a, b, c, d, user, "aliases", alias])).await {
            Ok(_) | Err(Refusal::Absent) => Ok(()),
            Err(other) => Err(other.into_incomplete()),
        }
    }
}

const UNREADABLE: MailboxError = MailboxError::Unknown { code: "answer_unreadable" };
const GONE: MailboxError = MailboxError::Permanent { code: "mailbox_gone" };

fn is(held: &Value, address: &str) -> bool {
    held.as_str().is_some_and(|held| held.eq_ignore_ascii_case(address))
}

fn has_alias(user: &Value, address: &str) -> bool {
    user["aliases"].as_array().is_some_and(|aliases| aliases.iter().any(|alias| is(alias, address)))
}
