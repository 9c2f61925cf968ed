//! Creates the template's tables with their indexes, stream and expiry, where they do not exist yet.

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus,
    TimeToLiveSpecification,
};

use crate::template::{Index, Table};

const POLL: std::time::Duration = std::time::Duration::from_millis(200);

/// Makes sure that the table exists and is active.
///
/// # Errors
/// The endpoint cannot be reached or refuses the table.
pub async fn ensure(client: &Client, table: &Table) -> Result<()> {
    let known = client.describe_table().table_name(&table.name).send().await;
    match known {
        Ok(_) => {}
        Err(error)
            if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            create(client, table).await?;
        }
        Err(error) => {
            return Err(error).with_context(|| format!("the table {} cannot be described", table.name));
        }
    }
    while !active(client, &table.name).await? {
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

async fn active(client: &Client, name: &str) -> Result<bool> {
    let description = client.describe_table().table_name(name).send().await?;
    let status = description.table.and_then(|table| table.table_status);
    Ok(status == Some(TableStatus::Active))
}

async fn create(client: &Client, table: &Table) -> Result<()> {
    let mut request = client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys(&table.keys)?));
    for (name, kind) in &table.attributes {
        let definition = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::from(kind.as_str()));
        request = request.attribute_definitions(definition.build()?);
    }
    for index in &table.indexes {
        request = request.global_secondary_indexes(secondary(index)?);
    }
    if let Some(view) = &table.stream {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::from(view.as_str()));
        request = request.stream_specification(stream.build()?);
    }
    request.send().await.with_context(|| format!("the table {} cannot be created", table.name))?;
    if let Some(attribute) = &table.ttl {
        let expiry = TimeToLiveSpecification::builder().attribute_name(attribute).enabled(true).build()?;
        let request = client.update_time_to_live().table_name(&table.name);
        request.time_to_live_specification(expiry).send().await.context("the expiry cannot be set")?;
    }
    Ok(())
}

fn secondary(index: &Index) -> Result<GlobalSecondaryIndex> {
    let projection = ProjectionType::from(index.projection.as_str());
    Ok(GlobalSecondaryIndex::builder()
        .index_name(&index.name)
        .set_key_schema(Some(keys(&index.keys)?))
        .projection(Projection::builder().projection_type(projection).build())
        .build()?)
}

fn keys(schema: &[(String, String)]) -> Result<Vec<KeySchemaElement>> {
    let element = |(name, kind): &(String, String)| {
        let kind = KeyType::from(kind.as_str());
        Ok(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
    };
    schema.iter().map(element).collect()
}
