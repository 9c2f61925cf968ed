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
            ("compensating", "Being taken back"),
            ("needs_attention", "Needs attention"),
            ("cancelled", "Cancelled"),
            ("waiting_for_documents", "Waiting for documents"),
        ],
    ),
    ("kind_of_job", &[("mailbox", "Make a mailbox"), ("credentials", "Send a new password")]),
    (
        "step",
        &[
            ("claim", "Begin"),
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
            ("undone", "taken back"),
            ("left", "left as it is"),
        ],
    ),
    (
        "document",
        &[
            ("w9", "Tax form W-9"),
            ("baa", "Business associate agreement (BAA)"),
            ("hire_agreement", "Hire agreement"),
        ],
    ),
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
    (
        "error",
        &[
            ("throttled", "The service is busy."),
            ("service_unavailable", "The service is not available."),
            ("internal_failure", "The service has a fault."),
            ("timed_out", "The service did not answer in time."),
            ("unreachable", "The service could not be reached."),
            ("table_failed", "Our table could not be reached."),
            ("mail_domain_missing", "The business has no mail domain yet."),
            (
                "mailbox_provider_missing",
                "The business has no mailbox service yet; whoever runs this deployment sets it up.",
            ),
            ("quota_exceeded", "No more mails can be sent for now."),
            (
                "name_without_letters",
                "No address can be made of this name. Try again with another name before the @.",
            ),
            (
                "address_reserved",
                "The name gives a reserved address. Try again with another name before the @.",
            ),
            (
                "addresses_used_up",
                "All addresses of this name are taken. Try again with another name before the @.",
            ),
            ("address_taken", "The address is somebody else’s."),
            ("cancelled", "A person stopped it."),
            ("hire_has_mailbox", "The hire has a mailbox already."),
            ("hire_missing", "The record of the hire is gone."),
            ("mailbox_not_gone", "The address is kept, because its mailbox may still be there."),
            ("mail_not_composable", "A name or an address does not fit into the mail."),
            ("access_denied", "The deployment lacks a right at the mailbox service."),
            (
                "request_invalid",
                "The mailbox service refused the request. Report this with the identifier of the job.",
            ),
            ("organization_not_found", "The mailbox service does not know the business’s organization."),
            ("mail_domain_not_found", "The mailbox service does not know the mail domain."),
            ("mail_domain_unverified", "The mail domain is not verified at the mailbox service."),
            (
                "reserved_name",
                "The mailbox service reserves this name. Try again with another name before the @.",
            ),
            ("limit_exceeded", "A limit of the mailbox service is reached."),
            ("message_rejected", "The mail with the password was refused."),
        ],
    ),
    (
        "area",
        &[
            ("own", "Own data"),
            ("tenant", "Business"),
            ("provisioning", "Mailbox jobs"),
            ("dam", "Pictures and films"),
            ("apikeys", "API keys"),
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
    ("outcome", &[("unmatched", "Fits nobody"), ("matched", "Matched"), ("dropped", "Dismissed")]),
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
    ("warn", &["needs_attention", "unmatched"]),
    ("wrong", &["failed", "undo_failed", "declined", "voided", "expired", "suspended"]),
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
        assert_eq!(word("step", "reserve_address"), "Reserve an address");
        assert_eq!(word("error", "name_taken"), "name taken");
        assert_eq!(word("error", "cancelled"), "A person stopped it.");
        assert_eq!((tone("failed"), tone("matched"), tone("x")), ("wrong", "good", ""));
    }
}
