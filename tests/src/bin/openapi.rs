//! Writes `docs/openapi.json`: `cargo run -p vestibule-tests --bin openapi`.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    fs::write(path, serde_json::to_string_pretty(&vestibule_local::openapi::document())? + "\n")?;
    Ok(())
}
