//! What each provider takes as a password that its owner chose. These rules belong to the vendors: they are asked beside our own
//! policy, and are no part of it.
//!
//! - `WorkMail`: 8 to 63 characters of Basic Latin and Latin-1, three of five groups
//!   (<https://docs.aws.amazon.com/workmail/latest/adminguide/password-policies.html>).
//! - Google: 8 to 100 ASCII characters
//!   (<https://developers.google.com/workspace/admin/directory/reference/rest/v1/users>, `password`), no space at either end
//!   (<https://support.google.com/accounts/answer/32040>).
//! - Microsoft: 8 to 256 ASCII characters, three of four groups
//!   (<https://learn.microsoft.com/en-us/entra/identity/authentication/concept-sspr-policy>).

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_domain::{Invalid, MailboxProvider};

type Group = fn(char) -> bool;

const UPPER: Group = |c| c.is_ascii_uppercase();
const LOWER: Group = |c| c.is_ascii_lowercase();
const DIGITS: Group = |c| c.is_ascii_digit();
const SIGNS: Group = |c| c == ' ' || c.is_ascii_punctuation();
const LATIN_1: Group = |c| ('\u{a0}'..='\u{ff}').contains(&c);

/// Shortest at every provider, in characters.
const SHORTEST: usize = 8;
/// How many groups a password must have characters of, where there are groups.
const NEEDED: usize = 3;

struct Rule {
    longest: usize,
    all: &'static [Group],
    letters: &'static str,
    groups: bool,
    inner_spaces_only: bool,
}

const WORK_MAIL: Rule = Rule {
    longest: 63,
    all: &[UPPER, LOWER, DIGITS, SIGNS, LATIN_1],
    letters: "letters of Western European languages, digits, spaces and the signs of a keyboard",
    groups: true,
    inner_spaces_only: false,
};
const ASCII: &str = "letters from A to Z without accents, digits, spaces and the signs of a keyboard";
const GOOGLE: Rule = Rule {
    longest: 100,
    all: &[UPPER, LOWER, DIGITS, SIGNS],
    letters: ASCII,
    groups: false,
    inner_spaces_only: true,
};
const MICROSOFT: Rule =
    Rule { longest: 256, groups: true, inner_spaces_only: false, all: GOOGLE.all, letters: ASCII };

fn rule(provider: MailboxProvider) -> &'static Rule {
    match provider {
        MailboxProvider::WorkMail => &WORK_MAIL,
        MailboxProvider::Google => &GOOGLE,
        MailboxProvider::Microsoft => &MICROSOFT,
    }
}

/// Refuses a password that `provider` is known not to take, and says what to do.
///
/// # Errors
/// A sentence for the field. It repeats nothing of the password.
pub fn check_password(provider: MailboxProvider, password: &SecretString) -> Result<(), Invalid> {
    let (rule, text) = (rule(provider), password.expose_secret());
    let length = text.chars().count();
    let refused = if length < SHORTEST {
        format!("Use at least {SHORTEST} characters: your mailbox takes no shorter password.")
    } else if length > rule.longest {
        format!("Use at most {} characters: your mailbox takes no longer password.", rule.longest)
    } else if !text.chars().all(|c| rule.all.iter().any(|group| group(c))) {
        format!("Use only {}: your mailbox takes nothing else.", rule.letters)
    } else if rule.inner_spaces_only && text.trim_matches(' ') != text {
        "Begin and end with something else than a space: your mailbox takes no space there.".to_owned()
    } else if rule.groups && rule.all.iter().filter(|group| text.chars().any(group)).count() < NEEDED {
        "Mix at least three of these: capital letters, small letters, digits, signs or spaces. Your mailbox asks for it."
            .to_owned()
    } else {
        return Ok(());
    };
    Err(Invalid::new(refused))
}

/// What is said below the field, so that nobody has to find it out.
pub fn password_hint(provider: MailboxProvider) -> String {
    let Rule { longest, groups, letters, .. } = rule(provider);
    let mixed = if *groups {
        ", with at least three of: capital letters, small letters, digits, signs or spaces"
    } else {
        ""
    };
    format!("At most {longest} characters{mixed}. Your mailbox takes {letters}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(provider: MailboxProvider, text: &str) -> bool {
        check_password(provider, &text.into()).is_ok()
    }

    #[test]
    fn each_provider_has_its_vendors_limits() {
        let long = |length: usize| "aB3 ".chars().cycle().take(length - 1).chain(['x']).collect::<String>();
        for (provider, longest) in [
            (MailboxProvider::WorkMail, 63),
            (MailboxProvider::Google, 100),
            (MailboxProvider::Microsoft, 256),
        ] {
            assert!(takes(provider, &long(8)) && !takes(provider, "aB3 aB3"), "{provider:?}");
            assert!(takes(provider, &long(longest)) && !takes(provider, &long(longest + 1)), "{provider:?}");
            for foreign in [
                "aB3 \u{43f}\u{430}\u{440}\u{43e}",
                "aB3 \u{1f600}\u{1f600}\u{1f600}x",
                "aB3 x\u{a0}\u{85}yz",
            ] {
                assert!(!takes(provider, foreign), "{provider:?} {foreign:?}");
            }
            let hint = password_hint(provider);
            assert!(hint.contains(&longest.to_string()), "{hint}");
        }
    }

    #[test]
    fn groups_count_where_the_vendor_counts_them() {
        let two = ["gravelottomanfjord", "gravel ottoman fjord", "Gravel ottoman fjord", "12345678 901"];
        for (text, groups) in two.map(|text| (text, text.chars().any(char::is_uppercase))) {
            assert!(takes(MailboxProvider::Google, text), "{text}");
            assert_eq!(takes(MailboxProvider::Microsoft, text), groups, "{text}");
            assert_eq!(takes(MailboxProvider::WorkMail, text), groups, "{text}");
        }
        assert!(
            takes(MailboxProvider::WorkMail, "gravel ottoman fj\u{f6}rd"),
            "Latin-1 is a group of its own"
        );
        for provider in [MailboxProvider::Google, MailboxProvider::Microsoft] {
            assert!(!takes(provider, "Gravel ottoman fj\u{f6}rd"), "{provider:?}");
        }
    }

    #[test]
    fn only_google_minds_spaces_at_the_ends() {
        for text in [" Gravel ottoman 7", "Gravel ottoman 7 "] {
            assert!(!takes(MailboxProvider::Google, text));
            assert!(takes(MailboxProvider::WorkMail, text) && takes(MailboxProvider::Microsoft, text));
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_and_repeats_nothing() {
        for provider in MailboxProvider::ALL {
            for text in [
                "xyzzy",
                &"xyzzy".repeat(60),
                "xyzzy\u{1f600}\u{1f600}\u{1f600}",
                "xyzzyxyzzy",
                " xyzzyxyzzy",
            ] {
                if let Err(Invalid(said)) = check_password(provider, &text.into()) {
                    let told = ["Use ", "Mix ", "Begin "].iter().any(|verb| said.starts_with(verb));
                    assert!(told && !said.contains("xyzzy"), "{said}");
                }
            }
        }
    }
}
