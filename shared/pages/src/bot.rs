//! The check for programs, as its vendor shows it in a form.

use serde::Serialize;

/// What a vendor puts into a form. Its script is the only one that a page ever runs.
#[derive(Debug, Clone, Serialize)]
pub struct BotWidget {
    /// Address of the vendor's script.
    pub script: &'static str,
    /// The class of the element that the script fills.
    pub class: &'static str,
    /// The deployment's key at the vendor, which is no secret.
    pub site_key: String,
    /// The hosts that the script, its frame and its style come from.
    pub hosts: &'static str,
}

impl BotWidget {
    /// What the content policy allows for it.
    pub(crate) fn policy(&self) -> String {
        let hosts = self.hosts;
        format!("; script-src {hosts}; frame-src {hosts}; connect-src {hosts}")
    }
}
