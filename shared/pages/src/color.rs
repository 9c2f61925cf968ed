//! A tenant's colour, made so that what stands on it or beside it can be read.

use std::fmt;

/// Least contrast of text, as WCAG 2.2 asks for (1.4.3).
const CONTRAST: f64 = 4.5;
/// The backgrounds that the colour is read on, light and dark, each the one with the least contrast: `--soft` of light pages is
/// not one, for links stand on cards and tints.
const LIGHT: [Color; 2] = [Color(0xff, 0xff, 0xff), Color(0xf0, 0xf2, 0xf5)];
const DARK: [Color; 2] = [Color(0x20, 0x26, 0x33), Color(0x10, 0x13, 0x1a)];
const WHITE: Color = Color(0xff, 0xff, 0xff);
const INK: Color = Color(0x0d, 0x15, 0x26);

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// A colour written `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// Contrast with another, 1 to 21, by WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// `share` of 16 parts of another mixed in.
    fn mix(self, other: Self, share: u16) -> Self {
        let part = |a: u8, b: u8| {
            u8::try_from((u16::from(a) * (16 - share) + u16::from(b) * share) / 16).unwrap_or(a)
        };
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    /// The nearest to it, towards `end`, that can be read on every one of `grounds` and on its own tint.
    fn readable(self, grounds: [Self; 2], end: Self) -> (Self, Self) {
        let steps = (0..=16).map(|share| {
            let color = self.mix(end, share);
            (color, grounds[0].mix(color, 1))
        });
        let reads = |(color, tint): &(Self, Self)| {
            grounds.iter().chain([tint]).all(|ground| color.contrast(*ground) >= CONTRAST)
        };
        let mut steps = steps;
        steps.find(reads).unwrap_or((end, grounds[0]))
    }

    /// The tokens of a style that it takes the place of, for light and dark pages.
    pub(crate) fn tokens(self) -> String {
        let (light, tint) = self.readable(LIGHT, Self(0, 0, 0));
        let (dark, dark_tint) = self.readable(DARK, WHITE);
        let on = |color: Self| if color.contrast(WHITE) >= color.contrast(INK) { WHITE } else { INK };
        let rule = |color: Self, tint: Self| {
            format!(":root {{ --accent: #{color}; --on-accent: #{}; --tint: #{tint}; }}", on(color))
        };
        format!("{}@media (prefers-color-scheme: dark) {{ {} }}\n", rule(light, tint), rule(dark, dark_tint))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((WHITE.contrast(Color(0, 0, 0)) - 21.0).abs() < 1e-9);
        assert!((Color(0x76, 0x76, 0x76).contrast(WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn two_hundred_colours_over_the_whole_range_can_be_read() {
        let colors = (0..200_u32).map(|n| {
            let [red, green, blue, _] = n.wrapping_mul(2_654_435_761).to_be_bytes();
            Color(red, green, blue)
        });
        let ends = [Color(0, 0, 0), WHITE, Color(255, 255, 0), Color(0, 0, 255), Color(255, 0, 0)];
        for color in colors.chain(ends) {
            for (grounds, end) in [(LIGHT, Color(0, 0, 0)), (DARK, WHITE)] {
                let (reads, tint) = color.readable(grounds, end);
                for ground in grounds.iter().chain([&tint]) {
                    assert!(reads.contrast(*ground) >= CONTRAST, "{color} as {reads} on {ground}");
                }
                let on = reads.contrast(WHITE).max(reads.contrast(INK));
                assert!(on >= CONTRAST, "text on {reads}");
            }
        }
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(Color::parse("#aA3311").unwrap().to_string(), "aa3311");
        for wrong in ["", "#", "aa3311", "#aa331", "#aa33111", "#aa331g", "#+a3311", "#é3311"] {
            assert!(Color::parse(wrong).is_none(), "{wrong}");
        }
    }
}
