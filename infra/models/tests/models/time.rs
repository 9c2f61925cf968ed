//! A clock that stands still until a test moves it.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use vestibule_models::{Cloud, CloudOptions};

/// 2026-11-30T06:00:00Z.
const START: i64 = 1_796_018_400;

#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    pub(crate) fn cloud(&self, data_dir: Option<&Path>) -> Cloud {
        let time = self.clone();
        let options = CloudOptions { clock: Arc::new(move || time.now()), ..CloudOptions::default() };
        Cloud::open(data_dir, options).unwrap()
    }
}
