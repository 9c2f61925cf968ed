//! Doing something with a hire once more when it changed at the same moment: what is told of a mail is written on the hire at any
//! time, and is no reason to refuse.

use std::future::Future;

use vestibule_api::{ApiError, Code};

/// How often it is done before the conflict is told.
const TRIES: u32 = 4;

/// Does it until it meets no conflict; each time it reads the hire anew.
pub(crate) async fn again<T, F>(attempt: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    for _ in 1..TRIES {
        match attempt().await {
            Err(ApiError::Problem { code: Code::Conflict, .. }) => {}
            done => return done,
        }
    }
    attempt().await
}
