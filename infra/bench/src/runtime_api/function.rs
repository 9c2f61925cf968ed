//! A running function: its process, and the events sent to it one at a time.

use std::{collections::BTreeMap, io, path::Path, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::AsyncReadExt as _,
    net::TcpListener,
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{
    FunctionError, StartError,
    server::{Desk, Invocation, Phase, serve},
};

/// Lambda's own limit on the initialization.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// The time limit of an invocation, in the deadline header and in fact.
const LIMIT: Duration = Duration::from_secs(10);
/// Most bytes of standard error that an error shows.
const SHOWN: u64 = 4096;

/// A function's process behind its runtime endpoint. Dropping it kills the process.
#[derive(Debug)]
pub struct Function {
    child: Child,
    pid: u32,
    arn: String,
    began: Instant,
    count: u64,
    queue: mpsc::Sender<Invocation>,
    phase: watch::Receiver<Phase>,
    _server: JoinSet<()>,
}

impl Function {
    pub(super) fn spawn(
        binary: &Path,
        variables: BTreeMap<String, String>,
        listener: TcpListener,
    ) -> io::Result<Self> {
        let name = variables.get("AWS_LAMBDA_FUNCTION_NAME").map_or("function", String::as_str);
        let arn = format!("arn:aws:lambda:eu-west-1:000000000000:function:{name}");
        let (queue, events) = mpsc::channel(1);
        let (progress, phase) = watch::channel(Phase::Starting);
        let mut server = JoinSet::new();
        server.spawn(serve(listener, Desk::new(events, progress)));
        let began = Instant::now();
        let mut command = Command::new(binary);
        command.env_clear().envs(variables).kill_on_drop(true);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let pid = child.id().unwrap_or_default();
        Ok(Self { child, pid, arn, began, count: 0, queue, phase, _server: server })
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the function asks for its first event; the time from the start of the process to then.
    pub async fn ready(&mut self) -> Result<Duration, StartError> {
        let mut phase = self.phase.clone();
        let progress = phase.wait_for(|phase| !matches!(phase, Phase::Starting));
        let reached = tokio::select! {
            reached = timeout(INIT_LIMIT, progress) => reached.ok().and_then(Result::ok).map(|phase| phase.clone()),
            status = self.child.wait() => {
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                return Err(StartError::Ended { status, output: self.output().await });
            }
        };
        match reached {
            Some(Phase::Ready(at)) => Ok(at - self.began),
            Some(Phase::Failed(error)) => Err(StartError::Reported(error)),
            Some(Phase::Starting) | None => Err(StartError::Late(INIT_LIMIT)),
        }
    }

    /// Sends one event and waits for the answer, as Lambda does for one execution environment: one at a time.
    pub async fn invoke(&mut self, payload: &Value) -> Result<Value, FunctionError> {
        self.count += 1;
        let (reply, answer) = oneshot::channel();
        let id = format!("{:08x}-0000-4000-8000-{:012x}", self.pid, self.count);
        let invocation =
            Invocation { id, payload: payload.clone(), limit: LIMIT, arn: self.arn.clone(), reply };
        let answered = async {
            // A desk that is gone drops the reply, which shows below.
            drop(self.queue.send(invocation).await);
            answer.await
        };
        tokio::select! {
            answer = timeout(LIMIT, answered) => match answer {
                Ok(Ok(outcome)) => outcome,
                _ => Err(FunctionError::late(LIMIT)),
            },
            status = self.child.wait() => Err(FunctionError::exited(&status)),
        }
    }

    async fn output(&mut self) -> String {
        let mut text = Vec::new();
        if let Some(stderr) = self.child.stderr.take() {
            // What could be read is shown; the exit status says the rest.
            drop(stderr.take(SHOWN).read_to_end(&mut text).await);
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}
