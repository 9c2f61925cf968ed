//! The table, at which a caller can die: at a call that is told, before or after it has its effect.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_dynamodb::Client;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response},
};
use dynoxide::Database;
use tokio::{net::TcpListener, sync::Notify};

/// The calls are counted down to the fatal one; below zero nobody dies.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) client: Client,
    calls_left: Arc<AtomicI64>,
    died: Arc<Notify>,
}

#[derive(Clone)]
struct Proxy {
    table: Table,
    to: String,
    http: reqwest::Client,
}

impl Table {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, calls_left: Arc::new(AtomicI64::new(i64::MIN)), died: Arc::new(Notify::new()) }
    }

    /// Serves an empty database.
    pub(crate) async fn serve(&self, at: TcpListener) {
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = format!("http://{}", inner.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(inner, Database::memory().unwrap()));
        let proxy = Proxy { table: self.clone(), to, http: reqwest::Client::new() };
        let router = Router::new().fallback(pass).with_state(proxy);
        tokio::spawn(axum::serve(at, router).into_future());
    }

    /// Carries `work` out until it ends, or dies at its call number `call` (from 0), half of them with their effect.
    /// Whether it ended.
    pub(crate) async fn until_death<T>(&self, call: u32, work: impl Future<Output = T>) -> Option<T> {
        self.calls_left.store(i64::from(call), Ordering::SeqCst);
        let done = tokio::select! {
            done = work => Some(done),
            () = self.died.notified() => None,
        };
        self.calls_left.store(i64::MIN, Ordering::SeqCst);
        done
    }
}

async fn pass(State(proxy): State<Proxy>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let left = proxy.table.calls_left.fetch_sub(1, Ordering::SeqCst);
    let with_effect = body.len().is_multiple_of(2);
    if left == 0 && !with_effect {
        return die(&proxy.table).await;
    }
    let answer = proxy.http.post(&proxy.to).headers(headers).body(body).send().await.unwrap();
    if left == 0 {
        return die(&proxy.table).await;
    }
    let mut told = Response::builder().status(answer.status());
    told.headers_mut().unwrap().extend(answer.headers().clone());
    told.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// The caller is gone before it hears an answer.
async fn die(table: &Table) -> Response<Body> {
    table.died.notify_one();
    std::future::pending().await
}
