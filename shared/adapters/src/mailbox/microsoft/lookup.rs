//! Who holds an address in a directory, and whether there are licences.

use http::Method;

use super::super::MailboxError;
use super::super::vendors::Call;
use super::errors::Refusal;
use super::{FIELDS, HOST, Microsoft, VERSION};
use serde_json::Value;

impl Microsoft {
    /// The user with this id or sign-in name.
    pub(super) async fn user(&self, key: &str) -> Result<Option<Value>, MailboxError> {
        let path = [VERSION, "users", key];
        match self.send(Call::new(Method::GET, HOST, &path).query(&[("$select", FIELDS)])).await {
            Ok(answer) => answer.object().map(Some),
            Err(Refusal::Absent) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Whether one of `collection` (`users` or `groups`) receives mail at `address`.
    pub(super) async fn holds(&self, collection: &str, address: &str) -> Result<bool, MailboxError> {
        let quoted = address.replace('\'', "''");
        let filter = format!("proxyAddresses/any(held:held eq 'smtp:{quoted}')");
        let query = [("$filter", filter.as_str()), ("$select", "id"), ("$top", "1")];
        let answer = self.send(Call::new(Method::GET, HOST, &[VERSION, collection]).query(&query)).await?;
        let found = answer.body["value"].as_array().ok_or(UNREADABLE)?;
        Ok(!found.is_empty())
    }

    /// Why a licence was refused for good.
    pub(super) async fn why_unlicensed(&self) -> MailboxError {
        match self.free_licences().await {
            Ok(None) => MailboxError::Permanent { code: "licence_unknown" },
            Ok(Some(free)) if free <= 0 => MailboxError::Permanent { code: "licences_used_up" },
            Ok(Some(_)) => MailboxError::Permanent { code: "licence_refused" },
            Err(error) => error,
        }
    }

    /// How many licences of the chosen kind nobody has; `None` when the directory has none of that kind.
    pub(super) async fn free_licences(&self) -> Result<Option<i64>, MailboxError> {
        let answer = self.send(Call::new(Method::GET, HOST, &[VERSION, "subscribedSkus"])).await?;
        let kinds = answer.body["value"].as_array().ok_or(UNREADABLE)?;
        let ours = kinds.iter().find(|kind| kind["skuId"] == self.licence.as_str());
        Ok(ours.map(|kind| {
            let bought = kind["prepaidUnits"]["enabled"].as_i64().unwrap_or_default();
            bought - kind["consumedUnits"].as_i64().unwrap_or_default()
        }))
    }
}

pub(super) const UNREADABLE: MailboxError = MailboxError::Unknown { code: "answer_unreadable" };
