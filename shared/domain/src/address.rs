//! Corporate addresses: folding a name to an ASCII local part and numbering it when it is taken.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Invalid, PersonName, Stored, email::domain_ok, fold::fold_part, reserved::is_reserved, stored::is_word,
    stored_text,
};

/// Longest local part that leaves room for a number: `WorkMail`'s user name is the shortest limit.
const MAX_LOCAL: usize = 60;

/// A mail domain of the business, lower-case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads a domain such as `acme.example`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        if domain_ok(&text) {
            Ok(Self(text))
        } else {
            Err(Invalid::new("Give a mail domain, for example acme.example."))
        }
    }

    /// The domain's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a name has no usable local part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// Nothing of the name can be written in ASCII letters.
    #[error("the name has no letters that an address can hold")]
    Empty,
    /// The result belongs to a function of the business, such as `postmaster`.
    #[error("the name folds to a reserved address")]
    Reserved,
}

/// The part before the `@`: `[a-z0-9.-]`, beginning and ending with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPart(String);

impl LocalPart {
    /// Folds a name: `José` `Ó'Brien` becomes `jose.obrien`. A part without letters is left out.
    pub fn fold(given: &PersonName, family: &PersonName) -> Result<Self, FoldError> {
        let parts = [fold_part(given.as_str()), fold_part(family.as_str())];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let mut joined = parts.join(".");
        joined.truncate(MAX_LOCAL);
        let joined = joined.trim_end_matches(['.', '-']);
        match joined {
            "" => Err(FoldError::Empty),
            reserved if is_reserved(reserved) => Err(FoldError::Reserved),
            usable => Ok(Self(usable.to_owned())),
        }
    }

    /// Reads a local part that a person chose.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let ends = text.bytes().next().is_some_and(inner) && text.bytes().last().is_some_and(inner);
        let body = text.bytes().all(|b| inner(b) || b == b'.' || b == b'-') && !text.contains("..");
        if !ends || !body || text.len() > MAX_LOCAL {
            return Err(Invalid::new(format!(
                "Use up to {MAX_LOCAL} lower-case letters, digits, dots and hyphens, for example jo.field."
            )));
        }
        if is_reserved(text) {
            return Err(Invalid::new("This local part is reserved; choose another."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The `n`th spelling to try, from 1: `jose.obrien`, `jose.obrien2`, `jose.obrien3`, ...
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        if n <= 1 { self.clone() } else { Self(format!("{}{n}", self.0)) }
    }

    /// The local part's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full address at `domain`.
    pub fn at(&self, domain: &Domain) -> Address {
        Address { local: self.clone(), domain: domain.clone() }
    }
}

/// A corporate mailbox address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    local: LocalPart,
    domain: Domain,
}

impl Address {
    /// The part before the `@`.
    pub fn local(&self) -> &LocalPart {
        &self.local
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local.0, self.domain.0)
    }
}

impl Stored for Domain {
    const MEANS: &'static str = "a mail domain: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(Domain);

impl Stored for LocalPart {
    const MEANS: &'static str = "a local part: one word without @ and #";

    fn keeps(text: &str) -> bool {
        is_word(text)
    }

    fn of_stored(text: String) -> Self {
        Self(text)
    }
}
stored_text!(LocalPart);

impl TryFrom<String> for Address {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let (local, domain) =
            text.rsplit_once('@').ok_or_else(|| Invalid::new("expected an address: an @"))?;
        Ok(Self { local: LocalPart::read(local.to_owned())?, domain: Domain::read(domain.to_owned())? })
    }
}
impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fold(given: &str, family: &str) -> Result<String, FoldError> {
        let name = |text| PersonName::parse(text).unwrap();
        LocalPart::fold(&name(given), &name(family)).map(String::from)
    }

    #[test]
    fn names_fold_to_ascii() {
        assert_eq!(fold("José", "Ó'Brien"), Ok("jose.obrien".into()));
        assert_eq!(fold("Anna Maria", "Müller-Lüdenscheidt"), Ok("anna-maria.muller-ludenscheidt".into()));
        assert_eq!(fold("Łukasz", "Żółć"), Ok("lukasz.zolc".into()));
        assert_eq!(fold("Cher", "'"), Ok("cher".into()));
    }

    #[test]
    fn reserved_and_empty_folds_are_refused() {
        assert_eq!(fold("Postmaster", "."), Err(FoldError::Reserved));
        assert_eq!(fold("!!", "--"), Err(FoldError::Empty));
    }

    #[test]
    fn newcomer_11_no_spelling_of_a_function_is_a_persons_address() {
        for (given, family) in [
            ("No", "Reply"),
            ("No Reply", "."),
            ("N\u{f6}", "R\u{e9}ply"),
            ("Mailer", "Daemon"),
            ("I", "T"),
            ("Web Master", "2"),
            ("\u{ff33}upport", "!"),
            ("Do Not", "Reply"),
        ] {
            assert_eq!(fold(given, family), Err(FoldError::Reserved), "{given} {family}");
        }
    }

    #[test]
    fn fault_01_a_reserved_word_is_refused_with_digits_and_separators_too() {
        for wrong in [
            "support2",
            "support.2",
            "support-2",
            "no.reply",
            "n-o.reply7",
            "i.t",
            "noc",
            "www1",
            "mailer-daemon",
        ] {
            assert!(LocalPart::parse(wrong).is_err(), "{wrong}");
        }
        for good in ["supporter", "support.team", "2support", "jo2", "ina", "42", "hr.smith"] {
            assert_eq!(LocalPart::parse(good).map(String::from), Ok(good.to_owned()));
        }
    }

    #[test]
    fn fault_01_every_reserved_word_is_refused_whatever_number_stands_behind_it() {
        let words = "abuse accounts admin administrator billing contact finance help hostmaster hr info it \
            legal mail mailer-daemon marketing no-reply noreply office postmaster press privacy root sales \
            security support sysadmin webmaster";
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!(words.len(), 28);
        for word in words {
            for number in ["", "2", ".2", "-2", "..2"] {
                assert!(LocalPart::parse(&format!("{word}{number}")).is_err(), "{word}{number}");
            }
            assert_eq!(fold(word, "2"), Err(FoldError::Reserved), "{word}");
            // What is folded can be chosen too: both rules are one.
            let folded = fold(word, "Two").unwrap();
            assert_eq!(LocalPart::parse(&folded).map(String::from), Ok(folded), "{word}");
        }
    }

    #[test]
    fn fault_01_what_is_stored_is_read_whatever_the_rule_for_new_values() {
        for old in
            ["support2", "support", "no.reply", "Jo.Field", "jo_field", "a..b", "-a", "2", &"x".repeat(90)]
        {
            assert_eq!(LocalPart::try_from(old.to_owned()).map(String::from), Ok(old.to_owned()));
            let address = format!("{old}@Acme_1.example");
            assert_eq!(Address::try_from(address.clone()).map(String::from), Ok(address));
        }
        for wrong in ["", "a#b", "a b", "a\nb"] {
            assert!(LocalPart::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn fault_09_a_name_folds_the_same_composed_and_apart() {
        for (composed, apart) in [
            ("\u{410}\u{43b}\u{451}\u{43d}\u{430}", "\u{410}\u{43b}\u{435}\u{308}\u{43d}\u{430}"),
            ("\u{400}va", "\u{415}\u{300}va"),
            ("\u{304c}", "\u{304b}\u{3099}"),
            ("\u{30d1}", "\u{ff8a}\u{ff9f}"),
            ("\u{df}\u{e9}", "\u{df}e\u{301}"),
            ("\u{d55c}", "\u{1112}\u{1161}\u{11ab}"),
        ] {
            let (one, other) = (fold(composed, "Berg"), fold(apart, "Berg"));
            assert!(one.is_ok() && one == other, "{one:?} {other:?}");
        }
    }

    #[test]
    fn fault_09_signs_that_are_no_letters_make_no_words() {
        for sign in [
            "\u{2116}",
            "\u{a9}",
            "\u{bd}",
            "\u{2122}",
            "@",
            "\u{1f600}",
            "\u{2603}",
            "\u{20ac}",
            "\u{b2}",
            "\u{2460}",
            "\u{1f1e6}",
            "&",
            "\u{d7}",
            "\u{a7}",
            "\u{2640}",
            "%",
            "\u{3350}",
            "\u{2121}",
            "\u{1f130}",
            "\u{30fc}",
            "\u{651}",
        ] {
            assert_eq!(fold(&format!("Kim{sign}"), "Doe").as_deref(), Ok("kim.doe"), "{sign}");
        }
        assert_eq!(fold("Henry \u{2167}", "\u{661}").as_deref(), Ok("henry-viii.1"));
        assert_eq!(fold("\u{5317}\u{4eac}", "\u{930}\u{93e}").as_deref(), Ok("bei-jing.raa"));
    }

    #[test]
    fn numbers_follow_the_name_without_a_gap() {
        let local = LocalPart::parse("jose.obrien").unwrap();
        let spelled: Vec<String> = (1..=3).map(|n| local.numbered(n).into()).collect();
        assert_eq!(spelled, ["jose.obrien", "jose.obrien2", "jose.obrien3"]);
    }

    proptest! {
        #[test]
        fn every_fold_is_a_valid_address(given in "\\PC{1,60}", family in "\\PC{1,60}", n in 1u32..9999) {
            let (Ok(given), Ok(family)) = (PersonName::parse(&given), PersonName::parse(&family)) else { return Ok(()) };
            if let Ok(local) = LocalPart::fold(&given, &family) {
                prop_assert!(local.as_str().len() <= MAX_LOCAL);
                let address = local.numbered(n).at(&Domain::parse("acme.example").unwrap());
                prop_assert_eq!(Address::try_from(address.to_string()).unwrap(), address);
            }
        }
    }
}
