//! `vestibule`: the whole system on this machine. Starts the local stack and serves it until Ctrl-C.

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use vestibule_local::{Stack, StackOptions};

/// Runs Vestibule on this machine, from the template that deploys it.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
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
    /// What to log: error, warn, info, debug, or directives as in `vestibule_local=debug,warn`.
    #[arg(long, env = "LOG_LEVEL", default_value = "info")]
    log_level: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    start_logging(&arguments.log_level)?;
    let stack = Stack::start(StackOptions {
        data_dir: (!arguments.ephemeral).then_some(arguments.data_dir),
        port: arguments.port,
        dynamodb_endpoint: arguments.dynamodb_endpoint,
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

/// The SDKs stay at `warn`: their debug output shows request bodies.
fn start_logging(level: &str) -> Result<()> {
    let filter = EnvFilter::try_new(format!(
        "{level},aws=warn,hyper=warn,aws_smithy_runtime=warn,dynoxide=error"
    ))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

fn announce(stack: &Stack) {
    println!("API        {}", stack.url());
    println!("Pages      {}/_local/", stack.url());
    println!("AWS        {}", stack.aws_url());
    println!("DynamoDB   {}", stack.dynamodb_url());
    println!("Ctrl-C stops it.");
}

async fn until_stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
