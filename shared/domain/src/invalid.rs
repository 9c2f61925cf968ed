//! The one way a value can be refused: which rule it broke, in words a person can act on.

/// A value that cannot be taken. Displays a full sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    /// Wraps the sentence shown to the caller.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}
