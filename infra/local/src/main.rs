//! `vestibule`: the whole system on this machine. Starts the local stack and serves it until Ctrl-C.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use vestibule_adapters::oidc::Providers;
use vestibule_domain::{JobStart, MailboxProvider, Tenant};
use vestibule_local::{
    FirstData, Stack, StackOptions, demo,
    sample::{self, ADMINISTRATORS, PEOPLE},
};

/// Runs Vestibule on this machine, from the template that deploys it.
#[derive(Debug, Parser)]
#[command(version)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where the stack keeps its data [default: .vestibule].
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Keep everything in memory.
    #[arg(long, conflicts_with = "data_dir")]
    ephemeral: bool,
    /// Port of the HTTP API on 127.0.0.1; 0 takes a free one [default: 8080, for `demo` a free one].
    #[arg(long, global = true)]
    port: Option<u16>,
    /// Use this `DynamoDB` endpoint instead of the built-in one.
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    dynamodb_endpoint: Option<String>,
    /// Let the sample people in by the header `x-debug-user`, without a token.
    #[arg(long, env = "DEBUG_BYPASS_AUTH")]
    debug_bypass_auth: bool,
    /// Begin without sample data, as a new deployment does.
    #[arg(long)]
    empty: bool,
    /// Let the jobs of a new sample tenant wait until they are asked for.
    #[arg(long)]
    on_request: bool,
    /// Give a parameter of the template another value; can be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter, global = true)]
    parameters: Vec<(String, String)>,
    /// Where the sample tenant has its mailboxes, if it is made now [default: workmail, for `demo` google].
    #[arg(long, value_name = "google|microsoft|workmail", global = true, value_parser = mailbox_provider)]
    provider: Option<MailboxProvider>,
    /// Let people sign in with the identity providers that this JSON file lists.
    #[arg(long, value_name = "FILE")]
    oidc_providers: Option<PathBuf>,
    /// What to log: error, warn, info, or directives as in `vestibule_local=info,warn`; `debug` too unless this is a
    /// release build [default: info, for `demo` error].
    #[arg(long, env = "LOG_LEVEL", value_parser = log_level, global = true)]
    log_level: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the main job end to end on a stack that leaves nothing behind.
    Demo {
        /// What to show.
        #[arg(value_enum, default_value = "hires")]
        what: What,
    },
}

/// What the demo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// From signed papers to a mailbox.
    Hires,
    /// An account that an administrator of the platform gives.
    Accounts,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Boxed: a whole stack starts within it.
    match Box::pin(run(Arguments::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence with its causes. A backtrace would say nothing to somebody who mistyped an option.
            eprintln!("vestibule: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let demo = arguments.command.as_ref().map(|Command::Demo { what }| *what);
    start_logging(arguments.log_level.as_deref().unwrap_or(match demo {
        Some(What::Hires) => "error",
        // A job that needs a person is logged as an error; here it is what is shown.
        Some(What::Accounts) => "off",
        None => "info",
    }))?;
    let common = StackOptions {
        parameters: arguments.parameters.iter().cloned().collect(),
        mailboxes: arguments.provider.unwrap_or(match demo {
            Some(_) => MailboxProvider::Google,
            None => MailboxProvider::WorkMail,
        }),
        schedules: true,
        streams: true,
        ..StackOptions::default()
    };
    if let Some(what) = demo {
        ensure!(
            arguments.data_dir.is_none() && arguments.dynamodb_endpoint.is_none() && !arguments.on_request,
            "`demo` keeps nothing and starts its jobs by itself; leave --data-dir, --dynamodb-endpoint and --on-request out"
        );
        let options = StackOptions { port: arguments.port.unwrap_or(0), ..common };
        return match what {
            What::Hires => demo::run(options).await,
            What::Accounts => demo::accounts::run(options).await,
        };
    }
    let data_dir = arguments.data_dir.unwrap_or_else(|| PathBuf::from(".vestibule"));
    let stack = Stack::start(StackOptions {
        data_dir: (!arguments.ephemeral).then_some(data_dir),
        port: arguments.port.unwrap_or(8080),
        dynamodb_endpoint: arguments.dynamodb_endpoint,
        job_start: if arguments.on_request { JobStart::OnRequest } else { JobStart::Automatic },
        first_data: if arguments.empty { FirstData::None } else { FirstData::Sample },
        debug_bypass: arguments.debug_bypass_auth,
        oidc_providers: arguments.oidc_providers.as_deref().map(providers).transpose()?,
        ..common
    })
    .await?;
    announce(&stack, arguments.empty);
    until_stopped().await?;
    stack.stop().await;
    Ok(())
}

fn mailbox_provider(text: &str) -> Result<MailboxProvider, String> {
    MailboxProvider::parse(text).map_err(|invalid| invalid.to_string())
}

/// An address that the SDK can call.
fn endpoint(text: &str) -> Result<String, String> {
    let advice = "give it as a URL, such as http://127.0.0.1:8000";
    let uri = text.parse::<http::Uri>().map_err(|_| advice)?;
    let usable = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    if usable { Ok(text.to_owned()) } else { Err(advice.to_owned()) }
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("give it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A level, or directives of `target=level`. A word by itself would be taken for a target and log everything of it.
fn log_level(text: &str) -> Result<String, &'static str> {
    let advice =
        "give error, warn, info, debug, trace or off, or directives such as vestibule_local=info,warn";
    let is_level = |word: &str| {
        ["error", "warn", "info", "debug", "trace", "off"].contains(&word.to_ascii_lowercase().as_str())
    };
    let known = text.split(',').all(|directive| is_level(directive.rsplit('=').next().unwrap_or_default()));
    let filter = EnvFilter::try_new(text).map_err(|_| advice);
    filter.and_then(|_| if known { Ok(text.to_owned()) } else { Err(advice) })
}

fn providers(file: &Path) -> Result<SecretString> {
    let told = || format!("--oidc-providers {}", file.display());
    let text: SecretString = std::fs::read_to_string(file).with_context(told)?.into();
    Providers::parse(&text).with_context(told)?;
    Ok(text)
}

/// The SDKs stay at `warn`: their debug output shows request bodies.
fn start_logging(level: &str) -> Result<()> {
    let filter =
        EnvFilter::try_new(format!("{level},aws=warn,hyper=warn,aws_smithy_runtime=warn,dynoxide=error"))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}

fn announce(stack: &Stack, empty: bool) {
    let (url, sample) = (stack.url(), stack.sample());
    println!("Open       {url}/_local/  (sign in, mails, workflows)");
    println!("API        {url}  (described at {url}/openapi.json)");
    println!("AWS        {}  (models; faults: PUT /_faults)", stack.aws_url());
    println!("DynamoDB   {}  (table {})", stack.dynamodb_url(), stack.table_name());
    if empty {
        println!("Ctrl-C stops it; what it holds is there again at the next start.");
        return;
    }
    println!("Tenant     {} ({})", sample.tenant.name, sample.tenant.id);
    for person in PEOPLE {
        println!("Token of   {:<28} curl {url}/_local/token/{}", person.email, person.name);
    }
    println!("           they sign in at {url}/api/v1/auth/login with {}", sample.password.expose_secret());
    println!("           two of them belong to {} ({}) as well", sample.second.name, sample.second.id);
    for person in ADMINISTRATORS {
        println!("Platform   {:<28} curl {url}/_local/token/{}", person.email, person.name);
    }
    println!("           they and {} administer it; no second factor is asked of them here", PEOPLE[0].email);
    mailboxes(&sample.tenant);
    println!("Webhook    {url}/api/esign/webhook/docusign/{}", sample.endpoint);
    println!("           its signing key: curl {url}/_local/esign");
    println!("Ctrl-C stops it; what it holds is there again at the next start.");
}

/// What a connection to the sample tenant's mailbox providers asks for.
fn mailboxes(tenant: &Tenant) {
    let secret = |provider: MailboxProvider| provider.secret_of(tenant.id);
    let admin = sample::google_admin(tenant).unwrap_or_default();
    println!("Google     {admin}  (key file: secret {})", secret(MailboxProvider::Google));
    let ids = [sample::MICROSOFT_DIRECTORY, sample::MICROSOFT_CLIENT, sample::MICROSOFT_LICENCE].join("  ");
    println!("Microsoft  {ids}");
    println!("           directory, client and licence; secret {}", secret(MailboxProvider::Microsoft));
}

async fn until_stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
