//! Why there is no identity: closed words for the log, and a sentence for the person.

/// Why a sign-in did not prove itself. What it carries is the name of a claim or field, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The person, or the provider for them, said no at the provider's own page.
    Cancelled,
    /// The answer belongs to another attempt: its `state` or its provider is not the one that was begun.
    Attempt(&'static str),
    /// It came back later than ten minutes after it was begun.
    Late,
    /// The provider does not honour the code: used, too old, or not its own.
    Code,
    /// The token answer lacks what the sign-in needs.
    Answer(&'static str),
    /// The ID token's signature, or the header that says how it was made.
    Signature(&'static str),
    /// A claim of the ID token that is missing, of the wrong type, or somebody else's.
    Claim(&'static str),
    /// A time of the ID token that has passed, has not come yet, or is none.
    Time(&'static str),
    /// The account is of a directory or kind that may not sign in here.
    Account(&'static str),
}

impl Refusal {
    /// What decided: the name of the claim or field.
    pub fn claim(self) -> &'static str {
        match self {
            Self::Cancelled => "error",
            Self::Late => "started_at",
            Self::Code => "code",
            Self::Attempt(name)
            | Self::Answer(name)
            | Self::Signature(name)
            | Self::Claim(name)
            | Self::Time(name)
            | Self::Account(name) => name,
        }
    }

    /// The kind of refusal as one word.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Attempt(_) => "another_attempt",
            Self::Late => "attempt_expired",
            Self::Code => "code",
            Self::Answer(_) => "token_answer",
            Self::Signature(_) => "signature",
            Self::Claim(_) => "claim",
            Self::Time(_) => "time",
            Self::Account(_) => "account",
        }
    }

    /// What happened and what to do, for the person who signs in.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Cancelled => {
                "The sign-in was cancelled at the provider, so nothing was changed here. \
                 Begin again, or sign in another way."
            }
            Self::Attempt(_) => {
                "This sign-in was begun in another browser, or a newer one was begun since. Begin it again."
            }
            Self::Late => "This sign-in took longer than ten minutes. Begin it again.",
            Self::Code => {
                "The provider does not accept this answer any more: it was used already or is too old. \
                 Begin the sign-in again."
            }
            Self::Answer(_) => {
                "The provider's answer lacks what a sign-in needs. Begin again; \
                 if it stays, tell those who run this site, or sign in another way."
            }
            Self::Signature(_) => {
                "The provider's answer is not signed as it must be. Begin again; \
                 if it stays, tell those who run this site, or sign in another way."
            }
            Self::Claim(_) => {
                "The provider's answer was not made for this sign-in, or does not say who you are. \
                 Begin again; if it stays, tell those who run this site, or sign in another way."
            }
            Self::Time(_) => {
                "The provider's answer is too old, or its clock and ours do not agree. Begin again; \
                 if it stays, tell those who run this site."
            }
            Self::Account(_) => {
                "This kind of account may not sign in here. Choose an account of your organization at the \
                 provider, or sign in another way."
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason(), self.claim())
    }
}

impl std::error::Error for Refusal {}
