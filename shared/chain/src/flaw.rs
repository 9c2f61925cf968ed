//! What can be wrong with a chain, in plain sentences.

use jiff::Timestamp;

/// Why what was shown is not the chain that was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The numbers have a gap or a repeat.
    #[error(
        "record {found} stands where record {expected} should be: something was taken out, added or moved"
    )]
    Number {
        /// Which number stands there.
        found: u64,
        /// Which should.
        expected: u64,
    },
    /// A record is not what its hash says.
    #[error("record {0} does not fit its hash: it was altered, or belongs to another chain")]
    Altered(u64),
    /// The record can have no hash.
    #[error("record {0} has no canonical form")]
    Unwritable(u64),
    /// A personal value is not the one recorded.
    #[error("record {number}: `{field}` is not what was recorded")]
    Personal {
        /// The record.
        number: u64,
        /// The value's name.
        field: &'static str,
    },
    /// The entry of a removed record is another chain's.
    #[error("record {number} is of the chain {chain}: it does not belong here")]
    OtherChain {
        /// The record.
        number: u64,
        /// Its chain.
        chain: String,
    },
    /// A record that stays for good is said to have been removed.
    #[error("record {0} is gone, but it was to stay for good: somebody removed it")]
    NotToGo(u64),
    /// A record was removed before its time.
    #[error("record {number} is gone, but it was to be kept until {expires}: somebody removed it")]
    TooEarly {
        /// The record.
        number: u64,
        /// Until when it was to be kept.
        expires: Timestamp,
    },
    /// Nothing is there though a checkpoint covers records.
    #[error("nothing is left: the newest checkpoint covers {0} records")]
    NothingLeft(u64),
    /// Records are there, but nothing that was signed.
    #[error("there is no checkpoint over the {0} records: nobody has signed them")]
    Unsigned(u64),
    /// It ends before the newest checkpoint does.
    #[error("the file ends at {ends}, the newest checkpoint covers {covers}: the last {} records are cut off, or the file is older than that checkpoint", covers - ends)]
    CutOff {
        /// Its last number.
        ends: u64,
        /// How many there must be.
        covers: u64,
    },
    /// It has fewer records than its own checkpoint.
    #[error("the last record is {ends}, but the checkpoint covers {covers}: the end is missing")]
    Short {
        /// Its last number.
        ends: u64,
        /// How many there must be.
        covers: u64,
    },
    /// It has more records than its own checkpoint.
    #[error("the last record is {ends}, but the checkpoint covers {covers}: what stands behind was added")]
    Long {
        /// Its last number.
        ends: u64,
        /// How many there may be.
        covers: u64,
    },
    /// Two checkpoints contradict each other.
    #[error("two checkpoints over {0} records name different roots: the key has signed two histories")]
    TwoHistories(u64),
    /// The root is not the one that was signed.
    #[error(
        "records {} to {to} do not give the root that was signed: one or more of them were altered together with their hash", after + 1
    )]
    Root {
        /// The last number up to which all is as another checkpoint says; zero if there is none.
        after: u64,
        /// The last number of those that the root is over.
        to: u64,
    },
}
