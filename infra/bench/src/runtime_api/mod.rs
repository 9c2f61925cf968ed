//! The Lambda Runtime API on loopback: one server for each execution environment, as on AWS.
//!
//! A function binary started by it cannot tell the difference: same variables, same long poll, same headers.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

mod environment;
mod error;
mod function;
mod server;

use std::{collections::BTreeMap, io, path::Path};

use tokio::net::TcpListener;

pub use error::{FunctionError, StartError};
pub use function::Function;

/// The runtime endpoint of one execution environment, on a free port of 127.0.0.1.
#[derive(Debug)]
pub struct RuntimeApi {
    listener: TcpListener,
}

impl RuntimeApi {
    /// Takes a port.
    pub async fn start() -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(("127.0.0.1", 0)).await? })
    }

    /// Starts `binary` with what Lambda puts into its environment, `settings` over it, and nothing else. Its standard
    /// output is dropped. The process ends when the [`Function`] is dropped.
    pub fn spawn(self, binary: &Path, settings: BTreeMap<String, String>) -> io::Result<Function> {
        let address = self.listener.local_addr()?;
        let variables = environment::variables(binary, address, settings);
        Function::spawn(binary, variables, self.listener)
    }
}
