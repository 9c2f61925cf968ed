//! Writes the most that each operation was seen to cost into `tests/budgets.toml`: `budgets <file>`.

use std::{collections::BTreeMap, error::Error, fmt::Write as _, fs, path::Path};

/// Units grow with what the suites happen to have written before: a quarter more, and one; nothing stays nothing.
fn with_room(seen: f64) -> f64 {
    if seen == 0.0 { 0.0 } else { (seen * 1.25).ceil() + 1.0 }
}

fn main() -> Result<(), Box<dyn Error>> {
    let seen = fs::read_to_string(std::env::args().nth(1).ok_or("name the file with what was seen")?)?;
    let mut most: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for line in seen.lines() {
        let mut cells = line.split('\t');
        let row = most.entry(cells.next().ok_or("an operation")?).or_default();
        for (kept, cell) in row.iter_mut().zip(cells) {
            *kept = kept.max(cell.parse()?);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("budgets.toml");
    let text = fs::read_to_string(&path)?;
    let (head, _) = text.split_once("[answers]\n").ok_or("budgets.toml has a part for answers")?;
    let mut written = format!("{head}[answers]\n");
    for (operation, [round_trips, read_units, write_units]) in most {
        // A counter that is met at the turn of a minute takes one round trip more.
        let round_trips = if round_trips == 0.0 { 0.0 } else { round_trips + 1.0 };
        let (read_units, write_units) = (with_room(read_units), with_room(write_units));
        writeln!(written, "\"{operation}\" = [{round_trips:?}, {read_units:?}, {write_units:?}]")?;
    }
    Ok(fs::write(path, written)?)
}
