//! Temporary passwords: made by machine, read by a person once, typed once.
//!
//! Randomness comes from the caller. Fits `WorkMail`'s policy (8 to 63 characters, Basic Latin, three of five
//! groups; <https://docs.aws.amazon.com/workmail/latest/adminguide/password-policies.html>).

use secrecy::SecretString;

const LENGTH: usize = 20;

// Without the look-alikes 0 O o, 1 l I i | !, 2 Z z, 5 S s, 8 B, and without what mail programs turn into
// links.
const UPPER: &[u8] = b"ACDEFGHJKLMNPQRTUVWXY";
const LOWER: &[u8] = b"abcdefghjkmnpqrtuvwxy";
const DIGITS: &[u8] = b"34679";
const SYMBOLS: &[u8] = b"#%*+=?";
const GROUPS: [&[u8]; 4] = [UPPER, LOWER, DIGITS, SYMBOLS];

/// A password of 20 characters with upper and lower case letters, digits and symbols, about 114 bits.
///
/// `fill` overwrites its buffer with random bytes. Whole passwords are drawn until one has every group, so
/// each that qualifies is equally likely: no position and no group is favoured, and nothing needs shuffling.
pub fn temporary_password(fill: &dyn Fn(&mut [u8])) -> SecretString {
    let alphabet = GROUPS.concat();
    loop {
        let mut password = String::with_capacity(LENGTH);
        while password.len() < LENGTH {
            password.push(char::from(draw(&alphabet, fill)));
        }
        let password = SecretString::from(password);
        if has_every_group(&password) {
            return password;
        }
    }
}

fn draw(alphabet: &[u8], fill: &dyn Fn(&mut [u8])) -> u8 {
    // Bytes past the last whole multiple would favour the first letters.
    let fair = 256 - 256 % alphabet.len();
    loop {
        let mut byte = [0_u8];
        fill(&mut byte);
        let drawn = usize::from(byte[0]);
        if drawn < fair {
            return alphabet[drawn % alphabet.len()];
        }
    }
}

fn has_every_group(password: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    let bytes = password.expose_secret().as_bytes();
    GROUPS.iter().all(|group| bytes.iter().any(|byte| group.contains(byte)))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashMap;

    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    /// `SplitMix64`: every seed gives its own reproducible bytes.
    fn seeded(seed: u64) -> impl Fn(&mut [u8]) {
        let state = Cell::new(seed);
        move |buffer| {
            for byte in buffer {
                state.set(state.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
                let mut mixed = state.get();
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                *byte = (mixed ^ (mixed >> 31)).to_le_bytes()[0];
            }
        }
    }

    proptest! {
        #[test]
        fn every_password_meets_the_policy_without_look_alikes(seed: u64) {
            let password = temporary_password(&seeded(seed));
            let text = password.expose_secret();
            prop_assert_eq!(text.len(), LENGTH);
            prop_assert!(text.chars().any(|c| c.is_ascii_uppercase()));
            prop_assert!(text.chars().any(|c| c.is_ascii_lowercase()));
            prop_assert!(text.chars().any(|c| c.is_ascii_digit()));
            prop_assert!(text.chars().any(|c| c.is_ascii_punctuation()));
            prop_assert!(text.chars().all(|c| c.is_ascii_graphic()));
            prop_assert!(!text.contains(|c| "0Oo1lIi|!2Zz5Ss8B@&<>\"'/".contains(c)));
        }

        #[test]
        fn different_randomness_gives_different_passwords(seed: u64) {
            let first = temporary_password(&seeded(seed));
            let second = temporary_password(&seeded(seed.wrapping_add(1)));
            prop_assert_ne!(first.expose_secret(), second.expose_secret());
        }
    }

    #[test]
    fn every_letter_is_drawn_equally_often() {
        let alphabet = GROUPS.concat();
        let fill = seeded(7);
        let mut counts = HashMap::new();
        for _ in 0..53_000 {
            *counts.entry(draw(&alphabet, &fill)).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), alphabet.len());
        // 1,000 expected each, a standard deviation near 31.
        assert!(counts.values().all(|count| (800..1200).contains(count)));
    }

    #[test]
    fn no_position_prefers_a_group() {
        let fill = seeded(11);
        let mut digits = [0_u32; LENGTH];
        for _ in 0..4_000 {
            let password = temporary_password(&fill);
            for (place, c) in password.expose_secret().chars().enumerate() {
                digits[place] += u32::from(c.is_ascii_digit());
            }
        }
        let (least, most) = (digits.iter().min(), digits.iter().max());
        assert!(most < least.map(|least| least + 150).as_ref(), "{digits:?}");
    }

    #[test]
    fn a_password_does_not_show_in_debug_output() {
        let password = temporary_password(&seeded(3));
        assert!(!format!("{password:?}").contains(password.expose_secret()));
    }
}
