//! How far it is: a line that renews itself on a terminal, plain lines elsewhere.

use std::{
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::ProgressBar;
use vestibule_store::ResealProgress;

/// Rows or records between two plain lines.
const STRIDE: u64 = 10_000;

/// Shows a long walk on standard error. How many rows are still to come is not known.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    told: u64,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let bar = stderr().is_terminal().then(ProgressBar::new_spinner);
        if let Some(bar) = &bar {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar, told: 0 }
    }

    pub(crate) fn show(&mut self, seen: u64, line: impl FnOnce() -> String) {
        match &self.bar {
            Some(bar) => bar.set_message(line()),
            None if is_due(self.told, seen) => {
                eprintln!("{}", line());
                self.told = seen;
            }
            None => {}
        }
    }

    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line of the walk over a table.
pub(crate) fn resealed(done: ResealProgress) -> String {
    let ResealProgress { seen, resealed, skipped } = done;
    format!("{seen} rows seen, {resealed} sealed anew, {skipped} changed meanwhile")
}

fn is_due(told: u64, seen: u64) -> bool {
    seen / STRIDE > told / STRIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_for_every_ten_thousand_rows() {
        let told = [900, 9_999, 10_200, 11_000, 31_000, 40_000].into_iter();
        let mut last = 0;
        let lines: Vec<u64> =
            told.filter(|seen| is_due(last, *seen).then(|| last = *seen).is_some()).collect();
        assert_eq!(lines, [10_200, 31_000, 40_000]);
    }

    #[test]
    fn a_line_says_what_was_done() {
        let done = ResealProgress { seen: 3, resealed: 2, skipped: 1 };
        assert_eq!(resealed(done), "3 rows seen, 2 sealed anew, 1 changed meanwhile");
    }
}
