//! Names of people, kept as they are written.

use serde::{Deserialize, Serialize};

use crate::{
    Email, Invalid, Stored,
    spelling::{Verdict, judged},
};

/// One part of a person's name: 1 to 60 characters of any script, trimmed; inner spaces are kept. No
/// characters that are not seen or turn text around, but joiners where a script spells with them; at most
/// six marks upon one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Most characters one part of a name may have; Google's limit, the lowest of the providers.
pub const MAX_CHARACTERS: usize = 60;

impl PersonName {
    /// Reads a name part.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let count = text.chars().count();
        if count == 0 {
            return Err(Invalid::new("Give a name; it is empty."));
        }
        if count > MAX_CHARACTERS {
            return Err(Invalid::new(format!(
                "Shorten the name to {MAX_CHARACTERS} characters; it has {count}."
            )));
        }
        match judged(text).into_iter().map(|(_, verdict)| verdict).find(|verdict| *verdict != Verdict::Fits) {
            Some(Verdict::Hidden) => {
                Err(Invalid::new("Remove line breaks and invisible characters from the name."))
            }
            Some(_) => Err(Invalid::new("Remove accents that stand alone or in heaps from the name.")),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// What can be used of a name that somebody else tells, such as an identity provider: without what
    /// [`Self::parse`] refuses, cut to its length. `None` when nothing is left.
    pub fn cleaned(text: &str) -> Option<Self> {
        let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let fitting = judged(spaced.trim()).into_iter().filter(|(_, verdict)| *verdict == Verdict::Fits);
        let kept: String = fitting.map(|(c, _)| c).take(MAX_CHARACTERS).collect();
        // What stood between two characters can be what made them fit.
        let letters = |c: &char| !matches!(c, '\u{200C}' | '\u{200D}');
        Self::parse(&kept).or_else(|_| Self::parse(&kept.chars().filter(letters).collect::<String>())).ok()
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Email> for PersonName {
    /// The local part of an address, when nothing better is known: ASCII, shortened.
    fn from(email: &Email) -> Self {
        Self(email.local().chars().take(MAX_CHARACTERS).collect())
    }
}

impl Stored for PersonName {
    const MEANS: &'static str = "a name: one line of text";

    fn keeps(text: &str) -> bool {
        !text.chars().any(char::is_control)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}

crate::stored_text!(PersonName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_kept_and_tricks_refused() {
        for good in ["José", "Ó'Brien", "李", "Anna Maria", "  Kim  ", "O\u{2019}Neill"] {
            assert_eq!(PersonName::parse(good).unwrap().as_str(), good.trim());
        }
        for wrong in ["", "   ", "a\r\nBcc: x", "a\u{202E}b", &"x".repeat(61)] {
            assert!(PersonName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn fault_09_joiners_are_taken_where_a_script_spells_with_them() {
        for good in [
            "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}", // Persian Ali-Reza
            "\u{632}\u{647}\u{631}\u{627}\u{200c}\u{633}\u{627}\u{62f}\u{627}\u{62a}",
            "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",        // Sinhala Sri
            "\u{d30}\u{d3e}\u{d1c}\u{d28}\u{d4d}\u{200d}", // Malayalam Rajan
            "\u{9b0}\u{200d}\u{9cd}\u{9af}\u{9be}",        // Bengali ra, ya-phalaa
            "\u{915}\u{94d}\u{200c}\u{937}",               // Devanagari, explicit virama
            "\u{639}\u{64e}\u{200c}\u{644}\u{6cc}",        // with a vowel sign in front
        ] {
            assert_eq!(PersonName::parse(good).map(String::from), Ok(good.to_owned()), "{good:?}");
        }
        for wrong in [
            "Ki\u{200d}m",
            "\u{200c}\u{639}\u{644}\u{6cc}",
            "\u{639}\u{644}\u{6cc}\u{200c}",
            "\u{639}\u{200c}\u{200c}\u{6cc}",
            "\u{639}\u{200d} \u{6cc}",
            "1\u{200c}2",
            "\u{674e}\u{200d}\u{674e}",
            "\u{1f468}\u{200d}\u{1f469}",
        ] {
            assert!(PersonName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn attack_5_what_is_not_seen_or_turns_text_is_refused() {
        let hidden = [
            0x61c, 0x200e, 0x202a, 0x202e, 0x2066, 0x2069, 0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180b,
            0x180e, 0x200b, 0x2028, 0x2029, 0x2060, 0x2064, 0x2800, 0x3164, 0xe000, 0xfe0f, 0xfeff, 0xffa0,
            0xfff9, 0xfffb, 0xfffd, 0x1d173, 0x378, 0xe0001, 0xe0041, 0xe0100, 0xf0000, 0x85, 0x20e3, 0x600,
        ];
        for hidden in hidden.map(|point| char::from_u32(point).unwrap()) {
            for name in [format!("A{hidden}b"), format!("A{hidden}"), format!("{hidden}A")] {
                let trimmed = name.trim() == "A";
                assert_eq!(PersonName::parse(&name).is_ok(), trimmed, "{name:?}");
            }
        }
    }

    #[test]
    fn fault_09_forms_of_letters_that_a_name_is_told_apart_by_are_kept() {
        for good in [
            "\u{8fba}\u{e0100}",                // Watanabe, one of its forms
            "\u{845b}\u{e0101}\u{57ce}",        // Katsuragi
            "\u{fa19}\u{fe00}",                 // a compatibility ideograph
            "\u{182a}\u{1820}\u{180e}\u{1820}", // Mongolian, a vowel apart
            "\u{1820}\u{180b}",
        ] {
            assert_eq!(PersonName::parse(good).map(String::from), Ok(good.to_owned()), "{good:?}");
        }
        for wrong in [
            "a\u{e0100}",
            "\u{8fba}\u{e0100}\u{e0100}",
            "\u{8fba}\u{180b}",
            "\u{1820}\u{180b}\u{180b}",
            "\u{1820}\u{fe00}",
        ] {
            assert!(PersonName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn attack_5_marks_stand_upon_a_letter_and_are_few() {
        for good in
            ["\u{1ebf}", "e\u{302}\u{301}", "\u{f66}\u{f92}\u{fb2}\u{f74}\u{f56}", "\u{5e9}\u{5c1}\u{5b8}"]
        {
            assert!(PersonName::parse(good).is_ok(), "{good:?}");
        }
        let heap = |count| format!("a{}", "\u{301}".repeat(count));
        let composed = |count| format!("\u{1ebf}{}", "\u{301}".repeat(count));
        assert!(PersonName::parse(&heap(6)).is_ok() && PersonName::parse(&composed(4)).is_ok());
        for wrong in [&heap(7), &composed(5), "\u{301}Kim", "Kim \u{301}", &format!("a{}b", "\u{488}")] {
            assert!(PersonName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn fault_09_a_name_that_a_provider_tells_is_cleaned() {
        let cleaned = |text: &str| PersonName::cleaned(text).map(String::from);
        assert_eq!(cleaned("Kim\r\nDoe").as_deref(), Some("Kim  Doe"));
        assert_eq!(cleaned("K\u{202e}im\u{200d}\u{1f3fb}").as_deref(), Some("Kim\u{1f3fb}"));
        assert_eq!(cleaned("\u{301}\u{61c}"), None);
        let joined = "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}";
        assert_eq!(cleaned(joined).as_deref(), Some(joined));
        assert_eq!(cleaned(&format!("\u{200d}{joined}\u{200c}")).as_deref(), Some(joined));
        assert_eq!(cleaned(&"x".repeat(90)).map(|name| name.len()), Some(60));
        assert_eq!(cleaned(&format!("a{}", "\u{301}".repeat(50))).map(|name| name.chars().count()), Some(7));
        let cut = format!("{}\u{6cc}\u{200c}\u{6cc}", "\u{6cc}".repeat(58));
        assert_eq!(cleaned(&cut).map(|name| name.chars().count()), Some(59));
    }

    #[test]
    fn fault_01_a_stored_name_is_read_whatever_the_rule_for_new_ones() {
        for old in ["a\u{202e}b", "a\u{61c}b", &"x".repeat(90), "\u{301}", "Ki\u{200d}m", ""] {
            assert!(PersonName::try_from(old.to_owned()).is_ok(), "{old:?}");
        }
        assert!(PersonName::try_from("a\r\nBcc: x".to_owned()).is_err());
    }
}
