//! The audit log of a business: looking through it, and taking it along with what proves that it is whole.

pub mod export;
mod export_file;
pub mod export_log;
pub mod get_checkpoint;
pub mod get_record;
pub mod list_records;
mod parameters;
pub mod verify_log;
pub mod view;

use axum::extract::FromRef;
use vestibule_adapters::archive::Archive;
use vestibule_api::{Api, HttpFunction, Settings, state::StartError};
use vestibule_domain::World;

/// What the operations work with.
#[derive(Debug, Clone, FromRef)]
pub struct Audit {
    /// The shared part.
    pub api: Api,
    /// Where checkpoints are kept.
    pub archive: Archive,
}

vestibule_api::operations! {
    Audit:
        list_records::list_records,
        get_record::get_record,
        export_log::export_log,
        get_checkpoint::get_checkpoint,
        verify_log::verify_log,
}

impl HttpFunction for Audit {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let archive = Archive::new(&settings.aws("S3")?, settings.get("AUDIT_BUCKET")?);
        Ok(Self { api: Api::open(settings, world).await?, archive })
    }
}
