//! Inputs that are as costly as a stranger can make them, for every function: what each of its parsers reads, at its
//! longest, deepest, widest and most repetitive.

mod bodies;
pub mod pictures;
mod requests;
pub mod vendor;

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_local::Stack;

use crate::{events::sample, stack::admin_token};

/// One input.
#[derive(Debug, Clone)]
pub struct Extreme {
    /// The function that reads it.
    pub function: &'static str,
    /// What is special about it.
    pub input: String,
    /// The event that carries it.
    pub event: Value,
}

/// Those of one function, for a stack's sample tenant.
///
/// # Errors
/// A sample event is missing, or a key does not sign.
pub fn of(stack: &Stack, function: &str) -> Result<Vec<Extreme>> {
    let token = admin_token(stack)?;
    let mut all = requests::of(stack, &token, function)?;
    match function {
        "session" => all.extend(avatars(&token)?),
        "esign-webhook" => all.extend(signed(stack)?),
        "team" => all.extend(files(&token)?),
        _ => all.extend(events(function)?),
    }
    Ok(all)
}

/// The pictures, as somebody who is signed in sends them.
///
/// # Errors
/// As [`of`].
pub fn avatars(token: &str) -> Result<Vec<Extreme>> {
    let text = sample("session", "me", &[("{token}", token)])?.to_string();
    let text = text.replace("GET /api/v1/auth/me", "PUT /api/v1/auth/me/avatar");
    let mut event: Value =
        serde_json::from_str(&text.replace("/api/v1/auth/me\"", "/api/v1/auth/me/avatar\""))?;
    event["requestContext"]["http"]["method"] = "PUT".into();
    event["isBase64Encoded"] = true.into();
    event["headers"]["content-type"] = "image/png".into();
    let avatar = |(name, file): (String, Vec<u8>)| {
        let mut event = event.clone();
        event["body"] = STANDARD.encode(file).into();
        Extreme { function: "session", input: name, event }
    };
    Ok(pictures::all().into_iter().map(avatar).collect())
}

/// Files of people to invite, as large as they are taken: of many rows, and of few that are long.
///
/// # Errors
/// As [`of`].
pub fn files(token: &str) -> Result<Vec<Extreme>> {
    const LONGEST: usize = 4 << 20;
    let sample = sample("team", "import", &[("{token}", token)])?;
    let row =
        |at: usize, labels: usize| format!("person{at}@{}example,viewer\n", "long-name.".repeat(labels));
    let cells = "x,".repeat(LONGEST / 2 - 100);
    let quoted = format!("\"{}\"", "\"\"".repeat(LONGEST / 2 - 100));
    let file = |(input, rows): (&str, String)| {
        let mut event = sample.clone();
        let rows: String = format!("email,roles\n{rows}").chars().take(LONGEST).collect();
        event["body"] = STANDARD.encode(rows).into();
        event["isBase64Encoded"] = true.into();
        Extreme { function: "team", input: format!("import: {input}"), event }
    };
    let files = [
        ("10,000 rows", (0..10_000).map(|at| row(at, 4)).collect()),
        ("10,000 rows of long addresses", (0..10_000).map(|at| row(at, 22)).collect()),
        ("10,000 rows of no addresses", "x,\n".repeat(10_000)),
        ("rows of nothing", ",\n".repeat(LONGEST / 2)),
        ("one row of many cells", cells),
        ("one long cell", "x".repeat(LONGEST)),
        ("one cell of quotes", quoted),
        ("a quote that never ends", format!("\"{}", "x\n".repeat(LONGEST / 2))),
        ("empty lines", "\n".repeat(LONGEST)),
    ];
    Ok(files.map(file).into())
}

/// Bodies that come with the e-sign vendor's right signature.
fn signed(stack: &Stack) -> Result<Vec<Extreme>> {
    let event = sample("esign-webhook", "request", &[])?;
    let known = event["pathParameters"]["endpoint"].as_str().unwrap_or_default().to_owned();
    let endpoint = stack.sample().endpoint.to_string();
    let event = sample("esign-webhook", "request", &[(&known, &endpoint)])?;
    let key = &stack.sample().esign_key;
    let text = event["body"].as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for (name, body) in bodies::of(&text)? {
        let mut event = event.clone();
        event["headers"]["x-docusign-signature-1"] = sign_docusign(key, body.as_bytes())?.into();
        event["body"] = body.into();
        all.push(Extreme { function: "esign-webhook", input: format!("signed: {name}"), event });
    }
    Ok(all)
}

/// Events of AWS itself, as large as Lambda takes them.
fn events(wanted: &str) -> Result<Vec<Extreme>> {
    let mut all = Vec::new();
    for (function, name, field) in [
        ("dispatcher", "stream", "/Records/0/dynamodb/NewImage"),
        ("outbox-mail", "stream", "/Records/0/dynamodb/NewImage"),
        ("email-events", "bounce", "/detail"),
        ("email-events", "bounce", "/detail/mail/tags"),
        ("provision-sweep", "job-pending", "/detail"),
        ("mailbox-step", "claim", ""),
        ("import-step", "invite_rows", ""),
        ("account-step", "tenant", ""),
    ] {
        if function != wanted {
            continue;
        }
        let event = sample(function, name, &[])?;
        for (input, value) in bodies::values(5 << 20) {
            let mut event = event.clone();
            if let Some(object) = event.pointer_mut(field).and_then(Value::as_object_mut) {
                object.insert("extreme".into(), json!({ "M": { "x": { "S": value } } }));
            }
            all.push(Extreme { function, input: input.to_owned(), event });
        }
        if let Some(record) = event.pointer("/Records/0") {
            let many = vec![record.clone(); 2_000];
            all.push(Extreme { function, input: "2,000 records".into(), event: json!({ "Records": many }) });
        }
    }
    Ok(all)
}
