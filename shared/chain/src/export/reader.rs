//! Reading an export, a line at a time.

use std::io::{self, BufRead, Read as _};

use super::line::{Head, Line, MOST_LEAVES};

/// Bytes of one line.
const MOST_BYTES: u64 = 2 << 20;

/// Why a file is not an export.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// A line is not as the format wants it.
    #[error("line {line}: {what}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads the lines of an export and holds them against its form: a first line, a last one, nothing behind it.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    line: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line.
    pub fn open(input: R) -> Result<(Head, Self), ReadError> {
        let mut reader = Self { input, line: 0, ended: false };
        let first = reader.line()?;
        if let Some(likely) = first.as_deref().and_then(likely_mistake) {
            return Err(reader.wrong(likely));
        }
        match first.map(|text| Line::read(&text)) {
            Some(Ok(Line::Head(head))) => Ok((head, reader)),
            Some(Err(what)) => Err(reader.wrong(&what)),
            Some(Ok(_)) => Err(reader.wrong("the first line does not say that this is an export")),
            None => Err(reader.wrong("the file is empty")),
        }
    }

    /// The next line; `None` behind the last one.
    pub fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        let text = match self.line()? {
            None if self.ended => return Ok(None),
            None => {
                return Err(
                    self.wrong("the file ends here without its last line, the checkpoint: it was cut off")
                );
            }
            Some(_) if self.ended => return Err(self.wrong("nothing may follow the checkpoint")),
            Some(text) => text,
        };
        let line = Line::read(&text).map_err(|what| self.wrong(&what))?;
        match &line {
            Line::Head(_) => return Err(self.wrong("this line may only be the first")),
            Line::LeftOut(run) if run.leaves.is_empty() || run.leaves.len() > MOST_LEAVES => {
                return Err(self.wrong("`leaves` has 1 to 500 hashes"));
            }
            Line::End(_) => self.ended = true,
            _ => {}
        }
        Ok(Some(line))
    }

    /// The number of the line that was read last, from 1.
    pub fn position(&self) -> u64 {
        self.line
    }

    /// An error at the line that was read last.
    pub(super) fn wrong(&self, what: &str) -> ReadError {
        ReadError::Line { line: self.line, what: what.to_owned() }
    }

    /// The text of the next line, without its line feed.
    fn line(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        let mut text = Vec::new();
        self.input.by_ref().take(MOST_BYTES + 1).read_until(b'\n', &mut text)?;
        self.line += 1;
        match text.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(text)),
            Some(_) if text.len() as u64 >= MOST_BYTES => Err(self.wrong("the line is longer than 2 MiB")),
            Some(_) => Err(self.wrong("the line has no end: the file was cut off")),
        }
    }
}

/// What people give by mistake, or what became of the file on its way.
fn likely_mistake(first: &[u8]) -> Option<&'static str> {
    if !first.trim_ascii_start().starts_with(b"{") {
        return Some(
            "this is no export as JSON lines: a table (CSV) has no proof; export the log as JSON lines",
        );
    }
    let changed = "its line ends were changed, which mail and editors do: take the file as it was exported";
    first.ends_with(b"\r").then_some(changed)
}
