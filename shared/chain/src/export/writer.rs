//! Writing an export.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::line::{End, Format, Gone, Head, LeftOut, Line, MOST_LEAVES, Record};
use crate::{Digest, Entry, Personal, RecordBody};

/// Writes an export line by line. Every number from 1 on has to be told, in order.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    /// Records left out of which no line is written yet.
    run: Option<LeftOut>,
}

impl<W: Write> Writer<W> {
    /// Begins an export of `chain`, with what it is filtered by.
    pub fn begin(out: W, chain: &str, filter: Option<BTreeMap<String, String>>) -> io::Result<Self> {
        let mut writer = Self::resume(out);
        writer.put(&Line::Head(Head { export: Format::V1, chain: chain.to_owned(), filter }))?;
        Ok(writer)
    }

    /// Goes on with an export after [`Writer::pause`].
    pub fn resume(out: W) -> Self {
        Self { out, run: None }
    }

    /// What it writes to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Writes a record.
    pub fn record(&mut self, entry: &Entry, body: RecordBody, personal: Option<Personal>) -> io::Result<()> {
        let record = Record::new(entry, body, personal).map_err(io::Error::other)?;
        self.put(&Line::Record(Box::new(record)))
    }

    /// Notes a record that the filter leaves out.
    pub fn left_out(&mut self, number: u64, leaf: Digest) -> io::Result<()> {
        let run = self.run.get_or_insert_with(|| LeftOut { from: number, leaves: Vec::new() });
        run.leaves.push(leaf);
        if run.leaves.len() < MOST_LEAVES { Ok(()) } else { self.end_run() }
    }

    /// Writes what is left of a record that retention removed.
    pub fn gone(&mut self, gone: Entry) -> io::Result<()> {
        self.put(&Line::Gone(Gone { gone }))
    }

    /// Stops between two records.
    pub fn pause(mut self) -> io::Result<W> {
        self.end_run()?;
        Ok(self.out)
    }

    /// Ends the export with the checkpoint over all its numbers; `None` when nothing was ever signed.
    pub fn end(mut self, note: Option<&str>) -> io::Result<W> {
        self.put(&Line::End(End { checkpoint: note.map(str::to_owned) }))?;
        Ok(self.out)
    }

    fn put(&mut self, line: &Line) -> io::Result<()> {
        self.end_run()?;
        self.write(line)
    }

    fn end_run(&mut self) -> io::Result<()> {
        self.run.take().map_or(Ok(()), |run| self.write(&Line::LeftOut(run)))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = line.text().map_err(io::Error::other)?;
        text.push(b'\n');
        self.out.write_all(&text)
    }
}
