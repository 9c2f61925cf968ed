//! `cargo run -- demo`: signed paperwork becomes a mailbox, and a failure is undone, before your
//! eyes and on a stack that leaves nothing behind.

pub mod accounts;
mod provider;
mod watch;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_domain::MailboxProvider;
use vestibule_models::{Fault, FaultKind, SentMail, Service};

use crate::{Stack, StackOptions, sample::mailboxes};
use provider::Provider;
use watch::Watch;

/// How long a job may take before the demo gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the demo on a stack with these options. An error means that something it promises did not come true.
pub async fn run(options: StackOptions) -> Result<()> {
    println!("Starting a local cloud that leaves nothing behind ...");
    let stack = Stack::start(options).await?;
    println!("  {} - pages at {}/_local/\n", stack.url(), stack.url());
    let client = Client::new(&stack)?;
    succeed(&stack, &client).await?;
    fail(&stack, &client).await?;
    stack.stop().await;
    println!("\nAll of it held. Next: `cargo run` serves a stack that keeps its data.");
    Ok(())
}

async fn succeed(stack: &Stack, client: &Client) -> Result<()> {
    println!("1. José Ó'Brien signs the paperwork; mailboxes are at {}", client.provider.title());
    let hire = client.hire("José", "Ó'Brien", "jose@example.org").await?;
    let job = sign_everything(stack, client, &hire).await?;
    let watched = Watch::job(client, &job, PATIENCE).await?;
    ensure!(watched.status == "succeeded", "the job ended {}", watched.status);
    let address = client.get(&format!("/api/hires/{hire}")).await?["address"].as_str().map(str::to_owned);
    let address = address.context("the hire has no address")?;
    ensure!(address == "jose.obrien@test-brand.example", "an unexpected address: {address}");
    println!("   mailbox   {address}");
    println!("   time      {} ms from the last signature", watched.millis);
    let mails = stack.cloud().mailer().sent()?;
    ensure!(mails.len() == 1, "{} mails were sent instead of one", mails.len());
    show_mail(&mails[0])
}

async fn fail(stack: &Stack, client: &Client) -> Result<()> {
    println!("\n2. The same for Ada Marsh, but the mail service refuses her welcome mail");
    let refuse =
        FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "refused".into() };
    stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", refuse).times(u32::MAX));
    let before = client.mailboxes(stack)?;
    let hire = client.hire("Ada", "Marsh", "ada@example.org").await?;
    let job = sign_everything(stack, client, &hire).await?;
    let watched = Watch::job(client, &job, PATIENCE).await?;
    ensure!(watched.status == "failed", "the job ended {}", watched.status);
    ensure!(client.mailboxes(stack)? == before, "a user was left behind");
    ensure!(stack.cloud().mailer().sent()?.len() == 1, "a second mail was sent");
    let address = &client.get(&format!("/api/hires/{hire}")).await?["address"];
    ensure!(address.is_null(), "the hire kept the address {address}");
    println!("   nothing is left: no user, no mail, the address is free");
    Ok(())
}

/// Sends the three events, as the provider would, and returns the job they made.
async fn sign_everything(stack: &Stack, client: &Client, hire: &str) -> Result<String> {
    let provider = Provider::new(stack);
    for (document, event) in Provider::events(hire) {
        let outcome = provider.send(&client.http, &event).await?;
        println!("   signed    {document:<16} {outcome}");
    }
    let shown = client.get(&format!("/api/hires/{hire}")).await?;
    Ok(shown["job"].as_str().context("three signatures made no job")?.to_owned())
}

/// Prints the mail with its password, or the token of its link, masked.
fn show_mail(mail: &SentMail) -> Result<()> {
    let text = mail.text.as_deref().context("the mail has no text")?;
    println!("   mail      to {}: {}\n", mail.to.join(", "), mail.subject);
    for line in text.lines() {
        let mut marks = ["Temporary password: ", "?token="].into_iter();
        let secret = marks.find_map(|mark| Some((mark, line.split_once(mark)?)));
        match secret {
            Some((mark, (label, told))) => {
                let masked = "*".repeat(told.trim().chars().count());
                println!("   |  {label}{mark}{masked}");
            }
            None => println!("   |  {line}"),
        }
    }
    Ok(())
}

/// The tenant's administrator, over HTTP.
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    provider: MailboxProvider,
}

impl Client {
    /// Somebody who administers the platform, by their user name; their work is in no tenant.
    pub(crate) async fn administrator(stack: &Stack, username: &str) -> Result<Self> {
        let (http, base) = (reqwest::Client::new(), stack.url().to_owned());
        let body = json!({ "username": username, "password": stack.sample().password.expose_secret() });
        let request = http.post(format!("{base}/api/admin/login")).json(&body);
        let signed_in: Value = request.send().await?.error_for_status()?.json().await?;
        let token = signed_in["accessToken"].as_str().context("the sign-in gave no token")?.to_owned();
        Ok(Self { http, base, token, provider: MailboxProvider::WorkMail })
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    fn new(stack: &Stack) -> Result<Self> {
        let token = stack.sample().token("debug_tenant_admin", stack.world());
        let token = token.context("the sample administrator is missing")??.0;
        let mailboxes =
            stack.sample().tenant.mailboxes.as_ref().context("the sample tenant has no provider")?;
        let (base, token) = (stack.url().to_owned(), token.expose_secret().to_owned());
        Ok(Self { http: reqwest::Client::new(), base, token, provider: mailboxes.provider() })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn hire(&self, given: &str, family: &str, email: &str) -> Result<String> {
        let body = json!({ "givenName": given, "familyName": family, "personalEmail": email });
        let request = self.http.post(format!("{}/api/hires", self.base)).bearer_auth(&self.token).json(&body);
        let made: Value = request.send().await?.error_for_status()?.json().await?;
        Ok(made["id"].as_str().context("the new hire has no id")?.to_owned())
    }

    fn mailboxes(&self, stack: &Stack) -> Result<usize> {
        Ok(mailboxes::count(stack.cloud(), self.provider)?)
    }
}
