//! `vestibule-ops`: the operator's command line. Results go to standard output, progress to standard
//! error; a command that failed says what to do and can be run again.

mod arguments;
mod progress;

use std::{collections::BTreeMap, process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Parser as _;
use vestibule_domain::World;
use vestibule_ops::{KeyPair, Vault, init_keys, publish_next, reseal, rotate_field_keys, sign_with};

use crate::{
    arguments::{Arguments, Command, Timing},
    progress::Progress,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        // One line: an operation's errors name their cause themselves.
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    let settings: BTreeMap<String, String> = std::env::vars().collect();
    let world = world();
    match command {
        Command::InitKeys { pair, ring } => {
            let made = init_keys(&Vault::open(&settings)?, &pair.names(), &ring.ring_secret, &world).await?;
            for (made, what) in [
                (made.verification, "verification keys"),
                (made.signing, "signing key"),
                (made.ring, "ring of field keys"),
            ] {
                println!("{what}: {}", if made { "made" } else { "was there, left alone" });
            }
        }
        Command::RotateSigningKey { pair, timing } => {
            rotate_signing_key(&Vault::open(&settings)?, &pair.names(), &timing, &world).await?;
        }
        Command::RotateFieldKeys { ring } => {
            let kid = rotate_field_keys(&Vault::open(&settings)?, &ring.ring_secret, &world).await?;
            println!("the field key {kid} is the current one; old ones stay in the ring");
            println!("every function uses it within five minutes: then run `vestibule-ops reseal`");
        }
        Command::Reseal { table, ring } => {
            reseal_table(&settings, &table, &ring.ring_secret, &world).await?;
        }
    }
    Ok(())
}

async fn rotate_signing_key(vault: &Vault, names: &KeyPair, timing: &Timing, world: &World) -> Result<()> {
    let next = publish_next(vault, names, timing.keep_for, world.now()).await?;
    println!("the key {} is published", next.kid());
    let wait = Duration::try_from(timing.wait)?;
    eprintln!(
        "it signs in {:#}, when every function has read it; interrupted, run the command again",
        timing.wait
    );
    tokio::time::sleep(wait).await;
    let kid = sign_with(vault, names, next).await?;
    println!("tokens are signed with the key {kid}; the one before stays published for the tokens it signed");
    Ok(())
}

async fn reseal_table(
    settings: &BTreeMap<String, String>,
    table: &str,
    ring: &str,
    world: &World,
) -> Result<()> {
    let mut progress = Progress::start();
    let done = reseal(settings, table, ring, world, |so_far| progress.show(so_far)).await;
    progress.end();
    let done = done?;
    println!("rows: {} seen, {} sealed anew, {} changed meanwhile", done.seen, done.resealed, done.skipped);
    if done.resealed + done.skipped > 0 {
        println!("run it again until it seals none: functions may have written with the key before");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the one seam of the command to clock and randomness")]
fn world() -> World {
    World::new(jiff::Timestamp::now, |buffer| {
        assert!(aws_lc_rs::rand::fill(buffer).is_ok(), "the system has no randomness");
    })
}
