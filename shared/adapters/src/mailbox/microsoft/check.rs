//! What a directory of Microsoft 365 lets us do. That users may be written shows with the first one: a right is not seen without using it.

use http::Method;

use super::super::MailboxError;
use super::super::check::{Check, NO_DOMAIN};
use super::super::vendors::Call;
use super::lookup::UNREADABLE;
use super::{HOST, Microsoft, VERSION};

impl Microsoft {
    pub(in super::super) async fn check(&self, domain: Option<&str>) -> Vec<Check> {
        let domain = match domain {
            Some(domain) => self.knows(domain).await,
            None => Check::missing("domain", NO_DOMAIN),
        };
        vec![
            Check::ok("access"),
            domain,
            Check::of("users", self.reads("users").await),
            Check::of("groups", self.reads("groups").await),
            self.licences().await,
        ]
    }

    async fn knows(&self, domain: &str) -> Check {
        const NAME: &str = "domain";
        let verified = match self.domains().await {
            // Domains are read here only: without the right to it, mailboxes are made all the same.
            Err(MailboxError::Permanent { code: "rights_missing" }) => {
                return Check::unknown(NAME, "domains_unseen");
            }
            Err(error) => return Check::failed(NAME, &error),
            Ok(known) => known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(domain)),
        };
        match verified {
            Some((_, true)) => Check::ok(NAME),
            Some((_, false)) => Check::missing(NAME, "mail_domain_unverified"),
            None => Check::missing(NAME, "mail_domain_not_found"),
        }
    }

    /// The domains of the directory, each with whether it is verified.
    async fn domains(&self) -> Result<Vec<(String, bool)>, MailboxError> {
        let answer = self.send(Call::new(Method::GET, HOST, &[VERSION, "domains"])).await?;
        let all = answer.body["value"].as_array().ok_or(UNREADABLE)?;
        let read = |it: &serde_json::Value| Some((it["id"].as_str()?.to_owned(), it["isVerified"] == true));
        Ok(all.iter().filter_map(read).collect())
    }

    async fn reads(&self, collection: &str) -> Result<(), MailboxError> {
        let query = [("$top", "1"), ("$select", "id")];
        let path = [VERSION, collection];
        let call = Call::new(Method::GET, HOST, &path).query(&query);
        self.send(call).await.map(drop).map_err(MailboxError::from)
    }

    async fn licences(&self) -> Check {
        const NAME: &str = "licences";
        match self.free_licences().await {
            Ok(Some(free)) if free > 0 => Check { count: Some(free), ..Check::ok(NAME) },
            Ok(Some(_)) => Check { count: Some(0), ..Check::missing(NAME, "licences_used_up") },
            Ok(None) => Check::missing(NAME, "licence_unknown"),
            Err(error) => Check::failed(NAME, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::vendors::stub::{Stub, answering};
    use super::*;
    use crate::mailbox::CheckState;
    use serde_json::{Value, json};
    use vestibule_domain::DirectoryId;

    const SKU: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    async fn checked(answers: &[(&str, u16, Value)]) -> Vec<(&'static str, CheckState, &'static str)> {
        let answers: Vec<_> = answers
            .iter()
            .map(|(path, status, body)| (format!("/graph.microsoft.com/v1.0/{path}"), *status, body.clone()))
            .collect();
        let answers: Vec<_> =
            answers.iter().map(|(path, status, body)| (path.as_str(), *status, body.clone())).collect();
        let stub = Stub::start(answering(&answers)).await;
        let (licence, country) = (DirectoryId::parse(SKU).unwrap(), "US".to_owned());
        let microsoft = Microsoft { access: stub.access(), licence, country };
        let found = microsoft.check(Some("acme.example")).await;
        found.into_iter().map(|check| (check.name, check.state, check.code)).collect()
    }

    fn sku(enabled: i64, consumed: i64) -> Value {
        json!({ "value": [{ "skuId": SKU, "prepaidUnits": { "enabled": enabled }, "consumedUnits": consumed }] })
    }

    fn domain(name: &str, verified: bool) -> Value {
        json!({ "value": [{ "id": name, "isVerified": verified }] })
    }

    #[tokio::test]
    async fn everything_there_is_told_as_there() {
        let list = json!({ "value": [] });
        let all = [
            ("domains", 200, domain("Acme.example", true)),
            ("users", 200, list.clone()),
            ("groups", 200, list),
            ("subscribedSkus", 200, sku(5, 3)),
        ];
        assert!(checked(&all).await.iter().all(|(_, state, code)| *state == CheckState::Ok && *code == "ok"));
    }

    #[tokio::test]
    async fn each_missing_thing_is_told_by_itself() {
        let denied = json!({ "error": { "code": "Authorization_RequestDenied" } });
        let all = [
            ("domains", 200, domain("acme.example", false)),
            ("users", 403, denied.clone()),
            ("groups", 403, denied.clone()),
            ("subscribedSkus", 200, sku(3, 3)),
        ];
        let missing = |name, code| (name, CheckState::Missing, code);
        assert_eq!(
            checked(&all).await[1..],
            [
                missing("domain", "mail_domain_unverified"),
                missing("users", "rights_missing"),
                missing("groups", "rights_missing"),
                missing("licences", "licences_used_up"),
            ]
        );
        let others = [
            ("domains", 403, denied),
            ("users", 429, json!({})),
            ("groups", 503, json!({})),
            ("subscribedSkus", 200, json!({ "value": [] })),
        ];
        let unknown = |name, code| (name, CheckState::Unknown, code);
        assert_eq!(
            checked(&others).await[1..],
            [
                unknown("domain", "domains_unseen"),
                unknown("users", "throttled"),
                unknown("groups", "internal_failure"),
                missing("licences", "licence_unknown"),
            ]
        );
    }
}
