//! The list of calls the models have received since the process started.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;

use crate::service::Service;

/// Calls beyond this number push out the oldest, so that a long-running stack does not grow.
const KEPT: usize = 100_000;

/// One received call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The service called.
    pub service: Service,
    /// The operation's name, such as `CreateUser`.
    pub operation: String,
    /// When the call arrived.
    pub at: Timestamp,
    /// Whether a fault was applied to it.
    pub faulted: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<VecDeque<Call>>);

impl Calls {
    pub(crate) fn record(&self, call: Call) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub(crate) fn list(&self) -> Vec<Call> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
