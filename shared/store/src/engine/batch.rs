//! Reading rows whose keys are known, in one round trip.

use aws_sdk_dynamodb::types::{
    KeysAndAttributes, ReturnConsumedCapacity, builders::KeysAndAttributesBuilder,
};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::{Store, StoreError, engine::item::Row};

/// Rows that one batch can ask for, and batches under way at once.
const MOST_AT_ONCE: usize = 100;
const UNDER_WAY: usize = 8;

impl Store {
    /// Reads up to 100 rows at once with strong consistency; what the table leaves out under
    /// load is asked for again.
    pub(crate) async fn batch_get(&self, keys: Vec<Row>) -> Result<Vec<Row>, StoreError> {
        self.batch_get_parts(keys, &[]).await
    }

    /// Reads any number of rows, in batches of which a few are under way at once.
    pub(crate) async fn batch_get_many(&self, keys: Vec<Row>) -> Result<Vec<Row>, StoreError> {
        let batches: Vec<_> = keys.chunks(MOST_AT_ONCE).map(<[Row]>::to_vec).collect();
        let reads = stream::iter(batches).map(|batch| self.batch_get(batch)).buffered(UNDER_WAY);
        let found: Vec<Vec<Row>> = reads.try_collect().await?;
        Ok(found.concat())
    }

    /// The same, of each row the named attributes only; all of them when none is named.
    pub(crate) async fn batch_get_parts(
        &self,
        mut keys: Vec<Row>,
        attributes: &[&str],
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        if keys.is_empty() {
            return Ok(found);
        }
        for _ in 0..5 {
            let wanted = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys));
            let wanted = projected(wanted, attributes)
                .build()
                .map_err(|error| StoreError::Table(error.to_string()))?;
            let request = self.client().batch_get_item().request_items(self.table(), wanted);
            let mut answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?;
            found
                .extend(answer.responses.take().and_then(|mut r| r.remove(self.table())).unwrap_or_default());
            let left = answer.unprocessed_keys.and_then(|mut left| left.remove(self.table()));
            keys = left.map(|left| left.keys).unwrap_or_default();
            if keys.is_empty() {
                self.sealer().freshen(&found).await;
                return Ok(found);
            }
        }
        Err(StoreError::Busy("a batch read stayed incomplete".into()))
    }
}

/// Names are replaced because some are words of the query language.
fn projected(wanted: KeysAndAttributesBuilder, attributes: &[&str]) -> KeysAndAttributesBuilder {
    if attributes.is_empty() {
        return wanted;
    }
    let expression = attributes.iter().map(|name| format!("#{name}")).collect::<Vec<_>>().join(",");
    let named = wanted.projection_expression(expression);
    attributes.iter().fold(named, |wanted, name| wanted.expression_attribute_names(format!("#{name}"), *name))
}
