//! `cargo run -- demo accounts`: an administrator gives somebody an account, and the mail service that refuses another's invitation
//! twice leaves nothing behind.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service};

use super::{Client, PATIENCE, watch::Watch};
use crate::{Stack, StackOptions, sample::ADMINISTRATORS};

/// Where accounts are asked for, and their jobs shown.
const PROVISION: &str = "/api/admin/provision-account";
const JOBS: &str = "/api/admin/jobs";

/// Runs the demo on a stack with these options. An error means that something it promises did not come true.
pub async fn run(options: StackOptions) -> Result<()> {
    println!("Starting a local cloud that leaves nothing behind ...");
    let stack = Stack::start(options).await?;
    println!("  {} - pages at {}/_local/\n", stack.url(), stack.url());
    let client = Client::administrator(&stack, ADMINISTRATORS[0].name).await?;
    succeed(&stack, &client).await?;
    fail(&stack, &client).await?;
    stack.stop().await;
    println!("\nAll of it held. Next: `cargo run` serves a stack that keeps its data.");
    Ok(())
}

async fn succeed(stack: &Stack, client: &Client) -> Result<()> {
    println!("1. {} gives Kim Doe an account in a new organization", ADMINISTRATORS[0].name);
    let watched = provision(client, "Kim Doe", "kim@acme.example", "acme").await?;
    ensure!(watched.status == "succeeded", "the job ended {}", watched.status);
    println!("   time      {} ms from the request", watched.millis);
    let account = account(client, "kim@acme.example").await?.context("there is no account")?;
    ensure!(account["status"] == "invited" && account["tier"] == "platinum", "another account: {account}");
    println!("   account   {} is {}, {}", account["email"], account["status"], account["tier"]);
    let mails = stack.cloud().mailer().sent()?;
    ensure!(mails.len() == 1, "{} mails were sent instead of one", mails.len());
    println!("   mail      to {}: {}", mails[0].to.join(", "), mails[0].subject);
    Ok(())
}

async fn fail(stack: &Stack, client: &Client) -> Result<()> {
    println!("\n2. The same for Ada Marsh, but the mail service refuses her invitation twice");
    let refuse =
        FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "refused".into() };
    stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", refuse).times(2));
    let asked = || stack.cloud().calls().iter().filter(|call| call.service == Service::Ses).count();
    let (before, waited) = (asked(), waiting(client).await?);
    let watched = provision(client, "Ada Marsh", "ada@marsh.example", "marsh").await?;
    ensure!(watched.status == "failed", "the job ended {}", watched.status);
    ensure!(asked() - before == 2, "the mail service was asked {} times", asked() - before);
    ensure!(account(client, "ada@marsh.example").await?.is_none(), "an account was left behind");
    ensure!(stack.cloud().mailer().sent()?.len() == 1, "a second mail was sent");
    let mut waiting = waiting(client).await?;
    // The sample has one from before.
    waiting.retain(|job| !waited.contains(job));
    ensure!(waiting.len() == 1, "{} more jobs wait for a person", waiting.len());
    let tries = waiting[0]["mails"].as_array().context("the tries")?;
    ensure!(tries.len() == 2 && tries.iter().all(|mail| mail["refused"] == "message_rejected"), "{tries:?}");
    println!("   nothing is left: no account, no organization, no mail; the slug is free");
    println!("   for a person: {}, tried twice: {}", waiting[0]["id"], waiting[0]["lastError"]["code"]);
    // What the slug would be taken by is gone.
    let again = provision(client, "Ada Marsh", "ada@marsh.example", "marsh").await?;
    ensure!(again.status == "succeeded", "the second job ended {}", again.status);
    Ok(())
}

async fn provision(client: &Client, name: &str, email: &str, slug: &str) -> Result<Watch> {
    let body = json!({
        "email": email, "name": name, "tier": "platinum", "role": "admin",
        "organization": { "name": name, "slug": slug, "preset": "brokerage" },
    });
    let job = client.post(PROVISION, &body).await?;
    let job = job["id"].as_str().context("the new job has no id")?;
    Watch::job_at(client, &format!("{JOBS}/{job}"), PATIENCE).await
}

/// Jobs that wait for a person.
async fn waiting(client: &Client) -> Result<Vec<Value>> {
    let list = client.get(&format!("{JOBS}?status=needs_attention")).await?;
    Ok(list["items"].as_array().context("a list of jobs")?.clone())
}

async fn account(client: &Client, email: &str) -> Result<Option<Value>> {
    let found = client.get(&format!("/api/admin/users?email={email}")).await?;
    Ok(found["items"].get(0).cloned())
}
