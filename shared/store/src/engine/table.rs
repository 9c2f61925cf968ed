//! The table's definition, so that tests make the same table as the template does.

use aws_sdk_dynamodb::{
    Client,
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
    },
};

use crate::StoreError;

/// Index of memberships by person.
pub const GSI1: &str = "GSI1";
/// Sparse index of due work; keys only.
pub const GSI2: &str = "GSI2";

/// The request that creates the table under `name`, as `infra/template.yaml` declares it.
pub fn definition(client: &Client, name: &str) -> Result<CreateTableFluentBuilder, StoreError> {
    let mut request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for attribute in ["PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"] {
        let definition = AttributeDefinition::builder().attribute_name(attribute);
        let definition = definition.attribute_type(ScalarAttributeType::S).build().map_err(incomplete)?;
        request = request.attribute_definitions(definition);
    }
    for element in key_schema("PK", "SK")? {
        request = request.key_schema(element);
    }
    for (index, projection) in [(GSI1, ProjectionType::All), (GSI2, ProjectionType::KeysOnly)] {
        let keys = key_schema(&format!("{index}PK"), &format!("{index}SK"))?;
        let projection = Projection::builder().projection_type(projection).build();
        let index = GlobalSecondaryIndex::builder().index_name(index).set_key_schema(Some(keys));
        request = request.global_secondary_indexes(index.projection(projection).build().map_err(incomplete)?);
    }
    let stream =
        StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    Ok(request.stream_specification(stream.build().map_err(incomplete)?))
}

fn key_schema(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    [(hash, KeyType::Hash), (range, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(incomplete)
        })
        .collect()
}

fn incomplete(error: impl std::fmt::Display) -> StoreError {
    StoreError::Table(error.to_string())
}
