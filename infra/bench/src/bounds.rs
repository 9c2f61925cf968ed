//! Whether the worst inputs stay within what the template gives each function: memory, and time at the share of a
//! processor that comes with the memory.

use std::{fs, io, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    extremes::Extreme,
    process,
    runtime_api::{Function, FunctionError},
};

/// Memory in MB that comes with one whole processor.
const WHOLE_PROCESSOR: f64 = 1769.0;
/// How long a process gets to come to rest before its processor time is read.
const REST: Duration = Duration::from_millis(10);

/// What a function has, from the template.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// Memory in MB.
    pub memory: u32,
    /// Time.
    pub time: Duration,
}

/// What one input cost.
#[derive(Debug, Clone)]
pub struct Spent {
    /// What was special about the input.
    pub input: String,
    /// Most resident memory while it was worked on, in KiB.
    pub peak: u64,
    /// Processor time.
    pub cpu: Duration,
    /// Time until the answer, on this machine.
    pub wall: Duration,
    /// The HTTP status of the answer, where it has one.
    pub status: Option<u64>,
    /// Why the function failed, where it did: ended, late, or with a fault of its own.
    pub failure: Option<String>,
}

impl Spent {
    /// The time that the input takes on Lambda: what was computed, at the share of a processor that `allowed` buys,
    /// and what was waited.
    pub fn time(&self, allowed: Allowed) -> Duration {
        let share = (f64::from(allowed.memory) / WHOLE_PROCESSOR).min(1.0);
        self.cpu.div_f64(share) + self.wall.saturating_sub(self.cpu)
    }

    /// Whether it stays within what the function has.
    pub fn fits(&self, allowed: Allowed) -> bool {
        self.failure.is_none()
            && self.peak <= u64::from(allowed.memory) * 1024
            && self.time(allowed) <= allowed.time
    }
}

/// Sends `extreme` to a running function.
///
/// # Errors
/// The process is gone, or its figures cannot be read.
pub async fn spend(function: &mut Function, extreme: &Extreme) -> io::Result<Spent> {
    let pid = function.pid();
    sleep(REST).await;
    // Begins to count the most resident memory anew; <https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html>
    fs::write(format!("/proc/{pid}/clear_refs"), "5")?;
    let (before, began) = (process::cpu(pid)?, Instant::now());
    let outcome = function.invoke(&extreme.event).await;
    let wall = began.elapsed();
    let status = outcome.as_ref().ok().and_then(|answer| answer["statusCode"].as_u64());
    let failure = failure(&outcome);
    sleep(REST).await;
    let (cpu, memory) = (process::cpu(pid)?, process::memory(pid)?);
    Ok(Spent {
        input: extreme.input.clone(),
        peak: memory.peak,
        cpu: cpu.saturating_sub(before),
        wall,
        status,
        failure,
    })
}

/// A refusal is no failure; a fault, an end and a time limit are.
fn failure(outcome: &Result<Value, FunctionError>) -> Option<String> {
    match outcome {
        Ok(answer) => answer["statusCode"]
            .as_u64()
            .filter(|status| *status >= 500)
            .map(|status| format!("answered {status}")),
        Err(error) if matches!(error.error_type.as_str(), "Malformed" | "Permanent" | "Retry") => None,
        Err(error) => Some(error.error_type.clone()),
    }
}
