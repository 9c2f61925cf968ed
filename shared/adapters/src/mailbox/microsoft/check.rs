//! What a directory of Microsoft 365 lets us do. What only changing something would prove is read from the rights in the token.

use http::Method;

use super::super::MailboxError;
use super::super::check::{Check, CheckState, NO_DOMAIN};
use super::super::vendors::Call;
use super::lookup::UNREADABLE;
use super::rights::Rights;
use super::{HOST, Microsoft, VERSION};

impl Microsoft {
    pub(in super::super) async fn check(&self, domain: Option<&str>) -> Vec<Check> {
        let domain = match domain {
            Some(domain) => self.knows(domain).await,
            None => Check::missing("domain", NO_DOMAIN),
        };
        let rights = Rights::of(&self.access);
        let checks = vec![
            Check::ok("access"),
            domain,
            self.users(&rights).await,
            passwords(&rights),
            Check::of("groups", self.reads("groups").await),
            self.licences().await,
        ];
        if checks.iter().any(|check| check.state == CheckState::Missing) {
            // The next look is to see what was given since: a token keeps the rights of its time.
            self.access.forget();
        }
        checks
    }

    async fn users(&self, rights: &Rights) -> Check {
        const NAME: &str = "users";
        match (self.reads(NAME).await, rights.write_users()) {
            (Err(error), _) => Check::failed(NAME, &error),
            (Ok(()), Some(true)) => Check::ok(NAME),
            (Ok(()), Some(false)) => Check::missing(NAME, "users_read_only"),
            (Ok(()), None) => Check { code: "rights_unseen", ..Check::ok(NAME) },
        }
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

fn passwords(rights: &Rights) -> Check {
    const NAME: &str = "passwords";
    match rights.set_passwords() {
        Some(true) => Check::ok(NAME),
        Some(false) => Check::missing(NAME, "rights_missing"),
        None => Check::unknown(NAME, "rights_unseen"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::vendors::stub::{Stub, answering};
    use super::*;
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    use serde_json::{Value, json};
    use vestibule_domain::DirectoryId;

    const SKU: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    type Found = Vec<(&'static str, CheckState, &'static str)>;

    /// A token with these claims.
    fn token(claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.signature", part(&json!({ "typ": "JWT", "alg": "RS256" })), part(claims))
    }

    async fn checked(answers: &[(&str, u16, Value)], token: &str) -> Found {
        let answers: Vec<_> = answers
            .iter()
            .map(|(path, status, body)| (format!("/graph.microsoft.com/v1.0/{path}"), *status, body.clone()))
            .collect();
        let answers: Vec<_> =
            answers.iter().map(|(path, status, body)| (path.as_str(), *status, body.clone())).collect();
        let stub = Stub::start(answering(&answers)).await;
        let (licence, country) = (DirectoryId::parse(SKU).unwrap(), "US".to_owned());
        let microsoft = Microsoft { access: stub.access_with(token), licence, country };
        let found = microsoft.check(Some("acme.example")).await;
        found.into_iter().map(|check| (check.name, check.state, check.code)).collect()
    }

    fn sku(enabled: i64, consumed: i64) -> Value {
        json!({ "value": [{ "skuId": SKU, "prepaidUnits": { "enabled": enabled }, "consumedUnits": consumed }] })
    }

    fn domain(name: &str, verified: bool) -> Value {
        json!({ "value": [{ "id": name, "isVerified": verified }] })
    }

    fn everything() -> [(&'static str, u16, Value); 4] {
        let list = json!({ "value": [] });
        [
            ("domains", 200, domain("Acme.example", true)),
            ("users", 200, list.clone()),
            ("groups", 200, list),
            ("subscribedSkus", 200, sku(5, 3)),
        ]
    }

    fn all_rights() -> String {
        token(&json!({ "roles": ["User.ReadWrite.All", "User-PasswordProfile.ReadWrite.All"] }))
    }

    #[tokio::test]
    async fn everything_there_is_told_as_there() {
        let found = checked(&everything(), &all_rights()).await;
        assert!(found.iter().all(|(_, state, code)| *state == CheckState::Ok && *code == "ok"), "{found:?}");
    }

    #[tokio::test]
    async fn what_only_a_change_would_prove_is_read_from_the_token() {
        let of = async |token: &str| {
            let found = checked(&everything(), token).await;
            [2, 3].map(|at| (found[at].1, found[at].2))
        };
        let (ok, missing) = (CheckState::Ok, CheckState::Missing);
        let roles = |names: &[&str]| token(&json!({ "roles": names }));
        // The wide right does not contain the one to passwords.
        for (names, users, passwords) in [
            (&["Directory.ReadWrite.All"][..], (ok, "ok"), (missing, "rights_missing")),
            (&["User.ReadWrite.All"], (ok, "ok"), (missing, "rights_missing")),
            (
                &["User.Read.All", "User-PasswordProfile.ReadWrite.All"],
                (missing, "users_read_only"),
                (ok, "ok"),
            ),
            (&[], (missing, "users_read_only"), (missing, "rights_missing")),
        ] {
            assert_eq!(of(&roles(names)).await, [users, passwords], "{names:?}");
        }
        let unseen = [(ok, "rights_unseen"), (CheckState::Unknown, "rights_unseen")];
        for dark in ["opaque", "a.b.c", &token(&json!({ "aud": "x" })), &token(&json!({ "roles": "x" }))] {
            assert_eq!(of(dark).await, unseen, "{dark}");
        }
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
            checked(&all, &token(&json!({ "roles": ["Domain.Read.All"] }))).await[1..],
            [
                missing("domain", "mail_domain_unverified"),
                missing("users", "rights_missing"),
                missing("passwords", "rights_missing"),
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
            checked(&others, &all_rights()).await[1..],
            [
                unknown("domain", "domains_unseen"),
                unknown("users", "throttled"),
                ("passwords", CheckState::Ok, "ok"),
                unknown("groups", "internal_failure"),
                missing("licences", "licence_unknown"),
            ]
        );
    }
}
