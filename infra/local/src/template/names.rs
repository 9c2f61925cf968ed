//! Physical names and ARNs: what `Ref` and `Fn::GetAtt` of a resource give on this machine.

use serde_json::Value;

use super::resolve::Resolver;
use super::{Surroundings, TemplateError};

/// Pseudo parameters and the template's own ones; given values win over defaults.
pub(super) fn parameters(document: &Value, around: &Surroundings) -> Result<Resolver, TemplateError> {
    let mut resolver = Resolver::default();
    for (name, value) in [
        ("AWS::StackName", around.stack_name.as_str()),
        ("AWS::Region", around.region.as_str()),
        ("AWS::AccountId", around.account_id.as_str()),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
    ] {
        resolver.set_ref(name, value);
    }
    let declared = document["Parameters"].as_object();
    for (name, parameter) in declared.into_iter().flatten() {
        let given = around.parameters.get(name).map(String::as_str);
        let value = given.or_else(|| parameter["Default"].as_str());
        let missing = || TemplateError::refused(name, "Default", "the parameter has no value");
        resolver.set_ref(name, value.ok_or_else(missing)?);
    }
    for name in around.parameters.keys() {
        if declared.is_none_or(|declared| !declared.contains_key(name)) {
            let reason = "the template declares no such parameter";
            return Err(TemplateError::refused(name, "Parameters", reason));
        }
    }
    Ok(resolver)
}

/// Makes the resource known to the resolver.
///
/// # Errors
/// A resource type that the local stack does not know.
pub(super) fn declare(
    resolver: &mut Resolver,
    around: &Surroundings,
    logical_id: &str,
    resource: &Value,
) -> Result<(), TemplateError> {
    let kind = resource["Type"].as_str().unwrap_or_default();
    let named = |field: &str| -> Result<String, TemplateError> {
        match &resource["Properties"][field] {
            Value::Null => Ok(format!("{}-{logical_id}", around.stack_name)),
            value => match resolver.resolve(value) {
                Ok(Value::String(name)) => Ok(name),
                Ok(_) => Err(TemplateError::refused(logical_id, field, "is not a string")),
                Err(reason) => Err(TemplateError::refused(logical_id, field, &reason)),
            },
        }
    };
    let (name, arn, by_arn) = match kind {
        "AWS::Serverless::Function" => {
            let name = named("FunctionName")?;
            let arn = around.arn("lambda", &format!("function:{name}"));
            (name, arn, false)
        }
        "AWS::Serverless::StateMachine" => {
            let name = named("Name")?;
            let arn = around.arn("states", &format!("stateMachine:{name}"));
            (name, arn, true)
        }
        "AWS::DynamoDB::Table" => {
            let name = match &around.table_name {
                Some(name) => name.clone(),
                None => named("TableName")?,
            };
            let arn = around.arn("dynamodb", &format!("table/{name}"));
            resolver.set_attribute(logical_id, "StreamArn", format!("{arn}/stream/latest"));
            (name, arn, false)
        }
        "AWS::Events::EventBus" => {
            let name = named("Name")?;
            let arn = around.arn("events", &format!("event-bus/{name}"));
            (name, arn, false)
        }
        "AWS::SecretsManager::Secret" => {
            let name = named("Name")?;
            // The service takes the name as well; a real ARN ends in characters known only after creation.
            (name.clone(), name, true)
        }
        "AWS::SQS::Queue" => {
            let name = named("QueueName")?;
            let arn = around.arn("sqs", &name);
            resolver.set_attribute(logical_id, "QueueName", name.clone());
            (name, arn, false)
        }
        "AWS::Logs::LogGroup" => {
            let name = named("LogGroupName")?;
            let arn = around.arn("logs", &format!("log-group:{name}"));
            (name, arn, false)
        }
        "AWS::Serverless::HttpApi" | "AWS::Logs::MetricFilter" | "AWS::CloudWatch::Alarm" => {
            (logical_id.to_owned(), String::new(), false)
        }
        other => {
            let reason = format!("the resource type {other} is not supported");
            return Err(TemplateError::refused(logical_id, "Type", &reason));
        }
    };
    resolver.set_ref(logical_id, if by_arn { &arn } else { &name });
    resolver.set_attribute(logical_id, "Name", name);
    resolver.set_attribute(logical_id, "Arn", arn);
    Ok(())
}
