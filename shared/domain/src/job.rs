//! A job: one run of a saga for one subject, with its ledger of steps.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{JobId, StepRecord, Subject, World, stored_job::StoredJob};

/// What a job makes: the name of its saga, such as `mailbox`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobKind(Cow<'static, str>);

impl JobKind {
    /// A mailbox for a new hire.
    pub const MAILBOX: Self = Self::new("mailbox");
    /// A new temporary password for an existing mailbox.
    pub const CREDENTIALS: Self = Self::new("credentials");

    /// Invitations from the rows of a file.
    pub const IMPORT: Self = Self::new("import");
    /// The leaving of a hire who has a mailbox.
    pub const OFFBOARDING: Self = Self::new("offboarding");
    /// An account that the platform makes.
    pub const ACCOUNT: Self = Self::new("account");

    /// The kind of jobs that the saga `name` works on.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as rows, tasks and answers have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waiting to be started.
    Pending,
    /// Its workflow is going forward.
    Running,
    /// Finished; everything stands.
    Succeeded,
    /// Failed and undone; nothing is left.
    Failed,
    /// Its workflow is undoing finished steps.
    Compensating,
    /// Something could not be finished or undone; a person must look.
    NeedsAttention,
    /// Stopped on request, before or by undoing.
    Cancelled,
}

impl JobStatus {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Compensating,
        Self::Succeeded,
        Self::Failed,
        Self::NeedsAttention,
        Self::Cancelled,
    ];

    /// The status with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether no workflow will touch the job again by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::NeedsAttention | Self::Cancelled)
    }

    /// The status as it is written in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Compensating => "compensating",
            Self::NeedsAttention => "needs_attention",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Which way a workflow walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Through the steps.
    Do,
    /// Back through the undos.
    Undo,
}

/// Why a job failed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// Stable code, such as `mailbox_quota`.
    pub code: String,
    /// The step it happened in.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// Whether trying again later can help.
    pub retryable: bool,
}

/// A job and everything its workflow needs to go on from where a worker died.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredJob")]
pub struct Job {
    /// The job's id.
    pub id: JobId,
    /// What it makes.
    pub kind: JobKind,
    /// For whom or what.
    pub subject: Subject,
    /// Where it stands.
    pub status: JobStatus,
    /// Which way the current workflow walks.
    pub mode: Mode,
    /// Number of the current workflow run, from 1; part of the execution's name.
    pub attempt: u32,
    /// How often a failed run was begun anew.
    pub retries: u32,
    /// The ledger: one record for each step begun so far, by step name.
    pub steps: BTreeMap<String, StepRecord>,
    /// Why it failed last.
    pub last_error: Option<JobError>,
    /// What the saga keeps for itself between its steps; only the saga knows its shape.
    pub state: Value,
    /// How many results were written, each in a row of its own.
    pub results: u32,
    /// Until when a worker holds the job; nobody else may work on it before.
    pub lease_until: Option<Timestamp>,
    /// Whether a person asked to stop it.
    pub cancel_requested: bool,
    /// When the sweep must look at it; absent when it needs no care.
    pub due: Option<Timestamp>,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Counts the writes. Each write names the version it read, so a worker that lost its lease
    /// cannot write any more: this is the fencing number.
    pub version: u64,
}

impl Job {
    /// A pending job, due at once.
    pub fn new(kind: JobKind, subject: impl Into<Subject>, world: &World) -> Self {
        let now = world.now();
        Self {
            id: JobId::new(world),
            kind,
            subject: subject.into(),
            status: JobStatus::Pending,
            mode: Mode::Do,
            attempt: 0,
            retries: 0,
            steps: BTreeMap::new(),
            last_error: None,
            state: Value::Null,
            results: 0,
            lease_until: None,
            cancel_requested: false,
            due: Some(now),
            created: now,
            updated: now,
            version: 0,
        }
    }

    /// What the saga keeps for itself between its steps; the default at first.
    ///
    /// # Errors
    /// The record holds something else.
    pub fn state<T: DeserializeOwned + Default>(&self) -> Result<T, serde_json::Error> {
        if self.state.is_null() { Ok(T::default()) } else { T::deserialize(&self.state) }
    }

    /// Puts the saga's own state in the place of the former.
    ///
    /// # Errors
    /// JSON has no such value.
    pub fn set_state(&mut self, state: &impl Serialize) -> Result<(), serde_json::Error> {
        self.state = serde_json::to_value(state)?;
        Ok(())
    }

    /// The name of the current workflow run: unique, and the same however often it is started.
    pub fn execution_name(&self) -> String {
        format!("{}-{}", self.id, self.attempt)
    }

    /// The record of `step`; a step never begun has the default record.
    pub fn step(&self, step: &str) -> StepRecord {
        self.steps.get(step).cloned().unwrap_or_default()
    }

    /// The record of `step`, to change.
    pub fn step_mut(&mut self, step: &str) -> &mut StepRecord {
        self.steps.entry(step.to_owned()).or_default()
    }
}
