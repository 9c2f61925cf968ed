//! What was written can be read: values as the API's own constructors accept them go through the real encoding
//! of rows, sealed and opened, and come back the same. Every kind of row has its values here; a new kind does
//! not compile without.
//!
//! `VESTIBULE_VALUES` says how many values of each; the table of them is printed with `--nocapture`.

mod given;
mod given_tenants;
mod people;
mod rows;

use std::fmt::Write as _;

use vestibule_domain::{DocumentKind, Domain, Email, PersonName};

use crate::engine::kinds::Kind;
use given::Given;

/// Values of each kind in a usual run.
const VALUES: u64 = 1_000;

fn values() -> u64 {
    let named = std::env::vars().find(|(name, _)| name == "VESTIBULE_VALUES");
    named.map_or(VALUES, |(_, count)| count.parse().expect("VESTIBULE_VALUES is a number"))
}

/// What was made of one kind, and what became of it.
struct Tally {
    name: String,
    values: u64,
    lost: Vec<String>,
}

fn tally(name: &str, mut check: impl FnMut() -> Result<(), String>) -> Tally {
    let values = values();
    let lost = (0..values).filter_map(|_| check().err()).collect();
    Tally { name: name.to_owned(), values, lost }
}

/// A text with a rule, alone and as part of a row.
fn text<T>(name: &str, make: impl Fn() -> T) -> Tally
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    tally(name, || {
        let value = make();
        let stored =
            serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(&value).map_err(|e| e.to_string())?;
        let read: T = serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(stored)
            .map_err(|error| format!("{value:?}: {error}"))?;
        (read == value).then_some(()).ok_or(format!("{value:?} came back as {read:?}"))
    })
}

#[test]
fn fault_01_whatever_was_accepted_is_read_again() {
    let given = Given::new(1);
    let mut all: Vec<Tally> =
        Kind::ALL.iter().map(|kind| tally(kind.name(), || rows::written_and_read(*kind, &given))).collect();
    all.push(text("PersonName", || given.name()));
    all.push(text("Email", || given.email()));
    all.push(text("Domain", || given.domain()));
    all.push(text("LocalPart", || given.local_part()));
    all.push(text("Address", || given.address()));
    all.push(text("DocumentKind", || given.document_kind()));
    let mut table = String::from("| type | values | not decoded |\n|---|---:|---:|\n");
    for Tally { name, values, lost } in &all {
        let _ = writeln!(table, "| {name} | {values} | {} |", lost.len());
    }
    println!("{table}");
    let lost: Vec<_> = all.iter().filter_map(|kind| Some((&kind.name, kind.lost.first()?))).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn fault_01_rows_of_a_time_with_other_rules_are_read() {
    let given = Given::new(2);
    a_job_of_before_is_read(&given);
    let mut hire = given.hire();
    hire.name.given = PersonName::try_from("a\u{61c}b".to_owned()).unwrap();
    hire.personal_email = Email::try_from("kim@localhost".to_owned()).unwrap();
    hire.documents = [("W-9", hire.documents.values().next().unwrap().clone())]
        .map(|(kind, record)| (DocumentKind::try_from(kind.to_owned()).unwrap(), record))
        .into();
    let row = crate::engine::item::to_row(&crate::engine::keys::hire(given.id(), hire.id), Kind::Hire, &hire)
        .unwrap();
    rows::back(&given, row.clone(), &hire).unwrap();
    a_hire_of_before_is_read(&given, row, hire);
    let mut tenant = given.tenant();
    tenant.domain = Some(Domain::try_from("localhost".to_owned()).unwrap());
    let row =
        crate::engine::item::to_row(&crate::engine::keys::tenant(tenant.id), Kind::Tenant, &tenant).unwrap();
    rows::back(&given, row, &tenant).unwrap();
}

/// A hire without a mail with a password or a link, who does not leave, has a row as those of before.
fn a_hire_of_before_is_read(given: &Given, mut row: crate::engine::item::Row, hire: vestibule_domain::Hire) {
    row.remove("credentials_mail");
    row.remove("password_link");
    row.remove("leaving");
    row.remove("offboarding_job");
    let before = vestibule_domain::Hire {
        credentials_mail: None,
        password_link: None,
        leaving: None,
        offboarding_job: None,
        ..hire
    };
    rows::back(given, row, &before).unwrap();
}

/// Every job was for a hire once, with the saga's own state in fields of the job.
fn a_job_of_before_is_read(given: &Given) {
    let hire: vestibule_domain::HireId = given.id();
    let mut job = given.job();
    job.subject = hire.into();
    job.results = 0;
    job.state = serde_json::json!({ "local_part": "support2", "foreign": ["a@firm.example"] });
    let mut row = crate::engine::entity::row_of(given.id(), &job).unwrap();
    for gone in ["subject", "state", "results"] {
        row.remove(gone).unwrap();
    }
    let kept = |value: serde_json::Value| serde_dynamo::to_attribute_value(value).unwrap();
    row.insert("hire".into(), kept(hire.to_string().into()));
    row.insert("local_part".into(), kept("support2".into()));
    row.insert("foreign".into(), kept(serde_json::json!(["a@firm.example"])));
    rows::back(given, row, &job).unwrap();
}
