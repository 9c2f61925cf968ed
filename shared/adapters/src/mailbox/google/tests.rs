use super::*;

fn user(suspended: bool, ready: bool) -> Value {
    json!({
        "id": "id-1", "primaryEmail": "kim@acme.example", "suspended": suspended, "isMailboxSetup": ready,
        "externalIds": [
            { "type": "organization", "value": "job-1" },
            { "type": "custom", "customType": MARK, "value": "job-2" },
        ],
    })
}

#[test]
fn only_our_kind_of_id_with_our_mark_makes_a_user_ours() {
    assert!(carries(&user(true, false), "job-2"));
    assert!(!carries(&user(true, false), "job-1"), "somebody else's kind of id");
    assert!(!carries(&user(true, false), ""));
    assert!(!carries(&json!({}), "job-2"));
}

#[test]
fn a_mailbox_is_there_when_google_has_set_it_up() {
    assert_eq!(confirm(&user(false, true), "Kim@acme.example"), Ok(()));
    let not_ready = MailboxError::NotYet { code: "mailbox_not_ready" };
    assert_eq!(confirm(&user(false, false), "kim@acme.example"), Err(not_ready));
    let unconfirmed = MailboxError::Unknown { code: "enable_unconfirmed" };
    assert_eq!(confirm(&user(true, true), "kim@acme.example"), Err(unconfirmed));
    let elsewhere = MailboxError::Permanent { code: "registered_elsewhere" };
    assert_eq!(confirm(&user(false, true), "lee@acme.example"), Err(elsewhere));
}
