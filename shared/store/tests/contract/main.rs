//! What the store promises, against a real `DynamoDB` API: one in memory, or the one that
//! `VESTIBULE_DYNAMODB_ENDPOINT` names. Every test has a table of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod access;
mod answers;
mod cost;
mod deliveries;
mod due;
mod fencing;
mod given;
mod grants;
mod headers;
mod isolation;
mod locks;
mod pages;
mod races;
mod refresh;
mod rows;
mod sealing;
mod table;
mod tenants;
mod whole;
