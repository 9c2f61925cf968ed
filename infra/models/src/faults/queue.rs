//! The faults planted at the moment, and the calls held by them.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::watch;

use super::{Fault, FaultKind};
use crate::service::Service;

#[derive(Debug)]
struct Planted {
    fault: Fault,
    passed: u32,
    hit: u32,
}

/// The planted faults, asked in the order they were planted; the first that is due hits the call.
#[derive(Debug)]
pub struct Faults {
    planted: Mutex<Vec<Planted>>,
    releases: watch::Sender<u64>,
    held: AtomicUsize,
}

impl Default for Faults {
    fn default() -> Self {
        Self { planted: Mutex::default(), releases: watch::Sender::new(0), held: AtomicUsize::new(0) }
    }
}

impl Faults {
    /// Plants one more fault.
    pub fn set(&self, fault: Fault) {
        self.lock().push(Planted { fault, passed: 0, hit: 0 });
    }

    /// Removes every fault and lets held calls go on.
    pub fn clear(&self) {
        self.lock().clear();
        self.release();
    }

    /// Replaces all faults by these, at once.
    pub fn replace(&self, faults: Vec<Fault>) {
        *self.lock() = faults.into_iter().map(|fault| Planted { fault, passed: 0, hit: 0 }).collect();
    }

    /// The faults that still have calls to hit, with `times` and `after` as they are left.
    pub fn list(&self) -> Vec<Fault> {
        let left = |planted: &Planted| {
            let times =
                if planted.fault.times == u32::MAX { u32::MAX } else { planted.fault.times - planted.hit };
            Fault { times, after: planted.fault.after - planted.passed, ..planted.fault.clone() }
        };
        self.lock().iter().filter(|planted| planted.is_live()).map(left).collect()
    }

    /// How many calls are held at the moment.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Lets every held call go on.
    pub fn release(&self) {
        self.releases.send_modify(|count| *count += 1);
    }

    /// Waits, in a held call, for the next `release` or `clear`.
    pub(crate) async fn hold(&self) {
        let mut releases = self.releases.subscribe();
        self.held.fetch_add(1, Ordering::SeqCst);
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = releases.changed().await;
        self.held.fetch_sub(1, Ordering::SeqCst);
    }

    /// What happens to this call; counts it.
    pub(crate) fn strike(&self, service: Service, operation: &str, body: &[u8]) -> Option<FaultKind> {
        let mut planted = self.lock();
        for one in
            planted.iter_mut().filter(|one| one.is_live() && one.fault.matches(service, operation, body))
        {
            if one.passed < one.fault.after {
                one.passed += 1;
                continue;
            }
            one.hit = one.hit.saturating_add(1);
            return Some(one.fault.kind.clone());
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Planted>> {
        self.planted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planted {
    fn is_live(&self) -> bool {
        self.fault.times == u32::MAX || self.hit < self.fault.times
    }
}
