//! A single conditional update whose failure brings the row along: counters and token rotation decide on it.

use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder};

use crate::{
    StoreError,
    engine::command::{TRIES, pause},
    engine::item::Row,
};

/// Sends a conditional update that asks for the old row on failure: `Ok` has the attributes it asks for,
/// `Err` the row that forbade it, empty when there is none.
pub(crate) async fn update_or_old(
    request: impl Fn() -> UpdateItemFluentBuilder,
) -> Result<Result<Row, Row>, StoreError> {
    for attempt in 1.. {
        let error = match request().send().await {
            Ok(answer) => return Ok(Ok(answer.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                return Ok(Err(failed.item.clone().unwrap_or_default()));
            }
            Some(UpdateItemError::TransactionConflictException(_)) if attempt < TRIES => pause(attempt).await,
            _ => return Err(error.into()),
        }
    }
    Err(StoreError::Busy("updates in conflict".into()))
}
