//! A command: every write that belongs together, committed in one transaction. Each action
//! carries the conflict that its failed condition means.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError as TransactError},
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValue,
        ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
    },
};

use crate::{
    Conflict, Store, StoreError,
    engine::item::{Row, key_row},
    engine::keys::Key,
    engine::meter::raced,
    engine::update::update_or_old,
};

/// How often a transaction that lost against another one is sent again.
pub(crate) const TRIES: u32 = 6;

enum Kind {
    Put(Row),
    Update(Row, String),
    Delete(Row),
    Check(Row),
}

/// One write with its condition.
pub(crate) struct Action {
    kind: Kind,
    condition: Option<String>,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
}

impl Action {
    fn new(kind: Kind) -> Self {
        Self { kind, condition: None, names: Vec::new(), values: Vec::new() }
    }
    pub(crate) fn put(row: Row) -> Self {
        Self::new(Kind::Put(row))
    }
    pub(crate) fn update(key: &Key, expression: impl Into<String>) -> Self {
        Self::new(Kind::Update(key_row(key), expression.into()))
    }
    /// Writes nothing; its condition must hold for the others to be written.
    pub(crate) fn check(key: &Key) -> Self {
        Self::new(Kind::Check(key_row(key)))
    }
    pub(crate) fn delete(key: &Key) -> Self {
        Self::new(Kind::Delete(key_row(key)))
    }
    pub(crate) fn when(mut self, condition: &str) -> Self {
        self.condition = Some(condition.to_owned());
        self
    }
    pub(crate) fn name(mut self, name: &str, attribute: &str) -> Self {
        self.names.push((name.to_owned(), attribute.to_owned()));
        self
    }
    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.push((name.to_owned(), value));
        self
    }

    /// Sets one more attribute; the update must begin with `SET`.
    pub(crate) fn also(mut self, assignment: &str) -> Self {
        if let Kind::Update(_, expression) = &mut self.kind {
            *expression = expression.replacen("SET ", &format!("SET {assignment}, "), 1);
        }
        self
    }

    /// Only if nothing has this key yet.
    pub(crate) fn if_new(self) -> Self {
        self.when("attribute_not_exists(PK)")
    }

    /// Only if the row still has the version that was read.
    pub(crate) fn if_version(self, read: u64) -> Self {
        self.when("#version = :read")
            .name("#version", "version")
            .value(":read", crate::engine::item::number(read))
    }

    /// The same for a row that may be older than its version: the first write counts it.
    pub(crate) fn if_version_or_none(self, read: u64) -> Self {
        let old =
            if read == 0 { " OR (attribute_exists(PK) AND attribute_not_exists(#version))" } else { "" };
        let condition = format!("#version = :read{old}");
        self.when(&condition).name("#version", "version").value(":read", crate::engine::item::number(read))
    }

    /// Sends an update by itself: the row after it, or the row that forbade it, empty when there is none.
    pub(crate) async fn send_alone(self, store: &Store) -> Result<Result<Row, Row>, StoreError> {
        let Kind::Update(key, expression) = self.kind else {
            return Err(StoreError::Table("only an update is sent alone".into()));
        };
        let names: HashMap<_, _> = self.names.into_iter().collect();
        let values: HashMap<_, _> = self.values.into_iter().collect();
        update_or_old(|| {
            let update = store.client().update_item().table_name(store.table()).set_key(Some(key.clone()));
            update
                .update_expression(&expression)
                .set_condition_expression(self.condition.clone())
                .set_expression_attribute_names(Some(names.clone()))
                .set_expression_attribute_values(Some(values.clone()))
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
        })
        .await
    }

    /// Only if the thing is there and nobody has set this attribute: who is not suspended, what has not ended.
    pub(crate) fn if_unset(self, attribute: &str) -> Self {
        self.when("attribute_exists(PK) AND attribute_type(#unset, :null)")
            .name("#unset", attribute)
            .value(":null", crate::engine::item::text("NULL"))
    }

    /// The row that an update of plain assignments makes of nothing.
    #[cfg(test)]
    pub(crate) fn applied(self) -> Row {
        let Kind::Update(mut row, expression) = self.kind else { return Row::new() };
        let find = |all: &[(String, String)], name: &str| {
            all.iter().find(|(known, _)| known == name).map_or(name.to_owned(), |(_, found)| found.clone())
        };
        let sets = expression.trim_start_matches("SET ").split(" REMOVE ").next().unwrap_or_default();
        for (name, value) in sets.split(',').filter_map(|set| set.split_once('=')) {
            let value = self.values.iter().find(|(known, _)| known == value.trim());
            row.insert(find(&self.names, name.trim()), value.expect("a value").1.clone());
        }
        row
    }

    pub(crate) fn into_write(self) -> TransactWriteItem {
        let names = (!self.names.is_empty()).then(|| self.names.into_iter().collect());
        let values = (!self.values.is_empty()).then(|| self.values.into_iter().collect());
        let item = TransactWriteItem::builder();
        // The table's name is filled in by `Command::commit`; the builders only refuse a missing one.
        match self.kind {
            Kind::Put(row) => {
                let put = Put::builder().table_name("-").set_item(Some(row));
                let put = put.set_condition_expression(self.condition);
                item.set_put(
                    put.set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()
                        .ok(),
                )
            }
            Kind::Update(key, expression) => {
                let update =
                    Update::builder().table_name("-").set_key(Some(key)).update_expression(expression);
                let update = update.set_condition_expression(self.condition);
                item.set_update(
                    update
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()
                        .ok(),
                )
            }
            Kind::Check(key) => {
                let check = ConditionCheck::builder().table_name("-").set_key(Some(key));
                let check = check.set_condition_expression(self.condition);
                item.set_condition_check(
                    check
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()
                        .ok(),
                )
            }
            Kind::Delete(key) => {
                let delete = Delete::builder().table_name("-").set_key(Some(key));
                let delete = delete.set_condition_expression(self.condition);
                item.set_delete(
                    delete
                        .set_expression_attribute_names(names)
                        .set_expression_attribute_values(values)
                        .build()
                        .ok(),
                )
            }
        }
        .build()
    }
}

/// Writes that stand or fall together.
#[derive(Default)]
pub(crate) struct Command {
    writes: Vec<(TransactWriteItem, Conflict)>,
}

impl Command {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a write; `conflict` is what it means when its condition does not hold.
    pub(crate) fn and(mut self, action: Action, conflict: Conflict) -> Self {
        self.writes.push((action.into_write(), conflict));
        self
    }

    /// Adds the writes of another command, before its own: their conflicts are told first.
    pub(crate) fn with(self, others: Self) -> Self {
        Self { writes: others.writes.into_iter().chain(self.writes).collect() }
    }

    pub(crate) fn and_write(mut self, (write, conflict): (TransactWriteItem, Conflict)) -> Self {
        self.writes.push((write, conflict));
        self
    }

    /// Commits everything, or nothing. Lost races between transactions are tried again a few
    /// times; a condition that does not hold comes back as the named conflict.
    pub(crate) async fn commit(mut self, store: &Store) -> Result<(), StoreError> {
        store.sealer().freshen(&[]).await;
        for (write, _) in &mut self.writes {
            set_table(write, store.table());
            if let Some(put) = &mut write.put {
                put.item = store.sealer().seal(std::mem::take(&mut put.item))?;
            }
        }
        if let [(TransactWriteItem { put: Some(put), .. }, conflict)] = self.writes.as_slice() {
            return put_alone(store, put, *conflict).await;
        }
        let (items, conflicts): (Vec<_>, Vec<_>) = self.writes.into_iter().unzip();
        for attempt in 1.. {
            let sent = store.client().transact_write_items().set_transact_items(Some(items.clone()));
            let sent = sent.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
            let Err(error) = sent else { return Ok(()) };
            match read_cancellation(&error, &conflicts) {
                Some(Cancelled::Condition(conflict)) => return Err(conflict.into()),
                Some(Cancelled::Race) if attempt < TRIES => pause(attempt).await,
                Some(Cancelled::Race) => return Err(StoreError::Busy("transactions in conflict".into())),
                None => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// A single conditional write is atomic by itself and costs half of a transaction.
async fn put_alone(store: &Store, put: &Put, conflict: Conflict) -> Result<(), StoreError> {
    let sent = store.client().put_item().table_name(store.table()).set_item(Some(put.item.clone()));
    let sent = sent
        .set_condition_expression(put.condition_expression.clone())
        .set_expression_attribute_names(put.expression_attribute_names.clone())
        .set_expression_attribute_values(put.expression_attribute_values.clone())
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    match sent.send().await {
        Ok(_) => Ok(()),
        Err(e) if e.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
            Err(conflict.into())
        }
        Err(e) => Err(e.into()),
    }
}

fn set_table(write: &mut TransactWriteItem, table: &str) {
    if let Some(put) = &mut write.put {
        table.clone_into(&mut put.table_name);
    }
    if let Some(update) = &mut write.update {
        table.clone_into(&mut update.table_name);
    }
    if let Some(delete) = &mut write.delete {
        table.clone_into(&mut delete.table_name);
    }
    if let Some(check) = &mut write.condition_check {
        table.clone_into(&mut check.table_name);
    }
}

enum Cancelled {
    Condition(Conflict),
    Race,
}

fn read_cancellation<R>(error: &SdkError<TransactError, R>, conflicts: &[Conflict]) -> Option<Cancelled> {
    let TransactError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let codes = cancelled.cancellation_reasons().iter().map(CancellationReason::code);
    let named: Vec<_> = codes.zip(conflicts).filter_map(|(code, c)| code.map(|code| (code, *c))).collect();
    if let Some((_, conflict)) = named.iter().find(|(code, _)| *code == "ConditionalCheckFailed") {
        return Some(Cancelled::Condition(*conflict));
    }
    let transient = |code: &str| {
        matches!(code, "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
    };
    named.iter().all(|(code, _)| transient(code)).then_some(Cancelled::Race)
}

/// Counts losers, so that two of them do not wait equally long and meet again.
static LOSERS: AtomicU32 = AtomicU32::new(0);

/// Waits before something is sent again that met something else; longer each time.
pub(crate) async fn pause(attempt: u32) {
    raced();
    let spread = LOSERS.fetch_add(7, Ordering::Relaxed) % 17;
    tokio::time::sleep(Duration::from_millis(u64::from((1 << attempt) * 5 + spread))).await;
}
