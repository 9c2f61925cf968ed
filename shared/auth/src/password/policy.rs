//! What a new password must be: long enough and not easy to guess. No rules on kinds of
//! characters; refusals say what to do.

use vestibule_domain::Invalid;
use zxcvbn::{Score, zxcvbn};

use super::{Password, blocklist};

/// The estimate below which a password is refused: guessed in 10^8 tries or fewer.
const LEAST_SCORE: Score = Score::Three;

/// Characters that are judged; the rest only makes a password better.
const JUDGED: usize = 64;
/// Signs that the estimate reads as letters.
const LOOK_ALIKES: &str = "4@8({[<3691!|70$5+%2";
/// More distinct ones than this are not judged.
const MOST_LOOK_ALIKES: usize = 6;

/// The rules for new passwords; a password that is already somebody's is not judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Least length in characters.
    pub min_length: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self { min_length: 12 }
    }
}

impl Policy {
    /// Judges a new password. `context` are words an attacker knows about this person: name, local
    /// part of the address, company.
    pub fn check(&self, password: &Password, context: &[&str]) -> Result<(), Invalid> {
        let text = password.text();
        if text.chars().count() < self.min_length {
            let advice = "a few unrelated words in a row are easy to remember";
            return Err(Invalid::new(format!("Use at least {} characters; {advice}.", self.min_length)));
        }
        if let Some(reason) = blocklist::consists_of_known_words(text, context) {
            return Err(Invalid::new(reason));
        }
        // The estimate tries every reading of look-alike signs: with many of them it takes seconds, and
        // a text that has so many is no dictionary word.
        let signs: std::collections::HashSet<char> =
            text.chars().filter(|c| LOOK_ALIKES.contains(*c)).collect();
        if signs.len() > MOST_LOOK_ALIKES {
            return Ok(());
        }
        let words = blocklist::personal(context);
        let inputs: Vec<_> = context.iter().copied().chain(words.iter().map(String::as_str)).collect();
        let judged: String = text.chars().take(JUDGED).collect();
        let estimate = zxcvbn(&judged, &inputs);
        if estimate.score() >= LEAST_SCORE {
            return Ok(());
        }
        let feedback = estimate.feedback().map(ToString::to_string).unwrap_or_default();
        Err(Invalid::new(format!("This password is easy to guess. {feedback}").trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), Invalid> {
        let password = Password::parse(&text.into()).unwrap();
        Policy::default().check(&password, &["Kim Lindgren", "kim.lindgren", "Nordlicht Praxis GmbH"])
    }

    #[test]
    fn long_unusual_passwords_of_any_kind_are_taken() {
        for good in [
            "gravel ottoman fjord whistle",
            "q7#Lw!zP0v@e",
            "unter der alten Eiche schlaeft ein Fuchs",
            "\u{43f}\u{430}\u{440}\u{43e}\u{432}\u{43e}\u{437} \u{435}\u{434}\u{435}\u{442} \u{432} \u{441}\u{430}\u{434}",
            &"vexing quartz ".repeat(9),
            &"r7$Kq"
                .chars()
                .cycle()
                .zip("zebra moss ladder ".chars().cycle())
                .take(64)
                .flat_map(|(a, b)| [a, b])
                .collect::<String>(),
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn short_common_and_personal_passwords_are_refused() {
        for bad in [
            "q7#Lw!zP0v@",
            "passwordpassword",
            "P@ssw0rd2026!",
            "Passwort123456",
            "qwertyuiop123",
            "1q2w3e4r5t6y",
            "123456789012",
            "aaaaaaaaaaaaaaaa",
            "correct horse battery staple",
            "KimLindgren2026",
            "l1ndgren-nordl1cht!",
            "Nordlicht-Praxis-1",
            "welcome to nordlicht",
            "summer-winter-26",
            "abcdefghijklmnop",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        assert!(check("short").unwrap_err().0.starts_with("Use at least 12 characters"));
        assert!(check("kim lindgren 99").unwrap_err().0.contains("your name"));
        let guessed = check("vexvexvexvexvex").unwrap_err().0;
        assert!(guessed.contains("Add another word or two"), "{guessed}");
    }
}
