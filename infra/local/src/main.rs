//! `vestibule`: the whole system on this machine. Starts the local stack and serves it until Ctrl-C.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use vestibule_domain::JobStart;
use vestibule_local::{Stack, StackOptions, demo, sample::PEOPLE};

/// Runs Vestibule on this machine, from the template that deploys it.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where the stack keeps its data.
    #[arg(long, default_value = ".vestibule")]
    data_dir: PathBuf,
    /// Keep everything in memory.
    #[arg(long, conflicts_with = "data_dir")]
    ephemeral: bool,
    /// Port of the HTTP API on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Use this `DynamoDB` endpoint instead of the built-in one.
    #[arg(long, value_name = "URL")]
    dynamodb_endpoint: Option<String>,
    /// Let the sample people in by the header `x-debug-user`, without a token.
    #[arg(long, env = "DEBUG_BYPASS_AUTH")]
    debug_bypass_auth: bool,
    /// Let the jobs of a new sample tenant wait until they are asked for.
    #[arg(long)]
    on_request: bool,
    /// Give a parameter of the template another value; can be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// Let people sign in with the identity providers that this JSON file lists.
    #[arg(long, value_name = "FILE")]
    oidc_providers: Option<PathBuf>,
    /// What to log: error, warn, info, or directives as in `vestibule_local=info,warn`; `debug` too unless this is a
    /// release build.
    #[arg(long, env = "LOG_LEVEL", default_value = "info")]
    log_level: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the main job end to end on a stack that leaves nothing behind.
    Demo,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Demo) = arguments.command {
        start_logging("error")?;
        return demo::run().await;
    }
    start_logging(&arguments.log_level)?;
    let stack = Stack::start(StackOptions {
        data_dir: (!arguments.ephemeral).then_some(arguments.data_dir),
        port: arguments.port,
        dynamodb_endpoint: arguments.dynamodb_endpoint,
        job_start: if arguments.on_request { JobStart::OnRequest } else { JobStart::Automatic },
        debug_bypass: arguments.debug_bypass_auth,
        parameters: arguments.parameters.into_iter().collect(),
        oidc_providers: arguments.oidc_providers.as_deref().map(read).transpose()?,
        schedules: true,
        streams: true,
        ..StackOptions::default()
    })
    .await?;
    announce(&stack);
    until_stopped().await?;
    stack.stop().await;
    Ok(())
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("there is no = in it")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn read(file: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(file);
    Ok(text.with_context(|| format!("{} cannot be read", file.display()))?.into())
}

/// The SDKs stay at `warn`: their debug output shows request bodies.
fn start_logging(level: &str) -> Result<()> {
    let filter =
        EnvFilter::try_new(format!("{level},aws=warn,hyper=warn,aws_smithy_runtime=warn,dynoxide=error"))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}

fn announce(stack: &Stack) {
    let (url, sample) = (stack.url(), stack.sample());
    println!("API        {url}  (described at {url}/openapi.json)");
    println!("Pages      {url}/_local/  (mails, workflows)");
    println!("AWS        {}  (models; faults: PUT /_faults)", stack.aws_url());
    println!("DynamoDB   {}  (table {})", stack.dynamodb_url(), stack.table_name());
    println!("Tenant     {} ({})", sample.tenant.name, sample.tenant.id);
    for person in PEOPLE {
        println!("Token of   {:<28} curl {url}/_local/token/{}", person.email, person.name);
    }
    println!("           they sign in at {url}/api/v1/auth/login with {}", sample.password.expose_secret());
    println!("           two of them belong to {} ({}) as well", sample.second.name, sample.second.id);
    println!("Webhook    {url}/api/esign/webhook/docusign/{}", sample.tenant.endpoint);
    println!("           its signing key: curl {url}/_local/esign");
    println!("Ctrl-C stops it; what it holds is there again at the next start.");
}

async fn until_stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
