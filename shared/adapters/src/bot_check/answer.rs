//! What a vendor answers, and what that comes to.

use serde::Deserialize;

use super::{Action, Check};

/// What the answer comes to. The words are fixed and go to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// A person, on our page, for this action.
    Passed,
    /// Anything else that the vendor said.
    Failed(&'static str),
    /// The vendor said nothing about the visitor.
    None(&'static str),
}

/// The part that the vendors have in common.
#[derive(Deserialize)]
pub(super) struct Answer {
    success: bool,
    score: Option<f64>,
    action: Option<String>,
    hostname: Option<String>,
    #[serde(default, rename = "error-codes")]
    errors: Vec<String>,
}

impl Answer {
    pub(super) fn judge(&self, check: &Check, action: Action) -> Judgement {
        if !self.success {
            return self.failure();
        }
        let hostname = self.hostname.as_deref().unwrap_or_default();
        if !check.hostnames.iter().any(|each| each.eq_ignore_ascii_case(hostname)) {
            return Judgement::Failed("hostname");
        }
        if check.vendor.binds_action() && self.action.as_deref() != Some(action.as_str()) {
            return Judgement::Failed("action");
        }
        if check.vendor.scores() && !self.score.is_some_and(|score| score >= check.least_score) {
            return Judgement::Failed("score");
        }
        Judgement::Passed
    }

    fn failure(&self) -> Judgement {
        let says = |code: &str| self.errors.iter().any(|each| each == code);
        let ours = ["missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch"];
        if ours.into_iter().any(says) {
            Judgement::None("our secret is refused")
        } else if says("internal-error") {
            Judgement::None("server_failed")
        } else {
            Judgement::Failed("token")
        }
    }
}
