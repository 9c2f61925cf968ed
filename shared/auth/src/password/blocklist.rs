//! Passwords that are, or hardly more than, words an attacker tries first: common ones from our
//! list, and what is known about the person.

use std::sync::LazyLock;

/// Common passwords and their usual parts, lower-case, one a line.
const LIST: &str = include_str!("blocklist.txt");
/// A password with fewer letters and digits of its own than this consists of known words.
const OWN_CHARACTERS: usize = 5;
/// As many different common words in a row, not counting numbers, are no longer tried first.
const ENOUGH_WORDS: usize = 4;
/// Shorter words of the context are in too many passwords by chance.
const SHORTEST: usize = 3;
/// Stands where a word was taken out, so that what was apart does not become a word.
const GAP: char = '\0';

/// Longest first, so that a word is taken out before its parts.
static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut words: Vec<_> = LIST.lines().filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
});

/// Why the password is refused, if little is left of it without the known words.
pub(super) fn consists_of_known_words(password: &str, context: &[&str]) -> Option<&'static str> {
    let lower = password.to_lowercase();
    // A one stands for an i or an l; digits are also part of words like `1q2w3e4r`.
    let spellings =
        [letters(&lower, |c| c), letters(&lower, |c| plain(c, 'i')), letters(&lower, |c| plain(c, 'l'))];
    let personal = personal(context);
    let reason = |spelling: &String| {
        let (rest, named) = without(spelling, personal.iter().map(String::as_str));
        let (rest, common) = without(&rest, COMMON.iter().copied());
        let own = rest.chars().filter(|c| *c != GAP).count();
        let known = rest.contains(GAP) && own < OWN_CHARACTERS && common < ENOUGH_WORDS;
        let advice = if named > 0 {
            "Leave your name, address and company out, or add a few unrelated words."
        } else {
            "This is, with little added, one of the passwords tried first. Add a few unrelated words."
        };
        known.then_some(advice)
    };
    spellings.iter().find_map(reason)
}

/// The text with each word replaced by a gap, and how many different words other than numbers
/// there were.
fn without<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> (String, usize) {
    let mut rest = text.to_owned();
    let mut found = 0;
    for word in words {
        if rest.contains(word) {
            rest = rest.replace(word, GAP.encode_utf8(&mut [0; 1]));
            found += usize::from(word.contains(char::is_alphabetic));
        }
    }
    (rest, found)
}

/// The words of the context, lower-case, longest first.
pub(super) fn personal(context: &[&str]) -> Vec<String> {
    let words = context.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let mut words: Vec<_> =
        words.filter(|word| word.chars().count() >= SHORTEST).map(str::to_lowercase).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Only letters and digits, each as `spelt`.
fn letters(text: &str, spelt: impl Fn(char) -> char) -> String {
    text.chars().map(spelt).filter(|c| c.is_alphanumeric()).collect()
}

/// The letter that a digit or sign is written for.
fn plain(c: char, one: char) -> char {
    match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => one,
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_what_the_search_expects() {
        assert!(COMMON.len() > 300);
        for word in COMMON.iter() {
            assert!(word.len() >= 4 && letters(word, |c| c) == word.to_lowercase(), "{word}");
        }
    }

    #[test]
    fn known_words_with_decoration_are_found_and_phrases_are_not() {
        let known = |text| consists_of_known_words(text, &["Kim Lindgren", "Acme & Co"]).is_some();
        for text in
            ["password", "P4$$w0rd!!!!", "letmein-letmein", "ACME-Dragon-99", "LindgrenKim", "1q2w3e4r5t"]
        {
            assert!(known(text), "{text}");
        }
        for text in [
            "dragon teapot lantern",
            "monkey-dragon-sunshine-football-coffee",
            "acmeQ7vz9Lm2x",
            "#%^&*()_+-={}[]",
            "kimono washing line",
        ] {
            assert!(!known(text), "{text}");
        }
    }
}
