//! Names of the tags of mails by which events about a mail find what it belongs to. Their values are ids, never personal data.

/// The id of a mail about an account.
pub const MAIL: &str = "mail-id";
/// The tenant whose job sent the mail.
pub const TENANT: &str = "tenant";
/// The hire whom the mail went to.
pub const HIRE: &str = "hire";
/// The job that sent the mail.
pub const JOB: &str = "job";
