//! The benchmark: every function binary behind the Lambda Runtime API beside the floor, and signing in beside the bare
//! hash, on one machine in one run. Writes `docs/performance.md`. It measures and judges nothing: limits are kept by the tests.

mod bounded;
mod lane;
mod machine;
mod measure;
mod operations;
mod people;
mod report;
mod setting;
mod vendors;
mod work;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Parser;
use vestibule_bench::binaries;

use crate::{
    measure::{Beside, Plan},
    operations::Operation,
    setting::Setting,
};

/// Measures the built function binaries and writes `docs/performance.md`.
#[derive(Debug, Parser)]
struct Options {
    /// Folder of the binaries: the output of `cargo lambda build`, or a folder with the binaries themselves.
    #[arg(long, default_value = "target/lambda")]
    binaries: PathBuf,
    /// Instead of measuring, send each function the worst inputs and fail if one needs more memory or time than the
    /// function has in the template.
    #[arg(long)]
    bounds: bool,
    /// Few repetitions, and the table on standard output only.
    #[arg(long)]
    quick: bool,
    /// Only the operations of this function, and the table on standard output only.
    #[arg(long)]
    only: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if options.bounds {
        return bounded::run(&options.binaries, options.only.as_deref()).await;
    }
    let plan = if options.quick { Plan::QUICK } else { Plan::FULL };
    let load = machine::load();
    let setting = Setting::start(plan.sign_ins()).await?;
    let named = |name| built(&options.binaries, name);
    let beside = Beside { floor: named("floor")?, hash: named("bare-hash")? };
    let mut rows = Vec::new();
    let wanted =
        |operation: &Operation| options.only.as_deref().is_none_or(|only| only == operation.function);
    for operation in operations::all(&setting).await?.into_iter().filter(wanted) {
        eprintln!("{}: {}", operation.function, operation.name);
        let binary = named(operation.function)?;
        rows.push(measure::operation(&setting, &plan, &binary, &beside, operation).await?);
    }
    let base = measure::floor(&setting, &plan, &beside.floor).await?;
    let text = report::document(&plan, &load, &base, &rows);
    if options.quick || options.only.is_some() {
        println!("{text}");
    } else {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
        std::fs::write(&path, text).context("docs/performance.md cannot be written")?;
    }
    Ok(())
}

fn built(folder: &Path, name: &str) -> Result<PathBuf> {
    binaries::find(folder, name)
        .with_context(|| format!("{name} is not built in {}; first run\n{}", folder.display(), report::BUILD))
}
