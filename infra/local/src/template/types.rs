//! The parts of a resolved template: plain data, names already physical.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use vestibule_models::RecordFilter;

/// Where the template is put up: what its pseudo parameters stand for.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// `AWS::StackName`, the first part of every physical name.
    pub stack_name: String,
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::AccountId`, twelve digits.
    pub account_id: String,
    /// Name of the table if it must not follow from the stack's name.
    pub table_name: Option<String>,
    /// Values that replace the defaults of parameters.
    pub parameters: BTreeMap<String, String>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            stack_name: "vestibule".to_owned(),
            region: "eu-west-1".to_owned(),
            account_id: "000000000000".to_owned(),
            table_name: None,
            parameters: BTreeMap::new(),
        }
    }
}

impl Surroundings {
    /// `arn:aws:<service>:<region>:<account>:<resource>`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account_id)
    }
}

/// A template with every reference resolved.
#[derive(Debug, Default)]
pub struct Template {
    /// What the managed policies allow, by their ARN.
    pub policies: BTreeMap<String, Vec<Statement>>,
    /// Functions, by logical id.
    pub functions: Vec<Function>,
    /// HTTP routes.
    pub routes: Vec<Route>,
    /// The function behind the route `$default`, which takes what has no other one.
    pub default_route: Option<String>,
    /// Tables with their indexes.
    pub tables: Vec<Table>,
    /// Buckets of S3.
    pub buckets: Vec<Bucket>,
    /// Functions called at a fixed rate.
    pub schedules: Vec<Schedule>,
    /// Functions called for matching events on a bus.
    pub rules: Vec<Rule>,
    /// Functions called with the changes of a table.
    pub streams: Vec<Stream>,
    /// Workflows.
    pub state_machines: Vec<StateMachine>,
    /// Event buses.
    pub buses: Vec<Bus>,
    /// Secrets to exist from the start.
    pub secrets: Vec<Secret>,
    /// Names of the configuration sets of SES.
    pub configuration_sets: Vec<String>,
    /// What SES tells of mails that are sent with them.
    pub event_destinations: Vec<EventDestination>,
}

/// One function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Name of its folder in `functions/`, which is the last part of its code's.
    pub name: String,
    /// Its name in the account.
    pub physical_name: String,
    /// Its ARN.
    pub arn: String,
    /// Memory in MB; has no effect locally.
    pub memory_mb: u32,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// How often a failed asynchronous invocation is repeated.
    pub retries: u32,
    /// Environment of the function.
    pub environment: BTreeMap<String, String>,
    /// What its role allows.
    pub statements: Vec<Statement>,
}

/// One statement of a role: what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Such as `dynamodb:GetItem`.
    pub actions: Vec<String>,
    /// ARNs, in which `*` stands for any text.
    pub resources: Vec<String>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Such as `StringEquals`.
    pub operator: String,
    /// What it looks at, such as `ses:FromAddress`.
    pub key: String,
    /// One of these must fit.
    pub values: Vec<String>,
}

impl Function {
    /// Whether `name` is this function's name, physical name or ARN.
    pub fn answers_to(&self, name: &str) -> bool {
        name == self.name || name == self.physical_name || name == self.arn
    }
}

/// One route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Name of the function behind it.
    pub function: String,
    /// Upper-case method.
    pub method: String,
    /// Path with `{name}` parameters.
    pub path: String,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its physical name.
    pub name: String,
    /// Attribute name and type letter of each key attribute.
    pub attributes: Vec<(String, String)>,
    /// Attribute name and `HASH` or `RANGE`.
    pub keys: Vec<(String, String)>,
    /// Global secondary indexes.
    pub indexes: Vec<Index>,
    /// Attribute with the expiry in epoch seconds.
    pub ttl: Option<String>,
    /// View type of its stream.
    pub stream: Option<String>,
}

/// A global secondary index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Attribute name and `HASH` or `RANGE`.
    pub keys: Vec<(String, String)>,
    /// `ALL` or `KEYS_ONLY`.
    pub projection: String,
}

/// A bucket that keeps all versions, with object lock in mode COMPLIANCE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its physical name.
    pub name: String,
    /// For how many days each version is locked.
    pub lock_days: u32,
}

/// A fixed-rate call.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Name of the rule in the event.
    pub name: String,
    /// Name of the function called.
    pub function: String,
    /// Time between two calls.
    pub every: Duration,
}

/// An event rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name of the rule.
    pub name: String,
    /// Name of the function called.
    pub function: String,
    /// Name of the bus.
    pub bus: String,
    /// Event pattern.
    pub pattern: Value,
}

/// A table's changes as the input of a function.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Name of the function called.
    pub function: String,
    /// Name of the table.
    pub table: String,
    /// Records per invocation at most.
    pub batch_size: usize,
    /// Whether a failed batch is halved before it is tried again.
    pub bisect: bool,
    /// How often a record is tried again before it goes to the dead letters.
    pub retries: u32,
    /// Whether the function's answer names the records that failed.
    pub reports_failures: bool,
    /// A record passes when one of these accepts it; empty means all pass.
    pub filters: Vec<RecordFilter>,
}

/// A workflow definition.
#[derive(Clone, Debug)]
pub struct StateMachine {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Path of the definition relative to the template.
    pub definition: String,
    /// Values for `${Name}` in the definition.
    pub substitutions: BTreeMap<String, String>,
}

/// An event bus.
#[derive(Clone, Debug)]
pub struct Bus {
    /// Its name.
    pub name: String,
}

/// What SES puts on the account's default bus about mails that are sent with a configuration set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDestination {
    /// Name of the set.
    pub configuration_set: String,
    /// The types of events, such as `BOUNCE`.
    pub types: Vec<String>,
}

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// First value.
    pub value: SecretValue,
}

/// The value a secret is created with.
#[derive(Clone, Debug)]
pub enum SecretValue {
    /// Written in the template, so not secret yet.
    Given(String),
    /// Random letters and digits of this length.
    Generated(usize),
}
