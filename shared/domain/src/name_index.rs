//! By which beginnings of its words a name is found.

use crate::{PersonName, fold::fold_part};

/// Letters that the shortest and the longest beginning has.
const SHORTEST: usize = 3;
const LONGEST: usize = 6;
/// Words of a name that it is found by.
const MOST_WORDS: usize = 4;

/// The words of a name in ASCII, as far as it is found by them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in fold_part(text).split('-').filter(|word| !word.is_empty()) {
        if words.len() < MOST_WORDS && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// The beginnings by which `name` is found: 3 to 6 letters of each word; a shorter word as it is.
#[must_use]
pub fn name_beginnings(name: &PersonName) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(name.as_str()) {
        let last = word.len().min(LONGEST);
        for length in SHORTEST.min(last)..=last {
            let beginning = word[..length].to_owned();
            if !found.contains(&beginning) {
                found.push(beginning);
            }
        }
    }
    found
}

/// The beginning that a search for `text` goes by: the longest of its words, at most 6 letters of it. `None` where nothing
/// can be found by it.
#[must_use]
pub fn searched_beginning(text: &str) -> Option<String> {
    let longest = words(text).into_iter().max_by_key(String::len)?;
    Some(longest[..longest.len().min(LONGEST)].to_owned())
}

/// Whether each word of `text` begins a word of `name`.
#[must_use]
pub fn name_begins(name: &PersonName, text: &str) -> bool {
    let of_name = words(name.as_str());
    words(text).iter().all(|word| of_name.iter().any(|known| known.starts_with(word.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words_in_plain_letters() {
        assert_eq!(name_beginnings(&name("Łukasz Ng")), ["luk", "luka", "lukas", "lukasz", "ng"]);
        assert_eq!(name_beginnings(&name("José José")), ["jos", "jose"]);
        assert!(name_beginnings(&name("!!")).is_empty());
        assert_eq!(name_beginnings(&name("Maximilian")).last().unwrap(), "maximi");
    }

    #[test]
    fn a_search_goes_by_its_longest_word_and_is_held_against_the_whole_name() {
        assert_eq!(searched_beginning("Kim Nuñez").as_deref(), Some("nunez"));
        assert_eq!(searched_beginning("maximilian").as_deref(), Some("maximi"));
        assert_eq!(searched_beginning(" - "), None);
        assert!(name_begins(&name("Maximilian Núñez"), "nun max"));
        assert!(!name_begins(&name("Maximilian Núñez"), "maximus"));
    }
}
