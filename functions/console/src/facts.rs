//! The words of the API's codes as people read them, and how each looks. All of them stand here, ready for other languages.

use std::collections::BTreeMap;

type Words = BTreeMap<&'static str, &'static [(&'static str, &'static str)]>;

const WORDS: &[(&str, &[(&str, &str)])] = &[
    (
        "job",
        &[
            ("pending", "Waiting to start"),
            ("running", "Running"),
            ("succeeded", "Done"),
            ("failed", "Failed"),
            ("compensating", "Being undone"),
            ("needs_attention", "Needs attention"),
            ("cancelled", "Cancelled"),
            ("waiting_for_documents", "Waiting for documents"),
        ],
    ),
    ("kind_of_job", &[("mailbox", "Make a mailbox"), ("credentials", "Send a new password")]),
    (
        "step",
        &[
            ("claim", "Take the job"),
            ("reserve_address", "Reserve an address"),
            ("create_user", "Make the user"),
            ("enable_mailbox", "Switch the mailbox on"),
            ("issue_password", "Set and mail a password"),
            ("finish", "Finish"),
        ],
    ),
    (
        "step_status",
        &[
            ("pending", "not begun"),
            ("running", "running"),
            ("succeeded", "done"),
            ("done", "done"),
            ("failed", "failed"),
            ("undone", "undone"),
            ("left", "left as it is"),
        ],
    ),
    ("document", &[("w9", "W-9"), ("baa", "BAA"), ("hire_agreement", "Hire agreement")]),
    (
        "document_status",
        &[
            ("pending", "Not sent"),
            ("sent", "Sent"),
            ("viewed", "Looked at"),
            ("declined", "Declined"),
            ("voided", "Voided"),
            ("expired", "Expired"),
            ("signed", "Signed"),
        ],
    ),
    ("member", &[("active", "Active"), ("suspended", "Suspended"), ("removed", "Removed"), ("left", "Left")]),
    ("kind", &[("team", "Team"), ("creator", "Creator"), ("contractor", "Contractor"), ("vendor", "Vendor")]),
    (
        "setup",
        &[
            ("company", "Company"),
            ("industry", "Industry"),
            ("regions", "Regions"),
            ("leadSources", "Lead sources"),
            ("integrations", "Systems"),
            ("billing", "Plan"),
        ],
    ),
    (
        "industry",
        &[
            ("health", "Health"),
            ("life", "Life"),
            ("property", "Property"),
            ("casualty", "Casualty"),
            ("auto", "Auto"),
            ("commercial", "Commercial"),
        ],
    ),
    ("outcome", &[("unmatched", "Fits nobody"), ("matched", "Matched"), ("dropped", "Put away")]),
    (
        "reason",
        &[
            ("no_correlation", "It names no hire."),
            ("unreadable_correlation", "Its reference cannot be read."),
            ("unknown_hire", "It names a hire that is not here."),
            ("unknown_document", "It names a document that the hire does not have."),
            ("damaged_hire", "The record of its hire is damaged."),
            ("too_many_documents", "It names too many documents."),
            ("no_event_kind", "It does not say what happened."),
        ],
    ),
    (
        "method",
        &[("password", "Password"), ("magic_link", "Mailed link"), ("social", "Provider"), ("totp", "Code")],
    ),
];

const TONES: &[(&str, &[&str])] = &[
    ("good", &["succeeded", "done", "signed", "active", "matched"]),
    (
        "warn",
        &[
            "pending",
            "running",
            "waiting",
            "undoing",
            "compensating",
            "sent",
            "viewed",
            "unmatched",
            "waiting_for_documents",
        ],
    ),
    ("wrong", &["failed", "undo_failed", "needs_attention", "declined", "voided", "expired", "suspended"]),
];

/// All words by their kind, for lists of choices.
pub(crate) fn words() -> Words {
    WORDS.iter().copied().collect()
}

/// A code in words; one that is not known as it stands, with blanks.
pub(crate) fn word(kind: &str, code: &str) -> String {
    let words = WORDS.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, words)| words);
    let known = words.iter().find(|(known, _)| *known == code).map(|(_, word)| (*word).to_owned());
    known.unwrap_or_else(|| code.replace('_', " "))
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

/// How a code looks: `good`, `warn`, `wrong`, or nothing.
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
        assert_eq!(word("step", "reserve_address"), "Reserve an address");
        assert_eq!(word("error", "name_taken"), "name taken");
        assert_eq!((tone("failed"), tone("matched"), tone("x")), ("wrong", "good", ""));
    }
}
