//! For whom the jobs of these sagas work.

use vestibule_domain::Hire;
use vestibule_saga::{Failure, Ledger};

/// The hire of the job at hand.
pub(crate) async fn hire(ledger: &Ledger<'_>) -> Result<Hire, Failure> {
    let missing = || Failure::permanent("hire_missing");
    let id = ledger.job().subject.hire().ok_or_else(missing)?;
    ledger.tenant().find::<Hire>(id).await?.ok_or_else(missing)
}
