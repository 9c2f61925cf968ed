//! Our own value in a vendor's document: `<hire id>/<document kind>`, such as `hire_01JD.../w9`.
//!
//! People copy it into the vendor's fields by hand, and several documents can be in one envelope. So it is read
//! as a person would read it: blanks, invisible characters, quotes and the case of letters decide nothing.

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization as _;

use crate::{DocumentKind, HireId};

/// Most characters of a field that are read.
const LONGEST: usize = 4096;
/// Most values that one field can hold; what is behind them counts as one that cannot be read.
const MOST: usize = 32;
/// Separates values wherever it stands; a blank does so only between whole values.
const SEPARATORS: &[char] = &[',', ';', '|', '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
/// Stands around a value that was copied out of a text.
const WRAPPING: &[char] = &['"', '\'', '`', '<', '>', '(', ')', '[', ']', '{', '}', '\u{201c}', '\u{201d}'];

/// Which document of which hire an envelope is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correlation {
    /// The hire.
    pub hire: HireId,
    /// The document.
    pub document: DocumentKind,
}

impl Correlation {
    /// Everything that `text` names, in its order; `None` for each part that is no such value. Empty when the
    /// text is blank. Values are separated by commas, semicolons, bars, line breaks, or blanks.
    pub fn read_all(text: &str) -> Vec<Option<Self>> {
        let shown = visible(text);
        let pieces = shown.split(SEPARATORS).map(str::trim).filter(|piece| !piece.is_empty());
        let mut found: Vec<_> = pieces.flat_map(read_piece).take(MOST + 1).collect();
        if found.len() > MOST || text.chars().nth(LONGEST).is_some() {
            found.truncate(MOST);
            found.push(None);
        }
        found
    }

    /// One value, with blanks around the slash or not.
    fn read(text: &str) -> Option<Self> {
        let (hire, document) = text.trim_matches(WRAPPING).split_once('/')?;
        let hire = HireId::read_loosely(hire.trim())?;
        let document = DocumentKind::parse(&document.trim().to_ascii_lowercase()).ok()?;
        Some(Self { hire, document })
    }
}

/// One value, or several with blanks between. A text in which something else stands is no value at all: it may
/// say the opposite.
fn read_piece(piece: &str) -> Vec<Option<Correlation>> {
    if let Some(one) = Correlation::read(piece) {
        return vec![Some(one)];
    }
    let several: Option<Vec<_>> = piece.split_whitespace().map(Correlation::read).collect();
    several.map_or_else(|| vec![None], |several| several.into_iter().map(Some).collect())
}

/// The text without what nobody sees, wide letters and unusual blanks as plain ones. Half of a character that
/// was cut off counts as invisible too.
pub fn visible(text: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let shown = |c: &char| {
        let space = c.is_whitespace();
        (space || !c.is_control()) && *c != char::REPLACEMENT_CHARACTER && (space || !ignorable.contains(*c))
    };
    text.chars().take(LONGEST).filter(shown).nfkc().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "hire_01M7W179T03QXV8W2KJ6TZMPRC";

    fn kinds(text: &str) -> Vec<Option<String>> {
        let found = Correlation::read_all(text).into_iter();
        found
            .map(|one| {
                one.map(|one| {
                    assert_eq!(one.hire.to_string(), ID);
                    one.document.to_string()
                })
            })
            .collect()
    }

    #[test]
    fn fault_06_blanks_invisible_characters_and_case_decide_nothing() {
        let lower = ID.to_lowercase();
        for text in [
            format!(" {ID}/w9"),
            format!("{ID}/w9 \r\n"),
            format!("\t{ID} / W9"),
            format!("{lower}/w9"),
            format!("HIRE_{}/W9", &ID[5..]),
            format!("\u{feff}{ID}/\u{200b}w9\u{2060}"),
            format!("{ID}\u{a0}/w9\u{3000}"),
            format!("{ID}\u{ff0f}\u{ff57}9"),
            format!("\"{ID}/w9\""),
            format!("{ID}/w9\0"),
            format!("{ID}/w9\u{fffd}"),
            // Crockford's alphabet has no O and no I: who types one means the digit.
            format!("{}/w9", ID.replace('0', "O").replace('1', "i")),
        ] {
            assert_eq!(kinds(&text), [Some("w9".to_owned())], "{text:?}");
        }
    }

    #[test]
    fn several_documents_are_all_read() {
        let both = [Some("w9".to_owned()), Some("baa".to_owned())];
        for text in [
            format!("{ID}/w9, {ID}/baa"),
            format!("{ID}/w9;{ID}/BAA;"),
            format!("{ID}/w9\n{ID}/baa\n"),
            format!("{ID}/w9 {ID}/baa"),
            format!("{ID} / w9 | {ID} / baa"),
        ] {
            assert_eq!(kinds(&text), both, "{text:?}");
        }
    }

    #[test]
    fn what_says_something_else_is_no_value() {
        for text in [
            format!("not {ID}/w9"),
            format!("{ID}/w9 (old)"),
            format!("{ID}/w9/x"),
            ID.to_owned(),
            format!("{ID}/"),
            format!("{ID}/w-9"),
            format!("{}/w9", &ID[..30]),
            "hire_80000000000000000000000000/w9".to_owned(),
            format!("job_{}/w9", &ID[5..]),
            format!("{ID}/w9\u{e4}"),
        ] {
            assert_eq!(kinds(&text), [None], "{text:?}");
        }
        for blank in ["", " \n", "\u{200b}", ", ;"] {
            assert!(kinds(blank).is_empty(), "{blank:?}");
        }
        assert_eq!(kinds(&format!("{ID}/w9, what?")), [Some("w9".to_owned()), None]);
        assert_eq!(kinds(&format!("{ID}/w9,").repeat(500)).len(), MOST + 1);
    }
}
