//! What a page reads of the API: asked at once where nothing depends on an answer, and never once for each row.

use serde_json::{Map, Value};
use vestibule_invoke::NoAnswer;

use crate::{
    operations::CONTEXT,
    page::{Page, Read},
    paths::{fill, text_at},
    place::Place,
    shell,
    visit::{Asked, Told, Visit},
    words,
};

/// The answers by their names; what was refused stands under the name with ` refused` behind it.
pub(crate) async fn read(
    page: &'static Page,
    visit: &Visit,
    place: &Place,
) -> Result<Map<String, Value>, NoAnswer> {
    let mut values = Map::new();
    let later = |read: &Read| read.needs.is_some() || read.from.iter().any(|from| from.contains('.'));
    let (after, first): (Vec<&Read>, Vec<&Read>) = page.reads.iter().partition(|read| later(read));
    let frame = Read::new("context", CONTEXT);
    let first: Vec<&Read> = std::iter::once(&frame).chain(first).collect();
    fetch(&first, visit, place, &mut values).await?;
    fetch(&after, visit, place, &mut values).await?;
    Ok(values)
}

async fn fetch(
    reads: &[&Read],
    visit: &Visit,
    place: &Place,
    values: &mut Map<String, Value>,
) -> Result<(), NoAnswer> {
    let known = Value::Object(values.clone());
    let asked: Vec<_> = reads.iter().filter_map(|read| question(read, &known, place)).collect();
    let names: Vec<&str> = asked.iter().map(|(name, _)| *name).collect();
    let told = visit.ask(asked.into_iter().map(|(_, asked)| asked).collect()).await?;
    for (name, Told { status, body }) in names.into_iter().zip(told) {
        let (key, body) = if status.is_success() {
            (name.to_owned(), body)
        } else {
            (format!("{name} refused"), words::of(body))
        };
        values.insert(key, body);
    }
    Ok(())
}

/// What is asked; nothing where a value is missing, or the permission, or what only is asked for with it.
fn question(read: &Read, known: &Value, place: &Place) -> Option<(&'static str, Asked)> {
    let found = |from: &&str| match place.path.get(*from).and_then(Value::as_str) {
        Some(value) => Some(value.to_owned()),
        None => text_at(known, from),
    };
    let path = fill(read.operation.path, &read.from.iter().map(found).collect::<Vec<_>>())?;
    let allowed = read.needs.is_none_or(|permission| shell::has(&known["context"], permission));
    // The frame of every page has the caller's businesses.
    let query = if read.name == "context" { "tenants=true".to_owned() } else { place.along(read) };
    let asked = || (read.name, Asked::new(read.operation, path, query));
    let given = read.if_given.is_empty() || place.given(read).is_some();
    (allowed && given).then(asked)
}
