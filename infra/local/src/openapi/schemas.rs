//! What every schema says of its fields: forms, lengths, and whether they are always there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Fields that hold a time, whatever they are in.
const TIMES: [&str; 16] = [
    "at",
    "avatar",
    "changed",
    "created",
    "ended",
    "expires",
    "lastUsed",
    "received",
    "sessionEnds",
    "settled",
    "since",
    "started",
    "updated",
    "retryAt",
    "until",
    "used",
];
/// Fields that hold a mail address.
const ADDRESSES: [&str; 3] = ["email", "personalEmail", "supportEmail"];
/// Fields that are secret on their way in.
const SECRETS: [&str; 4] = ["clientSecret", "password", "currentPassword", "newPassword"];
const LINKS: [&str; 6] =
    ["authorizationUrl", "otpauthUrl", "issuer", "jwks_uri", "token_endpoint", "userinfo_endpoint"];
/// An id is its kind, and 26 characters of a ULID.
const ULID: &str = "[0-7][0-9A-HJKMNP-TV-Z]{25}";
/// The ids that paths and fields name, by the name.
const IDS: [(&str, &str); 4] = [("tenant", "ten"), ("hire", "hire"), ("job", "job"), ("session", "ses")];

/// Completes every schema and parameter.
pub(super) fn complete(document: &mut Value) {
    let answers = answered(document);
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if answers.contains(name) {
            always_there(schema);
        }
        for (field, value) in
            schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
        {
            form(field, value);
        }
        plain_members(schema);
    }
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for operation in item.as_object_mut().into_iter().flatten().map(|(_, operation)| operation) {
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                complete_parameter(parameter);
            }
        }
    }
}

/// The schemas that answers are made of.
fn answered(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    for (_, operation) in operations {
        collect(&operation["responses"], document, &mut found);
    }
    found
}

fn collect(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(name) =
                fields.get("$ref").and_then(Value::as_str).and_then(|it| it.rsplit('/').next())
                && found.insert(name.to_owned())
            {
                collect(&document["components"]["schemas"][name], document, found);
            }
            fields.values().for_each(|value| collect(value, document, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, document, found)),
        _ => {}
    }
}

/// In an answer, what may be null is there all the same.
fn always_there(schema: &mut Value) {
    let nullable = |value: &Value| {
        let null = json!("null");
        value["type"].as_array().is_some_and(|kinds| kinds.contains(&null))
            || value["oneOf"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["type"] == null))
    };
    let fields = schema["properties"].as_object().into_iter().flatten();
    let there: Vec<_> = fields.filter(|(_, value)| nullable(value)).map(|(name, _)| name.clone()).collect();
    if there.is_empty() {
        return;
    }
    let known =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let all: BTreeSet<String> = known.chain(there).collect();
    schema["required"] = json!(all);
}

fn form(field: &str, value: &mut Value) {
    let kinds = &value["type"];
    if *kinds != "string" && !kinds.as_array().is_some_and(|kinds| kinds.contains(&json!("string"))) {
        return;
    }
    if value.get("format").is_some() || value.get("pattern").is_some() || value.get("enum").is_some() {
        return;
    }
    if TIMES.contains(&field) {
        value["format"] = json!("date-time");
    } else if ADDRESSES.contains(&field) {
        (value["format"], value["maxLength"]) = (json!("email"), json!(254));
    } else if SECRETS.contains(&field) {
        (value["format"], value["writeOnly"], value["maxLength"]) =
            (json!("password"), json!(true), json!(1024));
    } else if LINKS.contains(&field) {
        value["format"] = json!("uri");
    } else if let Some((_, kind)) = IDS.iter().find(|(name, _)| *name == field) {
        value["pattern"] = json!(format!("^{kind}_{ULID}$"));
    }
}

/// Generators lose a reference that has a description beside it in a choice.
fn plain_members(schema: &mut Value) {
    for member in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if member.get("$ref").is_some()
            && let Some(fields) = member.as_object_mut()
        {
            fields.remove("description");
        }
    }
}

fn complete_parameter(parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    if name == "Idempotency-Key" {
        parameter["schema"] = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:-]{1,64}$" });
    }
}
