//! The table of worst inputs: for each function the one that needs most memory and the one that needs most time.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use vestibule_bench::{
    bounds::{Allowed, Spent, spend},
    extremes::{self, Extreme},
    runtime_api::RuntimeApi,
    stack,
};
use vestibule_local::Stack;

use crate::vendors;

/// Sends every extreme to the binaries in `folder` and prints what the worst cost.
///
/// # Errors
/// A function needs more than the template gives it, fails, or is not built.
pub(crate) async fn run(folder: &Path, only: Option<&str>) -> Result<()> {
    let stack = stack::start().await?;
    println!(
        "| function | inputs | worst input | memory, MB | of | time, ms | of |\n|---|---|---|---|---|---|---|"
    );
    let mut beyond = Vec::new();
    for function in
        vestibule_local::functions::NAMES.iter().copied().filter(|name| only.is_none_or(|only| only == *name))
    {
        let extremes = extremes::of(&stack, function)?;
        let (allowed, mut spent) = walk(&stack, folder, function, &extremes).await?;
        if function == "auth" {
            spent.extend(vendors::walk(&stack, &crate::built(folder, function)?).await?);
        }
        let count = spent.len();
        let most = |key: &dyn Fn(&Spent) -> u128| spent.iter().max_by_key(|spent| key(spent));
        for worst in [most(&|spent| u128::from(spent.peak)), most(&|spent| spent.time(allowed).as_nanos())]
            .into_iter()
            .flatten()
        {
            println!("{}", line(function, count, worst, allowed));
        }
        beyond.extend(spent.iter().filter(|spent| !spent.fits(allowed)).map(|spent| {
            let why = spent.failure.as_deref().unwrap_or("more than it has");
            format!("{}: {why}", line(function, count, spent, allowed))
        }));
    }
    ensure!(
        beyond.is_empty(),
        "{} inputs need more than the template gives:\n{}",
        beyond.len(),
        beyond.join("\n")
    );
    Ok(())
}

async fn walk(
    stack: &Stack,
    folder: &Path,
    function: &str,
    extremes: &[Extreme],
) -> Result<(Allowed, Vec<Spent>)> {
    let described =
        stack.template().function(function).with_context(|| format!("the template has no {function}"))?;
    let allowed = Allowed { memory: described.memory_mb, time: described.timeout };
    let mut settings = stack.settings(function).unwrap_or_default();
    settings.insert("SIGN_INS_PER_MINUTE".into(), "1000000".into());
    let start = || async {
        let binary = crate::built(folder, function)?;
        let mut started = RuntimeApi::start().await?.spawn(&binary, settings.clone())?;
        started.ready().await?;
        anyhow::Ok(started)
    };
    let mut running = start().await?;
    let mut spent = Vec::new();
    for extreme in extremes {
        match spend(&mut running, extreme).await {
            Ok(one) => {
                let ended = one.failure.is_some();
                spent.push(one);
                if ended {
                    running = start().await?;
                }
            }
            Err(error) => {
                let failure = Some(format!("ended: {error}"));
                let nothing = std::time::Duration::ZERO;
                spent.push(Spent {
                    input: extreme.input.clone(),
                    peak: 0,
                    cpu: nothing,
                    wall: nothing,
                    status: None,
                    failure,
                });
                running = start().await?;
            }
        }
    }
    Ok((allowed, spent))
}

fn line(function: &str, inputs: usize, spent: &Spent, allowed: Allowed) -> String {
    let (megabytes, time) = (spent.peak / 1024, spent.time(allowed).as_millis());
    format!(
        "| {function} | {inputs} | {} | {megabytes} | {} | {time} | {} |",
        spent.input,
        allowed.memory,
        allowed.time.as_millis()
    )
}
