//! Which characters a name can have, by their Unicode properties.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup,
        JoiningType, Script,
    },
};
use unicode_normalization::UnicodeNormalization as _;

/// Most marks upon one letter. Written languages need up to five; more are drawn over other lines.
const MOST_MARKS: usize = 6;
/// Zero width non-joiner and joiner: they choose between shapes of the letters beside them.
const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];

/// What a character does in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is part of the name.
    Fits,
    /// It cannot be seen, turns text around, or has no meaning.
    Hidden,
    /// A mark without a letter below it, or one too many.
    LooseMark,
}

/// The category of a character.
pub(crate) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Each character of `text` with what it does there.
pub(crate) fn judged(text: &str) -> Vec<(char, Verdict)> {
    let chars: Vec<char> = text.chars().collect();
    let mut marks = None;
    let judge = |(at, &c): (usize, &char)| {
        let (before, after) = (&chars[..at], &chars[at + 1..]);
        if JOINERS.contains(&c) {
            let verdict = if shapes(before, c, after) { Verdict::Fits } else { Verdict::Hidden };
            return (c, verdict);
        }
        if varies(before.last().copied(), c) {
            return (c, Verdict::Fits);
        }
        if is_hidden(c) {
            return (c, Verdict::Hidden);
        }
        marks = count_marks(marks, c);
        let loose = is_mark(c) && marks.is_none_or(|count| count > MOST_MARKS);
        (c, if loose { Verdict::LooseMark } else { Verdict::Fits })
    };
    chars.iter().enumerate().map(judge).collect()
}

/// Whether `c` chooses a form of the letter before it: family names in Han, and Mongolian, are told apart by it.
fn varies(before: Option<char>, c: char) -> bool {
    let script = before.map(|letter| CodePointMapData::<Script>::new().get(letter));
    match c {
        '\u{FE00}'..='\u{FE02}' | '\u{E0100}'..='\u{E01EF}' => script == Some(Script::Han),
        '\u{180B}'..='\u{180F}' => script == Some(Script::Mongolian) && before.is_some_and(|c| !is_hidden(c)),
        _ => false,
    }
}

/// How many marks stand upon the last letter once `c` has come; `None` where no letter is below. A letter
/// counts as if it were spelled with its marks apart.
fn count_marks(before: Option<usize>, c: char) -> Option<usize> {
    let own = std::iter::once(c).nfd().filter(|&part| is_mark(part)).count();
    if is_mark(c) { before.map(|count| count + own) } else { (!c.is_whitespace()).then_some(own) }
}

fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(c))
}

fn is_hidden(c: char) -> bool {
    use GeneralCategory::{
        Control, EnclosingMark, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    let refused = matches!(
        category(c),
        Control
            | EnclosingMark
            | Format
            | LineSeparator
            | ParagraphSeparator
            | PrivateUse
            | Surrogate
            | Unassigned
    );
    // The empty Braille cell looks like a space and counts as a sign; the last ones stand for text that is
    // missing.
    let blank = matches!(c, '\u{2800}' | '\u{FFF0}'..='\u{FFFF}');
    refused || blank || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether a joiner changes how the letters beside it are drawn: between two of a cursive script, and
/// beside a virama (as RFC 5892 has it, A.1 and A.2, and before one, as Bengali spells).
fn shapes(before: &[char], joiner: char, after: &[char]) -> bool {
    let Some(&left) = before.last().filter(|&&c| is_spelling(c)) else { return false };
    match after.first().copied().filter(|&c| is_spelling(c)) {
        Some(right) => {
            let cursive = is_cursive(before.iter().rev()) && is_cursive(after.iter());
            is_virama(left) || is_virama(right) || cursive
        }
        // Malayalam ends words with a letter that was once spelled so.
        None => joiner == '\u{200D}' && is_virama(left),
    }
}

fn is_spelling(c: char) -> bool {
    let category = category(c);
    !is_hidden(c)
        && (GeneralCategoryGroup::Letter.contains(category) || GeneralCategoryGroup::Mark.contains(category))
}

fn is_virama(c: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
}

/// Whether the nearest letter, marks passed over, is drawn joined to others.
fn is_cursive<'a>(mut nearest: impl Iterator<Item = &'a char>) -> bool {
    let kind = |c: &char| CodePointMapData::<JoiningType>::new().get(*c);
    let letter = nearest.find(|c| kind(c) != JoiningType::Transparent);
    let joined = [JoiningType::DualJoining, JoiningType::LeftJoining, JoiningType::RightJoining];
    letter.is_some_and(|c| joined.contains(&kind(c)))
}
