//! `docs/performance.md`.

use std::time::Duration;

use crate::{
    lane::{Batches, Invocation},
    machine,
    measure::{Floor, Plan, Row, Start},
};

/// The command that builds what is measured.
pub(crate) const BUILD: &str = "\
cargo lambda build --release -p vestibule-floor $(ls functions | sed 's/^/-p vestibule-/; s/-auth$/-auth-function/')";

/// Aims that hold for every function.
const START_AIM: Duration = Duration::from_millis(8);
const MEMORY_AIM: u64 = 20_000_000;
/// The same for the function that hashes passwords: the buffer alone takes half of it.
const HASHING_MEMORY_AIM: u64 = 40_000_000;
const ZIPPED_AIM: u64 = 4_000_000;
/// What a sign-in may cost over the bare hash.
const HASH_AIM: f64 = 1.05;

/// The whole document.
pub(crate) fn document(plan: &Plan, load: &str, floor: &Floor, rows: &[Row]) -> String {
    let mut text = head(plan, load);
    text.push_str(&invocations(floor, rows));
    text.push_str(&sign_ins(plan, rows));
    text.push_str(&starts(floor, rows));
    text.push_str(READING);
    text
}

fn head(plan: &Plan, load: &str) -> String {
    let date = vestibule_api::lambda::world().now().strftime("%Y-%m-%d").to_string();
    let Plan { starts, rounds, batches: Batches { count, size }, warm_up, .. } = plan;
    format!(
        "# Performance\n\n\
        Written by `cargo run --release -p vestibule-bench`; not to be edited.\n\n\
        - Measured {date} on {machine}; load before the run {load}.\n\
        - Medians of {starts} starts, and of {rounds} rounds with new processes, each of {count} batches of {size} invocations \
        after {warm_up} to warm up. Every function runs as its release binary behind the Lambda Runtime API on loopback, against the local stack in memory.\n\
        - The floor is a function with one DynamoDB read through the same SDK and runtime and nothing else \
        (`infra/bench/floor`). Its invocations alternate one by one with those of the function in the same line.\n\
        - Built with the release profile of this repository:\n\n```sh\n{BUILD}\n```\n\n",
        machine = machine::description(),
    )
}

fn invocations(floor: &Floor, rows: &[Row]) -> String {
    let mut text = "## One invocation\n\n\
        | function | operation | CPU us | floor CPU us | ratio | time us | aim, CPU us | aim, ratio |\n|---|---|---:|---:|---:|---:|---|---|\n"
        .to_owned();
    let Invocation { cpu, time } = floor.invocation;
    line(&mut text, &format!("| `floor` | one read | {} | | | {} | | |", cpu.as_micros(), time.as_micros()));
    for Row { function, name, aim, invocation, floor, .. } in rows {
        let (cpu, (floor, ratio)) = (invocation.cpu.as_micros(), *floor);
        let aim = aim.map_or_else(
            || " | ".to_owned(),
            |aim| {
                let (micros, least) = (kept(cpu <= u128::from(aim.micros)), kept(ratio <= aim.ratio));
                format!("<= {}: {micros} | <= {:.2}: {least}", aim.micros, aim.ratio)
            },
        );
        let (floor, time) = (floor.cpu.as_micros(), invocation.time.as_micros());
        line(
            &mut text,
            &format!("| `{function}` | {name} | {cpu} | {floor} | {ratio:.2} | {time} | {aim} |"),
        );
    }
    text.push('\n');
    text
}

fn sign_ins(plan: &Plan, rows: &[Row]) -> String {
    let mut text = "## Signing in\n\n\
        | operation | CPU us | bare hash CPU us | ratio | beside the hash us | floor CPU us | aim, ratio |\n\
        |---|---:|---:|---:|---:|---:|---|\n"
        .to_owned();
    for row in rows {
        let Some((hash, ratio)) = row.hash else { continue };
        let (cpu, bare, floor) = (row.invocation.cpu, hash.cpu, row.floor.0.cpu);
        let cells = [
            row.name.to_owned(),
            cpu.as_micros().to_string(),
            bare.as_micros().to_string(),
            format!("{ratio:.3}"),
            cpu.saturating_sub(bare).as_micros().to_string(),
            floor.as_micros().to_string(),
            format!("<= {HASH_AIM}: {}", kept(ratio <= HASH_AIM)),
        ];
        line(&mut text, &format!("| {} |", cells.join(" | ")));
    }
    let (people, rounds, Batches { count, size }) = (plan.sign_ins(), plan.rounds, plan.hashing);
    let each = people / rounds;
    line(
        &mut text,
        &format!(
            "\nMedians of {rounds} rounds of {count} batches of {size}. {people} people sign in once each, a member of one tenant, at OWASP's minimum cost (19 MiB, two passes, one lane); the memory of `auth` below is read after the last {each}, which are one process's. The bare hash is argon2id with the same cost in a process of its own (`infra/bench/floor/src/hash.rs`), one hash after each sign-in; what its event costs without a hash is taken off.\n"
        ),
    );
    text
}

fn starts(floor: &Floor, rows: &[Row]) -> String {
    let mut text = "## Start, memory, size\n\n\
        | function | start CPU ms (aim <= 8) | ratio | start time ms | resident MB (aim <= 20, `auth` <= 40) | peak MB | zipped MB (aim <= 4) | ratio |\n\
        |---|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let lines = rows.iter().map(|row| (row.function, row.start, row.memory));
    let mut last = "";
    for (function, start, memory) in std::iter::once(("floor", floor.start, floor.memory)).chain(lines) {
        if function == last {
            continue;
        }
        last = function;
        let Start { time, cpu, zipped } = start;
        let missed = |missed: bool| if missed { " (missed)" } else { "" };
        let most = if function == "auth" { HASHING_MEMORY_AIM } else { MEMORY_AIM };
        let cells = [
            format!("{:.1}{}", millis(cpu), missed(cpu > START_AIM)),
            format!("{:.2}", ratio(cpu, floor.start.cpu)),
            format!("{:.1}", millis(time)),
            format!("{}{}", megabytes(memory.resident * 1024), missed(memory.resident * 1024 > most)),
            megabytes(memory.peak * 1024),
            format!("{}{}", megabytes(zipped), missed(zipped > ZIPPED_AIM)),
            hundredths(zipped, floor.start.zipped),
        ];
        line(&mut text, &format!("| `{function}` | {} |", cells.join(" | ")));
    }
    text.push('\n');
    text
}

const READING: &str = "\
## How to read it

- Processor time per invocation is the figure to compare: it is what a change of the code moves. A ratio is the median of \
those of the batches, each beside the floor's (or the bare hash's) of the same moments, so it is not exactly the quotient of the two medians. Other work on the \
machine moves it too, though less than the time; above a load of one it is too high. Times on loopback say nothing about AWS, where the network to DynamoDB decides.
- An operation with a caller checks token, session, membership and roles. One thing named by the path is read in the same \
round trip, a list takes a second one. The aim for it is 250 us; for one read without a caller it is 150 us. They were set where the floor takes 104 us; \
on a slower or busy machine it takes more, so the same aims also stand as ratios to it, 2.40 and 1.44.
- A refresh swaps the token in one conditional write, reads whether the person may still act, and signs an access token; \
each one here uses the token of the one before. A sign-in counts source and address, hashes, and begins the session in one \
transaction: three round trips beside the hash.
- The bare hash has the standard allocator, whose buffer gets no huge pages; that of `auth` lies in some \
([decision 17](../infra/decisions/0017-one-thread-and-a-lighter-allocator.md)). Its hash is the faster one where memory is busy, which \
hides part of what a sign-in costs beside it, so the ratio is lower then than on a quiet machine.
- The start is from the creation of the process to its first question for an event; clients are built and secrets read \
by then. On AWS the first connection over TLS comes on top.
- Processor time counts the threads that live when the process is at rest.
";

fn line(text: &mut String, cells: &str) {
    text.push_str(cells);
    text.push('\n');
}

fn kept(kept: bool) -> &'static str {
    if kept { "kept" } else { "missed" }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64()
}

/// Megabytes with one digit.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A ratio with two digits.
fn hundredths(part: u64, whole: u64) -> String {
    let hundredths = (part * 100 + whole / 2) / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
