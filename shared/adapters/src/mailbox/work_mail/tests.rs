use super::*;

fn answer(state: EntityState) -> DescribeUserOutput {
    DescribeUserOutput::builder().user_id("id-1").email("kim@acme.example").state(state).build()
}

fn described(state: EntityState) -> Option<MailboxState> {
    state_of(&answer(state)).ok().flatten()
}

#[test]
fn an_answer_without_an_id_or_state_is_unreadable() {
    let code = "answer_unreadable";
    let unknown = Err(MailboxError::Unknown { code });
    assert_eq!(identified(None), unknown);
    assert_eq!(identified(Some("")), unknown);
    let stateless = DescribeUserOutput::builder().user_id("id-1").build();
    assert_eq!(state_of(&stateless), Err(MailboxError::Unknown { code }));
}

#[test]
fn a_deleted_user_is_absent() {
    assert_eq!(state_of(&answer(EntityState::Deleted)), Ok(None));
}

#[test]
fn only_the_same_address_confirms_an_enabled_mailbox() {
    let confirmed = |state, address| confirm(described(state), address);
    assert_eq!(confirmed(EntityState::Enabled, "Kim@acme.example"), Ok(()));
    assert_eq!(
        confirmed(EntityState::Enabled, "lee@acme.example"),
        Err(MailboxError::Permanent { code: "registered_elsewhere" })
    );
    assert_eq!(
        confirmed(EntityState::Disabled, "kim@acme.example"),
        Err(MailboxError::Unknown { code: "enable_unconfirmed" })
    );
    assert_eq!(confirm(None, "kim@acme.example"), Err(MailboxError::Permanent { code: "entity_not_found" }));
}

#[test]
fn a_described_user_prints_no_personal_data() {
    let printed = format!("{:?}", described(EntityState::Enabled));
    assert!(printed.contains("id-1") && !printed.contains("kim"));
}
