//! Names in the letters of an address.

use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup, Script},
};
use unicode_normalization::UnicodeNormalization as _;

use crate::spelling::category;

/// ASCII letters and digits of one name part; what is between words becomes one hyphen, every other sign goes.
pub(crate) fn fold_part(text: &str) -> String {
    // Composed first: some letters sound otherwise than the letter that they are drawn from. The signs go
    // before the compatible forms are replaced, which would make letters of them.
    let spelled: String = text.nfc().filter_map(kept).collect();
    let mut folded = String::new();
    for c in spelled.nfkc() {
        for letter in sound(c).chars() {
            match letter {
                letter if letter.is_ascii_alphanumeric() => folded.push(letter.to_ascii_lowercase()),
                '-' if !folded.is_empty() && !folded.ends_with('-') => folded.push('-'),
                _ => {}
            }
        }
    }
    folded.trim_end_matches('-').to_owned()
}

/// A letter, digit or vowel sign, or the hyphen that stands for what is between words.
fn kept(c: char) -> Option<char> {
    use GeneralCategory::{DashPunctuation, DecimalNumber, LetterNumber, SpaceSeparator};
    match category(c) {
        SpaceSeparator | DashPunctuation => Some('-'),
        DecimalNumber | LetterNumber => Some(c),
        letter if GeneralCategoryGroup::Letter.contains(letter) => Some(c),
        mark if GeneralCategoryGroup::Mark.contains(mark) => Some(c),
        _ => None,
    }
}

/// How a character is written in ASCII; syllables are parted by a hyphen.
fn sound(c: char) -> String {
    let script = || CodePointMapData::<Script>::new().get(c);
    let is_mark = GeneralCategoryGroup::Mark.contains(category(c));
    match c {
        '-' => "-".to_owned(),
        // An accent is written with letters of any script and has no sound of its own.
        _ if is_mark && script() == Script::Inherited => String::new(),
        _ => {
            let written = deunicode::deunicode_char(c).unwrap_or_default().replace('-', "");
            written.replace(' ', "-")
        }
    }
}
