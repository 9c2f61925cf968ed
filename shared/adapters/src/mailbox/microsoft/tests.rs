use super::*;

fn user(enabled: bool, mail: Option<&str>) -> Value {
    json!({
        "id": "id-1", "userPrincipalName": "kim@acme.example", "accountEnabled": enabled, "mail": mail,
        "displayName": "Kim Doe", "employeeId": "0123456789ABCDEF",
    })
}

#[test]
fn a_mark_is_the_random_end_of_a_jobs_id() {
    assert!(carries(&user(false, None), "job_01J00000000123456789ABCDEF"));
    assert!(!carries(&user(false, None), "job_01J00000000123456789ABCDEG"));
    assert!(!carries(&user(false, None), ""));
    assert!(!carries(&json!({ "employeeId": null }), "job_01J00000000123456789ABCDEF"));
}

#[test]
fn a_mailbox_is_there_when_its_address_is() {
    let confirmed = |enabled, mail| confirm(Some(user(enabled, mail)), "kim@acme.example");
    assert_eq!(confirmed(true, Some("Kim@acme.example")), Ok(()));
    assert_eq!(confirmed(true, None), Err(MailboxError::NotYet { code: "mailbox_not_ready" }));
    assert_eq!(confirmed(false, None), Err(UNSEEN));
    assert_eq!(confirm(None, "kim@acme.example"), Err(UNSEEN));
    let elsewhere = Err(MailboxError::Permanent { code: "registered_elsewhere" });
    assert_eq!(confirmed(true, Some("lee@acme.example")), elsewhere);
    assert_eq!(confirm(Some(user(true, None)), "lee@acme.example"), elsewhere);
}
