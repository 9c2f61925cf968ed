//! The properties of each supported resource as the template spells them. Unknown ones are refused,
//! those that have no effect on one machine (encryption, logging) are read over.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct FunctionProperties {
    pub(super) function_name: String,
    pub(super) code_uri: String,
    #[serde(rename = "Runtime")]
    _runtime: IgnoredAny,
    #[serde(rename = "Handler")]
    _handler: IgnoredAny,
    #[serde(rename = "Architectures", default)]
    _architectures: IgnoredAny,
    #[serde(rename = "LoggingConfig", default)]
    _logging_config: IgnoredAny,
    #[serde(default)]
    pub(super) policies: Vec<Value>,
    #[serde(deserialize_with = "number")]
    pub(super) memory_size: u32,
    pub(super) timeout: u64,
    #[serde(default)]
    pub(super) environment: Environment,
    #[serde(default)]
    pub(super) event_invoke_config: EventInvokeConfig,
    #[serde(default)]
    pub(super) events: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Environment {
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EventInvokeConfig {
    pub(super) maximum_retry_attempts: u32,
    #[serde(rename = "DestinationConfig", default)]
    _destination_config: IgnoredAny,
}

impl Default for EventInvokeConfig {
    fn default() -> Self {
        Self { maximum_retry_attempts: 2, _destination_config: IgnoredAny }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TableProperties {
    #[serde(default)]
    pub(super) table_name: Option<String>,
    #[serde(rename = "BillingMode")]
    _billing_mode: IgnoredAny,
    #[serde(rename = "PointInTimeRecoverySpecification", default)]
    _recovery: IgnoredAny,
    #[serde(rename = "SSESpecification", default)]
    _encryption: IgnoredAny,
    pub(super) attribute_definitions: Vec<AttributeDefinition>,
    pub(super) key_schema: Vec<KeyElement>,
    #[serde(default)]
    pub(super) global_secondary_indexes: Vec<IndexProperties>,
    pub(super) time_to_live_specification: Option<TimeToLive>,
    pub(super) stream_specification: Option<StreamSpecification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AttributeDefinition {
    pub(super) attribute_name: String,
    pub(super) attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct KeyElement {
    pub(super) attribute_name: String,
    pub(super) key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct IndexProperties {
    pub(super) index_name: String,
    pub(super) key_schema: Vec<KeyElement>,
    pub(super) projection: Projection,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Projection {
    pub(super) projection_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TimeToLive {
    pub(super) attribute_name: String,
    pub(super) enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StreamSpecification {
    pub(super) stream_view_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StateMachineProperties {
    pub(super) name: String,
    #[serde(rename = "Type")]
    _type: IgnoredAny,
    pub(super) definition_uri: String,
    #[serde(default)]
    pub(super) definition_substitutions: BTreeMap<String, String>,
    #[serde(rename = "Logging", default)]
    _logging: IgnoredAny,
    #[serde(rename = "Policies", default)]
    _policies: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SecretProperties {
    pub(super) name: String,
    #[serde(rename = "Description", default)]
    _description: IgnoredAny,
    pub(super) secret_string: Option<String>,
    pub(super) generate_secret_string: Option<GenerateSecretString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GenerateSecretString {
    pub(super) password_length: usize,
    #[serde(rename = "ExcludePunctuation")]
    _exclude_punctuation: bool,
}

/// A bucket. It must have versions and a lock with a default, because the stack makes no other one.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BucketProperties {
    #[serde(rename = "BucketName", default)]
    _bucket_name: IgnoredAny,
    pub(super) object_lock_enabled: bool,
    pub(super) object_lock_configuration: LockConfiguration,
    pub(super) versioning_configuration: Versioning,
    #[serde(rename = "BucketEncryption", default)]
    _encryption: IgnoredAny,
    #[serde(rename = "OwnershipControls", default)]
    _ownership: IgnoredAny,
    #[serde(rename = "PublicAccessBlockConfiguration", default)]
    _public_access: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LockConfiguration {
    pub(super) object_lock_enabled: String,
    pub(super) rule: LockRule,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LockRule {
    pub(super) default_retention: Retention,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Retention {
    pub(super) mode: String,
    #[serde(deserialize_with = "number")]
    pub(super) days: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Versioning {
    pub(super) status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BucketPolicyProperties {
    #[serde(rename = "Bucket")]
    _bucket: IgnoredAny,
    pub(super) policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ConfigurationSetProperties {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EventDestinationProperties {
    pub(super) configuration_set_name: String,
    pub(super) event_destination: EventDestination,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EventDestination {
    #[serde(rename = "Name")]
    _name: IgnoredAny,
    pub(super) enabled: bool,
    pub(super) matching_event_types: Vec<String>,
    pub(super) event_bridge_destination: EventBridgeDestination,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct EventBridgeDestination {
    pub(super) event_bus_arn: String,
}

/// A whole number, written as one or, where it comes out of a parameter, as text.
fn number<'de, D: Deserializer<'de>>(source: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u32),
        Text(String),
    }
    match Written::deserialize(source)? {
        Written::Number(number) => Ok(number),
        Written::Text(text) => text.parse().map_err(D::Error::custom),
    }
}
