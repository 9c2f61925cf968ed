//! Following a job while it runs, a line for each step that moves on.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

use super::Client;

/// Time between two looks at the job.
const LOOK: Duration = Duration::from_millis(20);

/// How a job ended.
pub(super) struct Watch {
    pub(super) status: String,
    pub(super) millis: u128,
}

impl Watch {
    /// Prints the job's steps as they change, until it ends or `patience` is over.
    pub(super) async fn job(client: &Client, job: &str, patience: Duration) -> Result<Self> {
        Self::job_at(client, &format!("/api/provision/jobs/{job}"), patience).await
    }

    /// The same for a job that is shown at this path.
    pub(super) async fn job_at(client: &Client, job: &str, patience: Duration) -> Result<Self> {
        let started = tokio::time::Instant::now();
        let mut seen = BTreeMap::new();
        while started.elapsed() < patience {
            let shown = client.get(job).await?;
            let millis = started.elapsed().as_millis();
            print_changes(&shown, &mut seen, millis);
            let status = shown["status"].as_str().unwrap_or_default();
            if ["succeeded", "failed", "needs_attention", "cancelled"].contains(&status) {
                println!("   job       {status}");
                return Ok(Self { status: status.to_owned(), millis });
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("the job {job} did not end in {} s", patience.as_secs())
    }
}

fn print_changes(job: &Value, seen: &mut BTreeMap<String, String>, millis: u128) {
    for step in job["steps"].as_array().into_iter().flatten() {
        let (name, status) = (step["name"].as_str().unwrap_or("?"), step["status"].as_str().unwrap_or("?"));
        if seen.insert(name.to_owned(), status.to_owned()).as_deref() != Some(status) {
            let error = step["error"].as_str().map(|error| format!("({error})")).unwrap_or_default();
            println!("   {millis:>5} ms  {name:<16} {status} {error}");
        }
    }
}
