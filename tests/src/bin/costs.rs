//! Writes `docs/costs.md`: `cargo run -p vestibule-tests --bin costs`.

use std::{error::Error, fs, path::Path};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/costs.md");
    let table = vestibule_tests::costs::document(&vestibule_tests::costs::measure().await);
    print!("{table}");
    fs::write(path, table)?;
    Ok(())
}
