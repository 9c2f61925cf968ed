//! What every HTTP function shares: problem answers, the caller of a request, bodies that refuse
//! unknown fields, pages, repeated requests, security headers, request ids and JSON logs.
//! Knows axum and the store; knows no operation.

pub mod accept;
mod administrator;
pub mod body;
pub mod bots;
pub mod caller;
pub mod cookies;
mod cors;
pub mod credentials;
pub mod csv;
pub mod damaged;
pub mod describe;
pub mod fields;
pub mod function;
mod gateway;
mod given;
pub mod keyed;
pub mod lambda;
pub mod limiting;
pub mod logging;
#[cfg(feature = "mailbox")]
pub mod mailboxes;
mod mutation;
mod no_fields;
pub mod operations;
pub mod origin;
pub mod page;
pub mod parting;
pub mod path;
pub mod problem;
mod refusals;
pub mod reply;
pub mod router;
pub mod settings;
mod shape;
pub mod site;
pub mod state;
pub mod stream;
pub mod tokens;
pub mod trust;

pub use accept::accepts;
pub use administrator::{Administrator, Grants, Standing};
pub use body::{ApiJson, BodyProblem, read_body};
pub use caller::{Authenticated, Reading, SignedIn};
pub use damaged::{DamagedView, newest_first};
pub use describe::{Argument, Description, PathParts};
pub use fields::Fields;
pub use function::{EventFunction, HttpFunction, Operations, app};
pub use given::Given;
pub use keyed::{Keyed, RepeatKey};
pub use lambda::FunctionError;
pub use mutation::{Content, File, Mutation, Nothing, OwnMutation, PlatformMutation, Submission, unwritten};
pub use no_fields::NoFields;
pub use origin::Origin;
pub use page::PageQuery;
pub use parting::Parting;
pub use path::ApiPath;
pub use problem::{ApiError, Code, FieldProblem, Problem};
pub use refusals::Missing;
pub use reply::Reply;
pub use router::finish;
pub use settings::{SettingError, Settings};
pub use state::Api;
pub use tokens::{Delivery, Grant, Signer, TokensView, deliver, hand_out, kept_tokens, kept_view};
pub use trust::Trust;
