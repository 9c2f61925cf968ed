//! `verify-audit`: an export of the audit log, judged on this machine alone. Exit code 0 if it is sound, 1 if it is refused, 2 if
//! it could not be judged.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use vestibule_chain::{
    Verifier,
    export::{ReadError, Refusal, Report, verify},
};

use crate::{arguments::Export, progress::Progress};

/// Records between two looks at the progress.
const STRIDE: u64 = 1000;

const NO_KEY: &str = "no public key is given: add `--key` with the key or a file of it. The operator prints it with \
                      `vestibule-ops audit-keys`; take it from somebody you trust, not from where the export came from";

/// Judges an export at the time `now` and prints what it is.
pub(crate) fn run(wanted: &Export, now: Timestamp) -> ExitCode {
    let judged = judge(wanted, now).and_then(|judged| match judged {
        Err(Refusal::Read(ReadError::Io(error))) => Err(error).context("the file cannot be read"),
        // Not the export's fault.
        Err(refusal @ Refusal::Given(_)) => Err(refusal).context("nothing was judged"),
        judged => Ok(judged),
    });
    match judged {
        Ok(Ok(report)) => {
            for line in lines(&report) {
                println!("{}", plain(&line));
            }
            ExitCode::SUCCESS
        }
        Ok(Err(refusal)) => {
            eprintln!("refused: {}", plain(&refusal.to_string()));
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Without the control characters that a file may bring into a terminal.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

fn judge(wanted: &Export, now: Timestamp) -> Result<Result<Report, Refusal>> {
    let keys: Result<Vec<_>> = wanted.keys.iter().map(|key| keys_of(key)).collect();
    let keys = keys?.concat();
    ensure!(!keys.is_empty(), NO_KEY);
    let read = |file: &std::path::PathBuf| {
        fs::read_to_string(file).map(|note| whole(&note)).with_context(|| told(file))
    };
    let known: Result<Vec<_>> = wanted.checkpoints.iter().map(read).collect();
    let (input, known) = (open(&wanted.file)?, known?);
    let mut progress = Progress::start();
    let judged = verify(input, &keys, &known, now, |seen| {
        if seen.is_multiple_of(STRIDE) {
            progress.show(seen, || format!("{seen} records checked"));
        }
    });
    progress.end();
    Ok(judged)
}

/// A note as it was signed: what is copied from a page often lacks its last line feed, or has other line ends.
fn whole(note: &str) -> String {
    let note = note.replace("\r\n", "\n");
    if note.ends_with('\n') { note } else { note + "\n" }
}

/// The keys of one option: the key itself, or a file of them.
fn keys_of(given: &str) -> Result<Vec<Verifier>> {
    let wrong = match given.parse() {
        Ok(key) => return Ok(vec![key]),
        Err(wrong) => wrong,
    };
    let Ok(text) = fs::read_to_string(given) else {
        return Err(wrong).with_context(|| format!("--key {given}: no file, and no key"));
    };
    let keys = text.lines().filter(|line| !line.is_empty()).map(str::parse::<Verifier>);
    keys.collect::<Result<_, _>>().with_context(|| format!("--key {given}"))
}

fn open(file: &Path) -> Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(file).with_context(|| told(file))?)))
}

fn told(file: &Path) -> String {
    format!("the file {}", file.display())
}

/// What a sound export is, a line each.
fn lines(report: &Report) -> Vec<String> {
    let (size, tally) = (report.size, report.tally);
    let mut lines = vec!["result: verified".to_owned(), format!("chain: {}", report.chain)];
    lines.push(match report.at {
        Some(at) => format!("complete: up to record {size}, as signed at {at}"),
        None => "complete: it has no records, and nothing of it was ever signed".to_owned(),
    });
    lines.push(format!("shown: {}", tally.shown));
    if let Some(filter) = &report.filter {
        let filter: Vec<_> = filter.iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.push(format!("left out by the filter {}: {}", filter.join(" "), tally.left_out));
    }
    lines.push(format!("gone by retention: {}", tally.gone));
    if tally.without_personal > 0 {
        lines.push(format!("without personal values that were recorded: {}", tally.without_personal));
    }
    if tally.left_out > 0 {
        lines.push("not shown by this: that the filter leaves out what it should".to_owned());
    }
    if report.known < size || report.at.is_none() {
        lines.push(format!(
            "not shown by this: that the chain ends here. Records behind number {size} that are missing would not be noticed: \
             give the newest checkpoint with --checkpoint"
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use vestibule_chain::Tally;

    use super::*;

    #[test]
    fn a_report_says_what_was_not_seen() {
        let tally = Tally { shown: 3, left_out: 2, gone: 1, without_personal: 1 };
        let filter = Some([("action".to_owned(), "hire.create".to_owned())].into());
        let report = Report {
            chain: "ten_1".into(),
            filter,
            size: 6,
            at: Some(Timestamp::UNIX_EPOCH),
            known: 0,
            tally,
        };
        let told = lines(&report);
        assert_eq!(
            told[..7],
            [
                "result: verified",
                "chain: ten_1",
                "complete: up to record 6, as signed at 1970-01-01T00:00:00Z",
                "shown: 3",
                "left out by the filter action=hire.create: 2",
                "gone by retention: 1",
                "without personal values that were recorded: 1",
            ]
        );
        assert!(told[8].contains("Records behind number 6 that are missing would not be noticed"));
        let whole =
            Report { filter: None, known: 6, tally: Tally { shown: 6, ..Tally::default() }, ..report };
        assert_eq!(lines(&whole).len(), 5);
    }

    #[test]
    fn a_file_says_nothing_to_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc é"), "a\u{fffd}[2Jb\u{fffd}c é");
    }

    #[test]
    fn a_key_is_a_text_or_a_file() {
        assert!(keys_of("nowhere").unwrap_err().to_string().contains("no file, and no key"));
        assert!(keys_of("Cargo.toml").unwrap_err().to_string().contains("--key Cargo.toml"));
    }
}
