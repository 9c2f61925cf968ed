//! Permissions that a tenant's own applications brought along, each with a number of its own beside the built-in ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Permission, PermissionNumber, PermissionSet, permission::FIRST_REGISTERED};

/// Most permissions that a tenant registers.
pub const MOST_REGISTERED: usize = 200;

/// Why a permission is not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRefused {
    /// The name is no name of a permission.
    #[error(
        "a name has 2 to 4 words of lower-case letters and digits, with dots between, at most 60 characters"
    )]
    Name,
    /// The first word is one of the product's own.
    #[error("the first word is that of built-in permissions")]
    Reserved,
    /// There is a permission of this name.
    #[error("a permission has this name already")]
    Exists,
    /// There are as many as can be.
    #[error("an organization registers at most {MOST_REGISTERED} permissions")]
    TooMany,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    number: PermissionNumber,
    about: String,
}

/// The registered permissions of a tenant, by name. A number is never used again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Registered(BTreeMap<String, Entry>);

impl Registered {
    /// Gives a permission the next number.
    pub(crate) fn add(&mut self, name: &str, about: &str) -> Result<PermissionNumber, RegisterRefused> {
        if !is_name(name) {
            return Err(RegisterRefused::Name);
        }
        if Permission::find(name).is_some() || self.0.contains_key(name) {
            return Err(RegisterRefused::Exists);
        }
        let word = |name: &str| name.split('.').next().map(str::to_owned);
        if Permission::ALL.iter().any(|built_in| word(built_in.name()) == word(name)) {
            return Err(RegisterRefused::Reserved);
        }
        if self.0.len() >= MOST_REGISTERED {
            return Err(RegisterRefused::TooMany);
        }
        let last = self.0.values().map(|entry| entry.number.get()).max();
        let next = last.map_or(FIRST_REGISTERED, |last| last + 1);
        let number = PermissionNumber::registered(next).map_err(|_| RegisterRefused::TooMany)?;
        self.0.insert(name.to_owned(), Entry { number, about: about.to_owned() });
        Ok(number)
    }

    /// All of them: number, name, and what it allows.
    pub fn all(&self) -> impl Iterator<Item = (PermissionNumber, &str, &str)> {
        self.0.iter().map(|(name, entry)| (entry.number, name.as_str(), entry.about.as_str()))
    }

    /// The number of the one of this name.
    pub fn number(&self, name: &str) -> Option<PermissionNumber> {
        self.0.get(name).map(|entry| entry.number)
    }

    /// The set of all of them.
    pub fn set(&self) -> PermissionSet {
        self.0.values().map(|entry| entry.number).collect()
    }

    /// The names of those in a set, in the order of their numbers.
    pub fn names(&self, set: &PermissionSet) -> impl Iterator<Item = String> {
        let mut held: Vec<_> = self.all().filter(|(number, ..)| set.contains(*number)).collect();
        held.sort_unstable_by_key(|(number, ..)| *number);
        held.into_iter().map(|(_, name, _)| name.to_owned()).collect::<Vec<_>>().into_iter()
    }
}

fn is_name(name: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    name.len() <= 60 && (2..=4).contains(&name.split('.').count()) && name.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gets_a_number_of_its_own_and_up_to_200_fit() {
        let mut registered = Registered::default();
        for wrong in
            ["", "seo", "Seo.edit", "seo..edit", "seo.edit.a.b.c", "seo.#", "1seo.edit", &"a.".repeat(40)]
        {
            assert_eq!(registered.add(wrong, "x"), Err(RegisterRefused::Name), "{wrong}");
        }
        assert_eq!(registered.add("orders.view", "x"), Err(RegisterRefused::Exists), "built in");
        assert_eq!(registered.add("team.payroll", "x"), Err(RegisterRefused::Reserved));
        let numbers: Vec<_> =
            (0..MOST_REGISTERED).map(|n| registered.add(&format!("seo.n{n}"), "x").unwrap().get()).collect();
        assert_eq!(numbers, (256..456).collect::<Vec<_>>());
        assert_eq!(registered.add("seo.n0", "x"), Err(RegisterRefused::Exists));
        assert_eq!(registered.add("seo.more", "x"), Err(RegisterRefused::TooMany));
        assert_eq!(registered.names(&registered.set()).count(), MOST_REGISTERED);
    }
}
