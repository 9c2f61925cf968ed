//! The four routes of the Runtime API. The function asks for an event and keeps asking; answers are matched by request id.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use super::FunctionError;

/// Where the answer goes.
pub(super) type Reply = oneshot::Sender<Result<Value, FunctionError>>;

/// One event on its way to the function.
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) payload: Value,
    pub(super) limit: Duration,
    pub(super) arn: String,
    pub(super) reply: Reply,
}

/// How far the function has come.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    Starting,
    Ready(Instant),
    Failed(FunctionError),
}

/// The function's side of the desk: events go out, answers come in.
pub(super) struct Desk {
    queue: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    open: Mutex<Option<(String, Reply)>>,
    phase: watch::Sender<Phase>,
}

impl Desk {
    pub(super) fn new(queue: mpsc::Receiver<Invocation>, phase: watch::Sender<Phase>) -> Arc<Self> {
        Arc::new(Self { queue: tokio::sync::Mutex::new(queue), open: Mutex::default(), phase })
    }

    fn close(&self, id: &str, outcome: Result<Value, FunctionError>) -> StatusCode {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.take_if(|(known, _)| known == id) {
            // The asker may have given up; the function is not to blame.
            Some((_, reply)) => {
                drop(reply.send(outcome));
                StatusCode::ACCEPTED
            }
            None => StatusCode::BAD_REQUEST,
        }
    }
}

pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        // As much as Lambda takes of an answer.
        .layer(DefaultBodyLimit::max(6 << 20))
        .with_state(desk);
    // Ends only with the task; a listener that fails shows as a function that is not ready.
    drop(axum::serve(listener, router).await);
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    desk.phase.send_if_modified(|phase| {
        let first = matches!(phase, Phase::Starting);
        if first {
            *phase = Phase::Ready(Instant::now());
        }
        first
    });
    let Some(invocation) = desk.queue.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let Invocation { id, payload, limit, arn, reply } = invocation;
    let limit = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
    let deadline = vestibule_api::lambda::world().now().as_millisecond().saturating_add(limit);
    let headers = [
        ("lambda-runtime-aws-request-id", id.clone()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        (
            "lambda-runtime-trace-id",
            "Root=1-691ed6a0-4c2f7a10b3d94e5f60718293;Parent=53995c3f42cd8ad8;Sampled=0".into(),
        ),
    ];
    *desk.open.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, reply));
    (headers, Json(payload)).into_response()
}

// Runtimes send JSON without saying so, hence no JSON extractor here.
async fn response(State(desk): State<Arc<Desk>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    desk.close(&id, serde_json::from_slice(&body).map_err(|error| FunctionError::garbled(&error)))
}

async fn error(State(desk): State<Arc<Desk>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    desk.close(&id, Err(reported(&body)))
}

async fn init_error(State(desk): State<Arc<Desk>>, body: Bytes) -> StatusCode {
    desk.phase.send_replace(Phase::Failed(reported(&body)));
    StatusCode::ACCEPTED
}

fn reported(body: &[u8]) -> FunctionError {
    serde_json::from_slice(body).unwrap_or_else(|error| FunctionError::garbled(&error))
}
