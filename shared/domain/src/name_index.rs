//! By which beginnings of its words a name is found: of a person, whose name may stand in no key, and of an organization, whose name may.

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

/// Letters of an organization's name that it is found by.
const MOST_OF_A_NAME: usize = 60;
/// Letters that a search for an organization needs.
const FEWEST: usize = 2;

/// By what an organization is found: its name from each of its first words on, and its slug.
#[must_use]
pub fn found_by(name: &str, slug: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let folded = fold_part(name);
    let begins = std::iter::once(0).chain(folded.match_indices('-').map(|(at, _)| at + 1));
    let tails = begins.take(MOST_WORDS).map(|at| &folded[at..]).chain([slug]);
    for tail in tails.filter(|tail| tail.len() >= FEWEST) {
        let tail = &tail[..tail.len().min(MOST_OF_A_NAME)];
        if !found.iter().any(|known| known == tail) {
            found.push(tail.to_owned());
        }
    }
    found
}

/// What a search for an organization goes by; `None` where it has fewer than two letters.
#[must_use]
pub fn searched_name(text: &str) -> Option<String> {
    let folded = fold_part(text);
    let cut = folded[..folded.len().min(MOST_OF_A_NAME)].to_owned();
    Some(cut).filter(|text| text.len() >= FEWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_found_from_each_word_of_its_name_on_and_by_its_slug() {
        assert_eq!(
            found_by("Łódź Harbor & Sons", "harbor"),
            ["lodz-harbor-sons", "harbor-sons", "sons", "harbor"]
        );
        assert_eq!(found_by("Acme", "acme"), ["acme"]);
        assert_eq!(found_by("会社", "kaisha").last().unwrap(), "kaisha");
        assert_eq!(searched_name("Harbor S").as_deref(), Some("harbor-s"));
        assert_eq!(searched_name("Ł"), None);
    }

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
