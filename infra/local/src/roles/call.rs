//! What a request to AWS asks for: action, resource, and what conditions look at.

use std::collections::BTreeMap;

use http::request::Parts;
use serde_json::Value;
use vestibule_models::{S3Operation, S3Target};

use crate::template::{Condition, Surroundings};

use super::fits;

/// One thing asked of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Such as `dynamodb:PutItem`.
    pub(crate) action: String,
    /// The names that its resource goes by.
    pub(crate) resources: Vec<String>,
    /// Values that conditions look at, by their key.
    pub(crate) context: BTreeMap<&'static str, Vec<String>>,
}

impl Call {
    fn new(action: String, resources: Vec<String>) -> Self {
        Self { action, resources, context: BTreeMap::new() }
    }
}

impl Condition {
    /// Whether a call meets it. `ForAllValues` holds where there is nothing to look at.
    pub(super) fn holds(&self, call: &Call) -> bool {
        let values = call.context.get(self.key.as_str()).map(Vec::as_slice).unwrap_or_default();
        let fits = |value: &String| {
            self.values.iter().any(|pattern| match self.operator.as_str() {
                "StringEquals" => pattern == value,
                _ => fits(pattern, value),
            })
        };
        values.iter().all(fits) && (self.operator.starts_with("ForAllValues:") || !values.is_empty())
    }
}

/// The access key that signed a request.
pub(super) fn access_key(head: &Parts) -> Option<&str> {
    let signed = head.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    signed.split_once("Credential=")?.1.split('/').next()
}

/// What a request asks for. A transaction asks for several things.
pub(super) fn calls(head: &Parts, body: &[u8], around: &Surroundings) -> Vec<Call> {
    if let Some(name) = invoked(head.uri.path()) {
        let resource =
            if name.starts_with("arn:") { name } else { around.arn("lambda", &format!("function:{name}")) };
        return vec![Call::new("lambda:InvokeFunction".to_owned(), vec![resource])];
    }
    if let Some(target) = S3Target::read(head) {
        return object_calls(&target, head);
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let (service, operation) = target.split_once('.').unwrap_or(("", target));
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let one =
        |service: &str, resource: String| vec![Call::new(format!("{service}:{operation}"), vec![resource])];
    match service {
        "DynamoDB_20120810" => table_calls(operation, &body, around),
        "secretsmanager" => {
            // One that is to be made is named, not found.
            let name = text(if operation == "CreateSecret" { "Name" } else { "SecretId" });
            let arn = around.arn("secretsmanager", &format!("secret:{name}"));
            vec![Call::new(format!("secretsmanager:{operation}"), vec![name, arn])]
        }
        "AWSEvents" => body["Entries"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|entry| {
                let bus = entry["EventBusName"].as_str().unwrap_or("default");
                Call::new(
                    format!("events:{operation}"),
                    vec![around.arn("events", &format!("event-bus/{bus}"))],
                )
            })
            .collect(),
        "AWSStepFunctions" if operation == "StartExecution" => one("states", text("stateMachineArn")),
        "AWSStepFunctions" => one("states", text("executionArn")),
        "WorkMailService" => {
            let organization = text("OrganizationId");
            one("workmail", around.arn("workmail", &format!("organization/{organization}")))
        }
        _ if head.uri.path() == "/v2/email/outbound-emails" => {
            mail_calls(&text("FromEmailAddress"), body["ConfigurationSetName"].as_str(), around)
        }
        _ => Vec::new(),
    }
}

/// The function that a path of the Lambda API invokes.
fn invoked(path: &str) -> Option<String> {
    let name = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
    Some(name.replace("%3A", ":"))
}

/// What a request to S3 asks for; nothing when it is one that the model refuses anyhow. Buckets' ARNs have neither region nor account.
fn object_calls(target: &S3Target, head: &Parts) -> Vec<Call> {
    let (bucket, key) = (format!("arn:aws:s3:::{}", target.bucket), target.key.as_str());
    let of_version = if target.query.contains_key("versionId") { "Version" } else { "" };
    let mut actions = match &target.operation {
        Ok(S3Operation::PutObject) => vec!["PutObject".to_owned()],
        Ok(S3Operation::GetObject | S3Operation::HeadObject) => vec![format!("GetObject{of_version}")],
        Ok(S3Operation::DeleteObject) => vec![format!("DeleteObject{of_version}")],
        Ok(S3Operation::ListObjectsV2) => vec!["ListBucket".to_owned()],
        Ok(S3Operation::ListObjectVersions) => vec!["ListBucketVersions".to_owned()],
        Err(_) => Vec::new(),
    };
    for (header, action) in [
        ("x-amz-object-lock-mode", "PutObjectRetention"),
        ("x-amz-bypass-governance-retention", "BypassGovernanceRetention"),
    ] {
        actions.extend(head.headers.contains_key(header).then(|| action.to_owned()));
    }
    let resource = if key.is_empty() { bucket } else { format!("{bucket}/{key}") };
    let prefix = target.query.get("prefix").cloned();
    let call = |action: String| {
        let mut call = Call::new(format!("s3:{action}"), vec![resource.clone()]);
        call.context.insert("s3:prefix", prefix.clone().into_iter().collect());
        call
    };
    actions.into_iter().map(call).collect()
}

/// To whom may not list a bucket S3 does not tell which objects there are not: the right that is asked for then.
pub(super) fn listing(head: &Parts) -> Option<Call> {
    let target = S3Target::read(head)?;
    let reads = matches!(target.operation, Ok(S3Operation::GetObject | S3Operation::HeadObject));
    let bucket = format!("arn:aws:s3:::{}", target.bucket);
    reads.then(|| Call::new("s3:ListBucket".to_owned(), vec![bucket]))
}

/// A mail to send. Its resources are the identity of the sender and the configuration set, if one is named.
fn mail_calls(from: &str, set: Option<&str>, around: &Surroundings) -> Vec<Call> {
    let address = from.rsplit_once('<').map_or(from, |(_, rest)| rest.trim_end_matches('>')).trim();
    let set = set.map(|name| format!("configuration-set/{name}"));
    let resources = [Some(format!("identity/{address}")), set];
    let call = |resource: String| {
        let mut call = Call::new("ses:SendEmail".to_owned(), vec![around.arn("ses", &resource)]);
        call.context.insert("ses:FromAddress", vec![address.to_owned()]);
        call
    };
    resources.into_iter().flatten().map(call).collect()
}

/// What a request to the table asks for.
fn table_calls(operation: &str, body: &Value, around: &Surroundings) -> Vec<Call> {
    match operation {
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            items
                .filter_map(Value::as_object)
                .flatten()
                .map(|(kind, write)| part(kind, write, around))
                .collect()
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables
                .map(|(table, asked)| {
                    let keys = asked["Keys"].as_array().into_iter().flatten();
                    let leading = keys.filter_map(|key| partition(&key["PK"])).collect();
                    table_call("BatchGetItem", (table, None), leading, around)
                })
                .collect()
        }
        _ => {
            let leading = [&body["Key"]["PK"], &body["Item"]["PK"]].into_iter().find_map(partition);
            let leading = leading.or_else(|| queried(body));
            let (table, index) = (body["TableName"].as_str().unwrap_or_default(), body["IndexName"].as_str());
            vec![table_call(operation, (table, index), leading.into_iter().collect(), around)]
        }
    }
}

/// One part of a transaction.
fn part(kind: &str, write: &Value, around: &Surroundings) -> Call {
    let action =
        if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
    let leading = [&write["Key"]["PK"], &write["Item"]["PK"]].into_iter().find_map(partition);
    let table = write["TableName"].as_str().unwrap_or_default();
    table_call(&action, (table, None), leading.into_iter().collect(), around)
}

fn table_call(
    action: &str,
    (table, index): (&str, Option<&str>),
    leading: Vec<String>,
    around: &Surroundings,
) -> Call {
    let index = index.map(|index| format!("/index/{index}")).unwrap_or_default();
    let resource = around.arn("dynamodb", &format!("table/{table}{index}"));
    let mut call = Call::new(format!("dynamodb:{action}"), vec![resource]);
    call.context.insert("dynamodb:LeadingKeys", leading);
    call
}

fn partition(key: &Value) -> Option<String> {
    key["S"].as_str().map(str::to_owned)
}

/// The partition that a query names: the value of the first condition, `PK = :name`.
fn queried(body: &Value) -> Option<String> {
    let condition = body["KeyConditionExpression"].as_str()?.strip_prefix("PK = ")?;
    let name = condition.split_whitespace().next()?;
    partition(&body["ExpressionAttributeValues"][name])
}
