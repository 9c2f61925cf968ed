//! Running functions side by side: their invocations alternate one by one, so that whatever else the machine does meets
//! all of them, and each finds the caches as the others left them.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{Instant, sleep};
use vestibule_bench::{process, runtime_api::Function};

use crate::work::Work;

/// How long a process gets to come to rest before its processor time is read.
pub(crate) const REST: Duration = Duration::from_millis(25);

const NOT_RUN: &str = "the lane has no process";

/// How many batches of how many invocations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batches {
    pub(crate) count: usize,
    pub(crate) size: u32,
}

/// An invocation; medians of batches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invocation {
    pub(crate) cpu: Duration,
    pub(crate) time: Duration,
}

/// The work of a function, and its process while it runs.
pub(crate) struct Lane {
    function: Option<Function>,
    work: Work,
    warm_up: usize,
    batches: Vec<Invocation>,
}

/// Warms all of them up and fills in their batches.
pub(crate) async fn alternate(lanes: &mut [Lane], Batches { count, size }: Batches) -> Result<()> {
    for lane in &mut *lanes {
        for _ in 0..lane.warm_up {
            lane.once().await?;
        }
    }
    for _ in 0..count {
        batch(lanes, size).await?;
    }
    Ok(())
}

async fn batch(lanes: &mut [Lane], size: u32) -> Result<()> {
    let cpu = |lane: &Lane| anyhow::Ok(process::cpu(lane.pid()?)?);
    sleep(REST).await;
    let before: Vec<_> = lanes.iter().map(cpu).collect::<Result<_, _>>()?;
    let mut times = vec![Duration::ZERO; lanes.len()];
    for _ in 0..size {
        for (lane, time) in lanes.iter_mut().zip(&mut times) {
            *time += lane.once().await?;
        }
    }
    sleep(REST).await;
    for ((lane, before), time) in lanes.iter_mut().zip(before).zip(times) {
        let cpu = cpu(lane)?.saturating_sub(before);
        lane.batches.push(Invocation { cpu: cpu / size, time: time / size });
    }
    Ok(())
}

impl Lane {
    pub(crate) fn new(work: Work, warm_up: usize) -> Self {
        Self { function: None, work, warm_up, batches: Vec::new() }
    }

    /// Goes on with the work in a new process.
    pub(crate) fn run(&mut self, function: Function) {
        self.function = Some(function);
    }

    fn pid(&self) -> Result<u32> {
        Ok(self.function.as_ref().context(NOT_RUN)?.pid())
    }

    /// The memory of its process.
    pub(crate) fn memory(&self) -> Result<process::Memory> {
        Ok(process::memory(self.pid()?)?)
    }

    async fn once(&mut self) -> Result<Duration> {
        let began = Instant::now();
        self.work.once(self.function.as_mut().context(NOT_RUN)?).await?;
        Ok(began.elapsed())
    }

    /// Medians of the batches.
    pub(crate) fn middle(&self) -> Invocation {
        let of = |part: fn(&Invocation) -> Duration| median(self.batches.iter().map(part).collect());
        Invocation { cpu: of(|batch| batch.cpu), time: of(|batch| batch.time) }
    }

    /// What the invocations of this lane cost beyond those of `other`, batch by batch.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (batch, other) in self.batches.iter_mut().zip(&other.batches) {
            batch.cpu = batch.cpu.saturating_sub(other.cpu);
            batch.time = batch.time.saturating_sub(other.time);
        }
        self
    }

    /// Processor time over that of `other`: the median of what the batches of the same moments give, because the
    /// machine is faster in some minutes than in others.
    pub(crate) fn over(&self, other: &Self) -> f64 {
        let pairs = self.batches.iter().zip(&other.batches);
        let mut ratios: Vec<_> =
            pairs.map(|(own, other)| own.cpu.as_secs_f64() / other.cpu.as_secs_f64()).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

pub(crate) fn median(mut values: Vec<Duration>) -> Duration {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
