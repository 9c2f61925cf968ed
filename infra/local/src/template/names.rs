//! Physical names and ARNs: what `Ref` and `Fn::GetAtt` of a resource give on this machine.

use serde_json::Value;

use super::resolve::Resolver;
use super::{Surroundings, TemplateError, parameters};

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
    let declared = document["Parameters"].as_object().cloned().unwrap_or_default();
    if let Some(unknown) = around.parameters.keys().find(|name| !declared.contains_key(*name)) {
        let names = declared.keys().map(String::as_str);
        return Err(TemplateError::UnknownParameter {
            name: unknown.clone(),
            hint: parameters::hint(unknown, names),
        });
    }
    for (name, parameter) in &declared {
        let given = around.parameters.get(name).map(String::as_str);
        let value = given.or_else(|| parameter["Default"].as_str());
        let value =
            value.ok_or_else(|| TemplateError::refused(name, "Default", "the parameter has no value"))?;
        parameters::check(name, parameter, value)?;
        resolver.set_ref(name, value);
    }
    Ok(resolver)
}

/// What a resource is called.
struct Names {
    name: String,
    arn: String,
    /// What `Ref` gives.
    reference: String,
    /// Attributes beyond `Name` and `Arn`.
    attribute: Option<(&'static str, String)>,
}

impl Names {
    fn by_name(name: String, arn: String) -> Self {
        Self { reference: name.clone(), name, arn, attribute: None }
    }

    fn by_arn(name: String, arn: String) -> Self {
        Self { reference: arn.clone(), name, arn, attribute: None }
    }

    fn and(self, attribute: &'static str, value: String) -> Self {
        Self { attribute: Some((attribute, value)), ..self }
    }
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
    let names = names(resolver, around, logical_id, resource)?;
    resolver.set_ref(logical_id, names.reference);
    resolver.set_attribute(logical_id, "Name", names.name);
    resolver.set_attribute(logical_id, "Arn", names.arn);
    if let Some((attribute, value)) = names.attribute {
        resolver.set_attribute(logical_id, attribute, value);
    }
    Ok(())
}

fn names(
    resolver: &Resolver,
    around: &Surroundings,
    logical_id: &str,
    resource: &Value,
) -> Result<Names, TemplateError> {
    let named = |field: &str| -> Result<String, TemplateError> {
        match resolver.resolve(&resource["Properties"][field]) {
            Ok(Value::Null) => Ok(format!("{}-{logical_id}", around.stack_name)),
            Ok(Value::String(name)) => Ok(name),
            Ok(_) => Err(TemplateError::refused(logical_id, field, "is not a string")),
            Err(reason) => Err(TemplateError::refused(logical_id, field, &reason)),
        }
    };
    let arn = |service: &str, prefix: &str, name: &str| around.arn(service, &format!("{prefix}{name}"));
    let plain = |field: &str, service: &str, prefix: &str| -> Result<Names, TemplateError> {
        let name = named(field)?;
        let arn = arn(service, prefix, &name);
        Ok(Names::by_name(name, arn))
    };
    Ok(match resource["Type"].as_str().unwrap_or_default() {
        "AWS::Serverless::Function" => plain("FunctionName", "lambda", "function:")?,
        "AWS::Serverless::StateMachine" => {
            let name = named("Name")?;
            Names::by_arn(name.clone(), arn("states", "stateMachine:", &name))
        }
        "AWS::DynamoDB::Table" => {
            let name = around.table_name.clone().map_or_else(|| named("TableName"), Ok)?;
            let table = arn("dynamodb", "table/", &name);
            Names::by_name(name, table.clone()).and("StreamArn", format!("{table}/stream/latest"))
        }
        // Names of buckets have no capital letters; a real one that is generated ends in random ones.
        "AWS::S3::Bucket" => {
            let name = named("BucketName")?.to_lowercase();
            Names::by_name(name.clone(), format!("arn:aws:s3:::{name}"))
        }
        "AWS::Events::EventBus" => plain("Name", "events", "event-bus/")?,
        // The service takes the name as well; a real ARN ends in characters known only after creation.
        "AWS::SecretsManager::Secret" => {
            let name = named("Name")?;
            Names::by_name(name.clone(), name)
        }
        "AWS::SQS::Queue" => {
            let name = named("QueueName")?;
            Names::by_name(name.clone(), arn("sqs", "", &name)).and("QueueName", name)
        }
        "AWS::Logs::LogGroup" => plain("LogGroupName", "logs", "log-group:")?,
        "AWS::IAM::ManagedPolicy" => {
            let name = named("ManagedPolicyName")?;
            Names::by_arn(name.clone(), format!("arn:aws:iam::{}:policy/{name}", around.account_id))
        }
        "AWS::SES::ConfigurationSet" => plain("Name", "ses", "configuration-set/")?,
        "AWS::SES::ConfigurationSetEventDestination"
        | "AWS::S3::BucketPolicy"
        | "AWS::Serverless::HttpApi"
        | "AWS::Logs::MetricFilter"
        | "AWS::CloudWatch::Alarm" => Names::by_name(logical_id.to_owned(), String::new()),
        other => {
            let reason = format!("the resource type {other} is not supported");
            return Err(TemplateError::refused(logical_id, "Type", &reason));
        }
    })
}
