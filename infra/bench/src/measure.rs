//! Starting, invoking and weighing a binary, beside the floor and the bare hash.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value, json};
use tokio::time::sleep;
use vestibule_bench::{
    process,
    runtime_api::{Function, RuntimeApi},
};

use crate::{
    lane::{Batches, Invocation, Lane, REST, alternate, median},
    operations::{Aim, Operation},
    setting::Setting,
    work::{Expected, Work},
};

/// How often what is done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Starts of a process.
    pub(crate) starts: usize,
    /// Invocations before those that count.
    pub(crate) warm_up: usize,
    /// Batches of invocations, each one figure.
    pub(crate) batches: Batches,
    /// The same for an operation that hashes a password: many and short ones, because a neighbour on the machine
    /// who uses its memory moves each by a tenth.
    pub(crate) hashing: Batches,
}

impl Plan {
    pub(crate) const FULL: Self = Self {
        starts: 15,
        warm_up: 100,
        batches: Batches { count: 15, size: 100 },
        hashing: Batches { count: 60, size: 10 },
    };
    pub(crate) const QUICK: Self = Self {
        starts: 3,
        warm_up: 20,
        batches: Batches { count: 5, size: 20 },
        hashing: Batches { count: 5, size: 10 },
    };

    /// Invocations of an operation that hashes: so many people must sign in for each to do it once.
    pub(crate) fn sign_ins(&self) -> usize {
        self.warm_up + self.hashing.count * self.hashing.size as usize
    }
}

/// The binaries that run beside each function.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) floor: PathBuf,
    pub(crate) hash: PathBuf,
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

/// One line of the report.
pub(crate) struct Row {
    pub(crate) function: &'static str,
    pub(crate) name: &'static str,
    pub(crate) aim: Option<Aim>,
    pub(crate) start: Start,
    pub(crate) invocation: Invocation,
    /// The floor in the same minutes, and the ratio to it.
    pub(crate) floor: (Invocation, f64),
    /// The bare hash in the same minutes, where the operation contains one, and the ratio to it.
    pub(crate) hash: Option<(Invocation, f64)>,
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
    beside: &Beside,
    operation: Operation,
) -> Result<Row> {
    let Operation { function, name, work, aim, hashes } = operation;
    let (start, process) = started(setting, plan, function, binary).await?;
    let floor = spawn(setting, "floor", &beside.floor).await?.0;
    let (warm_up, batches) = (plan.warm_up, if hashes { plan.hashing } else { plan.batches });
    let mut lanes = vec![Lane::new(process, work, warm_up), Lane::new(floor, floor_work(setting), warm_up)];
    // The second one shows what the event costs without a hash.
    for times in if hashes { vec![1, 0] } else { Vec::new() } {
        let hash = spawn(setting, "bare-hash", &beside.hash).await?.0;
        lanes.push(Lane::new(hash, hash_work(times), 1));
    }
    alternate(&mut lanes, batches).await.with_context(|| format!("{function}: {name}"))?;
    let mut lanes = lanes.into_iter();
    let (lane, floor) = lanes.next().zip(lanes.next()).context("a lane is missing")?;
    let hash = lanes.next().zip(lanes.next()).map(|(hash, event)| hash.without(&event));
    let beside = |other: &Lane| (other.middle(), lane.over(other));
    let (floor, hash) = (beside(&floor), hash.as_ref().map(beside));
    let memory = process::memory(lane.function.pid())?;
    Ok(Row { function, name, aim, start, invocation: lane.middle(), floor, hash, memory })
}

pub(crate) async fn floor(setting: &Setting, plan: &Plan, binary: &Path) -> Result<Floor> {
    let (start, function) = started(setting, plan, "floor", binary).await?;
    let mut lane = Lane::new(function, floor_work(setting), plan.warm_up);
    alternate(std::slice::from_mut(&mut lane), plan.batches).await?;
    Ok(Floor { start, invocation: lane.middle(), memory: process::memory(lane.function.pid())? })
}

/// The same item that the product reads when it shows a hire.
fn floor_work(setting: &Setting) -> Work {
    let event = json!({ "PK": format!("T#{}", setting.tenant()), "SK": format!("HIRE#{}", setting.hire) });
    Work::same(event, Expected::Contains("/found", Value::Bool(true)))
}

fn hash_work(times: u32) -> Work {
    Work::same(json!({ "times": times }), Expected::Contains("/hashes", times.into()))
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

/// Size of the binary inside a zip archive of the usual level, without the archive's own 120 bytes or so.
fn zipped(binary: &Path) -> Result<u64> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&fs::read(binary)?)?;
    Ok(encoder.finish()?.len() as u64)
}
