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
    /// New processes: where one lies in memory moves all its figures a little.
    pub(crate) rounds: usize,
    /// Batches of invocations in a round, each one figure.
    pub(crate) batches: Batches,
    /// The same for an operation that hashes a password: many and short ones, because a neighbour on the machine
    /// who uses its memory moves each by a tenth.
    pub(crate) hashing: Batches,
}

impl Plan {
    pub(crate) const FULL: Self = Self {
        starts: 15,
        warm_up: 100,
        rounds: 3,
        batches: Batches { count: 5, size: 100 },
        hashing: Batches { count: 20, size: 10 },
    };
    pub(crate) const QUICK: Self = Self {
        starts: 3,
        warm_up: 20,
        rounds: 1,
        batches: Batches { count: 5, size: 20 },
        hashing: Batches { count: 5, size: 10 },
    };

    /// Invocations of an operation that hashes: so many people must sign in for each to do it once.
    pub(crate) fn sign_ins(&self) -> usize {
        self.rounds * (self.warm_up + self.hashing.count * self.hashing.size as usize)
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
    let mut programs = vec![(function, binary), ("floor", beside.floor.as_path())];
    let (warm_up, mut batches) = (plan.warm_up, plan.batches);
    let mut works = vec![(work, warm_up), (floor_work(setting), warm_up)];
    if hashes {
        batches = plan.hashing;
        programs.extend([("bare-hash", beside.hash.as_path()); 2]);
        // The second one shows what the event costs without a hash.
        works.extend([(hash_work(1), 1), (hash_work(0), 1)]);
    }
    let start = start(setting, plan, programs[0]).await?;
    let mut lanes: Vec<_> = works.into_iter().map(|(work, warm_up)| Lane::new(work, warm_up)).collect();
    for _ in 0..plan.rounds {
        for (lane, program) in lanes.iter_mut().zip(&programs) {
            lane.run(spawn(setting, *program).await?.0);
        }
        alternate(&mut lanes, batches).await.with_context(|| format!("{function}: {name}"))?;
    }
    let mut lanes = lanes.into_iter();
    let (lane, floor) = lanes.next().zip(lanes.next()).context("a lane is missing")?;
    let hash = lanes.next().zip(lanes.next()).map(|(hash, event)| hash.without(&event));
    let beside = |other: &Lane| (other.middle(), lane.over(other));
    let (floor, hash) = (beside(&floor), hash.as_ref().map(beside));
    let memory = lane.memory()?;
    Ok(Row { function, name, aim, start, invocation: lane.middle(), floor, hash, memory })
}

pub(crate) async fn floor(setting: &Setting, plan: &Plan, binary: &Path) -> Result<Floor> {
    let start = start(setting, plan, ("floor", binary)).await?;
    let mut lane = Lane::new(floor_work(setting), plan.warm_up);
    for _ in 0..plan.rounds {
        lane.run(spawn(setting, ("floor", binary)).await?.0);
        alternate(std::slice::from_mut(&mut lane), plan.batches).await?;
    }
    Ok(Floor { start, invocation: lane.middle(), memory: lane.memory()? })
}

/// The same item that the product reads when it shows a hire.
fn floor_work(setting: &Setting) -> Work {
    let event = json!({ "PK": format!("T#{}", setting.tenant()), "SK": format!("HIRE#{}", setting.hire) });
    Work::same(event, Expected::Contains("/found", Value::Bool(true)))
}

fn hash_work(times: u32) -> Work {
    Work::same(json!({ "times": times }), Expected::Contains("/hashes", times.into()))
}

async fn start(setting: &Setting, plan: &Plan, program: (&str, &Path)) -> Result<Start> {
    let (mut times, mut cpus) = (Vec::new(), Vec::new());
    for _ in 0..plan.starts {
        let (function, time) = spawn(setting, program).await?;
        times.push(time);
        cpus.push(process::cpu(function.pid())?);
    }
    Ok(Start { time: median(times), cpu: median(cpus), zipped: zipped(program.1)? })
}

async fn spawn(setting: &Setting, (name, binary): (&str, &Path)) -> Result<(Function, Duration)> {
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
