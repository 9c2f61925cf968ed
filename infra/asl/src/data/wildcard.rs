//! The patterns of `StringMatches`.

/// `*` stands for any characters, `\*` and `\\` for themselves.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut chars = pattern.chars();
    match chars.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = chars.as_str();
            text.char_indices().any(|(at, _)| matches(rest, &text[at..])) || matches(rest, "")
        }
        Some(first) => {
            let literal = if first == '\\' { chars.next().unwrap_or(first) } else { first };
            text.strip_prefix(literal).is_some_and(|text| matches(chars.as_str(), text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_with_wildcards_and_escapes() {
        assert!(matches("log-*.txt", "log-é-1.txt"));
        assert!(matches("*", ""));
        assert!(matches("a*b*", "a-b-b"));
        assert!(matches("a\\*b", "a*b"));
        assert!(!matches("a\\*b", "axb"));
        assert!(!matches("a", "ab"));
    }
}
