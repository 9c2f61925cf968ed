//! What every HTTP function shares: problem answers, the caller of a request, bodies that refuse
//! unknown fields, pages, repeated requests, security headers, request ids and JSON logs.
//! Knows axum and the store; knows no operation.

pub mod body;
pub mod caller;
pub mod fields;
pub mod lambda;
pub mod logging;
pub mod mutation;
pub mod origin;
pub mod page;
pub mod path;
pub mod problem;
pub mod router;
pub mod settings;
pub mod state;

pub use body::ApiJson;
pub use caller::Authenticated;
pub use fields::Fields;
pub use lambda::FunctionError;
pub use mutation::{Mutation, Reply};
pub use origin::Origin;
pub use page::PageQuery;
pub use path::ApiPath;
pub use problem::{ApiError, Code, FieldProblem, Problem};
pub use router::finish;
pub use settings::{SettingError, Settings};
pub use state::Api;
