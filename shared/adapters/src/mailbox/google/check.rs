//! What a customer of Google Workspace lets us do. Only users and groups may be read: both scopes are asked for with the token, so a token
//! means that both are delegated.

use http::Method;

use super::super::MailboxError;
use super::super::check::{Check, NO_DOMAIN};
use super::super::vendors::Call;
use super::errors::Refusal;
use super::{GROUPS, Google, HOST, USERS, at};

impl Google {
    pub(in super::super) async fn check(&self, domain: Option<&str>) -> Vec<Check> {
        let domain = match domain {
            Some(domain) => self.knows(domain).await,
            None => Check::missing("domain", NO_DOMAIN),
        };
        vec![
            Check::ok("access"),
            self.administrator().await,
            domain,
            Check::of("groups", self.reads_groups().await),
            // Google tells of licences in an API that nobody has delegated to us.
            Check::unknown("licences", "licences_unseen"),
        ]
    }

    async fn administrator(&self) -> Check {
        const NAME: &str = "administrator";
        match self.user(&self.admin).await {
            Ok(Some(user)) if user["suspended"] == true => Check::missing(NAME, "administrator_suspended"),
            Ok(Some(user)) if user["isAdmin"] == true => Check::ok(NAME),
            // Which rights a role of the business's own has is nothing that we may read.
            Ok(Some(user)) if user["isDelegatedAdmin"] == true => {
                Check::unknown(NAME, "administrator_delegated")
            }
            Ok(Some(_)) => Check::missing(NAME, "administrator_without_rights"),
            Ok(None) => Check::missing(NAME, "administrator_unknown"),
            Err(error) => Check::failed(NAME, &error),
        }
    }

    /// Whether the customer has the domain: users are listed by domain, and those of others are nobody's to see.
    async fn knows(&self, domain: &str) -> Check {
        const NAME: &str = "domain";
        let query = [("domain", domain), ("maxResults", "1"), ("fields", "kind")];
        match self.send(Call::new(Method::GET, HOST, &USERS).query(&query)).await {
            Ok(_) => Check::ok(NAME),
            Err(Refusal::Absent) => Check::missing(NAME, "mail_domain_not_found"),
            Err(other) => Check::failed(NAME, &other.into()),
        }
    }

    /// Whether groups may be read: the answer for an address that is a person's is that there is none.
    async fn reads_groups(&self) -> Result<(), MailboxError> {
        let path = at(&GROUPS, &self.admin);
        match self.send(Call::new(Method::GET, HOST, &path)).await {
            Ok(_) | Err(Refusal::Absent) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::vendors::stub::{Stub, answering};
    use super::*;
    use crate::mailbox::CheckState;
    use serde_json::{Value, json};

    async fn checked(answers: &[(&str, u16, Value)]) -> Vec<(&'static str, CheckState, &'static str)> {
        let stub = Stub::start(answering(answers)).await;
        let google = Google { access: stub.access(), admin: "ada@acme.example".to_owned() };
        let found = google.check(Some("acme.example")).await;
        found.into_iter().map(|check| (check.name, check.state, check.code)).collect()
    }

    const ADMIN: &str = "/admin.googleapis.com/admin/directory/v1/users/ada@acme.example";
    const USERS_OF: &str = "/admin.googleapis.com/admin/directory/v1/users";
    const GROUP: &str = "/admin.googleapis.com/admin/directory/v1/groups/ada@acme.example";

    fn refused(reason: &str) -> Value {
        json!({ "error": { "errors": [{ "reason": reason }] } })
    }

    #[tokio::test]
    async fn everything_there_is_told_as_there() {
        let admin = json!({ "isAdmin": true, "suspended": false });
        let all = [(ADMIN, 200, admin), (USERS_OF, 200, json!({})), (GROUP, 404, refused("notFound"))];
        assert_eq!(
            checked(&all).await,
            [
                ("access", CheckState::Ok, "ok"),
                ("administrator", CheckState::Ok, "ok"),
                ("domain", CheckState::Ok, "ok"),
                ("groups", CheckState::Ok, "ok"),
                ("licences", CheckState::Unknown, "licences_unseen"),
            ]
        );
    }

    #[tokio::test]
    async fn each_missing_thing_is_told_by_itself() {
        let plain = json!({ "isAdmin": false, "isDelegatedAdmin": false, "suspended": false });
        let all = [
            (ADMIN, 200, plain),
            (USERS_OF, 404, refused("notFound")),
            (GROUP, 403, refused("insufficientPermissions")),
        ];
        let missing = |name, code| (name, CheckState::Missing, code);
        assert_eq!(
            checked(&all).await[1..4],
            [
                missing("administrator", "administrator_without_rights"),
                missing("domain", "mail_domain_not_found"),
                missing("groups", "scope_missing"),
            ]
        );
    }

    #[tokio::test]
    async fn an_outage_is_no_missing_right() {
        let all = [(ADMIN, 503, json!({})), (USERS_OF, 429, json!({})), (GROUP, 500, json!({}))];
        assert!(checked(&all).await[1..].iter().all(|(_, state, _)| *state == CheckState::Unknown));
    }
}
