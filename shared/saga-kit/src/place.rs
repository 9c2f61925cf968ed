//! What a saga's tests bring: where its jobs run, and what is right there.

use std::{collections::BTreeMap, fmt::Debug};

use jiff::Timestamp;
use vestibule_domain::{JobId, TenantId, World};
use vestibule_models::Cloud;
use vestibule_saga::Saga;
use vestibule_store::Store;

/// The table, the outside systems and the clock under the jobs of one saga; and the oracle.
#[expect(async_fn_in_trait, reason = "tests wait for it themselves")]
pub trait Place {
    /// The saga under test.
    type Saga: Saga;
    /// One job, begun in surroundings of its own.
    type Case;
    /// What stands outside on behalf of a job, without what differs from case to case.
    type Outside: PartialEq + Debug;

    /// The table.
    fn store(&self) -> &Store;

    /// Clock and randomness of the workers.
    fn world(&self) -> &World;

    /// The outside systems.
    fn cloud(&self) -> &Cloud;

    /// Moves the clock on far enough for every lease to end.
    fn outlast_leases(&self);

    /// Moves the clock on to `at`, and has happen what the job waits for.
    async fn wait_until(&self, case: &Self::Case, at: Timestamp);

    /// The saga over these outside systems.
    fn saga(&self) -> Self::Saga;

    /// A job that has just been begun.
    async fn case(&self) -> Self::Case;

    /// Which job it is.
    fn job(&self, case: &Self::Case) -> (TenantId, JobId);

    /// The oracle: everything that is wrong with an ended job, what it left in the table and what it left outside.
    async fn findings(&self, case: &Self::Case) -> Vec<String>;

    /// What stands outside.
    async fn outside(&self, case: &Self::Case) -> Self::Outside;

    /// How often each outside change was made so far, by its name; for those that can be told from a repetition.
    fn changes(&self) -> BTreeMap<String, u64>;

    /// How often the effect came that cannot be told from its repetition, such as a mail.
    fn unrepeatable(&self, case: &Self::Case) -> usize;
}
