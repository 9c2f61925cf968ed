//! Writes every case of `tests/cases` into a folder, for a judge that is not ours: `cases <folder>`. Each gets a folder of its own
//! with `export.jsonl`, `keys`, `checkpoint` if one is known, and `expected`, the sentence that must refuse it or nothing.
#![expect(clippy::unwrap_used, reason = "it runs in tests only")]

#[path = "../tests/cases/mod.rs"]
mod cases;

use std::{fs, path::PathBuf};

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).unwrap());
    for case in cases::all() {
        let folder = folder.join(case.name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("export.jsonl"), case.file).unwrap();
        fs::write(folder.join("keys"), case.keys.join("\n")).unwrap();
        fs::write(folder.join("expected"), case.expected).unwrap();
        for note in case.known {
            fs::write(folder.join("checkpoint"), note).unwrap();
        }
    }
}
