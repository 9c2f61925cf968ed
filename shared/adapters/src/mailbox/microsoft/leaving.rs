//! Leaving Microsoft 365. The mailbox of a user who may not sign in still gets mail, so a rule of its inbox sends it on
//! (<https://learn.microsoft.com/graph/api/mailfolder-post-messagerules>). That it does so for a disabled user was only read, not tried.

use http::Method;
use serde_json::json;

use super::super::leaving::{HandOver, Standing};
use super::super::vendors::Call;
use super::super::{MailboxError, ProviderId};
use super::errors::Refusal;
use super::lookup::UNREADABLE;
use super::{HOST, Microsoft, UNSEEN, VERSION};

impl Microsoft {
    pub(in super::super) async fn standing(&self, id: &ProviderId) -> Result<Option<Standing>, MailboxError> {
        let Some(user) = self.user(id.as_str()).await? else { return Ok(None) };
        Ok(Some(Standing {
            address: user["userPrincipalName"].as_str().map(str::to_owned),
            blocked: Some(user["accountEnabled"] != true),
            // The mark went when the mailbox came.
            marks: None,
        }))
    }

    pub(in super::super) async fn hand_over(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let rules = self.rules_named(over.leaver, over.mark).await?;
        let rules = rules.ok_or(MailboxError::Permanent { code: "mailbox_gone" })?;
        if !rules.is_empty() {
            return Ok(());
        }
        let rule = json!({
            "displayName": over.mark,
            "sequence": 1,
            "isEnabled": true,
            // The sender stays the sender, and no other rule hides the message.
            "actions": {
                "redirectTo": [{ "emailAddress": { "address": over.to_address } }],
                "stopProcessingRules": true,
            },
        });
        let path = rules_of(over.leaver);
        let answer = self.send(Call::new(Method::POST, HOST, &path).body(rule)).await?;
        if answer.body["id"].is_string() { Ok(()) } else { Err(UNREADABLE) }
    }

    pub(in super::super) async fn take_back(&self, over: &HandOver<'_>) -> Result<(), MailboxError> {
        let rules = self.rules_named(over.leaver, over.mark).await?.unwrap_or_default();
        if rules.is_empty() {
            return Ok(());
        }
        for rule in rules {
            let path: Vec<&str> = rules_of(over.leaver).into_iter().chain([rule.as_str()]).collect();
            match self.send(Call::new(Method::DELETE, HOST, &path)).await {
                Ok(_) | Err(Refusal::Absent) => {}
                Err(other) => return Err(other.into()),
            }
        }
        // That they went is not taken on trust: nobody would look again.
        match self.rules_named(over.leaver, over.mark).await? {
            Some(left) if !left.is_empty() => Err(MailboxError::NotYet { code: "rule_still_there" }),
            _ => Ok(()),
        }
    }

    /// The ids of the inbox's rules with this name; `None` when there is no such mailbox.
    async fn rules_named(&self, id: &ProviderId, name: &str) -> Result<Option<Vec<String>>, MailboxError> {
        let answer = match self.send(Call::new(Method::GET, HOST, &rules_of(id))).await {
            Ok(answer) => answer,
            Err(Refusal::Absent) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        let rules = answer.body["value"].as_array().ok_or(UNREADABLE)?;
        let ours = rules.iter().filter(|rule| rule["displayName"] == name);
        Ok(Some(ours.filter_map(|rule| rule["id"].as_str()).map(str::to_owned).collect()))
    }

    /// Lets the user sign in or not, and looks that it is so; an absent one is fine.
    pub(in super::super) async fn switch(&self, id: &ProviderId, enabled: bool) -> Result<(), MailboxError> {
        self.patch(id, json!({ "accountEnabled": enabled })).await?;
        match self.user(id.as_str()).await? {
            Some(user) if user["accountEnabled"] != enabled => Err(UNSEEN),
            _ => Ok(()),
        }
    }

    /// <https://learn.microsoft.com/graph/api/user-revokesigninsessions>; "there might be a small delay of a few minutes".
    pub(in super::super) async fn end_sessions(&self, id: &ProviderId) -> Result<(), MailboxError> {
        let path = [VERSION, "users", id.as_str(), "revokeSignInSessions"];
        let answer = self.send(Call::new(Method::POST, HOST, &path)).await?;
        if answer.body["value"] == true { Ok(()) } else { Err(UNREADABLE) }
    }
}

fn rules_of(id: &ProviderId) -> [&str; 6] {
    [VERSION, "users", id.as_str(), "mailFolders", "inbox", "messageRules"]
}
