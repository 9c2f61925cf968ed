//! A tenant with one member in each role of both presets, another tenant, and people without any.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use vestibule_domain::{
    Domain, Email, EndpointId, JobStart, MailboxSettings, PersonName, Preset, RoleName, SessionId, TenantId,
    User, UserId,
};
use vestibule_store::{SeedTenant, SeedUser, Session};

use super::provider::IdentityProvider;
use crate::{
    Actor, App,
    identity::{PASSWORD, Tokens},
};

/// The roles of both presets, as the matrix lists them.
pub const ROLES: [&str; 12] = [
    "brokerage.admin",
    "brokerage.manager",
    "brokerage.agent",
    "brokerage.user",
    "brokerage.viewer",
    "brand.tenant_admin",
    "brand.manager",
    "brand.finance",
    "brand.creator_manager",
    "brand.content_manager",
    "brand.support",
    "brand.viewer",
];

/// Where the operations are tried.
pub struct Scene {
    /// The stack.
    pub app: App,
    /// A provider of identities elsewhere.
    provider: IdentityProvider,
    pub(super) endpoint: EndpointId,
    tenant: TenantId,
    members: BTreeMap<&'static str, Actor>,
    count: AtomicU32,
    pub(super) slugs: AtomicU32,
    pub(super) browser: reqwest::Client,
}

impl Scene {
    /// Starts a stack with the tenant.
    pub async fn start() -> Self {
        let provider = IdentityProvider::start().await;
        let configured = provider.configured();
        let app = App::identity_with(|options| options.oidc_providers = Some(configured.into())).await;
        let (tenant, endpoint) = (TenantId::new(&app.world), EndpointId::new(&app.world));
        let members = seed(&app, tenant, endpoint).await;
        let secret = json!({ "keys": [app.stack.sample().esign_key.expose_secret()] }).to_string();
        app.stack.cloud().secrets().put(&format!("vestibule/esign/{endpoint}"), &secret).expect("a secret");
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let browser = browser.build().expect("a client");
        let [count, slugs] = [0, 1].map(AtomicU32::new);
        Self { app, provider, endpoint, tenant, members, count, slugs, browser }
    }

    /// The member in a role such as `brand.finance`.
    pub fn member(&self, role: &str) -> Actor {
        self.members[role].clone()
    }

    /// The tenant's first administrator.
    pub fn admin(&self) -> Actor {
        self.member(ROLES[0])
    }

    /// A number that was not given before.
    pub(super) fn number(&self) -> u32 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// An address that nobody has.
    pub(super) fn address(&self) -> String {
        format!("person{}@example.org", self.number())
    }

    /// Somebody with an account and a session, in no tenant; and their address.
    pub async fn person(&self) -> (Actor, String, Tokens) {
        let address = self.address();
        let tokens = self.app.newcomer(&address).await;
        (self.app.with_token(&tokens), address, tokens)
    }

    /// Somebody with this address says yes at the provider; what the client sends then.
    pub(super) fn come_back(&self, started: &Value, email: &str) -> Value {
        self.provider.come_back(started, email, self.app.world.now())
    }

    /// The tenant's endpoint for e-sign events.
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The tenant's id.
    pub(super) fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// How many changes by people the audit logs hold.
    pub async fn audited(&self) -> usize {
        let holds = |row: &String, text: &str| row.contains(&format!("S(\"{text}"));
        // What was refused changed nothing.
        let refused = |row: &String| holds(row, "session.refuse\"") || holds(row, "access.refuse\"");
        let by_person = |row: &&String| !holds(row, "system:") && !refused(row);
        self.app.dump_of("audit").await.iter().filter(by_person).count()
    }

    /// A new hire's id.
    pub async fn hire(&self) -> String {
        let family = format!("Doe{}", self.number());
        let family: String = family.chars().map(|c| if c.is_ascii_digit() { letter(c) } else { c }).collect();
        let body = json!({ "givenName": "Kim", "familyName": family, "personalEmail": "kim@example.org" });
        let made = self.admin().post("/api/hires", &body).await.expect(201);
        made.body["id"].as_str().expect("an id").to_owned()
    }

    pub(super) fn password() -> String {
        PASSWORD.to_owned()
    }
}

/// Names hold no digits.
fn letter(digit: char) -> char {
    char::from(b'a' + u8::try_from(digit).unwrap_or(b'0') - b'0')
}

async fn seed(app: &App, tenant: TenantId, endpoint: EndpointId) -> BTreeMap<&'static str, Actor> {
    let mut settings = app.stack.sample().tenant.clone();
    (settings.id, settings.slug, settings.endpoint) = (tenant, "matrix".into(), Some(endpoint));
    settings.job_start = JobStart::OnRequest;
    let (organization, domain) = (format!("m-{:032x}", 7), "matrix.example");
    app.stack.cloud().work_mail().add_organization(&organization, domain).expect("an organization");
    settings.domain = Some(Domain::parse(domain).expect("a domain"));
    settings.mailboxes = Some(MailboxSettings::WorkMail { organization });
    let people: Vec<_> = ROLES.iter().map(|role| (*role, person(app, tenant, role))).collect();
    let permissions = |name: &str| {
        let (preset, role) = name.split_once('.').expect("a preset and a role");
        let preset = if preset == "brand" { Preset::Brand } else { Preset::Brokerage };
        let found = preset.roles().iter().find(|each| each.name == role);
        found.expect("a role of the preset").permissions()
    };
    let seed = SeedTenant {
        tenant: settings,
        provider: "docusign".into(),
        roles: ROLES.iter().map(|role| ((*role).to_owned(), permissions(role))).collect(),
        members: people
            .iter()
            .map(|(role, seed)| {
                (
                    seed.user.id,
                    seed.user.email.clone(),
                    RoleName::try_from((*role).to_owned()).expect("a role"),
                )
            })
            .collect(),
        users: people.iter().map(|(_, seed)| seed.clone()).collect(),
    };
    app.stack.store().platform().create_tenant(&seed).await.expect("the tenant");
    let signed = |(role, seed): (&'static str, SeedUser)| {
        let session = seed.session.expect("a session").id;
        let token = app.stack.sample().sign((seed.user.id, session, tenant), &app.world).expect("a token");
        (role, app.actor(Some(token.0.expose_secret().to_owned())))
    };
    people.into_iter().map(signed).collect()
}

fn person(app: &App, tenant: TenantId, role: &str) -> SeedUser {
    let email = Email::parse(&format!("{role}@matrix.example")).expect("an address");
    let name = PersonName::parse("Max Matrix").expect("a name");
    let mut user = User::new(UserId::new(&app.world), email, name, &app.world);
    user.last_tenant = Some(tenant);
    let now = app.world.now();
    let session = Session::seeded(
        SessionId::new(&app.world),
        Some(tenant),
        (now, now + SignedDuration::from_hours(24)),
    );
    SeedUser { user, password: None, session: Some(session) }
}
