//! A change to a person: the record, its copy in the sign-in record, the sessions that end by it,
//! the link that was used for it and the mails about it, in one transaction.

use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_auth::{Actor, PasswordHash, TokenDigest};
use vestibule_domain::{
    Account, IdentityMailRequest, PersonName, Preset, SessionId, Tenant, TenantId, User, World,
};

use super::{AvatarChange, Leave, guard::NEVER, memberships::connection_hash};
use crate::{
    AddressKey, Answer, AuditRecord, Conflict, FoundInvitation, Founder, Founding, Listed, Membership,
    PlatformStore, StoreError,
    engine::command::{Action, Command, pause},
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// Most sessions ended by the transaction itself; more follow right behind it.
const SESSIONS_AT_ONCE: usize = 40;

/// Most memberships that hear of a new address; the others keep the old one in their audit logs.
const MEMBERSHIPS_AT_ONCE: usize = 25;

/// How often a change starts over because a session began meanwhile.
const STARTS: u32 = 12;

/// Which sessions a change ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EndSessions {
    /// None.
    #[default]
    None,
    /// All but this one.
    Others(SessionId),
    /// All of them.
    All,
}

/// What happens together with the write of a person.
#[derive(Debug, Default)]
pub struct UserChange<'a> {
    /// The name of the change in the audit log, such as `user.password`.
    pub action: &'a str,
    /// Values before and after; never personal data or secrets.
    pub values: (Value, Value),
    /// Which sessions end.
    pub end: EndSessions,
    /// The session that has just shown a second factor; the one that [`EndSessions::Others`] keeps.
    pub strengthen: Option<SessionId>,
    /// The new password of the address.
    pub password: Option<&'a PasswordHash>,
    /// Whether failures counted so far are forgotten.
    pub forgive: bool,
    /// The mailed link that is used up by it: kind and hash.
    pub link: Option<(&'a str, &'a TokenDigest)>,
    /// Links that end by it, by name.
    pub drop_links: &'a [String],
    /// The address the person had before, when the change gives them another.
    pub moved_from: Option<&'a AddressKey>,
    /// A session that goes over to a tenant, of which the person must be a member.
    pub switch: Option<(SessionId, TenantId)>,
    /// A tenant that the person founds, and the kind of business it is. A session that switches goes to it.
    pub found: Option<(&'a Tenant, Preset)>,
    /// An invitation by which the person joins a tenant. A session that switches goes to it.
    pub join: Option<&'a FoundInvitation>,
    /// A tenant that the person leaves.
    pub leave: Option<Leave>,
    /// An account elsewhere that becomes theirs, by its key.
    pub connect: Option<&'a str>,
    /// Accounts elsewhere that cease to be theirs, by their keys.
    pub disconnect: &'a [String],
    /// The devices that go along to another address.
    pub devices: &'a [String],
    /// What becomes of the person's picture.
    pub avatar: Option<AvatarChange>,
    /// The account that the platform made for the person, as it was read and as it becomes.
    pub account: Option<(&'a Account, &'a Account)>,
    /// What the person was called before, when the change gives them another name.
    pub renamed_from: Option<&'a PersonName>,
    /// Whether the address is free from now on: nobody signs in with it any more.
    pub frees_address: bool,
    /// Mails to send.
    pub mails: Vec<IdentityMailRequest>,
    /// The answer to keep.
    pub answer: Option<Answer>,
}

impl UserChange<'_> {
    /// The tenant that a session goes over to, and nothing else: that is told in the log of this tenant.
    fn switched(&self) -> Option<TenantId> {
        let (_, tenant) = self.switch.filter(|_| self.found.is_none() && self.join.is_none())?;
        Some(tenant)
    }
}

impl PlatformStore<'_> {
    /// Writes a person back. `user` is as it was read, with the changes made; on success its
    /// version is one higher. With sessions to end its epoch must have been counted up, unless one
    /// stays. Sign-ins that begin meanwhile do not stop it: it starts over, and ends them too.
    pub async fn change_user(
        &self,
        user: &mut User,
        change: &UserChange<'_>,
        actor: &Actor,
        world: &World,
    ) -> Result<(), StoreError> {
        let edits = user.edits;
        for attempt in 1.. {
            let read = user.version;
            (user.version, user.edits) = (read + 1, edits + 1);
            let done = self.commit_change(user, read, change, actor, world).await;
            if done.is_ok() {
                return done;
            }
            (user.version, user.edits) = (read, edits);
            if !matches!(done, Err(StoreError::Conflict(Conflict::Stale))) || attempt == STARTS {
                return done;
            }
            let found = self.find_user(user.id).await?;
            match found.filter(|found| found.edits == edits && found.version != read) {
                Some(found) => user.version = found.version,
                None => return done,
            }
            pause(attempt.min(5)).await;
        }
        Ok(())
    }

    async fn commit_change(
        &self,
        user: &User,
        read: u64,
        change: &UserChange<'_>,
        actor: &Actor,
        world: &World,
    ) -> Result<(), StoreError> {
        let now = world.now();
        let ending = self.ending(user, change.end, world).await?;
        let (first, rest) = ending.split_at(ending.len().min(SESSIONS_AT_ONCE));
        let person = Action::put(to_row(&keys::user(user.id), Kind::User, user)?).if_version(read);
        // The first condition that fails is the one told: a used link says so, even when whoever used
        // it at the same moment changed the person too.
        let mut command = Command::new();
        if let Some((tenant, preset)) = change.found {
            let founder = Founder::Known(user);
            let founding = Founding { tenant, preset, provider: None, founder, mail: None };
            command = self.founding(command, &founding, actor, world)?;
        }
        if let Some(found) = change.join {
            command = found.joining(*self, command, user, actor, world)?;
            command = command.proved(&self.store.sealer().address_key(&user.email));
        }
        command = with_links(command, user, change, now)?.and(person, Conflict::Stale);
        command = self.with_address(command, user, change);
        // Each link that a change uses up was mailed to the address that the person has by it.
        if change.link.is_some() || change.moved_from.is_some() {
            command = command.proved(&self.store.sealer().address_key(&user.email));
        }
        if change.moved_from.is_some() {
            command = self.with_memberships(command, user).await?;
        }
        command = self.with_account(command, user, change).await?;
        for session in first {
            command = session.end(command, user, now);
        }
        // The session that stays goes along with the person's epoch.
        if let EndSessions::Others(kept) = change.end {
            let strong = if change.strengthen == Some(kept) { ", strong = :yes" } else { "" };
            let along = Action::update(&keys::session(user.id, kept), format!("SET epoch = :epoch{strong}"));
            let along = along.value(":epoch", number(user.epoch)).when("attribute_exists(PK)");
            let yes = aws_sdk_dynamodb::types::AttributeValue::Bool(true);
            let along = if strong.is_empty() { along } else { along.value(":yes", yes) };
            command = command.and(along, Conflict::Stale);
        }
        if let Some(avatar) = &change.avatar {
            command = command.picturing(user.id, avatar)?;
        }
        for mail in &change.mails {
            command = command.mailing(mail)?;
        }
        let record = AuditRecord::by(actor, change.action, user.id.to_string(), change.values.clone(), world);
        if let Some(leave) = &change.leave {
            command = command.recording(&keys::audit(leave.tenant, record.at, record.id), &record)?;
        }
        let key = keys::session_audit(user.id, change.switched(), &record);
        let command = command.recording(&key, &record)?.answering(change.answer.clone(), world)?;
        command.commit(self.store).await?;
        for session in rest {
            match session.end(Command::new(), user, now).commit(self.store).await {
                // Somebody else ended it at the same moment.
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn ending(&self, user: &User, end: EndSessions, world: &World) -> Result<Vec<Ending>, StoreError> {
        if end == EndSessions::None {
            return Ok(Vec::new());
        }
        let Listed { items, damaged } = self.list_sessions(user.id, world.now()).await?;
        let whole = items.iter().map(|session| Ending { id: session.id, whole: true });
        let damaged = damaged.iter().filter_map(|id| Some(Ending { id: id.parse().ok()?, whole: false }));
        let kept = |ending: &Ending| end == EndSessions::Others(ending.id);
        Ok(whole.chain(damaged).filter(|ending| !kept(ending)).collect())
    }

    /// The copies of the address in the memberships, which name the person in audit logs.
    async fn with_memberships(self, command: Command, user: &User) -> Result<Command, StoreError> {
        let mut command = command;
        let Listed { items, damaged } = self.list_memberships(user.id).await?;
        let whole = items.iter().map(|(_, member)| member.tenant);
        let tenants = whole.chain(damaged.iter().filter_map(|id| id.parse().ok()));
        for tenant in tenants.take(MEMBERSHIPS_AT_ONCE) {
            let key = keys::member(tenant, user.id);
            let email = self.store.sealer().seal_field(&key, Kind::Member, "email", user.email.as_str())?;
            let copy = Action::update(&key, "SET email = :email").value(":email", email);
            command = command.and(copy.when("attribute_exists(PK)"), Conflict::Stale);
        }
        Ok(command)
    }

    /// The account that the platform made, and the names that it is found by.
    async fn with_account(
        self,
        mut command: Command,
        user: &User,
        change: &UserChange<'_>,
    ) -> Result<Command, StoreError> {
        if let Some((before, after)) = change.account {
            command = command.changing_account(before, after)?;
        }
        let Some(former) = change.renamed_from else { return Ok(command) };
        Ok(match self.find_account(user.id).await? {
            Some(account) => command.renaming(self.store, &account, (former, &user.name)),
            None => command,
        })
    }

    /// The copies in the sign-in record, at the old address or moved to a new one.
    fn with_address(self, command: Command, user: &User, change: &UserChange<'_>) -> Command {
        let address = self.store.sealer().address_key(&user.email);
        if change.frees_address {
            let gone = Action::delete(&keys::sign_in(&address)).name("#user", "user").when("#user = :user");
            return command.and(gone.value(":user", text(user.id.to_string())), Conflict::Stale);
        }
        let Some(old) = change.moved_from else {
            let copy = copy_of(user, &address, change.password, change.forgive);
            let ours = copy.value(":user", text(user.id.to_string())).when("#user = :user");
            return command.and(ours, Conflict::Stale);
        };
        let devices = change.devices.iter().map(|device| text(device.as_str())).collect();
        let copy = copy_of(user, &address, change.password, true).also("devices = :devices");
        let copy = copy.value(":devices", aws_sdk_dynamodb::types::AttributeValue::L(devices));
        let free = copy.value(":user", text(user.id.to_string())).when("attribute_not_exists(#user)");
        let gone = Action::delete(&keys::sign_in(old))
            .name("#user", "user")
            .value(":user", text(user.id.to_string()))
            .when("#user = :user");
        command.and(free, Conflict::AddressTaken).and(gone, Conflict::Stale)
    }
}

/// A session that a change ends.
struct Ending {
    id: SessionId,
    /// Whether its row can be read; otherwise it goes.
    whole: bool,
}

impl Ending {
    fn end(&self, command: Command, user: &User, now: Timestamp) -> Command {
        if self.whole {
            command.ending(user.id, self.id, now)
        } else {
            command.and(Action::delete(&keys::session(user.id, self.id)), Conflict::Stale)
        }
    }
}

/// The hash as the table holds it.
pub(super) fn phc(password: &PasswordHash) -> aws_sdk_dynamodb::types::AttributeValue {
    let written = serde_json::to_value(password).ok();
    text(written.and_then(|written| written.as_str().map(str::to_owned)).unwrap_or_default())
}

/// Writes what the sign-in record copies from the person.
pub(crate) fn copy_of(
    user: &User,
    address: &AddressKey,
    password: Option<&PasswordHash>,
    forgive: bool,
) -> Action {
    let mut set = "SET #user = :user, #state = :state, epoch = :epoch, second_factor = :factor, \
                   #tenant = :tenant, #item = :item, keep_until = :never, #ttl = :never"
        .to_owned();
    if password.is_some() {
        set.push_str(", #password = :password");
    }
    if forgive {
        set.push_str(" REMOVE failures, locked_until, under_way, tickets, hits, #minute");
    }
    let null = aws_sdk_dynamodb::types::AttributeValue::Null(true);
    let copy = Action::update(&keys::sign_in(address), set)
        .name("#user", "user")
        .name("#state", "state")
        .name("#tenant", "tenant")
        .name("#item", "item")
        .name("#ttl", "ttl")
        .value(":state", text(user.status.state.name()))
        .value(":epoch", number(user.epoch))
        .value(":factor", aws_sdk_dynamodb::types::AttributeValue::Bool(user.second_factor().is_some()))
        .value(":tenant", user.home().map_or(null, |tenant| text(tenant.to_string())))
        .value(":item", text(Kind::SignIn.name()))
        .value(":never", number(NEVER));
    let copy = if forgive { copy.name("#minute", "minute") } else { copy };
    match password {
        Some(password) => copy.name("#password", "password").value(":password", phc(password)),
        None => copy,
    }
}

fn with_links(
    mut command: Command,
    user: &User,
    change: &UserChange<'_>,
    now: Timestamp,
) -> Result<Command, StoreError> {
    if let Some((purpose, digest)) = change.link {
        command = command.using_link(user.id, purpose, digest);
    }
    for name in change.drop_links {
        let gone = Action::delete(&keys::link(user.id, name)).when("attribute_exists(PK)");
        command = command.and(gone, Conflict::LinkUsed);
    }
    if let Some((session, tenant)) = change.switch {
        let over = Action::update(&keys::session(user.id, session), "SET #tenant = :tenant")
            .name("#tenant", "tenant")
            .value(":tenant", text(tenant.to_string()))
            .if_unset("ended");
        command = command.and(over, Conflict::Stale);
        // Who founds or joins becomes a member by the same transaction, which may touch a row only once.
        if change.switched().is_some() {
            command = command.and(Membership::entering(tenant, user.id, now), Conflict::NotMember);
        }
    }
    if let Some(leave) = &change.leave {
        command = leave.write(command, user, now)?;
    }
    for key in change.disconnect {
        let ours = Action::delete(&keys::connection(&connection_hash(key)))
            .name("#user", "user")
            .value(":user", text(user.id.to_string()))
            .when("attribute_not_exists(PK) OR #user = :user");
        command = command.and(ours, Conflict::NotOurs);
    }
    match change.connect {
        Some(key) => {
            let key = keys::connection(&connection_hash(key));
            let row = to_row(&key, Kind::Connection, &json!({ "user": user.id }))?;
            Ok(command.and(Action::put(row).if_new(), Conflict::Exists))
        }
        None => Ok(command),
    }
}
