//! Starting, invoking and weighing a binary. Batches of the function and of the floor alternate, so that whatever else
//! the machine does meets both.

use std::{fs, io::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vestibule_bench::{
    process,
    runtime_api::{Function, RuntimeApi},
};

use crate::{operations::Operation, setting::Setting};

/// How long a process gets to come to rest before its processor time is read.
const REST: Duration = Duration::from_millis(25);

/// How often what is done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Starts of a process.
    pub(crate) starts: usize,
    /// Invocations before those that count.
    pub(crate) warm_up: usize,
    /// Batches of invocations.
    pub(crate) batches: usize,
    /// Invocations in a batch.
    pub(crate) batch: u32,
}

impl Plan {
    pub(crate) const FULL: Self = Self { starts: 15, warm_up: 100, batches: 15, batch: 100 };
    pub(crate) const QUICK: Self = Self { starts: 3, warm_up: 20, batches: 5, batch: 20 };
}

/// Start and weight of a binary; medians.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// From the start of the process to its first question for an event.
    pub(crate) time: Duration,
    /// Processor time until then.
    pub(crate) cpu: Duration,
    /// Bytes of the deflated binary.
    pub(crate) zipped: u64,
}

/// An invocation; medians of batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invocation {
    pub(crate) cpu: Duration,
    pub(crate) time: Duration,
}

/// One line of the report.
pub(crate) struct Row {
    pub(crate) operation: Operation,
    pub(crate) start: Start,
    pub(crate) invocation: Invocation,
    /// The floor in the same minutes.
    pub(crate) floor: Invocation,
    /// Resident memory afterwards.
    pub(crate) memory: process::Memory,
}

/// The floor by itself.
pub(crate) struct Floor {
    pub(crate) start: Start,
    pub(crate) invocation: Invocation,
    pub(crate) memory: process::Memory,
}

pub(crate) async fn operation(
    setting: &Setting,
    plan: &Plan,
    binary: &Path,
    floor: &Path,
    operation: Operation,
) -> Result<Row> {
    let (start, mut function) = started(setting, plan, operation.function, binary).await?;
    let mut beside = spawn(setting, "floor", floor).await?.0;
    let event = floor_event(setting);
    operation.check(&mut function).await?;
    repeat(&mut function, &operation.event, plan.warm_up).await?;
    repeat(&mut beside, &event, plan.warm_up).await?;
    let (mut batches, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..plan.batches {
        batches.push(batch(&mut function, &operation.event, plan.batch).await?);
        floors.push(batch(&mut beside, &event, plan.batch).await?);
    }
    let memory = process::memory(function.pid())?;
    Ok(Row { operation, start, invocation: middle(&batches), floor: middle(&floors), memory })
}

pub(crate) async fn floor(setting: &Setting, plan: &Plan, binary: &Path) -> Result<Floor> {
    let (start, mut function) = started(setting, plan, "floor", binary).await?;
    let event = floor_event(setting);
    let answer = function.invoke(&event).await?;
    anyhow::ensure!(answer["found"] == true, "the floor finds no item");
    repeat(&mut function, &event, plan.warm_up).await?;
    let mut batches = Vec::new();
    for _ in 0..plan.batches {
        batches.push(batch(&mut function, &event, plan.batch).await?);
    }
    Ok(Floor { start, invocation: middle(&batches), memory: process::memory(function.pid())? })
}

/// The same item that the product reads when it shows a hire.
fn floor_event(setting: &Setting) -> Value {
    json!({ "PK": format!("T#{}", setting.tenant()), "SK": format!("HIRE#{}", setting.hire) })
}

async fn started(setting: &Setting, plan: &Plan, name: &str, binary: &Path) -> Result<(Start, Function)> {
    let (mut times, mut cpus, mut latest) = (Vec::new(), Vec::new(), None);
    for _ in 0..plan.starts {
        drop(latest.take());
        let (function, time) = spawn(setting, name, binary).await?;
        times.push(time);
        cpus.push(process::cpu(function.pid())?);
        latest = Some(function);
    }
    let function = latest.context("the plan has no start")?;
    Ok((Start { time: median(times), cpu: median(cpus), zipped: zipped(binary)? }, function))
}

async fn spawn(setting: &Setting, name: &str, binary: &Path) -> Result<(Function, Duration)> {
    let mut function = RuntimeApi::start().await?.spawn(binary, setting.settings(name)?)?;
    let time = function.ready().await.with_context(|| format!("{name} does not start"))?;
    sleep(REST).await;
    Ok((function, time))
}

async fn batch(function: &mut Function, event: &Value, count: u32) -> Result<Invocation> {
    let before = process::cpu(function.pid())?;
    let began = Instant::now();
    repeat(function, event, count as usize).await?;
    let time = began.elapsed() / count;
    sleep(REST).await;
    let cpu = process::cpu(function.pid())?.saturating_sub(before) / count;
    Ok(Invocation { cpu, time })
}

async fn repeat(function: &mut Function, event: &Value, count: usize) -> Result<()> {
    for _ in 0..count {
        function.invoke(event).await?;
    }
    Ok(())
}

fn middle(batches: &[Invocation]) -> Invocation {
    let of = |part: fn(&Invocation) -> Duration| median(batches.iter().map(part).collect());
    Invocation { cpu: of(|batch| batch.cpu), time: of(|batch| batch.time) }
}

fn median(mut values: Vec<Duration>) -> Duration {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Size of the binary inside a zip archive of the usual level, without the archive's own 120 bytes or so.
fn zipped(binary: &Path) -> Result<u64> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&fs::read(binary)?)?;
    Ok(encoder.finish()?.len() as u64)
}
