//! The words of the API's codes as people read them, and how each looks. All of them stand here, ready for other languages.

use std::collections::BTreeMap;

type Words = BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>;

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
    ("warn", &["pending", "running", "compensating", "sent", "viewed", "unmatched", "waiting_for_documents"]),
    ("wrong", &["failed", "needs_attention", "declined", "voided", "expired", "suspended"]),
];

/// All words by their kind, for lists of choices.
pub(crate) fn words() -> Words {
    WORDS.iter().map(|(kind, words)| (*kind, words.iter().copied().collect())).collect()
}

/// A code in words; one that is not known as it stands, with blanks.
pub(crate) fn word(kind: &str, code: &str) -> String {
    let words = WORDS.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, words)| words);
    let known = words.iter().find(|(known, _)| *known == code).map(|(_, word)| (*word).to_owned());
    known.unwrap_or_else(|| code.replace('_', " "))
}

/// How a code looks: `good`, `warn`, `wrong`, or nothing.
pub(crate) fn tone(code: &str) -> &'static str {
    TONES.iter().find(|(_, codes)| codes.contains(&code)).map_or("", |(tone, _)| tone)
}
