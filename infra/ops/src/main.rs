//! `vestibule-ops`: the operator's command line. Results go to standard output, progress to standard
//! error; a command that failed says what to do and can be run again.

mod arguments;
mod progress;
mod verify_audit;

use std::{collections::BTreeMap, path::Path, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use clap::Parser as _;
use secrecy::SecretString;
use vestibule_adapters::{aws::sdk_config, esign::Verifier, mail::Mailer};
use vestibule_domain::{Email, World};
use vestibule_ops::{
    AdministratorReport, Appointed, KeyPair, NewTenant, OpsError, Vault, audit_keys, check_keys, check_site,
    create_tenant, find_suppression, init_admins, init_keys, judge_sending, lift_suppression, open_table,
    publish_next, reseal, rotate_audit_key, rotate_field_keys, sign_with,
};
use vestibule_store::Store;

use crate::{
    arguments::{Arguments, Command, Tenant, Timing},
    progress::Progress,
};

#[tokio::main]
async fn main() -> ExitCode {
    let command = match Arguments::parse().command {
        Command::VerifyAudit(wanted) => return verify_audit::run(&wanted, world().now()),
        command => command,
    };
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        // One line with its causes.
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    let settings: BTreeMap<String, String> = std::env::vars().collect();
    let world = world();
    match command {
        Command::InitKeys { pair, ring, audit, site } => {
            let vault = Vault::open(&settings)?;
            let made = init_keys(&vault, &pair.names(), &ring.ring_secret, &audit.key(&site), &world).await?;
            for (made, what) in [
                (made.verification, "verification keys"),
                (made.signing, "signing key"),
                (made.ring, "ring of field keys"),
                (made.audit, "key that signs the audit log"),
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
        Command::RotateAuditKey { audit } => {
            let key = rotate_audit_key(&Vault::open(&settings)?, &audit.audit_secret, &world).await?;
            println!(
                "the next checkpoints are signed with a new key; give out its public half beside the old one:"
            );
            println!("{key}");
        }
        Command::AuditKeys { audit } => {
            for key in audit_keys(&Vault::open(&settings)?, &audit.audit_secret).await? {
                println!("{key}");
            }
        }
        // Needs none of the settings: it was done before.
        Command::VerifyAudit(_) => {}
        Command::CreateTenant(tenant) => make_tenant(&settings, *tenant, &world).await?,
        Command::InitAdmins { stack, table, remove } => {
            make_admins(&settings, &stack, &table, remove, &world).await?;
        }
        Command::Check { stack, site, mail_from } => {
            check(&settings, &stack, site.trim_end_matches('/'), &mail_from).await?;
        }
        Command::Suppression { address, lift, table, ring } => {
            let store = open_table(&settings, &table, &ring.ring_secret, &world).await?;
            let done = suppression(&store, &address, lift, &world).await;
            done.map_err(|error| match error {
                OpsError::Store(error) => OpsError::of_table(&table, error),
                other => other,
            })?;
        }
        Command::Reseal { table, ring } => {
            reseal_table(&settings, &table, &ring.ring_secret, &world).await?;
        }
    }
    Ok(())
}

/// Prints whether an address gets no mails and why; lets them go again if `lift` says so.
async fn suppression(store: &Store, address: &Email, lift: bool, world: &World) -> Result<(), OpsError> {
    let Some(found) = find_suppression(store, address).await? else {
        println!("mails go to this address");
        return Ok(());
    };
    let what = match (found.mail, found.job) {
        (Some(mail), _) => format!("the mail {mail}"),
        (None, Some(job)) => format!("the mail of the job {job}"),
        (None, None) => "a mail".to_owned(),
    };
    println!("no mails go to this address since {}: {what} {}", found.since, found.reason.name());
    if lift && lift_suppression(store, address, world).await? {
        println!("lifted: mails go to it again; those that were dropped meanwhile must be asked for again");
    }
    Ok(())
}

async fn make_tenant(settings: &BTreeMap<String, String>, wanted: Tenant, world: &World) -> Result<()> {
    let ring = format!("{}/field-keys", wanted.stack);
    let store = open_table(settings, &wanted.table, &ring, world).await?;
    let secrets = Vault::open(settings)?.into_secrets();
    let provider = wanted.esign.as_deref().unwrap_or_default();
    let key = wanted.esign_key_file.as_deref().map(|file| key_of(file, provider)).transpose()?;
    let has_key = key.is_some();
    let new = NewTenant {
        name: wanted.name,
        slug: wanted.slug,
        preset: wanted.preset,
        domain: wanted.domain,
        work_mail: wanted.work_mail,
        documents: wanted.documents,
        esign: wanted.esign.clone().map(|provider| (provider, key)),
        crm_url: wanted.crm_url,
        admin: (wanted.admin_email, wanted.admin_name),
    };
    let made = create_tenant(&store, &secrets, new, world).await.map_err(|error| match error {
        OpsError::Store(error) => OpsError::of_table(&wanted.table, error),
        other => other,
    })?;
    if made.before {
        println!("an earlier run has made this tenant; nothing was changed");
    }
    println!("tenant: {} ({})", made.tenant.id, made.tenant.slug);
    let mailed = match (made.mailed, made.before) {
        (true, _) => "a mail to choose a password is on its way",
        (false, true) => "if the mail did not come: /auth/forgot-password sends another",
        (false, false) => "had an account already",
    };
    println!("administrator: {} ({mailed})", made.admin);
    if let (Some(endpoint), Some(provider), Some(secret)) =
        (made.tenant.endpoint, wanted.esign, made.esign_secret)
    {
        println!("webhook: /api/esign/webhook/{provider}/{endpoint} of your site");
        println!(
            "its key: the secret {secret}{}",
            if has_key { "" } else { ", made up: put the provider's own key there as {\"keys\":[\"..\"]}" }
        );
    }
    Ok(())
}

/// Makes the administrators that the stack's secret lists, and prints what became of each.
async fn make_admins(
    settings: &BTreeMap<String, String>,
    stack: &str,
    table: &str,
    remove: bool,
    world: &World,
) -> Result<()> {
    let store = open_table(settings, table, &format!("{stack}/field-keys"), world).await?;
    let (vault, secret) = (Vault::open(settings)?, format!("{stack}/administrators"));
    let done = init_admins(&vault, &store, &secret, remove, world).await.map_err(|error| match error {
        OpsError::Store(error) => OpsError::of_table(table, error),
        other => other,
    })?;
    if done.is_empty() {
        println!("the secret {secret} lists nobody: put a JSON list of username, email, name and role there");
    }
    for AdministratorReport { username, grant, done } in done {
        let what = match done {
            Appointed::Made => "made; a mail to choose a password is on its way",
            Appointed::Given => "had an account; is told by mail",
            Appointed::Changed => "changed; is told by mail",
            Appointed::Unchanged => "was there, left alone",
            Appointed::Suspended => {
                "is suspended and gets no grant; have a general administrator restore the account, then run this again"
            }
            Appointed::Unlisted => "is not in the secret any more; `--remove` takes the grant",
            Appointed::Removed => "removed; the account stays",
        };
        println!("{} ({}): {what}", username.as_str(), grant.name());
    }
    Ok(())
}

/// The key in a file, if it is one of the e-sign provider.
fn key_of(file: &Path, provider: &str) -> Result<SecretString> {
    let told = || format!("--esign-key-file {}", file.display());
    let text = std::fs::read_to_string(file).with_context(told)?;
    let key = SecretString::from(text.trim().to_owned());
    let is_key = Verifier::new(provider.parse()?, std::slice::from_ref(&key)).is_ok();
    let is_one = !text.trim().contains(char::is_whitespace);
    anyhow::ensure!(
        is_key && is_one,
        "{}: put one key there, as {provider} shows it, and nothing else",
        told()
    );
    Ok(key)
}

/// Prints what was looked at, a line each; an error when anything is missing.
async fn check(settings: &BTreeMap<String, String>, stack: &str, site: &str, from: &Email) -> Result<()> {
    let vault = Vault::open(settings)?;
    let mut findings = check_keys(&vault, stack).await;
    findings.push(check_site(&vault, stack, site).await);
    let sending = Mailer::sending(&sdk_config(settings, "SESV2")?, from.domain()).await;
    findings.extend(judge_sending(sending.ok().as_ref(), from.domain()));
    for finding in &findings {
        match &finding.problem {
            None => println!("ok       {}", finding.what),
            Some(problem) => println!("MISSING  {}: {problem}", finding.what),
        }
    }
    println!("not looked at: whether somebody is told of the alarms (the parameter AlarmTopic)");
    let missing = findings.iter().filter(|finding| finding.problem.is_some()).count();
    anyhow::ensure!(missing == 0, "missing: {missing} of {}", findings.len());
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
    let done = reseal(settings, table, ring, world, |so_far| {
        progress.show(so_far.seen, || progress::resealed(so_far));
    })
    .await;
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
