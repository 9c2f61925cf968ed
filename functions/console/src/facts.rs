//! The words of the API's codes as people read them, and how each looks. They stand in `words/en.json`; another language is
//! another file.

use std::collections::BTreeMap;

/// The words of codes by their kind.
pub(crate) type Words = BTreeMap<String, Vec<(String, String)>>;

/// The English words: for each kind of code its codes in the order that lists of choices have.
const ENGLISH: &str = include_str!("../words/en.json");

const TONES: &[(&str, &[&str])] = &[
    ("good", &["succeeded", "done", "signed", "active", "matched", "accepted", "invited", "ready"]),
    (
        "live",
        &[
            "pending",
            "running",
            "waiting",
            "undoing",
            "compensating",
            "sent",
            "viewed",
            "waiting_for_documents",
        ],
    ),
    (
        "warn",
        &["needs_attention", "unmatched", "too_many_mails", "role_above_yours", "beyond_seats", "refused"],
    ),
    ("wrong", &["failed", "undo_failed", "declined", "voided", "expired", "suspended", "malformed"]),
];

/// All words by their kind.
pub(crate) fn words() -> Result<Words, serde_json::Error> {
    serde_json::from_str(ENGLISH)
}

/// A code in words; one that is not known as it stands, with blanks.
pub(crate) fn word(words: &Words, kind: &str, code: &str) -> String {
    let known = words.get(kind).and_then(|words| words.iter().find(|(known, _)| known == code));
    known.map_or_else(|| code.replace('_', " "), |(_, word)| word.clone())
}

/// A browser's own words in few, such as "Firefox on Windows".
pub(crate) fn device(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // The more telling mark stands first: nearly all of them say Chrome and Safari, too.
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if agent.is_empty() => "Unknown device".to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

/// How a code looks: `good`, `live`, `warn`, `wrong`, or nothing.
pub(crate) fn tone(code: &str) -> &'static str {
    TONES.iter().find(|(_, codes)| codes.contains(&code)).map_or("", |(tone, _)| tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_in_few_words() {
        for (agent, told) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.9", "curl/8.9"),
            ("", "Unknown device"),
        ] {
            assert_eq!(device(agent), told);
        }
    }

    #[test]
    fn a_code_without_words_is_told_as_it_stands() {
        let words = words().unwrap();
        assert_eq!(word(&words, "step", "reserve_address"), "Reserve an address");
        assert_eq!(word(&words, "error", "name_taken"), "name taken");
        assert_eq!(word(&words, "error", "cancelled"), "A person stopped it.");
        assert_eq!((tone("failed"), tone("matched"), tone("x")), ("wrong", "good", ""));
    }
}
