use vestibule_domain::{
    Device, Grant, InvitationState, MemberKind, MembershipChange, PersonName, RoleName, SignInChange,
    TenantId, UserName, UserStatus, World,
};
use vestibule_store::{Granted, Place};

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn person(state: UserState) -> User {
    let world = World::new(|| NOW, |buffer| buffer.fill(7));
    let name = PersonName::parse("Kim").unwrap();
    let user = User::new(vestibule_domain::Id::new(&world), email("kim@stored.example"), name, &world);
    User { status: UserStatus { state, ..user.status.clone() }, epoch: 3, ..user }
}

fn registration(expires: Timestamp) -> Registration {
    Registration {
        id: RegistrationId::from_bytes([1; 16]),
        email: email("kim@typed.example"),
        name: PersonName::parse("Kim").unwrap(),
        password: None,
        connection: None,
        digest: None,
        expires,
    }
}

fn request(mail: Kind) -> IdentityMailRequest {
    let id = vestibule_domain::MailId::from_bytes([2; 16]);
    IdentityMailRequest { id, email: email("kim@typed.example"), mail, device: None, at: NOW }
}

fn about(mail: Kind, person: Option<User>) -> Result<Letter, Trouble> {
    let company = Some("Acme".to_owned());
    decide(&request(mail), Facts { person, company, ..Facts::default() }, NOW)
}

fn kinds() -> [Kind; 9] {
    let (user, tenant) = (person(UserState::Active).id, TenantId::from_parts(0, 1));
    [
        Kind::MagicLink,
        Kind::ResetPassword,
        Kind::ConfirmEmail { user },
        Kind::EmailChanged { user },
        Kind::NewDevice { user },
        Kind::LockedOut { until: NOW },
        Kind::PasswordChanged { user },
        Kind::SignInChanged { user, change: SignInChange::SecondFactorAdded },
        Kind::MembershipChanged { user, tenant, change: MembershipChange::Removed },
    ]
}

/// The way back from a change of address tells the new one.
fn told(purpose: Purpose) -> Vec<Fact> {
    let address = person(UserState::Active).email.masked();
    if purpose == Purpose::UndoEmail { vec![Fact::NewAddress(address)] } else { Vec::new() }
}

fn invitation(round: u32, expires: Timestamp) -> (Invitation, String) {
    let place =
        Place { roles: vec![RoleName::parse("viewer").unwrap()], kind: MemberKind::Team, groups: vec![] };
    let world = World::new(|| NOW, |buffer| buffer.fill(7));
    let made = Invitation::new(email("lou@invited.example"), &place, person(UserState::Active).id, &world);
    (Invitation { round, expires, ..made }, "Kim".to_owned())
}

#[test]
fn an_administrator_is_told_what_they_are_and_who_is_new_chooses_a_password() {
    let (user, grant) = (person(UserState::Active), Grant::PromoAdmin);
    let username = UserName::parse("ada").unwrap();
    let granted = Granted {
        user: user.id,
        grant,
        username: username.clone(),
        granted_at: NOW,
        by: "system:operator".to_owned(),
        version: 1,
    };
    let decided = |is_new, granted: Option<&Granted>| {
        let facts = Facts { person: Some(user.clone()), granted: granted.cloned(), ..Facts::default() };
        decide(&request(Kind::Administrator { user: user.id, is_new }), facts, NOW)
    };
    let told = vec![Fact::Granted { username, grant }];
    let Content::Link(mail, plan, facts) = decided(true, Some(&granted)).unwrap().content else {
        panic!("a link")
    };
    assert_eq!((mail, plan.purpose, facts), (Mail::NewAdministrator, Purpose::ResetPassword, told.clone()));
    let notice = decided(false, Some(&granted)).unwrap();
    assert_eq!(
        notice,
        Letter { to: user.email.clone(), content: Content::Notice(Mail::Administrator, told) }
    );
    assert_eq!(decided(true, None), Err(Trouble::Moot("grant_taken")));
}

#[test]
fn an_invitation_is_sent_as_long_as_it_waits_and_only_the_last_sending_of_it() {
    let tenant = TenantId::from_parts(0, 1);
    let decided = |round: u32, expires: Timestamp, ended: bool| {
        let (mut found, inviter) = invitation(2, expires);
        if ended {
            found.end(InvitationState::Revoked, None, NOW);
        }
        let kind = Kind::Invitation { tenant, invitation: found.id, round };
        let (company, invitation) = (Some("Acme".to_owned()), Some((found, inviter)));
        decide(&request(kind), Facts { company, invitation, ..Facts::default() }, NOW)
    };
    let later = NOW + SignedDuration::from_hours(5);
    let letter = decided(2, later, false).unwrap();
    assert_eq!(letter.to, email("lou@invited.example"));
    let Content::Link(Mail::Invitation, plan, facts) = letter.content else { panic!("a link") };
    assert_eq!((plan.purpose, plan.expires), (Purpose::Invitation, later));
    let (company, inviter, roles) = ("Acme".to_owned(), "Kim".to_owned(), vec!["viewer".to_owned()]);
    assert_eq!(facts, [Fact::Invited { company, inviter, roles, until: later }]);
    assert_eq!(decided(1, later, false), Err(Trouble::Moot("invitation_replaced")));
    assert_eq!(decided(2, NOW, false), Err(Trouble::Moot("invitation_over")));
    assert_eq!(decided(2, later, true), Err(Trouble::Moot("invitation_over")));
}

#[test]
fn each_link_goes_where_its_owner_reads_and_lasts_as_long_as_it_may() {
    let user = person(UserState::Active).id;
    for (mail, to, template, purpose, minutes) in [
        (Kind::MagicLink, "kim@stored.example", Mail::MagicLink, Purpose::MagicLink, 15),
        (Kind::ResetPassword, "kim@stored.example", Mail::ResetPassword, Purpose::ResetPassword, 60),
        (Kind::ConfirmEmail { user }, "kim@typed.example", Mail::ConfirmNewEmail, Purpose::ChangeEmail, 60),
        (
            Kind::EmailChanged { user },
            "kim@typed.example",
            Mail::EmailChanged,
            Purpose::UndoEmail,
            7 * 24 * 60,
        ),
    ] {
        let holder = Holder::Person(Box::new(person(UserState::Active)));
        let expires = NOW + SignedDuration::from_mins(minutes);
        let content = Content::Link(template, LinkPlan { purpose, holder, expires }, told(purpose));
        let letter = about(mail, Some(person(UserState::Active)));
        assert_eq!(letter, Ok(Letter { to: email(to), content }));
    }
}

#[test]
fn notices_go_to_the_stored_address() {
    let (user, tenant) = (person(UserState::Active).id, TenantId::from_parts(0, 1));
    let (seen, change) = (Fact::Seen(Device::default(), NOW), SignInChange::SecondFactorAdded);
    for (mail, template, facts) in [
        (Kind::NewDevice { user }, Mail::NewDevice, vec![seen.clone()]),
        (Kind::LockedOut { until: NOW }, Mail::LockedOut, vec![Fact::Until(NOW)]),
        (Kind::PasswordChanged { user }, Mail::PasswordChanged, vec![]),
        (
            Kind::MembershipChanged { user, tenant, change: MembershipChange::Suspended },
            Mail::MembershipChanged,
            vec![Fact::Membership("Acme".to_owned(), MembershipChange::Suspended)],
        ),
        (
            Kind::SignInChanged { user, change: change.clone() },
            Mail::SignInChanged,
            vec![Fact::Change(change.clone()), seen],
        ),
    ] {
        let content = Content::Notice(template, facts);
        let letter = about(mail, Some(person(UserState::Active)));
        assert_eq!(letter, Ok(Letter { to: email("kim@stored.example"), content }));
    }
}

#[test]
fn nobody_and_the_gone_get_nothing() {
    for mail in kinds() {
        assert_eq!(about(mail.clone(), None), Err(Trouble::Moot("nobody")), "{mail:?}");
        let removed = about(mail.clone(), Some(person(UserState::Removed)));
        assert_eq!(removed, Err(Trouble::Moot("removed")), "{mail:?}");
    }
}

#[test]
fn who_is_kept_out_gets_warnings_but_no_way_in() {
    let ways_in = 3;
    for state in [UserState::Invited, UserState::Suspended, UserState::Locked] {
        for (nth, mail) in kinds().into_iter().enumerate() {
            let decided = about(mail, Some(person(state)));
            assert_eq!(decided == Err(Trouble::Moot("inactive")), nth < ways_in, "{state:?} {decided:?}");
        }
    }
}

#[test]
fn only_a_mail_with_a_topic_is_switched_off() {
    for mail in kinds() {
        let facts = Facts { person: Some(person(UserState::Active)), unwanted: true, ..Facts::default() };
        let off = decide(&request(mail.clone()), facts, NOW) == Err(Trouble::Moot("unwanted"));
        assert_eq!(off, mail.topic().is_some(), "{mail:?}");
    }
}

#[test]
fn an_address_that_has_an_account_by_now_is_not_confirmed() {
    let user = person(UserState::Active);
    let mail = request(Kind::ConfirmEmail { user: user.id });
    let facts = Facts { person: Some(user), taken: true, ..Facts::default() };
    assert_eq!(decide(&mail, facts, NOW), Err(Trouble::Moot("address_taken")));
}

#[test]
fn a_registration_gets_its_link_until_it_ends() {
    let id = RegistrationId::from_bytes([1; 16]);
    let mail = request(Kind::Registration { registration: id });
    let on = |expires| {
        let facts = Facts { registration: Some(registration(expires)), ..Facts::default() };
        decide(&mail, facts, NOW)
    };
    let expires = NOW + SignedDuration::from_hours(24);
    let (purpose, holder) = (Purpose::VerifyEmail, Holder::Registration(id));
    let content = Content::Link(Mail::VerifyEmail, LinkPlan { purpose, holder, expires }, Vec::new());
    assert_eq!(on(expires), Ok(Letter { to: email("kim@typed.example"), content }));
    assert_eq!(on(NOW + SignedDuration::from_secs(59)), Err(Trouble::Moot("registration_gone")));
    assert_eq!(decide(&mail, Facts::default(), NOW), Err(Trouble::Moot("registration_gone")));
}

#[test]
fn the_owner_of_an_address_is_told_of_a_registration_and_no_link_is_made() {
    let mail = request(Kind::Registration { registration: RegistrationId::from_bytes([1; 16]) });
    let told = |state| {
        let registration = Some(registration(NOW + SignedDuration::from_hours(24)));
        decide(&mail, Facts { registration, person: Some(person(state)), ..Facts::default() }, NOW)
    };
    let letter =
        Letter { to: email("kim@stored.example"), content: Content::Notice(Mail::AlreadyRegistered, vec![]) };
    assert_eq!(told(UserState::Active), Ok(letter));
    assert_eq!(told(UserState::Removed), Err(Trouble::Moot("removed")));
}
