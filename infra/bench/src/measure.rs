//! Starting, invoking and weighing a binary. Batches of the function, of the floor and of the bare hash alternate, so that
//! whatever else the machine does meets all of them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::DeflateEncoder};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vestibule_bench::{
    process,
    runtime_api::{Function, RuntimeApi},
};

use crate::{
    operations::{Aim, Operation},
    setting::Setting,
    work::{Expected, Work},
};

/// How long a process gets to come to rest before its processor time is read.
const REST: Duration = Duration::from_millis(25);
/// Hashes for one event, so that the event itself weighs nothing.
const HASHES: u32 = 10;

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
    /// The same for an operation that hashes a password, a multiple of ten.
    pub(crate) hashing_batch: u32,
}

impl Plan {
    pub(crate) const FULL: Self =
        Self { starts: 15, warm_up: 100, batches: 15, batch: 100, hashing_batch: 20 };
    pub(crate) const QUICK: Self = Self { starts: 3, warm_up: 20, batches: 5, batch: 20, hashing_batch: 10 };

    /// Invocations of an operation that hashes: so many people must sign in for each to do it once.
    pub(crate) fn sign_ins(&self) -> usize {
        self.warm_up + self.batches * self.hashing_batch as usize
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

/// An invocation; medians of batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invocation {
    pub(crate) cpu: Duration,
    pub(crate) time: Duration,
}

/// One line of the report.
pub(crate) struct Row {
    pub(crate) function: &'static str,
    pub(crate) name: &'static str,
    pub(crate) aim: Option<Aim>,
    pub(crate) start: Start,
    pub(crate) invocation: Invocation,
    /// The floor in the same minutes.
    pub(crate) floor: Invocation,
    /// The bare hash in the same minutes, where the operation contains one.
    pub(crate) hash: Option<Invocation>,
    /// Resident memory afterwards.
    pub(crate) memory: process::Memory,
}

/// The floor by itself.
pub(crate) struct Floor {
    pub(crate) start: Start,
    pub(crate) invocation: Invocation,
    pub(crate) memory: process::Memory,
}

/// A running function with its work.
struct Lane {
    function: Function,
    work: Work,
    warm_up: usize,
    size: u32,
    batches: Vec<Invocation>,
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
    let (warm_up, size) = (plan.warm_up, if hashes { plan.hashing_batch } else { plan.batch });
    let mut lanes = vec![
        Lane::new(process, work, warm_up, size),
        Lane::new(floor, floor_work(setting), warm_up, plan.batch),
    ];
    if hashes {
        let hash = spawn(setting, "bare-hash", &beside.hash).await?.0;
        lanes.push(Lane::new(hash, hash_work(), 1, plan.hashing_batch / HASHES));
    }
    alternate(&mut lanes, plan.batches).await.with_context(|| format!("{function}: {name}"))?;
    let [lane, floor, rest @ ..] = lanes.as_slice() else { anyhow::bail!("a lane is missing") };
    let hash = rest.first().map(|hash| {
        let Invocation { cpu, time } = hash.middle();
        Invocation { cpu: cpu / HASHES, time: time / HASHES }
    });
    let memory = process::memory(lane.function.pid())?;
    let (invocation, floor) = (lane.middle(), floor.middle());
    Ok(Row { function, name, aim, start, invocation, floor, hash, memory })
}

pub(crate) async fn floor(setting: &Setting, plan: &Plan, binary: &Path) -> Result<Floor> {
    let (start, function) = started(setting, plan, "floor", binary).await?;
    let mut lane = Lane::new(function, floor_work(setting), plan.warm_up, plan.batch);
    alternate(std::slice::from_mut(&mut lane), plan.batches).await?;
    Ok(Floor { start, invocation: lane.middle(), memory: process::memory(lane.function.pid())? })
}

async fn alternate(lanes: &mut [Lane], batches: usize) -> Result<()> {
    for lane in &mut *lanes {
        lane.repeat(lane.warm_up).await?;
    }
    for _ in 0..batches {
        for lane in &mut *lanes {
            lane.batch().await?;
        }
    }
    Ok(())
}

/// The same item that the product reads when it shows a hire.
fn floor_work(setting: &Setting) -> Work {
    let event = json!({ "PK": format!("T#{}", setting.tenant()), "SK": format!("HIRE#{}", setting.hire) });
    Work::same(event, Expected::Contains("/found", Value::Bool(true)))
}

fn hash_work() -> Work {
    Work::same(json!({ "times": HASHES }), Expected::Contains("/hashes", HASHES.into()))
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

impl Lane {
    fn new(function: Function, work: Work, warm_up: usize, size: u32) -> Self {
        Self { function, work, warm_up, size, batches: Vec::new() }
    }

    async fn batch(&mut self) -> Result<()> {
        let before = process::cpu(self.function.pid())?;
        let began = Instant::now();
        self.repeat(self.size as usize).await?;
        let time = began.elapsed() / self.size;
        sleep(REST).await;
        let cpu = process::cpu(self.function.pid())?.saturating_sub(before) / self.size;
        self.batches.push(Invocation { cpu, time });
        Ok(())
    }

    async fn repeat(&mut self, count: usize) -> Result<()> {
        for _ in 0..count {
            self.work.once(&mut self.function).await?;
        }
        Ok(())
    }

    fn middle(&self) -> Invocation {
        let of = |part: fn(&Invocation) -> Duration| median(self.batches.iter().map(part).collect());
        Invocation { cpu: of(|batch| batch.cpu), time: of(|batch| batch.time) }
    }
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
