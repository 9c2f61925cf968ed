//! The sign-in record of an address, and the beginning of a session.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::{Actor, PasswordHash, TokenDigest};
use vestibule_domain::{IdentityMailRequest, TenantId, User, UserId, UserState, World};

use super::{Session, change::phc};
use crate::{
    AddressKey, Answer, AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// What a sign-in must know about an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Whose address it is.
    pub user: UserId,
    /// The password, unless they sign in otherwise.
    pub password: Option<PasswordHash>,
    /// A copy of the person's state.
    pub state: UserState,
    /// A copy of their epoch.
    pub epoch: u64,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// A copy of the tenant that a new session begins in.
    pub tenant: Option<TenantId>,
    /// Hashes of devices seen before, newest last.
    #[serde(default)]
    pub devices: Vec<String>,
}

/// The beginning of a session.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Who signs in.
    pub user: UserId,
    /// The address they sign in with.
    pub address: &'a AddressKey,
    /// The session; its epoch must still be the person's.
    pub session: &'a Session,
    /// Who is behind it.
    pub actor: &'a Actor,
    /// The person as read and changed, when their record changes too.
    pub changed: Option<&'a User>,
    /// The devices to remember from now on.
    pub devices: Option<&'a [String]>,
    /// A hash of the same password with today's parameters.
    pub rehashed: Option<&'a PasswordHash>,
    /// The mailed link that is used up by it: kind and hash.
    pub link: Option<(&'a str, &'a TokenDigest)>,
    /// Mails to send.
    pub mails: &'a [IdentityMailRequest],
    /// The answer to keep.
    pub answer: Option<Answer>,
}

impl PlatformStore<'_> {
    /// The sign-in record of an address, read with strong consistency.
    pub async fn find_sign_in(&self, address: &AddressKey) -> Result<Option<SignIn>, StoreError> {
        let row: Option<serde_json::Value> = self.store.get(&keys::sign_in(address)).await?;
        // A row without a person only counts failures.
        Ok(row.filter(|row| row.get("user").is_some()).and_then(|row| serde_json::from_value(row).ok()))
    }

    /// The person, read with strong consistency.
    pub async fn find_user(&self, user: UserId) -> Result<Option<User>, StoreError> {
        self.store.get(&keys::user(user)).await
    }

    /// Begins a session: in one transaction with the reset of the counters and the audit record,
    /// and only while the person may sign in and is a member of the session's tenant.
    pub async fn open_session(&self, opening: &Opening<'_>, world: &World) -> Result<(), StoreError> {
        let Opening { user, session, .. } = opening;
        let mut command = Command::new()
            .and(Action::put(session.row(*user)?).if_new(), Conflict::Exists)
            .and(person_write(opening)?, Conflict::Stale)
            .and(reset(opening), Conflict::Stale);
        if let Some(tenant) = session.tenant {
            let member = Action::check(&keys::member(tenant, *user));
            command = command.and(member.if_unset("suspended"), Conflict::NotMember);
        }
        if let Some((purpose, digest)) = opening.link {
            command = command.using_link(*user, purpose, digest).proved(opening.address);
        }
        for mail in opening.mails {
            command = command.mailing(mail)?;
        }
        let values = (json!(null), json!({ "method": session.method, "secondFactor": session.strong }));
        let record = AuditRecord::by(opening.actor, "session.begin", session.id.to_string(), values, world);
        let key = keys::session_audit(*user, session.tenant, &record);
        let command = command.recording(&key, &record)?.answering(opening.answer.clone(), world)?;
        command.commit(self.store).await
    }

    /// Writes a hash of the same password with today's parameters, if it is still the password.
    pub async fn renew_password(
        &self,
        address: &AddressKey,
        sign_in: &SignIn,
        rehashed: &PasswordHash,
    ) -> Result<(), StoreError> {
        let Some(old) = &sign_in.password else { return Ok(()) };
        let renew = Action::update(&keys::sign_in(address), "SET #password = :new")
            .name("#password", "password")
            .value(":new", phc(rehashed))
            .value(":old", phc(old))
            .when("#password = :old");
        Command::new().and(renew, Conflict::Stale).commit(self.store).await
    }

    /// Takes a counted attempt back that was no guess.
    pub async fn forgive(&self, address: &AddressKey) -> Result<(), StoreError> {
        let forgive =
            Action::update(&keys::sign_in(address), "REMOVE failures, locked_until, under_way, tickets");
        Command::new().and(forgive.when("attribute_exists(PK)"), Conflict::Stale).commit(self.store).await
    }
}

/// Counts the person's version up, so that whoever ends all sessions at the same moment sees it.
fn person_write(opening: &Opening<'_>) -> Result<Action, StoreError> {
    let key = keys::user(opening.user);
    if let Some(changed) = opening.changed {
        return Ok(Action::put(to_row(&key, Kind::User, changed)?).if_version(changed.version - 1));
    }
    let person = Action::update(&key, "SET #version = #version + :one")
        .name("#version", "version")
        .name("#status", "status")
        .name("#state", "state")
        .value(":one", number(1))
        .value(":epoch", number(opening.session.epoch))
        .value(":active", text("active"));
    Ok(person.when("epoch = :epoch AND #status.#state = :active"))
}

/// Takes the attempt back and remembers what the sign-in has learnt.
fn reset(opening: &Opening<'_>) -> Action {
    let mut sets = Vec::new();
    if opening.devices.is_some() {
        sets.push("#devices = :devices");
    }
    if opening.rehashed.is_some() {
        sets.push("#password = :password");
    }
    let set = if sets.is_empty() { String::new() } else { format!("SET {} ", sets.join(", ")) };
    let mut reset = Action::update(
        &keys::sign_in(opening.address),
        format!("{set}REMOVE failures, locked_until, under_way, tickets"),
    )
    .value(":user", text(opening.user.to_string()))
    .value(":epoch", number(opening.session.epoch))
    .name("#user", "user");
    // A second factor that was set up in this very moment is asked for.
    reset = if opening.session.strong {
        reset.when("#user = :user AND epoch = :epoch")
    } else {
        let none = aws_sdk_dynamodb::types::AttributeValue::Bool(false);
        reset.value(":none", none).when("#user = :user AND epoch = :epoch AND second_factor = :none")
    };
    if let Some(devices) = opening.devices {
        let devices = devices.iter().map(|device| text(device.as_str())).collect();
        reset = reset
            .name("#devices", "devices")
            .value(":devices", aws_sdk_dynamodb::types::AttributeValue::L(devices));
    }
    if let Some(password) = opening.rehashed {
        reset = reset.name("#password", "password").value(":password", phc(password));
    }
    reset
}
