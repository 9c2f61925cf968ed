//! Prints the rights that the template gives and no test used: `rights <file>`, the file being what the tests wrote with
//! `VESTIBULE_RIGHTS=<file>`.

use std::{collections::BTreeSet, error::Error, fs};

use vestibule_local::{roles::rights, template};

fn main() -> Result<(), Box<dyn Error>> {
    let seen = fs::read_to_string(std::env::args().nth(1).ok_or("name the file with what was used")?)?;
    let used: BTreeSet<&str> = seen.lines().collect();
    let given = rights(&template::read()?);
    let unused = given.iter().filter(|(function, action, resource)| {
        // The table's own name in a test differs; the action on it counts.
        let of = |line: &&str| {
            let mut cells = line.split('\t');
            let same = cells.next() == Some(function) && cells.next() == Some(action);
            let named = cells.next().unwrap_or_default();
            same && (named == resource
                || is_table(named) && is_table(resource) && is_index(named) == is_index(resource))
        };
        !used.iter().any(of)
    });
    let mut count = 0;
    for (function, action, resource) in unused {
        println!("{function:16} {action:32} {resource}");
        count += 1;
    }
    println!("{count} of {} rights were not used", given.len());
    Ok(())
}

fn is_table(resource: &str) -> bool {
    resource.contains(":dynamodb:")
}

fn is_index(resource: &str) -> bool {
    resource.contains("/index/")
}
