//! The seats of a tenant: how many of its members there are, counted with every change of them, so that two who join at once
//! cannot both take the last one.

use aws_sdk_dynamodb::types::Select;
use serde::{Deserialize, Serialize};
use vestibule_domain::{TenantId, Tier};

use crate::{
    Conflict, Store, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// The row of the seats. Where there is none, they are counted when they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeatCount {
    pub(crate) used: u32,
}

/// How many members a tenant has, and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Those taken.
    pub used: u32,
    /// Those that its tier gives.
    pub most: u32,
}

impl Seats {
    /// How many are free.
    pub fn left(self) -> u32 {
        self.most.saturating_sub(self.used)
    }
}

impl SeatCount {
    /// The write of a count where there was none.
    pub(crate) fn first(self, tenant: TenantId) -> Result<Action, StoreError> {
        Ok(Action::put(to_row(&keys::seats(tenant), Kind::Seats, &self)?).if_new())
    }
}

/// Takes a seat: [`Conflict::NoSeat`] when none is free, or they were never counted.
pub(crate) fn taking(tenant: TenantId, tier: Tier) -> Action {
    let take = Action::update(&keys::seats(tenant), "SET used = used + :one").value(":one", number(1));
    take.value(":most", number(tier.terms().seats)).when("attribute_exists(PK) AND used < :most")
}

/// Gives a seat back: [`Conflict::NoSeat`] when they were never counted.
pub(crate) fn leaving(tenant: TenantId) -> Action {
    let leave = Action::update(&keys::seats(tenant), "SET used = used - :one").value(":one", number(1));
    leave.when("attribute_exists(PK)")
}

impl Store {
    /// Counts the seats of a tenant, if nobody has yet; says whether it did.
    pub(crate) async fn count_seats(&self, tenant: TenantId) -> Result<bool, StoreError> {
        if self.get_row(&keys::seats(tenant)).await?.is_some() {
            return Ok(false);
        }
        let query = self.prefix_query(&keys::tenant_partition(tenant), keys::MEMBERS).select(Select::Count);
        let (mut pages, mut used) = (query.into_paginator().send(), 0);
        while let Some(page) = pages.next().await {
            used += u32::try_from(page?.count).unwrap_or_default();
        }
        // Nobody joins or leaves before there is a row: what was counted is still so when it is written.
        match Command::new().and(SeatCount { used }.first(tenant)?, Conflict::Exists).commit(self).await {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Does something that takes or gives back a seat; once more where the seats had to be counted first.
    pub(crate) async fn seated<F, T>(
        &self,
        tenant: TenantId,
        attempt: impl Fn() -> F + Send,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
        T: Send,
    {
        match attempt().await {
            Err(StoreError::Conflict(Conflict::NoSeat)) if self.count_seats(tenant).await? => attempt().await,
            done => done,
        }
    }
}
