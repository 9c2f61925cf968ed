//! What a caller may choose about a stack.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;
use vestibule_domain::{JobStart, MailboxProvider, World};

/// The names in `Host` that the API of a stack answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// Those of this machine, and that of the site.
    Own,
    /// Any, as behind a gateway that takes any: for tests of what functions make of one.
    Any,
}

/// What a stack begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstData {
    /// Two tenants, their people and hires.
    Sample,
    /// Nothing, as a new deployment does.
    None,
}

/// Whether functions are held to their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleCheck {
    /// They may do everything.
    Off,
    /// What a role does not allow is refused. Each right that is used is written to the file, if there is one.
    On(Option<PathBuf>),
}

/// How to start a stack. The default is in memory, on any port, with nothing that runs by itself.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// Where the stack keeps its data; `None` keeps all of it in memory.
    pub data_dir: Option<PathBuf>,
    /// Port of the HTTP API on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// A `DynamoDB` endpoint to use instead of the built-in one.
    pub dynamodb_endpoint: Option<String>,
    /// Name of the table, so that stacks can share an endpoint.
    pub table_name: Option<String>,
    /// Whether schedules tick.
    pub schedules: bool,
    /// Whether table streams call their functions.
    pub streams: bool,
    /// Factor on every wait and backoff; 1.0 as deployed, near 0 for tests.
    pub pace: f64,
    /// What starts the jobs of a sample tenant that is made now; one that is there keeps its own way.
    pub job_start: JobStart,
    /// Where a sample tenant that is made now has its mailboxes.
    pub mailboxes: MailboxProvider,
    /// What a stack begins with.
    pub first_data: FirstData,
    /// Whether functions start with `DEBUG_BYPASS_AUTH`.
    pub debug_bypass: bool,
    /// Which names the API answers to.
    pub hosts: Hosts,
    /// Values for the parameters of the template.
    pub parameters: BTreeMap<String, String>,
    /// Identity providers to sign in with, as their secret lists them; `None` leaves it as it is.
    pub oidc_providers: Option<SecretString>,
    /// Settings for every function, over those of the template.
    pub settings: BTreeMap<String, String>,
    /// Whether functions are held to their roles.
    pub roles: RoleCheck,
    /// Clock and randomness of the functions and models.
    pub world: World,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self {
            data_dir: None,
            port: 0,
            dynamodb_endpoint: None,
            table_name: None,
            schedules: false,
            streams: false,
            pace: 1.0,
            job_start: JobStart::Automatic,
            mailboxes: MailboxProvider::WorkMail,
            first_data: FirstData::Sample,
            debug_bypass: false,
            hosts: Hosts::Own,
            parameters: BTreeMap::new(),
            oidc_providers: None,
            settings: BTreeMap::new(),
            roles: RoleCheck::On(None),
            world: vestibule_api::lambda::world(),
        }
    }
}
