//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;
use vestibule_chain::CheckpointKey;
use vestibule_domain::{CompanyName, DocumentKind, Domain, Email, PersonName, Preset, Slug, WebPage};
use vestibule_ops::{AuditKey, KeyPair};

/// Operates a stack. Region, credentials and endpoints come from the environment (`AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_ENDPOINT_URL`).
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a new stack's keys where there are none; never replaces a key.
    InitKeys {
        #[command(flatten)]
        pair: Pair,
        #[command(flatten)]
        ring: Ring,
        #[command(flatten)]
        audit: Audit,
        /// The origin that people reach the stack at, such as `https://accounts.acme.example`: checkpoints name it.
        #[arg(long, value_name = "ORIGIN")]
        site: String,
    },
    /// Signs tokens with a new key: publishes it, waits until every function knows it, then uses it.
    RotateSigningKey {
        #[command(flatten)]
        pair: Pair,
        #[command(flatten)]
        timing: Timing,
    },
    /// Seals personal data with a new key from now on; what is sealed already still opens.
    RotateFieldKeys {
        #[command(flatten)]
        ring: Ring,
    },
    /// Signs checkpoints of the audit log with a new key; what was signed before stays good.
    RotateAuditKey {
        #[command(flatten)]
        audit: Audit,
    },
    /// Prints the public keys that checkpoints of the audit log may be signed by, a line each, the present one first.
    AuditKeys {
        #[command(flatten)]
        audit: Audit,
    },
    /// Checks an export of the audit log: that no record was altered, taken out, added or moved. Needs no network.
    VerifyAudit(Export),
    /// Makes a tenant with its first administrator, who gets a mail to choose a password.
    CreateTenant(Box<Tenant>),
    /// Makes administrators of the platform out of the secret `<stack>/administrators`. Who is new gets a mail to choose a
    /// password. Running it again changes nothing.
    InitAdmins {
        /// The stack's name: its secrets begin with it.
        #[arg(long, value_name = "STACK")]
        stack: String,
        /// Name of the table.
        #[arg(long, value_name = "TABLE")]
        table: String,
        /// Takes the grants of those who are not in the secret any more.
        #[arg(long)]
        remove: bool,
    },
    /// Looks whether a stack can be used: what is missing, and how to mend it.
    Check {
        /// The stack's name.
        #[arg(long, value_name = "STACK")]
        stack: String,
        /// The origin that people reach it at, such as `https://accounts.acme.example`.
        #[arg(long, value_name = "ORIGIN")]
        site: String,
        /// The address that its mails come from.
        #[arg(long, value_name = "ADDRESS", value_parser = email)]
        mail_from: Email,
    },
    /// Shows whether an address gets no mails, because one came back or was called unwanted.
    Suppression {
        /// The address.
        #[arg(value_name = "ADDRESS", value_parser = email)]
        address: Email,
        /// Lets mails go to it again.
        #[arg(long)]
        lift: bool,
        /// Name of the table.
        #[arg(long, value_name = "NAME")]
        table: String,
        #[command(flatten)]
        ring: Ring,
    },
    /// Seals all personal data of the table with the current key; can be interrupted and repeated.
    Reseal {
        /// Name of the table.
        #[arg(long, value_name = "NAME")]
        table: String,
        #[command(flatten)]
        ring: Ring,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Tenant {
    /// The stack's name: its secrets begin with it.
    #[arg(long, value_name = "STACK")]
    pub(crate) stack: String,
    /// Name of the table.
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: String,
    /// The company's name, as people read it.
    #[arg(long, value_parser = company)]
    pub(crate) name: CompanyName,
    /// Its name in addresses: lower-case letters, digits and hyphens.
    #[arg(long, value_parser = slug)]
    pub(crate) slug: Slug,
    /// The kind of business, which decides the first roles: brokerage or brand.
    #[arg(long, default_value = "brokerage", value_parser = preset)]
    pub(crate) preset: Preset,
    /// The domain of new mailboxes, such as acme.example.
    #[arg(long, value_parser = domain, requires = "work_mail")]
    pub(crate) domain: Option<Domain>,
    /// The `WorkMail` organization that owns the domain, m-..
    #[arg(long, value_name = "ORGANIZATION", value_parser = organization, requires = "domain")]
    pub(crate) work_mail: Option<String>,
    /// A document that every hire signs, such as `hire_agreement`; can be repeated.
    #[arg(long = "document", value_name = "KIND", value_parser = document, required = true)]
    pub(crate) documents: Vec<DocumentKind>,
    /// The e-sign provider, which gets a webhook address: docusign or standard.
    #[arg(long, value_name = "PROVIDER", value_parser = ["docusign", "standard"])]
    pub(crate) esign: Option<String>,
    /// File with the key that the e-sign provider signs its events with.
    #[arg(long, value_name = "FILE", requires = "esign")]
    pub(crate) esign_key_file: Option<PathBuf>,
    /// Where a new colleague goes after the first sign-in.
    #[arg(long, value_name = "URL", value_parser = web_page)]
    pub(crate) crm_url: String,
    /// Address of the first administrator.
    #[arg(long, value_parser = email)]
    pub(crate) admin_email: Email,
    /// Name of the first administrator.
    #[arg(long, value_parser = person)]
    pub(crate) admin_name: PersonName,
}

fn company(text: &str) -> Result<CompanyName, String> {
    CompanyName::parse(text).map_err(|invalid| invalid.to_string())
}

fn slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|invalid| invalid.to_string())
}

fn preset(text: &str) -> Result<Preset, String> {
    Preset::parse(text).map_err(|invalid| invalid.to_string())
}

fn domain(text: &str) -> Result<Domain, String> {
    Domain::parse(text).map_err(|invalid| invalid.to_string())
}

fn document(text: &str) -> Result<DocumentKind, String> {
    DocumentKind::parse(text).map_err(|invalid| invalid.to_string())
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|invalid| invalid.to_string())
}

fn person(text: &str) -> Result<PersonName, String> {
    PersonName::parse(text).map_err(|invalid| invalid.to_string())
}

fn web_page(text: &str) -> Result<String, String> {
    WebPage::parse(text).map(|page| page.as_str().to_owned()).map_err(|invalid| invalid.to_string())
}

fn organization(text: &str) -> Result<String, String> {
    let hex = text.strip_prefix("m-").unwrap_or_default();
    let whole = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    if whole {
        Ok(text.to_owned())
    } else {
        Err("give the organization's id, m- and 32 hexadecimal digits".to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Pair {
    /// Secret with the private key that signs tokens.
    #[arg(long, value_name = "NAME")]
    signing_secret: String,
    /// Secret with the public keys.
    #[arg(long, value_name = "NAME")]
    verification_secret: String,
}

impl Pair {
    pub(crate) fn names(self) -> KeyPair {
        KeyPair { signing: self.signing_secret, verification: self.verification_secret }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Ring {
    /// Secret with the ring of field keys.
    #[arg(long, value_name = "NAME")]
    pub(crate) ring_secret: String,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Secret with the key that signs checkpoints of the audit log.
    #[arg(long, value_name = "NAME")]
    pub(crate) audit_secret: String,
}

impl Audit {
    pub(crate) fn key(self, site: &str) -> AuditKey {
        AuditKey { secret: self.audit_secret, name: CheckpointKey::name_for(site) }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The export, JSON lines; `-` for standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A public key that checkpoints may be signed by, or a file with such keys, a line each; can be repeated.
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// File with a checkpoint that is known from elsewhere, best the newest one; can be repeated.
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub(crate) checkpoints: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Timing {
    /// How long a key stays published after it signed last, such as `1h`: at least as long as a token
    /// lives. `0s` drops older keys at once, if one has leaked.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = span)]
    pub(crate) keep_for: SignedDuration,
    /// How long to wait before the new key signs, such as `330s`: functions read the published keys
    /// again within five minutes.
    #[arg(long, value_name = "TIME", default_value = "330s", value_parser = span)]
    pub(crate) wait: SignedDuration,
}

/// A time such as `1h`, `5m30s` or `330`, which are seconds.
fn span(text: &str) -> Result<SignedDuration, String> {
    let seconds = text.parse::<u32>().map(|seconds| SignedDuration::from_secs(i64::from(seconds)));
    let span = seconds.or_else(|_| text.parse::<SignedDuration>());
    span.ok()
        .filter(|span| !span.is_negative())
        .ok_or_else(|| "give a time such as 1h, 5m or 330s".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Command, clap::Error> {
        let line = std::iter::once("vestibule-ops").chain(line.split_whitespace());
        Arguments::try_parse_from(line).map(|arguments| arguments.command)
    }

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
        assert!(parse("reseal --ring-secret r").is_err());
        assert!(parse("init-keys --signing-secret s --verification-secret v").is_err());
        let pair = "init-keys --signing-secret s --verification-secret v";
        assert!(parse(&format!("{pair} --ring-secret r --audit-secret a --site https://a.example")).is_ok());
        assert!(parse("verify-audit - --key a --key b --checkpoint c").is_ok());
        assert!(parse("verify-audit --key a").is_err());
        assert!(parse("rotate-field-keys --ring-secret r").is_ok());
        assert!(parse("init-admins --stack s --table t --remove").is_ok());
        assert!(parse("init-admins --stack s").is_err());
        assert!(parse("suppression kim@example.org --table t --ring-secret r").is_ok());
        assert!(parse("suppression kim@example.org --lift --table t --ring-secret r").is_ok());
        for wrong in ["suppression --table t --ring-secret r", "suppression kim --table t --ring-secret r"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rotation_waits_longer_than_functions_keep_keys_unless_told_otherwise() {
        let line = "rotate-signing-key --signing-secret s --verification-secret v";
        let timing = |more: &str| match parse(&format!("{line} {more}")).unwrap() {
            Command::RotateSigningKey { timing, .. } => (timing.keep_for.as_secs(), timing.wait.as_secs()),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(timing(""), (3600, 330));
        assert_eq!(timing("--wait 0 --keep-for 0s"), (0, 0));
        assert_eq!(timing("--wait 5m30s --keep-for 20m"), (1200, 330));
        for wrong in ["--wait soon", "--wait=-5s", "--keep-for="] {
            assert!(parse(&format!("{line} {wrong}")).is_err(), "{wrong}");
        }
    }
}
