//! Writes `docs/samples`: `cargo run -p vestibule-tests --bin samples`.

use std::{error::Error, fs, path::Path};

use vestibule_tests::operations::record;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (file, sample) in record().await {
        fs::write(folder.join(file), serde_json::to_string_pretty(&sample)? + "\n")?;
    }
    Ok(())
}
