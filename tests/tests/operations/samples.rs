//! The recorded samples are what the stack says.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vestibule_tests::operations::{described, record};

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_its_sample_and_each_is_what_the_stack_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples");
    let committed: BTreeMap<String, Value> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect();
    let recorded = record().await;
    assert_eq!(recorded.len(), described().len());
    let differ: Vec<_> = recorded
        .iter()
        .filter(|(name, sample)| committed.get(*name) != Some(sample))
        .map(|(name, sample)| {
            format!("{name}: {sample} in place of {:?}", committed.get(name).map(Value::to_string))
        })
        .collect();
    assert!(differ.is_empty(), "run `cargo run -p vestibule-tests --bin samples`\n{}", differ.join("\n"));
    assert_eq!(committed.len(), recorded.len(), "no sample of what is gone");
    println!("{} of {} operations have their sample", recorded.len(), described().len());
}
