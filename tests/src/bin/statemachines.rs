//! Writes `infra/statemachines/` from the tables of steps: `cargo run -p vestibule-tests --bin statemachines`.

use std::{error::Error, fs, path::Path};

use vestibule_tests::state_machine::MACHINES;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/statemachines");
    for machine in MACHINES {
        fs::write(folder.join(machine.file()), machine.definition()?)?;
    }
    Ok(())
}
