//! Looking behind the API: only to check that nothing is left, leaked or doubled.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use vestibule_adapters::aws;
use vestibule_domain::{
    Domain, Email, EndpointId, PermissionSet, PersonName, RoleName, SessionId, TenantId, User, UserId,
};
use vestibule_store::{SeedTenant, SeedUser, Session};

use crate::{Actor, App};

/// A row of the table as it is.
pub type Row = HashMap<String, AttributeValue>;

fn printed(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| format!("{row:?}")).collect()
}

impl App {
    /// A plain client of the table's service.
    pub fn client(&self) -> Client {
        let settings = self.stack.own_settings();
        Client::new(&aws::sdk_config(&settings, "DYNAMODB").expect("complete settings"))
    }

    /// Every row of the table, as text.
    pub async fn dump(&self) -> Vec<String> {
        printed(&self.rows().await)
    }

    /// Every row of the table, for comparing.
    pub async fn rows(&self) -> Vec<Row> {
        self.scanned(None).await
    }

    /// Every row of one kind, as text.
    pub async fn dump_of(&self, kind: &str) -> Vec<String> {
        printed(&self.scanned(Some(kind)).await)
    }

    /// Every row of one kind, or of all.
    pub async fn scanned(&self, kind: Option<&str>) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let scan =
                self.client().scan().table_name(self.stack.table_name()).set_exclusive_start_key(start);
            let scan = match kind {
                Some(kind) => scan
                    .filter_expression("#item = :kind")
                    .expression_attribute_names("#item", "item")
                    .expression_attribute_values(":kind", AttributeValue::S(kind.to_owned())),
                None => scan,
            };
            let page = scan.send().await.expect("a page of the table");
            rows.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return rows;
            }
        }
    }

    /// Makes a job's row unreadable, as a bad deployment might.
    pub async fn break_job(&self, job: &str) {
        let tenant = self.stack.sample().tenant.id;
        self.spoil((format!("T#{tenant}"), format!("JOB#{job}")), "steps").await;
    }

    /// Gives a row a value that cannot be read.
    pub async fn spoil(&self, (pk, sk): (String, String), attribute: &str) {
        let update = self.client().update_item().table_name(self.stack.table_name());
        let update = update.key("PK", AttributeValue::S(pk)).key("SK", AttributeValue::S(sk));
        let update =
            update.update_expression("SET #broken = :broken").condition_expression("attribute_exists(PK)");
        let update = update.expression_attribute_names("#broken", attribute);
        let update = update.expression_attribute_values(":broken", AttributeValue::Bool(true));
        update.send().await.expect("an update");
    }

    /// Makes somebody a member of a tenant, as there is no operation for it yet.
    pub async fn join(&self, tenant: TenantId, user: UserId, email: &str, role: &str) {
        let email = Email::parse(email).expect("an address");
        let role = &RoleName::try_from(role.to_owned()).expect("a role");
        let joined = self.stack.store().platform().seed_member(tenant, user, email, role).await;
        joined.expect("a membership");
    }

    /// The history of every workflow, as text.
    pub fn histories(&self) -> Vec<String> {
        let machines = self.stack.cloud().step_functions();
        let all = machines.executions().expect("the executions");
        all.iter().map(|e| format!("{e:?} {:?}", machines.history(&e.arn).expect("a history"))).collect()
    }

    /// How many workflows were ever started for a job.
    pub fn executions(&self, job: &str) -> usize {
        let all = self.stack.cloud().step_functions().executions().expect("the executions");
        all.iter().filter(|execution| execution.name.starts_with(job)).count()
    }

    /// Stops a workflow as an operator would, over the wire.
    pub async fn stop_execution(&self, name: &str) {
        let all = self.stack.cloud().step_functions().executions().expect("the executions");
        let arn = &all.iter().find(|execution| execution.name == name).expect("the execution").arn;
        let request = reqwest::Client::new().post(self.stack.aws_url());
        let request = request.header("x-amz-target", "AWSStepFunctions.StopExecution");
        let stop = request.json(&serde_json::json!({ "executionArn": arn })).send().await;
        assert!(stop.expect("an answer").status().is_success());
    }

    /// The people in the tenant's mail organization.
    pub fn mailboxes(&self) -> Vec<vestibule_models::User> {
        self.stack.cloud().work_mail().users(&self.organization()).expect("the users")
    }

    /// The tenant's mail organization.
    pub fn organization(&self) -> String {
        self.stack.sample().organization.clone()
    }

    /// Every private key and signing secret of the stack.
    pub fn private_keys(&self) -> Vec<String> {
        let secrets = self.stack.cloud().secrets();
        let names = &self.stack.sample().secret_names();
        let names = [names.signing_key.as_str(), &names.field_keys, &names.pepper, &names.cursor_key];
        let mut keys: Vec<_> =
            names.iter().map(|name| secrets.value(name).expect("secrets").expect("a key")).collect();
        keys.push(self.stack.sample().esign_key.expose_secret().to_owned());
        keys
    }

    /// The administrator of another tenant in the same table.
    pub async fn stranger(&self) -> Actor {
        let ids: (UserId, SessionId, TenantId) =
            (UserId::new(&self.world), SessionId::new(&self.world), TenantId::new(&self.world));
        let mut tenant = self.stack.sample().tenant.clone();
        (tenant.id, tenant.slug, tenant.endpoint) =
            (ids.2, "other".into(), Some(EndpointId::new(&self.world)));
        tenant.domain = Some(Domain::parse("other.example").expect("a domain"));
        let email = Email::parse("admin@other.example").expect("an address");
        let name = PersonName::parse("Olga Other").expect("a name");
        let mut user = User::new(ids.0, email.clone(), name, &self.world);
        user.last_tenant = Some(ids.2);
        let session = Session::seeded(
            ids.1,
            Some(ids.2),
            (self.world.now(), self.world.now() + SignedDuration::from_hours(1)),
        );
        let users = vec![SeedUser { user, password: None, session: Some(session) }];
        let members = vec![(ids.0, email, RoleName::parse("admin").expect("a role"))];
        let roles = BTreeMap::from([("admin".to_owned(), PermissionSet::all())]);
        let seed = SeedTenant { tenant, provider: "standard".into(), roles, members, users };
        self.stack.store().platform().create_tenant(&seed).await.expect("another tenant");
        let token = self.stack.sample().sign(ids, &self.world).expect("a token");
        self.actor(Some(token.0.expose_secret().to_owned()))
    }
}
