//! The real program as a process that can be killed.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// What the program prints when all is printed.
const LAST_LINE: &str = "Ctrl-C";

/// A running `vestibule`; killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// Root of the HTTP API.
    pub(crate) url: String,
    /// Endpoint of the AWS models.
    pub(crate) aws: String,
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the program on a data directory and waits until it answers.
    pub(crate) fn start(data_dir: &Path) -> Self {
        let mut command = Command::new(program());
        command.arg("--data-dir").arg(data_dir).args(["--port", "0", "--log-level", "error"]);
        let mut child = command.env_remove("DEBUG_BYPASS_AUTH").stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (mut url, mut aws) = (None, None);
        loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "the program ended before it was up");
            let mut words = line.split_whitespace();
            match words.next() {
                Some("API") => url = words.next().map(str::to_owned),
                Some("AWS") => aws = words.next().map(str::to_owned),
                Some(LAST_LINE) => break,
                _ => {}
            }
        }
        Self { child, url: url.unwrap(), aws: aws.unwrap(), _output: output }
    }

    /// Ends it without any chance to tidy up, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// The program beside this test: `target/<profile>/deps/kill-..` and `target/<profile>/vestibule`.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(Path::parent).unwrap().join("vestibule");
    assert!(
        program.is_file(),
        "{} is missing: run `cargo test --workspace` or `cargo build -p vestibule-local` first",
        program.display()
    );
    program
}
