//! AWS Step Functions: the wire API of standard state machines over the interpreter.
//!
//! Every transition is stored before the next task is invoked; executions that were running when the process died go on
//! at the next start.

mod commands;
mod engine;
mod queries;
mod rules;
mod store;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde_json::Value;
use vestibule_asl::{Abort, Definition, Event, Execution, Lambda, Pace};

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    service::Service,
    storage::Storage,
};

struct Machine {
    definition: Arc<Definition>,
    created_at: Timestamp,
}

#[derive(Clone)]
struct Worker {
    lambda: Arc<dyn Lambda>,
    pace: Arc<dyn Pace>,
}

#[derive(Default)]
struct Engine {
    machines: BTreeMap<String, Machine>,
    worker: Option<Worker>,
    running: BTreeMap<String, Abort>,
}

/// The state machines of the account and their executions.
#[derive(Clone)]
pub struct StepFunctions {
    storage: Storage,
    options: Arc<CloudOptions>,
    engine: Arc<Mutex<Engine>>,
}

impl StepFunctions {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options, engine: Arc::default() }
    }

    pub(crate) fn perform(&self, operation: &str, body: &[u8]) -> Result<Value, ServiceError> {
        match operation {
            "StartExecution" => self.start_execution(&input(Service::States, body)?),
            "StopExecution" => self.stop_execution(&input(Service::States, body)?),
            "DescribeExecution" => self.describe_execution(&input(Service::States, body)?),
            "GetExecutionHistory" => self.get_execution_history(&input(Service::States, body)?),
            "ListExecutions" => self.list_executions(&input(Service::States, body)?),
            "ListStateMachines" => self.list_state_machines(&input(Service::States, body)?),
            _ => Err(ServiceError::unknown_operation(operation)),
        }
    }

    /// Adds a standard state machine, or replaces the definition for executions that start or resume from now on.
    pub fn add_state_machine(&self, name: &str, definition: Definition) {
        let machine = Machine { definition: Arc::new(definition), created_at: (self.options.clock)() };
        self.engine().machines.insert(name.to_owned(), machine);
    }

    /// The ARN of a state machine of this name.
    pub fn state_machine_arn(&self, name: &str) -> String {
        format!("{}{name}", self.arn("stateMachine"))
    }

    /// Starts running executions: those that were stored while they ran, and each new one. Before this call new executions
    /// are accepted and wait. Must be called inside a Tokio runtime, after the state machines were added.
    pub fn start(&self, lambda: Arc<dyn Lambda>, pace: Arc<dyn Pace>) -> Result<(), CloudError> {
        self.engine().worker = Some(Worker { lambda, pace });
        for execution in self.storage.transact(store::running)? {
            self.spawn(&execution.arn)?;
        }
        Ok(())
    }

    /// All executions, as they were stored last, in the order of their ARNs.
    pub fn executions(&self) -> Result<Vec<Execution>, CloudError> {
        self.storage.transact(|rows| store::executions(rows, ""))
    }

    /// The history of an execution, oldest event first; empty when there is none.
    pub fn history(&self, execution_arn: &str) -> Result<Vec<Event>, CloudError> {
        self.storage.transact(|rows| store::events(rows, execution_arn))
    }

    fn arn(&self, kind: &str) -> String {
        format!("arn:aws:states:{}:{}:{kind}:", self.options.region, self.options.account_id)
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for StepFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepFunctions").finish_non_exhaustive()
    }
}
