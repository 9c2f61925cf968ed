//! Each kind of row, written as the commands write it and read as the queries read it.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vestibule_auth::Actor;
use vestibule_chain::{Digest, Entry, Frontier, RecordBody};
use vestibule_domain::{
    DomainProof, EsignEndpoint, Groups, MailTopic, Permission, Preferences, TenantId, UserId, id::GroupKind,
};

use super::given::Given;
use crate::{
    Answer, AuditRecord, Avatar, Chain, Checkpoint, ClaimedMail, DeliveryOutcome, Endpoint, EsignDelivery,
    Family, IdempotencyKey, JobResult, KeptAnswer, Link, LooseSecret, Membership, OutboxEvent, Owed,
    PlacedEntry, PlatformJob, SignIn,
    administration::{NameHolder, SuperAdmins},
    chain::checkpoints::unsigned_of,
    engine::entity::row_of,
    engine::item::{Row, from_row, key_row, number, text},
    engine::keys,
    engine::kinds::Kind,
    identity::{SessionState, copy_of, hits_of},
    promo::{finding::listed_id, signing_up::PromoAddress},
    record::locks::AddressLock,
    tenancy::platform::due_job,
    tenancy::{
        authz::Authz,
        groups::GroupBook,
        invitation::Invited,
        roles::{RoleBook, RolesVersion},
        seats::SeatCount,
    },
    work::esign_endpoints::EndpointBook,
    work::jobs::{pending_job, pending_row},
};

/// The value of a row, sealed and opened on the way.
fn read<T: DeserializeOwned>(given: &Given, row: Row) -> Result<T, String> {
    let kind = Kind::of(&row).ok_or("the row names no kind")?;
    let sealed = given.sealer.seal(row).map_err(|error| error.to_string())?;
    let open = kind.personal().iter().find(|name| matches!(sealed.get(**name), Some(value) if value.is_s()));
    if let Some(field) = open {
        return Err(format!("{field} is not sealed"));
    }
    let opened = given.sealer.open(sealed).map_err(|error| error.to_string())?;
    from_row(opened).map_err(|error| error.to_string())
}

/// Whether `row` is read as `value` again.
pub(super) fn back<T>(given: &Given, row: Row, value: &T) -> Result<(), String>
where
    T: DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let read: T = read(given, row).map_err(|error| format!("{value:?}: {error}"))?;
    same(&read, value)
}

fn same<T: PartialEq + std::fmt::Debug>(read: &T, written: &T) -> Result<(), String> {
    if read == written { Ok(()) } else { Err(format!("{written:?} came back as {read:?}")) }
}

/// Makes one value of the kind, writes its row and reads it.
#[expect(clippy::too_many_lines, reason = "one arm for each kind: a new one does not compile without")]
pub(super) fn written_and_read(kind: Kind, given: &Given) -> Result<(), String> {
    let row = |key: &keys::Key, value: &dyn erased::Stored| value.row(key, kind);
    let (tenant, user): (TenantId, UserId) = (given.id(), given.id());
    match kind {
        Kind::Tenant => {
            let value = given.tenant();
            back(given, row(&keys::tenant(value.id), &value), &value)
        }
        Kind::Roles => {
            let value = roles(given);
            back(given, row(&keys::roles(tenant), &value), &value)
        }
        Kind::RoleBook => {
            let value = RoleBook { roles: given.roles(), version: given.number() };
            back(given, row(&keys::role_book(tenant), &value), &value)
        }
        Kind::RolesVersion => {
            let value = RolesVersion { version: given.number() };
            back(given, row(&keys::roles_version(tenant), &value), &value)
        }
        Kind::Member => {
            let value = given.membership();
            back(given, value.row().unwrap(), &value)
        }
        Kind::Former => {
            let value = Membership { name: given.maybe(|| given.name()), ..given.membership() };
            back(given, row(&keys::former(value.tenant, value.user), &value), &value)
        }
        Kind::Groups => {
            let group = |_| (given.id::<GroupKind>().to_string(), given.any_text(40));
            let groups = Groups((0..given.below(4)).map(group).collect());
            let value = GroupBook { groups, version: given.number() };
            back(given, row(&keys::groups(tenant), &value), &value)
        }
        Kind::Seats => {
            let value = SeatCount { used: given.small() };
            back(given, row(&keys::seats(tenant), &value), &value)
        }
        Kind::Invitation => {
            let value = given.invitation();
            back(given, row_of(tenant, &value).unwrap(), &value)
        }
        Kind::Invited => {
            let value = Invited { invitation: given.id() };
            let address = given.sealer.address_key(&given.email());
            back(given, row(&keys::invited(tenant, &address), &value), &value)
        }
        Kind::ImportRows => {
            let value = given.import_part();
            back(given, row(&keys::import_part(tenant, given.id(), value.part), &value), &value)
        }
        Kind::Preferences => {
            let off = given.maybe(|| MailTopic::Membership).into_iter().collect();
            let value = Preferences { off, version: given.number() };
            back(given, row(&keys::preferences(tenant, user), &value), &value)
        }
        Kind::Setup => {
            let value = given.setup();
            back(given, row(&keys::setup(tenant), &value), &value)
        }
        Kind::DomainProof => {
            let value =
                DomainProof { version: given.number(), ..DomainProof::new(given.domain(), &given.world) };
            back(given, row(&keys::wanted_domain(tenant), &value), &value)
        }
        Kind::Hire => {
            let value = given.hire();
            back(given, row(&keys::hire(tenant, value.id), &value), &value)
        }
        Kind::EsignEvent => {
            let value = given.esign_event();
            back(given, row(&keys::esign_event(tenant, value.outcome, value.id), &value), &value)
        }
        Kind::Job => {
            let value = given.job();
            let row = row_of(tenant, &value).unwrap();
            same(&due_job(&row).map(|due| (due.tenant, due.job)), &Some((tenant, value.id)))?;
            back(given, row, &value)
        }
        Kind::JobResult => {
            let value = JobResult { number: given.small(), value: given.value() };
            back(given, row(&keys::job_result(tenant, given.id(), value.number), &value), &value)
        }
        Kind::Pending => {
            let job = given.id();
            same(&pending_job(&pending_row(tenant, job)), &Some(job))
        }
        Kind::Audit => {
            let value = audit(given);
            let row = row(&keys::audit(tenant, value.at, value.id), &value);
            let chained: RecordBody = from_row(row.clone()).map_err(|error| error.to_string())?;
            same(&chained.digest(), &value.body().digest())?;
            back(given, row, &value)
        }
        Kind::Refusal => {
            let value = AuditRecord { count: Some(given.number() >> 12), ..audit(given) };
            back(given, row(&keys::audit(tenant, value.at, value.id), &value), &value)
        }
        Kind::ChainEntry => {
            let value = entry(given, tenant);
            back(given, row(&keys::chain_entry(Chain::Tenant(tenant), value.entry.number), &value), &value)
        }
        Kind::ChainHead => {
            let mut value = Frontier::default();
            (0..given.below(20)).for_each(|_| value.push(Digest::of(&[given.any_text(9).as_bytes()])));
            back(given, row(&keys::chain_head(Chain::Platform), &value), &value)
        }
        Kind::Checkpoint => {
            let (note, key) = (given.any_text(300), given.any_text(60));
            let peaks = (0..given.below(20)).map(|_| Digest::of(&[given.any_text(9).as_bytes()])).collect();
            let value = Checkpoint { size: given.number() >> 12, at: given.time(), note, key, peaks };
            back(given, row(&keys::chain_checkpoint(Chain::Tenant(tenant)), &value), &value)
        }
        Kind::Unsigned => {
            let (chain, size) = (Chain::Tenant(tenant), given.number());
            let row = row(&keys::unsigned(chain), &json!({ "size": size }));
            same(&unsigned_of(row).map_err(|error| error.to_string())?, &Some((chain, size)))
        }
        Kind::Outbox => {
            let detail = json!({ "job": given.any_text(20), "count": given.number(), "none": null });
            let value = OutboxEvent::new(given.any_text(20), detail, &given.world);
            back(given, row(&keys::outbox(tenant, value.id), &value), &value)
        }
        Kind::User => {
            let value = given.user();
            back(given, row(&keys::user(value.id), &value), &value)
        }
        Kind::Account => {
            let value = given.account();
            back(given, row(&keys::account(value.user), &value), &value)
        }
        Kind::AccountMail => {
            let value = given.account_mail();
            back(given, row(&keys::account_mail(user), &value), &value)
        }
        Kind::AccountOrder => {
            let value = given.account_order();
            back(given, row(&keys::account_order(tenant, given.id()), &value), &value)
        }
        Kind::ListedAccount => {
            let key = keys::listed(keys::accounts(None, None), user);
            same(&crate::accounts::listing::listed_user(&key_row(&key)), &Some(user))
        }
        Kind::ListedTenant => {
            let key = keys::listed_tenant(&given.any_text(40), tenant);
            same(&crate::tenancy::directory::listed_tenant(&key_row(&key)), &Some(tenant))
        }
        Kind::PlatformJob => {
            let value = PlatformJob { tenant, job: given.id(), kind: given.job().kind };
            back(given, row(&keys::platform_job(keys::PLATFORM_JOBS, value.job), &value), &value)
        }
        Kind::PromoSignup => {
            let value = given.promo_signup();
            back(given, row(&keys::promo_signup(value.id), &value), &value)
        }
        Kind::PromoAddress => {
            let value = PromoAddress { signup: given.id() };
            let address = given.sealer.address_key(&given.email());
            back(given, row(&keys::promo_address(&address), &value), &value)
        }
        Kind::ListedSignup => {
            let (list, id) = (keys::promo_signups(None), given.id());
            same(&listed_id(&key_row(&keys::listed_signup(list, id))), &Some(id))
        }
        Kind::PromoCounts => {
            let value = given.promo_counts();
            back(given, row(&keys::promo_counts(0), &value), &value)
        }
        Kind::Avatar => {
            let picture = (0..given.below(2_000)).map(|_| given.number().to_le_bytes()[0]).collect();
            let value = Avatar { picture };
            back(given, row(&keys::avatar(user), &value), &value)
        }
        Kind::Session => {
            let (value, row) = session(given, user);
            let state: SessionState = read(given, row.clone())?;
            let family: Family = read(given, row.clone())?;
            same(&(state.ended, family.expires), &(value.ended, value.expires))?;
            back(given, row, &value)
        }
        Kind::Link => {
            let (digest, email) = (given.digest(), given.email());
            let value = Link { digest, email, epoch: given.number(), expires: given.time() };
            back(given, row(&keys::link(user, "magic-link"), &value), &value)
        }
        Kind::SignIn => sign_in(given),
        Kind::Connection => {
            let value = json!({ "user": user });
            let found: Value = read(given, row(&keys::connection("hash"), &value))?;
            same(&found["user"], &json!(user))
        }
        Kind::Registration => {
            let value = given.registration();
            back(given, row(&keys::registration(value.id), &value), &value)
        }
        Kind::Mail => {
            let value = given.mail();
            let claimed: ClaimedMail = read(given, row(&keys::mail(value.id), &value))?;
            same(&claimed.request, &value)?;
            let sent = given.sent_mail(value);
            back(given, row(&keys::mail(sent.request.id), &sent), &sent)
        }
        Kind::Suppression => {
            let value = given.suppression();
            back(given, row(&keys::suppression(&given.sealer.address_key(&given.email())), &value), &value)
        }
        Kind::Limit => {
            let hits = given.small();
            let mut row = key_row(&keys::limit(&given.any_text(20), 1));
            row.extend([("item".to_owned(), text(kind.name())), ("hits".to_owned(), number(hits))]);
            same(&hits_of(&row), &hits)
        }
        Kind::Owed => {
            let (consumer, sequence, change) = (given.any_text(20), given.any_text(40), given.any_text(200));
            let tries = u32::try_from(given.below(99)).unwrap_or_default();
            let (since, due) = (given.time(), given.time());
            let value = Owed { consumer, sequence, change, tries, since, due };
            back(given, row(&keys::owed(&value.consumer, value.due, &value.sequence), &value), &value)
        }
        Kind::EsignEndpoints => {
            let endpoint = || EsignEndpoint {
                id: given.id(),
                vendor: given.any_text(20),
                created: given.time(),
                keys: (0..given.below(3)).map(|_| given.time()).collect(),
            };
            let endpoints = (0..given.below(4)).map(|_| endpoint()).collect();
            let value = EndpointBook { endpoints, version: given.number() };
            back(given, row(&keys::esign_endpoints(tenant), &value), &value)
        }
        Kind::EsignDelivery => {
            let outcome = given.one(&[DeliveryOutcome::Recorded, DeliveryOutcome::Ignored]);
            let (id, endpoint, kind, at) = (given.id(), given.id(), given.any_text(40), given.time());
            let value = EsignDelivery { id, endpoint, kind, outcome, at };
            back(given, row(&keys::esign_delivery(tenant, value.endpoint, value.id), &value), &value)
        }
        Kind::LooseSecret => {
            let (id, name, since) = (given.id(), given.any_text(60), given.time());
            let value = LooseSecret { id, name, since, version: given.number() };
            back(given, row_of(tenant, &value).expect("a row"), &value)
        }
        Kind::Endpoint => {
            let value = Endpoint { id: given.id(), tenant, provider: given.any_text(20) };
            back(given, row(&keys::endpoint(value.id), &value), &value)
        }
        Kind::Address => {
            let value = AddressLock { job: given.id() };
            back(given, row(&keys::address(&given.address()), &value), &value)
        }
        Kind::Claim => {
            let value = crate::tenancy::founding::Claim { tenant: given.id() };
            back(given, row(&keys::slug("acme"), &value), &value)
        }
        Kind::Answer => answer(given),
        Kind::Grant => {
            let value = given.granted();
            back(given, row(&keys::grant(value.user), &value), &value)?;
            back(given, row(&keys::administrator(value.user), &value), &value)
        }
        Kind::Administrators => {
            let value = SuperAdmins { super_admins: given.small() };
            back(given, row(&keys::administrators(), &value), &value)
        }
        Kind::UserName => {
            let value = NameHolder { user };
            back(given, row(&keys::user_name(&given.user_name()), &value), &value)
        }
    }
}

/// Any value that `to_row` takes, behind one type.
mod erased {
    use crate::{engine::item::Row, engine::item::to_row, engine::keys::Key, engine::kinds::Kind};

    pub(super) trait Stored {
        fn row(&self, key: &Key, kind: Kind) -> Row;
    }

    impl<T: serde::Serialize> Stored for T {
        fn row(&self, key: &Key, kind: Kind) -> Row {
            to_row(key, kind, self).unwrap()
        }
    }
}

fn roles(given: &Given) -> Authz {
    let set = || Permission::ALL.iter().copied().filter(|_| given.yes()).collect();
    let allowed = (0..given.below(4)).map(|_| (given.any_text(20), set())).collect();
    Authz { allowed, suspended: given.maybe(|| given.time()), security: given.security() }
}

fn audit(given: &Given) -> AuditRecord {
    let actor = if given.yes() {
        Actor::User {
            id: given.id(),
            email: given.email(),
            source_ip: given.maybe(|| given.any_text(20)),
            user_agent: given.maybe(|| given.any_text(256)),
        }
    } else {
        Actor::Stranger { source_ip: given.maybe(|| given.any_text(20)), user_agent: None }
    };
    let values =
        (json!(null), json!({ "text": given.any_text(20), "count": given.number(), "yes": given.yes() }));
    AuditRecord::by(&actor, "user.profile", given.any_text(30), values, &given.world)
}

fn entry(given: &Given, tenant: TenantId) -> PlacedEntry {
    let record = audit(given);
    let key = keys::audit(tenant, record.at, record.id);
    let entry = Entry {
        at: record.at,
        body: record.body().digest().unwrap(),
        chain: tenant.to_string(),
        expires: given.maybe(|| given.time()),
        id: record.id.to_string(),
        number: given.number() >> 12,
    };
    PlacedEntry { pk: key.pk, sk: key.sk, entry }
}

fn session(given: &Given, user: UserId) -> (crate::Session, Row) {
    let value = given.session();
    let row = value.row(user).unwrap();
    (value, row)
}

fn sign_in(given: &Given) -> Result<(), String> {
    let (user, password) = (given.user(), given.maybe(|| given.password()));
    let address = given.sealer.address_key(&user.email);
    let copy = copy_of(&user, &address, password.as_ref(), given.yes());
    let row = copy.value(":user", text(user.id.to_string())).applied();
    let expected = SignIn {
        user: user.id,
        password,
        state: user.status.state,
        epoch: user.epoch,
        second_factor: user.second_factor().is_some(),
        tenant: user.home(),
        devices: Vec::new(),
    };
    back(given, row.clone(), &expected)?;
    let plain: Value = read(given, row)?;
    same(&serde_json::from_value(plain).map_err(|error| error.to_string())?, &expected)
}

fn answer(given: &Given) -> Result<(), String> {
    let (fingerprint, body) = (given.any_text(43), given.any_text(300));
    let status = u16::try_from(given.below(600)).unwrap();
    let key = IdempotencyKey::parse("key").unwrap();
    let answer = Answer {
        partition: given.any_text(20),
        key,
        fingerprint: fingerprint.clone(),
        status,
        body: body.clone(),
    };
    let (write, _) = answer.action(given.time()).unwrap();
    let read: KeptAnswer = read(given, write.put.expect("a put").item)?;
    same(&(read.fingerprint, read.status, read.body), &(fingerprint, status, body))
}
