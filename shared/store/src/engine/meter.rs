//! Counts what a request costs: round trips to the table and the units it consumed. An SDK
//! interceptor sees every attempt, so nothing that goes over the wire is missed.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{
    operation::{
        batch_get_item::BatchGetItemOutput, delete_item::DeleteItemOutput, get_item::GetItemOutput,
        put_item::PutItemOutput, query::QueryOutput, transact_write_items::TransactWriteItemsOutput,
        update_item::UpdateItemOutput,
    },
    types::ConsumedCapacity,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, Output,
            },
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// What one request cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Cost {
    /// Calls over the wire, retries included.
    pub round_trips: u32,
    /// Read request units.
    pub read_units: f64,
    /// Write request units, indexes included.
    pub write_units: f64,
    /// How often it began anew because something else was written at the same moment.
    #[serde(default, skip_serializing_if = "is_none")]
    pub races: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

tokio::task_local! {
    static METER: Arc<Mutex<Cost>>;
}

/// Runs `work` and says what it cost. Calls made by tasks it spawns are not counted.
pub async fn metered<T>(work: impl Future<Output = T>) -> (T, Cost) {
    let meter = Arc::<Mutex<Cost>>::default();
    let answer = METER.scope(meter.clone(), work).await;
    let cost = meter.lock().map(|cost| *cost).unwrap_or_default();
    (answer, cost)
}

/// Counts that a request begins anew.
pub(crate) fn raced() {
    add(|cost| cost.races += 1);
}

fn add(change: impl FnOnce(&mut Cost)) {
    let _ = METER.try_with(|meter| {
        if let Ok(mut cost) = meter.lock() {
            change(&mut cost);
        }
    });
}

/// The interceptor that feeds the meter.
#[derive(Debug)]
pub(crate) struct Metering;

#[dyn_dispatch_hint]
impl Intercept for Metering {
    fn name(&self) -> &'static str {
        "Metering"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        add(|cost| cost.round_trips += 1);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(output) = context.output_or_error() {
            let (read, write) = (read_units(output), write_units(output));
            add(|cost| {
                cost.read_units += read;
                cost.write_units += write;
            });
        }
        Ok(())
    }
}

fn units<'a>(capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    capacity.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}

fn read_units(output: &Output) -> f64 {
    let get = output.downcast_ref::<GetItemOutput>().map(|o| units(o.consumed_capacity()));
    let query = || output.downcast_ref::<QueryOutput>().map(|o| units(o.consumed_capacity()));
    let batch = || output.downcast_ref::<BatchGetItemOutput>().map(|o| units(o.consumed_capacity()));
    get.or_else(query).or_else(batch).unwrap_or_default()
}

fn write_units(output: &Output) -> f64 {
    let put = output.downcast_ref::<PutItemOutput>().map(|o| units(o.consumed_capacity()));
    let update = || output.downcast_ref::<UpdateItemOutput>().map(|o| units(o.consumed_capacity()));
    let delete = || output.downcast_ref::<DeleteItemOutput>().map(|o| units(o.consumed_capacity()));
    let transact = || output.downcast_ref::<TransactWriteItemsOutput>().map(|o| units(o.consumed_capacity()));
    put.or_else(update).or_else(delete).or_else(transact).unwrap_or_default()
}
