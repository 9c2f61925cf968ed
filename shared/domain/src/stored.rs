//! Two rules for a text with a meaning. `parse` judges what is new, and may become stricter with any version.
//! [`Stored`] judges what the table holds, and only asks for what the code behind it relies on: what was
//! written once can be read for ever.

use crate::Invalid;

/// A type that is a text with a rule, as it is read back from the table.
pub trait Stored: Sized {
    /// What a stored text must be, for the log.
    const MEANS: &'static str;

    /// Whether the code can work with this text. Every text that `parse` ever gave must pass.
    fn keeps(text: &str) -> bool;

    /// The value with this text, which passed [`Self::keeps`].
    fn of_stored(text: String) -> Self;

    /// The value that the table holds as `text`.
    fn read(text: String) -> Result<Self, Invalid> {
        if Self::keeps(&text) {
            Ok(Self::of_stored(text))
        } else {
            Err(Invalid::new(format!("expected {}", Self::MEANS)))
        }
    }
}

/// Whether `text` is one visible word that can be part of a key and of a mail's header: no `#` and no `@`.
pub(crate) fn is_word(text: &str) -> bool {
    let apart = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '#' | '@');
    (1..=512).contains(&text.len()) && !text.contains(apart)
}

/// The conversions that serde uses for a type of one text.
#[macro_export]
#[doc(hidden)]
macro_rules! stored_text {
    ($kind:ident) => {
        impl TryFrom<String> for $kind {
            type Error = $crate::Invalid;
            fn try_from(text: String) -> Result<Self, $crate::Invalid> {
                <Self as $crate::Stored>::read(text)
            }
        }
        impl From<$kind> for String {
            fn from(value: $kind) -> Self {
                value.0
            }
        }
    };
}
