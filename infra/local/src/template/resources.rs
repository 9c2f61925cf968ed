//! Resolved properties of one resource into the typed part of the template.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::properties::{
    BucketPolicyProperties, BucketProperties, ConfigurationSetProperties, EventDestinationProperties,
    FunctionProperties, KeyElement, SecretProperties, StateMachineProperties, TableProperties,
};
use super::{
    Bucket, Bus, EventDestination, Function, Index, Secret, SecretValue, StateMachine, Surroundings, Table,
    Template, TemplateError, events, policies,
};

/// Each route of a function is a statement of about 400 bytes in its policy, which ends at 20 KB.
const MOST_ROUTES: usize = 45;

/// Adds the resource; types without local effect add nothing.
pub(super) fn add(
    template: &mut Template,
    around: &Surroundings,
    logical_id: &str,
    (kind, reference): (&str, String),
    properties: Value,
) -> Result<(), TemplateError> {
    match kind {
        "AWS::Serverless::Function" => {
            function(template, around, logical_id, read(logical_id, properties)?)?;
        }
        "AWS::Serverless::StateMachine" => {
            let machine: StateMachineProperties = read(logical_id, properties)?;
            template.state_machines.push(StateMachine {
                arn: around.arn("states", &format!("stateMachine:{}", machine.name)),
                name: machine.name,
                definition: machine.definition_uri,
                substitutions: machine.definition_substitutions,
            });
        }
        "AWS::DynamoDB::Table" => {
            let properties = read(logical_id, properties)?;
            template.tables.push(table(around, logical_id, properties));
        }
        "AWS::S3::Bucket" => {
            let bucket = bucket(logical_id, reference, read(logical_id, properties)?)?;
            template.buckets.push(bucket);
        }
        "AWS::S3::BucketPolicy" => {
            let BucketPolicyProperties { policy_document, .. } = read(logical_id, properties)?;
            let refused = |reason: String| TemplateError::refused(logical_id, "PolicyDocument", &reason);
            policies::only_for_tls(&policy_document).map_err(refused)?;
        }
        "AWS::IAM::ManagedPolicy" => {
            let refused = |reason: String| TemplateError::refused(logical_id, "PolicyDocument", &reason);
            let statements = policies::document(&properties["PolicyDocument"]).map_err(refused)?;
            template.policies.insert(reference, statements);
        }
        "AWS::Events::EventBus" => {
            template.buses.push(Bus { name: properties["Name"].as_str().unwrap_or_default().to_owned() });
        }
        "AWS::SES::ConfigurationSet" => {
            let ConfigurationSetProperties { name } = read(logical_id, properties)?;
            template.configuration_sets.push(name);
        }
        "AWS::SES::ConfigurationSetEventDestination" => {
            let destination = destination(logical_id, read(logical_id, properties)?)?;
            template.event_destinations.push(destination);
        }
        "AWS::SecretsManager::Secret" => {
            let properties = read(logical_id, properties)?;
            template.secrets.push(secret(logical_id, properties)?);
        }
        _ => {}
    }
    Ok(())
}

fn function(
    template: &mut Template,
    around: &Surroundings,
    logical_id: &str,
    properties: FunctionProperties,
) -> Result<(), TemplateError> {
    let folder = properties.code_uri.trim_end_matches('/');
    let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
    let routes = properties.events.values().filter(|source| source["Type"] == "HttpApi").count();
    if routes > MOST_ROUTES {
        let reason =
            format!("{routes} routes need more permissions than a function's policy of 20 KB can hold");
        return Err(TemplateError::refused(logical_id, "Events", &reason));
    }
    for (event, source) in properties.events {
        events::add(template, &properties.function_name, &event, source)
            .map_err(|reason| TemplateError::refused(logical_id, &format!("Events.{event}"), &reason))?;
    }
    let statements = policies::statements(&properties.policies, &template.policies)
        .map_err(|reason| TemplateError::refused(logical_id, "Policies", &reason))?;
    template.functions.push(Function {
        statements,
        arn: around.arn("lambda", &format!("function:{}", properties.function_name)),
        physical_name: properties.function_name,
        name,
        memory_mb: properties.memory_size,
        timeout: Duration::from_secs(properties.timeout),
        retries: properties.event_invoke_config.maximum_retry_attempts,
        environment: properties.environment.variables,
    });
    Ok(())
}

fn table(around: &Surroundings, logical_id: &str, properties: TableProperties) -> Table {
    let generated = || format!("{}-{logical_id}", around.stack_name);
    Table {
        name: around.table_name.clone().or(properties.table_name).unwrap_or_else(generated),
        attributes: properties
            .attribute_definitions
            .into_iter()
            .map(|a| (a.attribute_name, a.attribute_type))
            .collect(),
        keys: keys(properties.key_schema),
        indexes: properties
            .global_secondary_indexes
            .into_iter()
            .map(|index| Index {
                name: index.index_name,
                keys: keys(index.key_schema),
                projection: index.projection.projection_type,
            })
            .collect(),
        ttl: properties.time_to_live_specification.filter(|ttl| ttl.enabled).map(|ttl| ttl.attribute_name),
        stream: properties.stream_specification.map(|s| s.stream_view_type),
    }
}

fn bucket(logical_id: &str, name: String, properties: BucketProperties) -> Result<Bucket, TemplateError> {
    let lock = properties.object_lock_configuration;
    let retention = lock.rule.default_retention;
    let version = properties.versioning_configuration.status;
    for (field, holds, reason) in [
        ("ObjectLockEnabled", properties.object_lock_enabled, "must be true"),
        ("ObjectLockConfiguration", lock.object_lock_enabled == "Enabled", "must be Enabled"),
        ("ObjectLockConfiguration.Rule", retention.mode == "COMPLIANCE", "the mode must be COMPLIANCE"),
        ("VersioningConfiguration", version == "Enabled", "must be Enabled where objects are locked"),
    ] {
        if !holds {
            return Err(TemplateError::refused(logical_id, field, reason));
        }
    }
    Ok(Bucket { name, lock_days: retention.days })
}

/// SES puts events on the account's default bus and on no other.
fn destination(
    logical_id: &str,
    properties: EventDestinationProperties,
) -> Result<EventDestination, TemplateError> {
    let destination = properties.event_destination;
    let bus = destination.event_bridge_destination.event_bus_arn;
    if !bus.ends_with(":event-bus/default") {
        let field = "EventDestination.EventBridgeDestination.EventBusArn";
        return Err(TemplateError::refused(logical_id, field, "must be the account's default bus"));
    }
    Ok(EventDestination {
        configuration_set: properties.configuration_set_name,
        types: if destination.enabled { destination.matching_event_types } else { Vec::new() },
    })
}

fn keys(schema: Vec<KeyElement>) -> Vec<(String, String)> {
    schema.into_iter().map(|key| (key.attribute_name, key.key_type)).collect()
}

fn secret(logical_id: &str, properties: SecretProperties) -> Result<Secret, TemplateError> {
    let value = match (properties.secret_string, properties.generate_secret_string) {
        (Some(given), None) => SecretValue::Given(given),
        (None, Some(generate)) => SecretValue::Generated(generate.password_length),
        _ => {
            let reason = "exactly one of SecretString and GenerateSecretString is needed";
            return Err(TemplateError::refused(logical_id, "SecretString", reason));
        }
    };
    Ok(Secret { name: properties.name, value })
}

fn read<T: DeserializeOwned>(logical_id: &str, properties: Value) -> Result<T, TemplateError> {
    serde_json::from_value(properties)
        .map_err(|error| TemplateError::refused(logical_id, "Properties", &error.to_string()))
}
